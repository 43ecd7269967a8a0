import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

export interface Ended {
	readonly status: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

const running = new Set<ChildProcess>();

/** Runs a program to its end, or kills it and all that it started when its time is over. */
export async function run(
	program: string,
	args: readonly string[],
	options: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv; readonly timeoutMs: number },
): Promise<Ended> {
	const child = start(program, args, options);
	const timer = setTimeout(() => kill(child), options.timeoutMs);
	try {
		const output = Promise.all([text(child.stdout), text(child.stderr)]);
		const [status]: (number | null)[] = await once(child, 'close');
		const [stdout, stderr] = await output;
		return { status: status ?? null, stdout, stderr };
	} finally {
		clearTimeout(timer);
		kill(child);
	}
}

/** Starts a program that leads a process group of its own, so that nothing of it outlives its end. */
export function start(
	program: string,
	args: readonly string[],
	{ cwd, env = {} }: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv },
) {
	const child = spawn(program, args, {
		cwd,
		env: { ...process.env, ...env },
		stdio: ['ignore', 'pipe', 'pipe'],
		detached: true,
	});
	running.add(child);
	child.once('close', () => running.delete(child));
	return child;
}

export function kill(child: ChildProcess): void {
	if (child.pid === undefined) return;
	try {
		process.kill(-child.pid, 'SIGKILL');
	} catch {
		// The group has ended.
	}
}

for (const [signal, status] of [
	['SIGINT', 130],
	['SIGTERM', 143],
] as const) {
	process.once(signal, () => {
		for (const child of running) kill(child);
		process.exit(status);
	});
}
