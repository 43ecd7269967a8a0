// What the app costs: one invocation through Zapier's handler, beside a create that does nothing in the same handler
// and the bare client.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { createClient } from '@zihin/agent-client';
import { startSandboxProcess } from '@zihin/connector-kit/testing/sandbox-process';
import { SANDBOX_KEYS } from '@zihin/sandbox';
import { AGENTS } from '../test/sandboxes.ts';

const ROUNDS = 300;
const WARM_UP = 100;
const ANSWER = 'You said: Hi';

interface Core {
	readonly version: string;
	createAppHandler(
		app: object,
	): (event: object) => Promise<{ readonly results: { readonly content: string } }>;
}
const require = createRequire(import.meta.url);
const { createAppHandler, version }: Core = require('zapier-platform-core');
const { default: app }: { default: { readonly creates: object } } = require('zapier-app-zihin');
const noop = {
	key: 'noop',
	noun: 'Nothing',
	display: { label: 'Nothing', description: 'Does nothing.' },
	operation: { perform: async () => ({ content: ANSWER }) },
};
const handle = createAppHandler({ ...app, creates: { ...app.creates, noop } });

await using sandbox = await startSandboxProcess(
	...['--token-delay', '0', '--rate-limit', '1000000'],
	...['--agents', fileURLToPath(new URL('../test/agents.yaml', import.meta.url))],
);
const connection = { apiKey: SANDBOX_KEYS.editor, baseUrl: sandbox.url, allowHttp: true };
const inputData = { agentId: AGENTS.echo, message: 'Hi' };
const client = createClient(connection);

async function create(key: string): Promise<string> {
	const { results } = await handle({
		command: 'execute',
		method: `creates.${key}.operation.perform`,
		bundle: { authData: { ...connection, allowHttp: 'true' }, inputData, meta: {} },
		// As in production, requests are logged; without a place for it the log would go to Zapier.
		customLogger: () => {},
		calledFromCli: true,
		calledFromCliInvoke: true,
	});
	return results.content;
}

const contenders = {
	client: async () => (await client.invokeAgent(inputData)).content,
	noop: () => create('noop'),
	app: () => create('invoke_agent'),
};

const times: Record<keyof typeof contenders, number[]> = { client: [], noop: [], app: [] };
for (let round = 0; round < WARM_UP + ROUNDS; round++) {
	// In turns, so that a busy moment of the machine hits all of them.
	for (const name of ['client', 'noop', 'app'] as const) {
		const startedAt = performance.now();
		const content = await contenders[name]();
		const ms = performance.now() - startedAt;
		if (content !== ANSWER) throw new Error(`${name} got another answer: ${content}`);
		if (round >= WARM_UP) times[name].push(ms);
	}
}

const quantile = (values: readonly number[], share: number) =>
	[...values].sort((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;
const overhead = times.app.map((ms, round) => ms - (times.noop[round] ?? 0) - (times.client[round] ?? 0));
console.log(
	`zapier-platform-core ${version}, Node ${process.version}, ${ROUNDS} rounds. Milliseconds a call:`,
);
console.table(
	Object.fromEntries(
		Object.entries({ ...times, 'app - noop - client': overhead }).map(([name, values]) => [
			name,
			{ median: quantile(values, 0.5).toFixed(2), p90: quantile(values, 0.9).toFixed(2) },
		]),
	),
);
