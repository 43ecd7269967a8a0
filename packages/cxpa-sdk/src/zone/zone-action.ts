/**
 * A server action by the platform's convention: what `action` throws becomes `{ error }`, so that the page can show it
 * in its place instead of an error page. Next's own signals, such as those of `redirect` and `notFound`, pass.
 *
 * @example
 * 'use server'
 * export const startReport = zoneAction(async (topic: string) => {
 *   const cxpa = createZoneClient(await getSession())
 *   return cxpa.runs.create({ payload: { topic } })
 * })
 */
export function zoneAction<Args extends readonly unknown[], Result>(
	action: (...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result | { error: string }> {
	return async (...args) => {
		try {
			return await action(...args);
		} catch (error) {
			if (isSignalOfNext(error)) throw error;
			return { error: error instanceof Error ? error.message : 'Unknown error' };
		}
	};
}

/** Next marks with a digest what it throws to be caught by itself. */
function isSignalOfNext(error: unknown): boolean {
	return error instanceof Error && 'digest' in error && typeof error.digest === 'string';
}
