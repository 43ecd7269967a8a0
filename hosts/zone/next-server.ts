import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { kill, start } from '../runtimes/process.ts';
import { NEXT } from './zone-app.ts';

/** Starts `next start` or `next dev`, and waits until it listens. */
export async function startNext(
	folder: string,
	command: 'start' | 'dev',
	{
		port,
		environment,
		node = process.execPath,
	}: {
		readonly port: number;
		readonly environment: Readonly<Record<string, string>>;
		readonly node?: string;
	},
): Promise<AsyncDisposable & { readonly output: () => string }> {
	const child = start(node, [NEXT, command, '-p', String(port), '-H', '127.0.0.1'], {
		cwd: folder,
		env: { ...environment, NEXT_TELEMETRY_DISABLED: '1' },
	});
	let output = '';
	for (const stream of [child.stdout, child.stderr]) stream.on('data', text => (output += text));
	const ended = once(child, 'close').then(() => {
		throw new Error(`Next ended.\n${output}`);
	});
	ended.catch(() => {});
	await Promise.race([ready(child), ended]);
	return {
		output: () => output,
		async [Symbol.asyncDispose]() {
			kill(child);
			await ended.catch(() => {});
		},
	};
}

async function ready({ stdout }: ChildProcess): Promise<void> {
	if (!stdout) throw new Error('Next has no output to read.');
	for await (const line of createInterface({ input: stdout })) if (/Ready in/.test(line)) return;
}
