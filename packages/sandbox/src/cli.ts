import { existsSync, realpathSync } from 'node:fs';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { openDatabase } from './database.ts';
import { requireSandboxFile } from './database-identity.ts';
import { exportDatabase } from './export-database.ts';
import { PROFILES, type ProfileName } from './profile.ts';
import { resetDatabase } from './reset-database.ts';
import { DEFAULT_PORT, type Sandbox, startSandbox } from './sandbox.ts';
import { SandboxSetupError } from './setup-error.ts';
import { VERSION } from './version.ts';

interface Flags {
	readonly port: number;
	readonly agents?: string;
	readonly library?: string[];
	readonly speed?: number;
	readonly database?: string;
	readonly memory?: true;
	readonly reset?: true;
	readonly export?: string;
	readonly import?: string;
	readonly tokenDelay?: number;
	readonly profile: ProfileName;
	readonly rateLimit?: number;
	readonly zone?: Readonly<Record<string, string>>;
}

const SETUP_FAILED = 2;

const program = new Command('zihin-sandbox')
	.description("The Zihin platform's wire on this machine: agents, sessions, triggers, executions.")
	.option('--port <port>', 'the port on 127.0.0.1; 0 takes any free one', wholeNumber, DEFAULT_PORT)
	.option(
		'--agents <file>',
		'a YAML file that declares the agents (default: the Librarian and ten scripted ones)',
	)
	.option('--library <path...>', 'Markdown files and folders that the Librarian answers from')
	.option('--database <file>', 'where to keep everything')
	.addOption(
		new Option('--memory', 'keep everything in memory, gone with the process (the default)').conflicts([
			'database',
			'reset',
			'export',
		]),
	)
	.option('--reset', 'delete what is in --database first, without asking')
	.option('--import <file>', 'begin with what --export wrote')
	.addOption(
		new Option('--export <file>', 'write a copy of --database to a new file, and end').conflicts([
			'reset',
			'import',
		]),
	)
	.option('--token-delay <ms>', 'milliseconds before each token of an answer', wholeNumber)
	.addOption(
		new Option('--profile <profile>', 'bare drops what the vendor does not document')
			.choices(Object.keys(PROFILES))
			.default('full'),
	)
	.option('--rate-limit <requests>', 'requests a minute for each key', wholeNumber)
	.option('--speed <factor>', 'how many times as fast as written scripted agents act', factor)
	.option(
		'--zone <agent=url...>',
		'zone apps to serve at /acme/<agent>/app, such as quick=http://localhost:4000',
		zoneApp,
	)
	.version(VERSION)
	.addHelpText(
		'after',
		'\nExample:\n  $ zihin-sandbox --port 8787 --library README.md docs --database sandbox.db\n',
	)
	.allowExcessArguments(false)
	.exitOverride();

try {
	program.parse();
	await run(program.opts<Flags>());
} catch (error) {
	if (error instanceof CommanderError) {
		// Commander has printed its sentence, or the help that was asked for.
		process.exitCode = error.exitCode === 0 ? 0 : SETUP_FAILED;
	} else if (error instanceof SandboxSetupError) {
		console.error(error.message);
		process.exitCode = SETUP_FAILED;
	} else throw error;
}

async function run(flags: Flags): Promise<void> {
	const {
		port,
		agents,
		library,
		database,
		tokenDelay,
		speed,
		profile,
		rateLimit,
		zone,
		import: importFrom,
	} = flags;
	if (flags.export !== undefined) {
		console.log(exported(needsDatabase('--export', database), flags.export));
		return;
	}
	// Before a reset deletes anything.
	if (importFrom !== undefined) requireSandboxFile(importFrom);
	if (flags.reset) reset(needsDatabase('--reset', database), importFrom);
	const sandbox = await startSandbox({
		port,
		...(agents !== undefined && { agents }),
		...(library && { library }),
		...(database !== undefined && { database }),
		...(importFrom !== undefined && { importFrom }),
		...(tokenDelay !== undefined && { tokenDelayMs: tokenDelay }),
		profile,
		...(rateLimit !== undefined && { rateLimitPerMinute: rateLimit }),
		...(speed !== undefined && { speed }),
		...(zone && { zoneApps: zone }),
	});
	for (const signal of ['SIGINT', 'SIGTERM'] as const) {
		// `once`: a second Ctrl+C ends the process the hard way, should closing ever hang.
		process.once(signal, () => void sandbox.close());
	}
	console.log(greeting(sandbox));
}

function greeting({ url, keys, agentId, library }: Sandbox): string {
	return [
		`Zihin sandbox ${VERSION} is ready at ${url}`,
		'',
		`  agent       ${agentId}  (Markdown files to answer from: ${library.files})`,
		`  owner key   ${keys.owner}`,
		`  admin key   ${keys.admin}`,
		`  editor key  ${keys.editor}`,
		`  member key  ${keys.member}`,
		'',
		...library.warnings,
		'Stop it with Ctrl+C.',
	].join('\n');
}

function needsDatabase(flag: string, database: string | undefined): string {
	if (database !== undefined) return database;
	throw new SandboxSetupError(`${flag} needs the file that it is about: add --database <file>.`);
}

function reset(file: string, importFrom: string | undefined): void {
	if (importFrom !== undefined && existsSync(file) && realpathSync(file) === realpathSync(importFrom)) {
		throw new SandboxSetupError(`--reset would delete ${importFrom} before --import has read it.`);
	}
	resetDatabase(file);
}

function exported(file: string, target: string): string {
	requireSandboxFile(file);
	const database = openDatabase(file);
	try {
		const { triggers, sessions, executions } = exportDatabase(database, target);
		return `Wrote ${target}: triggers ${triggers}, sessions ${sessions}, executions ${executions}.`;
	} finally {
		database.close();
	}
}

function wholeNumber(text: string): number {
	if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It has to be a whole number.');
	return Number(text);
}

function factor(text: string): number {
	if (!/^\d{1,7}(?:\.\d{1,6})?$/.test(text))
		throw new InvalidArgumentError('It has to be a number such as 10 or 0.5.');
	return Number(text);
}

function zoneApp(text: string, others: Readonly<Record<string, string>> = {}): Record<string, string> {
	const [, slug, url] = /^([a-z0-9-]+)=(.+)$/.exec(text) ?? [];
	if (slug === undefined || url === undefined) {
		throw new InvalidArgumentError('It has to be an agent and a URL, such as quick=http://localhost:4000.');
	}
	return { ...others, [slug]: url };
}
