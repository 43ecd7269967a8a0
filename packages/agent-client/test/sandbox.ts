import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Sandbox, SandboxOptions } from '@zihin/sandbox';

export type SandboxReady = Pick<Sandbox, 'url' | 'keys' | 'agentId'>;

/** A sandbox that a test file has to itself. */
export interface TestSandbox extends SandboxReady {
	/** What agents were asked, oldest first. */
	messages(): Promise<readonly string[]>;
	close(): Promise<void>;
}

/**
 * Starts a sandbox in a process of its own: it needs a newer Node than the client does. `ZIHIN_SANDBOX_NODE`
 * names the binary where the tests themselves run on an older one.
 */
export async function startTestSandbox(options: SandboxOptions): Promise<TestSandbox> {
	const script = fileURLToPath(new URL('./sandbox-process.ts', import.meta.url));
	const child = fork(script, [JSON.stringify({ port: 0, ...options })], {
		execPath: process.env.ZIHIN_SANDBOX_NODE ?? process.execPath,
		execArgv: [],
		env: { ...process.env, NODE_NO_WARNINGS: '1' },
	});
	const exited = once(child, 'exit');
	const failed = exited.then(([code]) => Promise.reject(new Error(`The sandbox ended with ${code}.`)));
	failed.catch(() => {});
	const answer = async <T>(): Promise<T> => (await Promise.race([once(child, 'message'), failed]))[0];

	const ready = await answer<SandboxReady>();
	return {
		...ready,
		messages: () => {
			const messages = answer<readonly string[]>();
			child.send('messages');
			return messages;
		},
		close: async () => {
			child.disconnect();
			await exited;
		},
	};
}
