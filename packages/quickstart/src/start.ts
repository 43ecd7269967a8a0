import { fileURLToPath } from 'node:url';
import { createClient } from '@zihin/agent-client';
import { DEFAULT_PORT, SandboxSetupError, startSandbox } from '@zihin/sandbox';
import { Command, InvalidArgumentError } from 'commander';
import { PATHS } from './paths.ts';
import { invitation, tableOf } from './report.ts';
import { type Itinerary, type Journey, travel } from './travel.ts';
import { faultsOf } from './verdict.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

interface Flags {
	readonly question: string;
	readonly followUp: string;
	readonly port?: number;
	readonly once?: true;
}

const flags = new Command('npm start --')
	.description('Asks one question through the client, n8n, Activepieces and Zapier, against a local sandbox.')
	.option('-q, --question <text>', 'what to ask', 'How do I continue a conversation?')
	.option('-f, --follow-up <text>', 'what to ask next, in the same conversation', 'Tell me more')
	.option(
		'-p, --port <number>',
		`the sandbox's port (default: ${DEFAULT_PORT}, or any with --once)`,
		readPort,
	)
	.option('--once', 'end when all have answered: 0 when the answers are equal, else 1')
	.parse()
	.opts<Flags>();

process.exitCode = await start(flags);

async function start({ question, followUp, port, once }: Flags): Promise<number> {
	if (question.trim() === '') return complain('The question is empty: write one after --question.');
	console.log('Starting the sandbox …');
	let sandbox: Awaited<ReturnType<typeof startSandbox>>;
	try {
		sandbox = await startSandbox({ port: port ?? (once ? 0 : DEFAULT_PORT) });
	} catch (error) {
		if (error instanceof SandboxSetupError) return complain(error.message);
		throw error;
	}
	const connection = { apiKey: sandbox.keys.editor, baseUrl: sandbox.url, allowHttp: true };
	const { agentId } = sandbox;
	const itinerary = { connection, agentId, question, followUp, triggerName: 'Quickstart' };
	console.log(`Asking "${question}", and then "${followUp}"\n`);
	const { journeys, faults } = await travelAll(itinerary);
	console.log(`\n${tableOf(journeys)}`);
	console.log(`\n${journeys[0]?.answer.content ?? ''}\n`);
	if (faults.length === 0) {
		const found = await faultsOf(journeys, itinerary, createClient(connection), ROOT);
		faults.push(...found);
	}
	for (const fault of faults) console.error(`✗ ${fault}`);
	if (faults.length === 0) {
		console.log(`✓ ${journeys.length} equal answers, ${journeys.length} equal second answers, one trigger.`);
	}
	if (once) {
		await sandbox.close();
		return faults.length === 0 ? 0 : 1;
	}
	console.log(invitation(sandbox));
	await interrupted();
	await sandbox.close();
	return faults.length === 0 ? 0 : 1;
}

async function travelAll(itinerary: Itinerary): Promise<{ journeys: Journey[]; faults: string[] }> {
	const journeys: Journey[] = [];
	const faults: string[] = [];
	for (const path of PATHS) {
		console.log(`  ${path.name} …`);
		try {
			journeys.push(await travel(path, itinerary));
		} catch (error) {
			faults.push(`${path.name}: ${describe(error)}`);
		}
	}
	return { journeys, faults };
}

/** A platform's failure may be an Error or a record of one. */
function describe(error: unknown): string {
	const message: unknown = typeof error === 'object' && error !== null && Reflect.get(error, 'message');
	return typeof message === 'string' ? message : String(error);
}

function interrupted(): Promise<void> {
	return new Promise(resolve => {
		process.once('SIGINT', () => resolve());
		process.once('SIGTERM', () => resolve());
	});
}

function complain(sentence: string): number {
	console.error(sentence);
	return 2;
}

function readPort(text: string): number {
	const port = Number(text);
	if (Number.isInteger(port) && port >= 0 && port <= 65_535 && text.trim() !== '') return port;
	throw new InvalidArgumentError('A port is a whole number from 0 to 65535.');
}
