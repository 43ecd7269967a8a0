import { createClient } from '@zihin/agent-client';
import { type Sandbox, startSandbox } from '@zihin/sandbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findTrigger } from './find-trigger.ts';

describe('a trigger', () => {
	let sandbox: Sandbox;
	beforeAll(async () => {
		sandbox = await startSandbox({ port: 0 });
	});
	afterAll(() => sandbox.close());

	const clientOf = () => createClient({ apiKey: sandbox.keys.admin, baseUrl: sandbox.url, allowHttp: true });
	const find = (name: string) => {
		const limits = { defaultTimeoutSeconds: 5, longestTimeoutSeconds: 5, longRunAdvice: '' };
		return findTrigger.run({ agentId: sandbox.agentId, name }, { client: clientOf(), limits });
	};

	it('is found by its agent and whole name, and is the one that is used again', async () => {
		const wish = { agentId: sandbox.agentId, name: 'Desk', mode: 'async' } as const;
		await clientOf().createTrigger(wish);
		await clientOf().createTrigger(wish);
		const used = await clientOf().findOrCreateTrigger(wish);
		expect(await find('Desk')).toMatchObject([{ id: used.triggerId, name: 'Desk' }]);
		expect(await find('desk')).toEqual([]);
	});

	it('that is disabled is not found: nothing can be sent to it', async () => {
		const { triggerId } = await clientOf().createTrigger({ agentId: sandbox.agentId, name: 'Closed' });
		await clientOf().disableTrigger({ triggerId });
		expect(await find('Closed')).toEqual([]);
	});

	it('is shown without the token of its callback URL', async () => {
		const callbackUrl = 'http://127.0.0.1:9999/hook?zihin_token=0123456789abcdef';
		await clientOf().createTrigger({ agentId: sandbox.agentId, name: 'Told', mode: 'async', callbackUrl });
		expect(await find('Told')).toMatchObject([{ callbackUrl: 'http://127.0.0.1:9999/hook' }]);
	});
});
