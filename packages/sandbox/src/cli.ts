import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { PROFILES, type ProfileName } from './profile.ts';
import { DEFAULT_PORT, type Sandbox, startSandbox } from './sandbox.ts';
import { SandboxSetupError } from './setup-error.ts';
import { VERSION } from './version.ts';

interface Flags {
	readonly port: number;
	readonly library?: string[];
	readonly database?: string;
	readonly tokenDelay?: number;
	readonly profile: ProfileName;
	readonly rateLimit?: number;
}

const SETUP_FAILED = 2;

const program = new Command('zihin-sandbox')
	.description("The Zihin platform's wire on this machine: agents, sessions, triggers, executions.")
	.option('--port <port>', 'the port on 127.0.0.1; 0 takes any free one', wholeNumber, DEFAULT_PORT)
	.option('--library <path...>', 'Markdown files and folders that the agent answers from')
	.option('--database <file>', 'where to keep everything (default: in memory)')
	.option('--token-delay <ms>', 'milliseconds before each token of an answer', wholeNumber)
	.addOption(
		new Option('--profile <profile>', 'bare drops what the vendor does not document')
			.choices(Object.keys(PROFILES))
			.default('full'),
	)
	.option('--rate-limit <requests>', 'requests a minute for each key', wholeNumber)
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

async function run({ port, library, database, tokenDelay, profile, rateLimit }: Flags): Promise<void> {
	const sandbox = await startSandbox({
		port,
		...(library && { library }),
		...(database !== undefined && { database }),
		...(tokenDelay !== undefined && { tokenDelayMs: tokenDelay }),
		profile,
		...(rateLimit !== undefined && { rateLimitPerMinute: rateLimit }),
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

function wholeNumber(text: string): number {
	if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It has to be a whole number.');
	return Number(text);
}
