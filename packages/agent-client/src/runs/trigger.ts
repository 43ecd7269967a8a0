import { type Trigger, ZihinAgentError } from '../core.ts';
import type { WebCrypto } from '../web-crypto.ts';

/** The names of the triggers that runs have, each its own: a prefix and 128 bits of a hash of the run's key. */
export const RUN_TRIGGER_NAME = /^zihin-run:[0-9a-f]{32}$/;

/** @throws {ZihinAgentError} kind `config`, when there is no key to tell the run by */
export async function runTriggerName(crypto: WebCrypto, runKey: unknown): Promise<string> {
	if (typeof runKey !== 'string' || runKey === '') {
		throw new ZihinAgentError({
			kind: 'config',
			message: 'runKey is empty: pass what tells this run from every other, and its message with it.',
		});
	}
	const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(runKey));
	return `zihin-run:${hex(new Uint8Array(hash, 0, 16))}`;
}

export function hex(bytes: Uint8Array): string {
	return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * The triggers of one run, oldest first, closed ones too. Lists come newest first; that order decides between
 * triggers of the same moment, so that everyone who sees both agrees on the older one.
 */
export function triggersOfRun(
	listed: readonly Trigger[],
	run: { readonly agentId: string; readonly name: string },
): readonly Trigger[] {
	const mine = listed.filter(
		({ agentId, name, type }) => agentId === run.agentId && name === run.name && type === 'webhook',
	);
	return mine.reverse().sort((a, b) => compare(a.createdAt ?? '', b.createdAt ?? ''));
}

function compare(a: string, b: string): number {
	return Number(a > b) - Number(a < b);
}
