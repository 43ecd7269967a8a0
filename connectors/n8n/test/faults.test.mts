import { ANSWERED_WITH, FAULTS, FAULTS_OF_ANY_CALL } from '@zihin/connector-kit/testing/fault-outcomes';
import type { ProfileName, Sandbox } from '@zihin/sandbox';
import type { IRun } from 'n8n-workflow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { itemsOf, type N8nHost } from './host.mts';
import { AGENTS, openN8n, PROFILES, startAgents, switchFaults } from './sandboxes.mts';
import { parametersOf } from './workflows.mts';

interface Ids {
	readonly triggerId: string;
	readonly executionId: string;
}

/** The operations beside it, each with inputs of its own. */
const OTHERS: readonly (readonly [resource: string, operation: string, inputs: (ids: Ids) => object])[] = [
	['agent', 'getAll', () => ({})],
	['agent', 'invokeAndStream', () => ({ agentId: AGENTS.echo, message: 'Hi' })],
	['agent', 'runAndWait', () => ({ agentId: AGENTS.echo, message: 'Hi' })],
	['execution', 'dispatch', () => ({ agentId: AGENTS.echo, message: 'Hi' })],
	['execution', 'get', ids => ids],
	['execution', 'getAll', ({ triggerId }) => ({ triggerId })],
	['trigger', 'findOrCreate', () => ({ agentId: AGENTS.echo, name: 'Fault' })],
	['trigger', 'getAll', () => ({})],
	['trigger', 'delete', ({ triggerId }) => ({ triggerId })],
];

describe.each(PROFILES)('faults, %s profile', (profile: ProfileName) => {
	let sandbox: Sandbox;
	let host: N8nHost;
	let ids: Ids;
	beforeAll(async () => {
		sandbox = await startAgents(profile);
		host = await openN8n(sandbox);
		const dispatched = parametersOf('execution', 'dispatch', { agentId: AGENTS.echo, message: 'Hi' });
		const [item] = itemsOf(await host.execute(dispatched));
		ids = { triggerId: String(item?.json.triggerId), executionId: String(item?.json.executionId) };
	});
	afterAll(async () => {
		await host.close();
		await sandbox.close();
	});

	/** The message of the error, where there is one: with what to do, and without the key. */
	function messageOf(run: IRun): string | undefined {
		const { error } = run.data.resultData;
		if (error === undefined) return undefined;
		expect(JSON.stringify(run.data.resultData)).not.toContain(sandbox.keys.admin);
		expect(error).toHaveProperty('description', expect.stringMatching(/\S/));
		return error.message;
	}

	it.each(FAULTS)('an invocation that meets %s (%s) ends in %s', async (name, value, expected) => {
		await switchFaults(sandbox, [{ name, ...(value !== undefined && { value }) }], AGENTS.echo);
		const message = `${name} ${value}`;
		const parameters = parametersOf('agent', 'invoke', {
			agentId: AGENTS.echo,
			message,
			timeoutSeconds: name === 'stall' ? 1 : 20,
		});
		const run = await host.execute(parameters);
		expect(messageOf(run) ?? itemsOf(run)[0]?.json.content).toMatch(expected);
		expect(sandbox.executions().filter(execution => execution.message === message).length).toBeLessThan(2);
		await switchFaults(sandbox, [], AGENTS.echo);
	});

	it.each(OTHERS)('%s: %s survives a fault, or says what happened', async (resource, operation, inputs) => {
		const parameters = parametersOf(resource, operation, { ...inputs(ids) });
		for (const fault of FAULTS_OF_ANY_CALL) {
			await switchFaults(sandbox, [fault]);
			const before = sandbox.executions().length;
			const run = await host.execute(parameters);
			const message = messageOf(run);
			if (message === undefined) expect(itemsOf(run)).not.toEqual([]);
			else expect(message).toMatch(ANSWERED_WITH);
			if (fault.name === '401') expect(message).toMatch(/key was refused/);
			expect(sandbox.executions().length - before).toBeLessThan(2);
		}
		await switchFaults(sandbox, []);
	});
});
