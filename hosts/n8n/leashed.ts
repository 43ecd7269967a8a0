import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const LEASH = fileURLToPath(new URL('leash.ts', import.meta.url));
/** How much of a program's output is kept for the report of a failure. */
const LINES_KEPT = 200;

/** A program that ends with this process, whatever happens to it. */
export interface Leashed extends AsyncDisposable {
	readonly name: string;
	readonly pid: number;
	/** What it wrote last. */
	readonly lines: readonly string[];
	/** Resolves with its status when it has ended. */
	readonly ended: Promise<number>;
	onLine(listener: (line: string) => void): void;
	/** Waits until it has written a line with this text. It throws with what was written when it ends instead. */
	says(text: string): Promise<void>;
	/** Ends it and what it has started, at once. */
	end(): Promise<void>;
}

export interface Launch {
	readonly name: string;
	readonly program: string;
	readonly args: readonly string[];
	readonly cwd: string;
	/** A folder that is removed when the program has ended. */
	readonly folder?: string;
	/** Beside the path and the home. What else this process was told, such as that it is a test, is its own. */
	readonly env?: NodeJS.ProcessEnv;
}

export async function launch({ name, program, args, cwd, folder = '', env = {} }: Launch): Promise<Leashed> {
	const leash = fork(LEASH, [folder, program, ...args], {
		cwd,
		env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
		stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
		detached: true,
		execArgv: [],
	});
	const lines: string[] = [];
	const listeners: ((line: string) => void)[] = [];
	const read = (output: Readable | null) => {
		if (output === null) return;
		const reader = createInterface(output).on('line', line => {
			lines.push(line);
			if (lines.length > LINES_KEPT) lines.shift();
			for (const listener of listeners) listener(line);
		});
		return once(reader, 'close');
	};
	const exit = new Promise<number>(resolve => leash.once('exit', status => resolve(status ?? 1)));
	const ended = Promise.all([exit, read(leash.stdout), read(leash.stderr)]).then(([status]) => status);
	const [message] = await once(leash, 'message');
	const { pid }: { readonly pid: number } = message;
	const onLine: Leashed['onLine'] = listener => void listeners.push(listener);
	const says: Leashed['says'] = text =>
		new Promise((resolve, reject) => {
			const look = () => lines.some(line => line.includes(text)) && resolve();
			onLine(look);
			look();
			ended.then(() => reject(new Error(`${name} ended.\n${lines.join('\n')}`)));
		});
	return { name, pid, lines, ended, onLine, says, end, [Symbol.asyncDispose]: end };

	async function end(): Promise<void> {
		if (leash.connected) leash.disconnect();
		await ended;
	}
}
