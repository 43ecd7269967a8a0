/** A variable of the environment, read when it is needed; an empty one counts as absent. */
export function environment(name: string): string | undefined {
	return typeof process === 'undefined' ? undefined : process.env[name] || undefined;
}
