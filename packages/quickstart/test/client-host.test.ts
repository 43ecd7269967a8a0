import { ZihinAgentError } from '@zihin/agent-client';
import { startSandboxProcess } from '@zihin/connector-kit/testing/sandbox-process';
import { SANDBOX_AGENT_ID, SANDBOX_KEYS } from '@zihin/sandbox';
import { expect, it } from 'vitest';
import { openHost } from '../src/client-host.ts';

// The three connectors promise the same in the contract that they share.
it('a platform that dies in the middle of an answer gives the client an error, never half an answer', async () => {
	await using dying = await startSandboxProcess('--token-delay', '100');
	const host = await openHost({ apiKey: SANDBOX_KEYS.member, baseUrl: dying.url, allowHttp: true });
	const outcome = host
		.run('invokeAgent', { agentId: SANDBOX_AGENT_ID, message: 'How do I continue a conversation?' })
		.then(
			output => output,
			(error: unknown) => error,
		);
	await dying.turnBegins();
	await dying.kill();
	const error = await outcome;
	expect(ZihinAgentError.is(error)).toBe(true);
	expect(error).toMatchObject({ kind: 'network', effect: 'unknown' });
});
