import type { Wait } from './wait.ts';
import type { Waitpoint } from './waitpoint.ts';

/** What tells this run from every other, and stays when the platform repeats the step. The message may be long. */
export async function runKeyOf({ platform, agentId, message }: Wait, waitpoint: Waitpoint): Promise<string> {
	const { run, step } = platform;
	const text = JSON.stringify([run.id, step.name, waitpoint.id, agentId, message]);
	const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
	return Buffer.from(hash).toString('hex');
}
