import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Whether this process was started by {@link measureInChild} or {@link startChild}. */
export function isChild(): boolean {
	return process.send !== undefined;
}

/** Sends what a child has to say to the process that started it. */
export function tellParent(message: object): void {
	process.send?.(message);
}

/**
 * Node keeps these scripts here without their types. Stripping them in each process would take 30 MB in it,
 * which is no contender's doing.
 */
const COMPILED = fileURLToPath(new URL('node_modules/.compiled/', import.meta.url));

/** A script of this folder that runs. */
export interface Child<T> {
	readonly child: ChildProcess;
	/** Its first message. */
	readonly said: T;
	/** Sends it a question and resolves with its next message. One at a time. */
	ask<Answer>(question: object): Promise<Answer>;
}

/** Starts a script of this folder and resolves with its first message. */
export async function startChild<T>(
	script: string,
	args: readonly string[],
	signal?: AbortSignal,
): Promise<Child<T>> {
	const child = fork(new URL(script, import.meta.url), args, {
		env: { ...process.env, NODE_COMPILE_CACHE: COMPILED },
		...(signal === undefined ? {} : { signal }),
	});
	const failed = once(child, 'exit').then(([code]) => {
		throw new Error(`${script} ${args.join(' ')} ended with ${code} before it answered.`);
	});
	failed.catch(() => {});
	// Both ends of the pipe are in this folder: T is what the script hands to tellParent.
	const hear = async <T>() => ((await Promise.race([once(child, 'message'), failed])) as [T])[0];
	const ask = <Answer>(question: object) => {
		child.send(question);
		return hear<Answer>();
	};
	return { child, said: await hear<T>(), ask };
}

/** Nothing here needs a quarter of it, unless a contender's time grows faster than its stream. */
const LONGEST_MS = 20_000;

/**
 * Runs a measurement in a process of its own, so that no contender warms or litters another's engine. Nothing
 * comes back from one that takes too long.
 */
export async function measureInChild<T>(script: string, args: readonly string[]): Promise<T | undefined> {
	const patience = AbortSignal.timeout(LONGEST_MS);
	try {
		const { child, said } = await startChild<T>(script, args, patience);
		child.disconnect();
		if (child.exitCode === null) await once(child, 'exit');
		return said;
	} catch (cause) {
		if (!patience.aborted) throw cause;
		console.log(`${script} ${args[0]} was ended after ${LONGEST_MS / 1000} s.`);
		return undefined;
	}
}
