/**
 * Fills a path such as `/api/runs/{runId}`.
 * @throws {TypeError} for a part that would lead to another path, before anything is sent.
 */
export function pathOf(template: string, parts: Readonly<Record<string, string | number>>): string {
	return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => segment(name, parts[name]));
}

function segment(name: string, value: string | number | undefined): string {
	if (typeof value === 'number') {
		if (Number.isSafeInteger(value) && value > 0) return String(value);
		throw new TypeError(`${name} has to be a whole number above 0.`);
	}
	if (typeof value !== 'string' || value === '' || value === '.' || value === '..') {
		throw new TypeError(`${name} is missing, or is no name.`);
	}
	if (/[\p{Control}\p{Surrogate}]/u.test(value)) {
		throw new TypeError(`${name} has to be text without control characters.`);
	}
	return encodeURIComponent(value);
}
