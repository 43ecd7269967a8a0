import type { ProfileName, Sandbox } from '@zihin/sandbox';
import type { StructuredChunk } from 'n8n-workflow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { itemsOf, type N8nHost } from './host.mts';
import { AGENTS, openN8n, PROFILES, startAgents, switchFaults } from './sandboxes.mts';
import { parametersOf } from './workflows.mts';

const stream = (agentId: string, message: string) =>
	parametersOf('agent', 'invokeAndStream', { agentId, message });

describe.each(PROFILES)('Invoke and Stream, %s profile', (profile: ProfileName) => {
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

	async function listen(agentId: string, message: string, node = {}) {
		const chunks: StructuredChunk[] = [];
		const run = await host.execute(stream(agentId, message), { onChunk: chunk => chunks.push(chunk), node });
		const ofNode = chunks.filter(({ metadata }) => metadata.nodeName === 'Zihin');
		const shown = ofNode.filter(({ type }) => type === 'item').map(({ content }) => content);
		return { run, types: ofNode.map(({ type }) => type), shown };
	}

	it('shows the answer to who listens, and returns it as an invocation does', async () => {
		const { run, types, shown } = await listen(AGENTS.echo, 'one two three');
		expect(shown.join('')).toBe('You said: one two three');
		expect(shown.length).toBeGreaterThan(profile === 'full' ? 1 : 0);
		expect([types[0], types.at(-1)]).toEqual(['begin', 'end']);
		expect(itemsOf(run)[0]?.json.content).toBe('You said: one two three');
	});

	it('shows the whole answer after working text that is not part of it', async () => {
		const { shown, run } = await listen(AGENTS.thinksAloud, 'What colour?');
		expect(shown.join('').endsWith('It is blue.')).toBe(true);
		expect(itemsOf(run)[0]?.json.content).toBe('It is blue.');
	});

	it('is a plain invocation where nobody listens', async () => {
		const run = await host.execute(stream(AGENTS.echo, 'alone'));
		expect(itemsOf(run)[0]?.json.content).toBe('You said: alone');
	});

	it.each([
		['stops', {}],
		['continues', { onError: 'continueRegularOutput' }],
	])('tells who listens that it failed, when the node %s on a failure', async (_name, node) => {
		await switchFaults(sandbox, [{ name: 'error-event' }], AGENTS.echo);
		const { types } = await listen(AGENTS.echo, 'fail', node);
		expect(types[0]).toBe('begin');
		expect(types.at(-1)).toBe('error');
	});
});
