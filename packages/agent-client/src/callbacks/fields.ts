import { isRecord } from '../wire.ts';

/** Headers as a server hands them over: web `Headers`, or an object, whose names may be in any case. */
export type HeadersLike =
	| { get(name: string): string | null }
	| { readonly [name: string]: string | readonly string[] | undefined };

/** The query of the URL that was called: parsed, as an object, or the text itself. */
export type QueryLike = string | URLSearchParams | { readonly [name: string]: unknown };

/** All values that a header has. More than one is for the caller to judge: it may be two people's. */
export function headerValues(headers: HeadersLike, name: string): readonly string[] {
	if (typeof headers.get === 'function') {
		const value = headers.get(name);
		return value === null ? [] : [value];
	}
	const entries = Object.entries(headers).filter(([key]) => key.toLowerCase() === name);
	return entries.flatMap(([, value]) => textsOf(value));
}

export function queryValues(query: QueryLike, name: string): readonly string[] {
	if (typeof query === 'string') return new URLSearchParams(query).getAll(name);
	if (typeof query.getAll === 'function') return textsOf(query.getAll(name));
	return textsOf(isRecord(query) && Object.hasOwn(query, name) ? query[name] : undefined);
}

function textsOf(value: unknown): readonly string[] {
	return (Array.isArray(value) ? value : [value]).filter(text => typeof text === 'string');
}
