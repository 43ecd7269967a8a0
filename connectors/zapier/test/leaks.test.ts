import { fileURLToPath } from 'node:url';
import { startSandboxProcess } from '@zihin/connector-kit/testing/sandbox-process';
import { SANDBOX_KEYS } from '@zihin/sandbox';
import { expect, it } from 'vitest';
import { handler } from './handler.ts';
import { AGENTS } from './sandboxes.ts';

const MEGABYTE = 2 ** 20;

it('a thousand calls leave nothing behind', async () => {
	// In a process of its own: its memory is not the app's.
	await using sandbox = await startSandboxProcess(
		...['--token-delay', '0', '--rate-limit', '1000000'],
		...['--agents', fileURLToPath(new URL('agents.yaml', import.meta.url))],
	);
	const authData = { apiKey: SANDBOX_KEYS.editor, baseUrl: sandbox.url, allowHttp: 'true' };
	const methods = {
		'creates.invoke_agent.operation.perform': { agentId: AGENTS.echo, message: 'Hi' },
		'searches.list_agents.operation.perform': {},
	};
	async function call(times: number) {
		for (let count = 0; count < times; count++) {
			for (const [method, inputData] of Object.entries(methods)) {
				const caller = { calledFromCli: true, calledFromCliInvoke: true } as const;
				const bundle = { authData, inputData, meta: {} };
				await handler({ command: 'execute', method, bundle, ...caller }, () => {});
			}
		}
	}
	// What is compiled and cached in the first calls stays.
	await call(200);
	const before = await handler.usage();
	await call(500);
	const after = await handler.usage();
	// 2 KB a call: less than any request, answer or socket that something still holds.
	expect((after.heapBytes - before.heapBytes) / MEGABYTE).toBeLessThan(2);
	expect(after.sockets).toBeLessThanOrEqual(before.sockets);
}, 120_000);
