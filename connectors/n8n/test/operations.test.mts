import { schemaFaults } from '@zihin/connector-kit/testing/schema-faults';
import type { ProfileName, Sandbox } from '@zihin/sandbox';
import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MENU } from '../nodes/Zihin/menu.ts';
import { itemsOf, type N8nHost } from './host.mts';
import { AGENTS, openN8n, PROFILES, startAgents } from './sandboxes.mts';
import { parametersOf } from './workflows.mts';

describe.each(PROFILES)('every operation, %s profile', (profile: ProfileName) => {
	let sandbox: Sandbox;
	let host: N8nHost;
	beforeAll(async () => {
		sandbox = await startAgents(profile);
		host = await openN8n(sandbox);
	});
	afterAll(async () => {
		await host.close();
		await sandbox.close();
	});

	/** Runs an operation and checks each item against the operation's output schema. */
	async function run(
		resource: string,
		operation: string,
		inputs: object,
		items?: INodeExecutionData[],
	): Promise<readonly INodeExecutionData[]> {
		const form = MENU.find(entry => entry.resource === resource && entry.operation === operation)?.form;
		const parameters = parametersOf(resource, operation, { ...inputs });
		const output = itemsOf(await host.execute(parameters, items === undefined ? {} : { items }));
		if (form === undefined) throw new Error('No such operation.');
		for (const { json } of output) expect(schemaFaults(form, json)).toBe('');
		return output;
	}
	const first = async (...args: Parameters<typeof run>) => (await run(...args))[0]?.json ?? {};

	it('Agent: Get Many returns all, or up to the limit', async () => {
		const all = await run('agent', 'getAll', { returnAll: true });
		expect(all.length).toBeGreaterThan(10);
		expect(await run('agent', 'getAll', { limit: 3 })).toHaveLength(3);
		const [echo] = await run('agent', 'getAll', { search: 'echo' });
		expect(echo?.json).toMatchObject({ id: AGENTS.echo, name: 'Echo' });
	});

	it('Agent: Invoke holds two turns of one conversation', async () => {
		const { sessionId, content } = await first('agent', 'invoke', { agentId: AGENTS.echo, message: 'One' });
		const second = await first('agent', 'invoke', { agentId: AGENTS.echo, message: 'Two', sessionId });
		expect([content, second.content]).toEqual(['You said: One', 'You said: Two']);
		expect(second.sessionId).toBe(sessionId);
	});

	it('Agent: Invoke sends expressions as the user meant them, and braces as they are', async () => {
		const items = [{ json: { name: 'Ada', template: '{{name}} ={{ $json.x }}' } }];
		const contents = [];
		for (const message of ['={{ $json.name }}', '={{ $json.template }}', '{{ $json.name }}', '{{name}}']) {
			const [item] = await run('agent', 'invoke', { agentId: AGENTS.echo, message }, items);
			contents.push(item?.json.content);
		}
		expect(contents).toEqual(
			['Ada', '{{name}} ={{ $json.x }}', '{{ $json.name }}', '{{name}}'].map(text => `You said: ${text}`),
		);
	});

	it('Agent: Invoke adds the id of the execution without Simplify, and the events when asked', async () => {
		const output = await first('agent', 'invoke', {
			agentId: AGENTS.echo,
			message: 'Hi',
			simplify: false,
			includeRawEvents: true,
		});
		expect(output).toHaveProperty('executionId');
		expect(output.rawEvents).toContainEqual(expect.objectContaining({ event: 'response' }));
	});

	it('Execution: Dispatch goes to an agent without a trigger of its own, and Get reads the answer', async () => {
		const dispatched = await first('execution', 'dispatch', { agentId: AGENTS.echo, message: 'Far' });
		const again = await first('execution', 'dispatch', { agentId: AGENTS.echo, message: 'Farther' });
		expect(again.triggerId).toBe(dispatched.triggerId);
		const { triggerId, executionId } = dispatched;
		await expect
			.poll(() => first('execution', 'get', { triggerId, executionId }))
			.toMatchObject({ status: 'completed', content: 'You said: Far', failure: null });
		const whole = await first('execution', 'get', { triggerId, executionId, simplify: false });
		expect(whole).toMatchObject({
			usage: { inputTokens: expect.any(Number) },
			completedAt: expect.any(String),
		});
	});

	it('Execution: Dispatch goes to a trigger from the list, and Get Many lists what was sent to it', async () => {
		const { triggerId } = await first('trigger', 'findOrCreate', { agentId: AGENTS.echo, name: 'Desk' });
		expect(await host.choices('searchTriggers', 'desk')).toEqual([{ value: triggerId, label: 'Desk' }]);
		for (const message of ['1', '2', '3']) {
			await run('execution', 'dispatch', { sendTo: 'trigger', triggerId, message });
		}
		expect(await run('execution', 'getAll', { triggerId, returnAll: true })).toHaveLength(3);
		expect(await run('execution', 'getAll', { triggerId, limit: 2 })).toHaveLength(2);
	});

	it('Execution: Get shows why a run failed, under a name that n8n does not take for a failed step', async () => {
		const ids = await first('execution', 'dispatch', { agentId: AGENTS.fails, message: 'Hi' });
		const { triggerId, executionId } = ids;
		await expect
			.poll(() => first('execution', 'get', { triggerId, executionId }), { timeout: 15_000 })
			.toMatchObject({ status: 'failed', failure: { message: 'The model stopped answering.' } });
	});

	it('Trigger: Get Many lists triggers without the tokens in their URLs, and Delete removes one', async () => {
		const callbackUrl = 'https://example.com/hook?zihin_token=very-secret';
		const inputs = { agentId: AGENTS.echo, name: 'With callback', mode: 'async', callbackUrl };
		const { triggerId } = await first('trigger', 'findOrCreate', inputs);
		const listed = await run('trigger', 'getAll', { agentFilter: AGENTS.echo, returnAll: true });
		expect(listed.map(({ json }) => json.triggerId)).toContain(triggerId);
		expect(JSON.stringify(listed)).not.toContain('very-secret');
		expect(await first('trigger', 'delete', { triggerId })).toEqual({ deleted: true });
		const left = await run('trigger', 'getAll', { returnAll: true });
		expect(left.map(({ json }) => json.triggerId)).not.toContain(triggerId);
	});

	it('Agent: Invoke hands over the files of the binary fields', async () => {
		const binary = { photo: { data: 'aGVsbG8=', mimeType: 'image/png', fileName: 'photo.png' } };
		const parameters: INodeParameters = parametersOf('agent', 'invoke', {
			agentId: AGENTS.echo,
			message: 'Look',
			binaryFields: 'photo',
		});
		const [item] = itemsOf(await host.execute(parameters, { items: [{ json: {}, binary }] }));
		expect(item?.json.content).toBe('You said: Look');
		const { error } = (await host.execute(parameters)).data.resultData;
		expect(error?.message).toMatch(/binary/);
	});
});
