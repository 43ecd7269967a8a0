import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { SANDBOX_AGENT_ID, SANDBOX_KEYS } from '@zihin/sandbox';

/** A sandbox in a process of its own, for tests that kill it. */
export interface SandboxProcess extends AsyncDisposable {
	readonly url: string;
	/** Waits until an agent has begun to answer: only then is there something to interrupt. */
	turnBegins(): Promise<void>;
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
	return { url, turnBegins: () => turnBegins(url), kill, [Symbol.asyncDispose]: kill };
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

async function turnBegins(url: string): Promise<void> {
	const headers = { 'X-Api-Key': SANDBOX_KEYS.member };
	for (let attempt = 0; attempt < 300; attempt++) {
		const answer = await fetch(`${url}/api/v2/agents/${SANDBOX_AGENT_ID}/sessions`, { headers });
		const { data } = (await answer.json()) as { data: readonly unknown[] };
		if (data.length > 0) return;
		await new Promise(resolve => setTimeout(resolve, 50));
	}
	throw new Error('No turn began.');
}
