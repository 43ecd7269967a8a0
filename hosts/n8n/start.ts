// `npm run n8n`: a real n8n beside the sandbox, with the package, a credential and the example workflows in it. Until
// Ctrl+C, or with --once until the first example has its answer.
import { DEFAULT_PORT, type Sandbox, startSandbox } from '../../packages/sandbox/dist/index.js';
import { startFlags } from '../start-flags.ts';
import { OWNER } from './editor-session.ts';
import { type Choices, type ExampleName, filledExample } from './examples.ts';
import type { Flow } from './flow.ts';
import { freePort } from './free-port.ts';
import { type N8n, startN8n } from './n8n.ts';
import { triggersOf } from './sandboxes.ts';
import { until } from './until.ts';

const flags = startFlags({
	name: 'npm run n8n --',
	description:
		'Starts a real n8n beside the sandbox, with the Zihin nodes, a credential and example workflows in it.',
	port: ["n8n's port; another one if it is taken, or 0", 5678],
	once: 'end when the first example has its answer: 0 when it came, else 1',
});

await using stack = new AsyncDisposableStack();
const interrupted = new Promise<void>(resolve => {
	for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
});
const sandbox = await startSandbox({ port: await freePort(DEFAULT_PORT) });
stack.defer(() => sandbox.close());
console.log('» Starting n8n: a quarter of a minute …');
const n8n = stack.use(await startN8n({ port: flags.port }));
console.log('» Putting the examples into it …');
const ask = await fill(n8n, sandbox);
if (flags.once) {
	await ask.execute('When clicking ‘Execute workflow’');
	const [run] = await ask.runs(1);
	console.log(`» The agent's answer in n8n:\n\n${run?.output('Answer')[0]?.answer ?? run?.error?.message}\n`);
	process.exitCode = run?.status === 'success' ? 0 : 1;
} else {
	console.log(`
n8n is at ${n8n.url} until you press Ctrl+C.

  email        ${OWNER.email}
  password     ${OWNER.password}

It has a credential and the example workflows: open one, and execute it. What arrives is shown by the sandbox's
console, ${sandbox.url} . Nothing is kept when this ends.

Read docs/n8n.md, or add a Zihin node of your own: press N in a workflow, and search for "zihin".
`);
	await interrupted;
}
await stack.disposeAsync();
process.exit();

/** @returns the example that asks an agent */
async function fill(n8n: N8n, sandbox: Sandbox): Promise<Flow> {
	const connection = { apiKey: sandbox.keys.admin, baseUrl: sandbox.url, allowHttp: true };
	const credentials = await n8n.store('Zihin sandbox', connection);
	const agents = await agentsOf(sandbox);
	const save = (name: ExampleName, choices: Omit<Choices, 'credentials'>) =>
		n8n.save(filledExample(name, { credentials, ...choices }));
	const ask = await save('ask-an-agent', { agentId: agents('Librarian') });
	await save('run-a-long-one', { agentId: agents('Twenty Seconds') });
	const react = await save('react-to-a-finished-run', { agentId: agents('Quick') });
	await react.publish();
	const trigger = await until('the trigger is made', async () => (await triggersOf(sandbox))[0]);
	await save('send-to-a-trigger', { triggerId: trigger.id });
	return ask;
}

async function agentsOf(sandbox: Sandbox): Promise<(name: string) => string> {
	const headers = { 'X-Api-Key': sandbox.keys.admin };
	const answer = await fetch(`${sandbox.url}/api/v2/agents`, { headers });
	const { data }: { data: { id: string; name: string }[] } = JSON.parse(await answer.text());
	return name => {
		const agent = data.find(one => one.name === name);
		if (agent === undefined) throw new Error(`The sandbox has no agent ${name}.`);
		return agent.id;
	};
}
