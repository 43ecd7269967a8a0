import { inspect } from 'node:util';

/** Everything that a program, a logger or an error tracker may make of a value. */
export function everyViewOf(value: unknown): string {
	const seen = new Set<unknown>();
	const views: string[] = [inspect(value, { depth: 10, showHidden: true, maxStringLength: null })];
	const walk = (part: unknown): void => {
		if (typeof part === 'string') views.push(part);
		if (typeof part === 'function' || typeof part !== 'object' || part === null || seen.has(part)) return;
		seen.add(part);
		views.push(
			attempt(() => String(part)),
			attempt(() => JSON.stringify(part) ?? ''),
		);
		for (const key of Reflect.ownKeys(part)) {
			views.push(String(key));
			walk(attemptValue(() => Reflect.get(part, key)));
		}
	};
	walk(value);
	return views.join('\n');
}

function attempt(view: () => string): string {
	const text = attemptValue(view);
	return typeof text === 'string' ? text : '';
}

function attemptValue(view: () => unknown): unknown {
	try {
		return view();
	} catch {
		return undefined;
	}
}
