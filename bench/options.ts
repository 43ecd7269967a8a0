import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

export interface BenchOptions {
	/** A smoke run: every path once, numbers without meaning. */
	readonly quick: boolean;
	/** The name of the only bench to run. */
	readonly only: string | undefined;
}

/** Reads the command line. `--against` reaches the measuring processes through the environment. */
export function readOptions(): BenchOptions {
	const { values } = parseArgs({
		options: {
			quick: { type: 'boolean', default: false },
			only: { type: 'string' },
			against: { type: 'string' },
		},
	});
	if (values.against !== undefined) process.env[AGAINST] = resolve(values.against);
	return { quick: values.quick, only: values.only };
}

const AGAINST = 'ZIHIN_BENCH_AGAINST';

/** A build of the client to measure. */
export interface Build {
	/** What its rows are called. */
	readonly label: string;
	/** The folder with its `index.js`. */
	readonly folder: URL;
}

/** This repository's build and, with `--against <folder>`, another one beside it. */
export function builds(): readonly Build[] {
	const other = process.env[AGAINST];
	const own = { label: 'zihin', folder: new URL('../packages/agent-client/dist/', import.meta.url) };
	if (other === undefined) return [own];
	return [own, { label: 'zihin (other build)', folder: pathToFileURL(`${other}/`) }];
}

type Client = typeof import('../packages/agent-client/dist/index.js');

/** Loads the client of a build. Dynamic, because a measuring process loads its own contender only. */
export async function loadClient(build: Build): Promise<Client> {
	const client: Client = await import(new URL('index.js', build.folder).href);
	return client;
}
