/** Longer than this nobody waits, whatever a receiver asks for. */
export const MAX_RETRY_AFTER_MS = 60 * 60 * 1000;

const HTTP_DATE =
	/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** The milliseconds that a `Retry-After` asks for, bounded; undefined when it is neither seconds nor an HTTP date. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
	const text = header?.trim() ?? '';
	const wait = /^\d+$/.test(text)
		? Number(text) * 1000
		: HTTP_DATE.test(text)
			? Date.parse(text) - now
			: Number.NaN;
	return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), MAX_RETRY_AFTER_MS);
}
