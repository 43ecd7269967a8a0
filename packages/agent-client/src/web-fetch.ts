import type { FetchLike } from './settings.ts';

let strict: boolean | undefined;

/**
 * Whether this runtime knows `redirect: 'error'` and `cache: 'no-store'`. Cloudflare Workers throw on the first
 * for every URL, and on the second below a compatibility date; only making a request tells.
 */
function isStrict(): boolean {
	// Without a Request there is no web fetch, but a host's own.
	if (typeof Request === 'undefined') return true;
	if (strict === undefined) {
		try {
			new Request('https://zihin.ai/', { redirect: 'error', cache: 'no-store' });
			strict = true;
		} catch {
			strict = false;
		}
	}
	return strict;
}

/** To a page a refused redirect looks like a lost connection: there it has to come as an (opaque) answer. */
function isBrowser(): boolean {
	return 'document' in globalThis || 'WorkerGlobalScope' in globalThis;
}

/**
 * A web fetch on any runtime. Where redirects cannot be refused they are not followed, and the transport
 * refuses the 3xx; a runtime that knows no `cache` has none.
 */
export function onAnyRuntime(fetch: FetchLike): FetchLike {
	return (url, init) => {
		if (isStrict()) return fetch(url, isBrowser() ? { ...init, redirect: 'manual' } : init);
		const { cache: _unknown, ...known } = init;
		return fetch(url, { ...known, redirect: 'manual' });
	};
}
