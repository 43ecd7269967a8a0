import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testConnector } from './connector/test-connector.ts';
import { EXAMPLES, exampleFile, filledExample } from './examples.ts';
import { listeningUrlOf } from './listening-trigger.ts';
import { type N8n, type StoredCredential, startN8n } from './n8n.ts';
import { runCommand } from './processes.ts';
import { AGENTS, type Sandbox, startAgents, triggersOf } from './sandboxes.ts';
import { until } from './until.ts';

let n8n: N8n;
beforeAll(async () => {
	n8n = await startN8n();
});
afterAll(() => n8n?.[Symbol.asyncDispose]());

testConnector('one process', () => n8n);

describe('the example workflows', () => {
	let sandbox: Sandbox;
	let credentials: StoredCredential;
	beforeAll(async () => {
		sandbox = await startAgents('full');
		const connection = { apiKey: sandbox.keys.admin, baseUrl: sandbox.url, allowHttp: true };
		credentials = await n8n.store('Examples', connection);
	});
	afterAll(() => sandbox.close());

	it.each(EXAMPLES)('%s is imported from its file by the command line', async name => {
		const printed = await runCommand(n8n.site, 'import:workflow', `--input=${exampleFile(name)}`);
		expect(printed).toContain('Successfully imported 1 workflow');
	});

	it('ask-an-agent shows the answer, also when the command line executes it', async () => {
		const flow = await n8n.save(filledExample('ask-an-agent', { credentials, agentId: AGENTS.echo }));
		await flow.execute('When clicking ‘Execute workflow’');
		const [run] = await flow.runs(1);
		expect(run?.output('Answer')).toEqual([{ answer: 'You said: How are retries decided?' }]);
		const printed = await runCommand(n8n.site, 'execute', `--id=${flow.id}`, '--rawOutput');
		expect(printed).toContain('You said: How are retries decided?');
	});

	it('what send-to-a-trigger sends comes out of react-to-a-finished-run', async () => {
		const choices = { credentials, agentId: AGENTS.echo };
		const react = await n8n.save(filledExample('react-to-a-finished-run', choices));
		await react.publish();
		const trigger = await until('the trigger is made', async () => (await triggersOf(sandbox))[0]);
		await listeningUrlOf(sandbox, trigger.id);
		const send = await n8n.save(filledExample('send-to-a-trigger', { credentials, triggerId: trigger.id }));
		await send.execute('When clicking ‘Execute workflow’');
		const [run] = await react.runs(1);
		expect(run?.output('Answer')).toEqual([
			{ status: 'completed', answer: 'You said: Hello from a workflow' },
		]);
	});
});
