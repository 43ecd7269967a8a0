import { ANSWERED_WITH, FAULTS, FAULTS_OF_ANY_CALL } from '@zihin/connector-kit/testing/fault-outcomes';
import type { ProfileName, Sandbox } from '@zihin/sandbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callPiece } from '../../../hosts/activepieces/call-piece.ts';
import type { Values } from '../../../hosts/activepieces/calls.ts';
import { type InstalledPiece, installPiece } from '../../../hosts/activepieces/installed-piece.ts';
import { Platform } from '../../../hosts/activepieces/platform.ts';
import { packedPiece } from '../test/host.ts';
import { AGENTS, connectionTo, dispatched, PROFILES, startAgents, switchFaults } from './sandboxes.ts';

interface Ids {
	readonly triggerId: string;
	readonly executionId: string;
}

/** The actions beside it, each with inputs of its own. */
const OTHERS: readonly (readonly [action: string, inputs: (ids: Ids) => Values])[] = [
	['run_agent_and_wait', () => ({ agentId: AGENTS.echo, message: 'Hi' })],
	['dispatch_run', () => ({ agentId: AGENTS.echo, message: 'Hi' })],
	['get_execution', ids => ({ ...ids })],
	['find_or_create_trigger', () => ({ agentId: AGENTS.echo, name: 'Fault' })],
	['list_agents', () => ({})],
	['find_agent', () => ({ nameOrId: 'Echo' })],
	['custom_api_call', () => ({ method: 'GET', path: '/api/v2/agents' })],
];

describe.each(PROFILES)('faults, %s profile', (profile: ProfileName) => {
	let sandbox: Sandbox;
	let piece: InstalledPiece;
	let platform: Platform;
	let ids: Ids;
	beforeAll(async () => {
		sandbox = await startAgents(profile);
		piece = await installPiece(packedPiece());
		const connection = connectionTo(sandbox);
		platform = await Platform.open({ entry: piece.entry, connection, timersRunFaster: 100 });
		const { output } = await step('dispatch_run', { agentId: AGENTS.echo, message: 'Hi' });
		ids = { triggerId: String(output?.triggerId), executionId: String(output?.executionId) };
	});
	afterAll(async () => {
		await platform[Symbol.asyncDispose]();
		await piece.remove();
		await sandbox.close();
	});

	/** A flow of one step: its output, or the message of its error, which has no key in it. */
	async function step(action: string, propsValue: Values) {
		const run = platform.start({ name: 'step', action, propsValue });
		await run.ended;
		expect(JSON.stringify(run.log)).not.toContain(sandbox.keys.admin);
		const last = run.log.at(-1);
		return { message: last?.error?.message, output: last?.output as Values | undefined };
	}

	it.each(FAULTS)('an invocation that meets %s (%s) ends in %s', async (name, value, expected) => {
		await switchFaults(sandbox, [{ name, ...(value !== undefined && { value }) }], AGENTS.echo);
		const message = `${name} ${value}`;
		const timeoutSeconds = name === 'stall' ? 1 : 20;
		const ended = await step('invoke_agent', { agentId: AGENTS.echo, message, timeoutSeconds });
		expect(ended.message ?? ended.output?.content).toMatch(expected);
		if (name === 'stall') expect(ended.message).toMatch(/the turn is cancelled/);
		expect(dispatched(sandbox, message).length).toBeLessThan(2);
		await switchFaults(sandbox, [], AGENTS.echo);
	});

	it.each(OTHERS)('%s survives a fault, or says what happened', async (action, inputs) => {
		for (const fault of FAULTS_OF_ANY_CALL) {
			await switchFaults(sandbox, [fault]);
			const before = sandbox.executions().length;
			const { message, output } = await step(action, inputs(ids));
			if (message === undefined) expect(output).not.toEqual([]);
			else expect(message).toMatch(ANSWERED_WITH);
			if (fault.name === '401') expect(message).toMatch(/key was refused/);
			expect(sandbox.executions().length - before).toBeLessThan(2);
		}
		await switchFaults(sandbox, []);
	});

	it('what an agent is sent has its files', async () => {
		const propsValue = {
			agentId: AGENTS.echo,
			message: 'A picture',
			attachments: [{ file: 'data:image/png;base64,iVBORw0KGgo=' }],
		};
		expect((await step('invoke_agent', propsValue)).output).toMatchObject({ content: 'You said: A picture' });
		const wrong = await step('invoke_agent', { ...propsValue, attachments: [{ file: null }] });
		expect(wrong.message).toBe('Attachment 1 is not a file. Nothing was sent.');
		expect(dispatched(sandbox, 'A picture')).toHaveLength(1);
	});

	it('an agent is found by its name, and that there is none is an answer', async () => {
		expect((await step('find_agent', { nameOrId: 'echo' })).output).toMatchObject({
			found: true,
			id: AGENTS.echo,
		});
		expect((await step('find_agent', { nameOrId: 'Nobody' })).output).toMatchObject({
			found: false,
			id: null,
		});
	});

	it('a call of one’s own stays below the base URL of the connection', async () => {
		const get = (path: string) => step('custom_api_call', { method: 'GET', path });
		expect((await get('/api/v2/agents?limit=1')).output).toMatchObject({
			status: 200,
			body: { data: expect.arrayContaining([expect.objectContaining({ id: AGENTS.echo })]) },
		});
		expect((await get('//evil.example/x')).message).toMatch(/path was refused/);
		expect((await get('https://evil.example/x')).message).toMatch(/path was refused/);
	});

	it('a list has all pages of the platform', async () => {
		for (let number = 0; number < 60; number++) {
			const propsValue = { agentId: AGENTS.echo, name: `Page ${number}` };
			await fetch(`${sandbox.url}/api/triggers`, {
				method: 'POST',
				headers: { 'x-api-key': sandbox.keys.admin, 'content-type': 'application/json' },
				body: JSON.stringify({
					agent_id: propsValue.agentId,
					name: propsValue.name,
					trigger_type: 'webhook',
					trigger_config: { auth: { type: 'api_key' }, execution: { mode: 'async' } },
				}),
			});
		}
		const outcome = await callPiece(piece.entry, {
			kind: 'options',
			action: 'dispatch_run',
			property: 'triggerId',
			connection: connectionTo(sandbox),
			searchValue: 'page',
		});
		expect(outcome).toMatchObject({ ok: true, output: { options: { length: 60 } } });
	});
});
