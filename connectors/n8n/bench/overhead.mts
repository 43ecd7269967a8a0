// What the node costs: one invocation through n8n's engine, beside a node that does nothing and the bare client.
import { createClient } from '@zihin/agent-client';
import { startSandboxProcess } from '@zihin/connector-kit/testing/sandbox-process';
import { SANDBOX_KEYS } from '@zihin/sandbox';
import { itemsOf, openHost } from '../test/host.mts';
import { AFTER_TYPE } from '../test/node-types.mts';
import { parametersOf } from '../test/workflows.mts';

const ROUNDS = 300;
const WARM_UP = 100;
const ECHO = '00000000-0000-4000-8000-000000000001';
const AGENTS = new URL('../test/agents.yaml', import.meta.url).pathname;

await using sandbox = await startSandboxProcess(
	'--token-delay',
	'0',
	'--rate-limit',
	'1000000',
	'--agents',
	AGENTS,
);
const connection = { apiKey: SANDBOX_KEYS.editor, baseUrl: sandbox.url, allowHttp: true };
const client = createClient(connection);
const host = await openHost(connection);
const invoke = parametersOf('agent', 'invoke', { agentId: ECHO, message: 'Hi' });

const contenders = {
	client: async () => (await client.invokeAgent({ agentId: ECHO, message: 'Hi' })).content,
	noop: async () => {
		await host.execute({ value: 'You said: Hi' }, { node: { type: AFTER_TYPE } });
		return 'You said: Hi';
	},
	node: async () => itemsOf(await host.execute(invoke))[0]?.json.content,
};

const times: Record<keyof typeof contenders, number[]> = { client: [], noop: [], node: [] };
for (let round = 0; round < WARM_UP + ROUNDS; round++) {
	// In turns, so that a busy moment of the machine hits all of them.
	for (const name of ['client', 'noop', 'node'] as const) {
		const startedAt = performance.now();
		const content = await contenders[name]();
		const ms = performance.now() - startedAt;
		if (content !== 'You said: Hi') throw new Error(`${name} got another answer: ${content}`);
		if (round >= WARM_UP) times[name].push(ms);
	}
}
await host.close();

const quantile = (values: readonly number[], share: number) =>
	[...values].sort((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;
const overhead = times.node.map((ms, round) => ms - (times.noop[round] ?? 0) - (times.client[round] ?? 0));
const rows = { ...times, 'node - noop - client': overhead };
console.log(`${host.runtime}, Node ${process.version}, ${ROUNDS} rounds. Milliseconds a call:`);
console.table(
	Object.fromEntries(
		Object.entries(rows).map(([name, values]) => [
			name,
			{ median: quantile(values, 0.5).toFixed(2), p90: quantile(values, 0.9).toFixed(2) },
		]),
	),
);
const ratio = quantile(times.node, 0.5) / (quantile(times.noop, 0.5) + quantile(times.client, 0.5));
console.log(`The node takes ${ratio.toFixed(2)} times as long as both together.`);
