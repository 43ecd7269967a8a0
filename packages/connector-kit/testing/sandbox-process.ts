import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

/** A sandbox in a process of its own, for tests that kill it. */
export interface SandboxProcess extends AsyncDisposable {
	readonly url: string;
	/** Ends it at once, as a crash would. */
	kill(): Promise<void>;
}

/** Starts the sandbox's command and waits until it says where it listens. */
export async function startSandboxProcess(...flags: readonly string[]): Promise<SandboxProcess> {
	const entry = createRequire(import.meta.url).resolve('@zihin/sandbox');
	const command = join(dirname(entry), '..', 'bin', 'zihin-sandbox.js');
	const child = spawn(process.execPath, [command, '--port', '0', ...flags], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	const exited = new Promise<void>(resolve => child.once('exit', () => resolve()));
	const url = await Promise.race([
		urlFrom(child),
		exited.then(() => Promise.reject(new Error('The sandbox ended before it listened.'))),
	]);
	const kill = async () => {
		child.kill('SIGKILL');
		await exited;
	};
	return { url, kill, [Symbol.asyncDispose]: kill };
}

async function urlFrom(child: ChildProcess): Promise<string> {
	if (child.stdout === null) throw new Error('The sandbox has no output to read.');
	for await (const line of createInterface(child.stdout)) {
		const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
		if (url !== undefined) {
			child.stdout.resume();
			return url;
		}
	}
	throw new Error('The sandbox did not say where it listens.');
}
