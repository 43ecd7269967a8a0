/** Shows how long something took. What it may take is no test: a busy machine would fail it. */
export function measured(what: string, ms: number): void {
	console.log(`${what}: ${Math.round(ms)} ms`);
}
