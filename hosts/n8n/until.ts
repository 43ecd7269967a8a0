import { setTimeout as sleep } from 'node:timers/promises';

/** Nothing that is waited for here takes longer, on a machine that has other work too. */
const PATIENCE_MS = 240_000;

/**
 * Looks again and again until there is something to see.
 * @param seen what there was instead, for the report of a failure
 */
export async function until<T>(
	what: string,
	look: () => T | undefined | false | null | Promise<T | undefined | false | null>,
	seen: () => string = () => '',
): Promise<T> {
	const latest = Date.now() + PATIENCE_MS;
	while (Date.now() < latest) {
		const found = await look();
		if (found !== undefined && found !== false && found !== null) return found;
		await sleep(250);
	}
	throw new Error(`Waited in vain: ${what}. ${seen()}`.trimEnd());
}
