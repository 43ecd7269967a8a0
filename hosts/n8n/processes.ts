import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { environmentOf } from './environment.ts';
import { freePort } from './free-port.ts';
import { type Launch, type Leashed, launch } from './leashed.ts';

/** How long n8n may take until it is ready: some ten seconds, on a machine that has other work a minute. */
const START_MS = 240_000;

/** One n8n as its processes share it. */
export interface Site {
	/** The folder whose `node_modules` has n8n. */
	readonly installation: string;
	/** The user folder: the database and the community package. It is removed with the process that runs in it. */
	readonly home: string;
	/** Where the world finds it. */
	readonly url: string;
	readonly env?: Readonly<Record<string, string>>;
}

export interface N8nProcess extends Leashed {
	readonly url: string;
}

/** The process with the editor; with no queue, the only one. */
export function startMain(site: Site, port: number): Promise<N8nProcess> {
	return startProcess(site, { name: 'n8n', command: ['start'], port, portName: 'N8N_PORT' });
}

/** Takes production webhooks, and those of sleeping executions, in queue mode. */
export function startWebhookProcess(site: Site, port: number): Promise<N8nProcess> {
	return startProcess(site, { name: 'n8n webhook', command: ['webhook'], port, portName: 'N8N_PORT' });
}

/** Runs what is in the queue. */
export async function startWorker(site: Site, concurrency: number): Promise<N8nProcess> {
	return startProcess(
		{ ...site, env: { ...site.env, QUEUE_HEALTH_CHECK_ACTIVE: 'true' } },
		{
			name: 'n8n worker',
			command: ['worker', `--concurrency=${concurrency}`],
			port: await freePort(),
			portName: 'QUEUE_HEALTH_CHECK_PORT',
		},
	);
}

/** Runs a command of n8n to its end. @returns what it printed */
export async function runCommand(site: Site, ...command: string[]): Promise<string> {
	const running = await launchN8n(site, { name: `n8n ${command[0]}`, command });
	const printed: string[] = [];
	running.onLine(line => printed.push(line));
	const status = await running.ended;
	if (status !== 0) throw new Error(`n8n ${command.join(' ')} failed.\n${printed.join('\n')}`);
	return printed.join('\n');
}

interface Part {
	readonly name: string;
	readonly command: readonly string[];
	readonly port: number;
	readonly portName: string;
}

async function startProcess(site: Site, { name, command, port, portName }: Part): Promise<N8nProcess> {
	const running = await launchN8n(site, {
		name,
		command,
		env: { [portName]: String(port) },
		folder: site.home,
	});
	const url = `http://127.0.0.1:${port}`;
	try {
		await isReady(running, `${url}/healthz/readiness`);
	} catch (error) {
		await running.end();
		throw error;
	}
	return { ...running, url };
}

async function launchN8n(
	site: Site,
	{
		env = {},
		command,
		...launched
	}: Pick<Part, 'command'> & Pick<Launch, 'name' | 'folder'> & { readonly env?: Record<string, string> },
): Promise<Leashed> {
	return launch({
		...launched,
		program: process.execPath,
		args: [join(site.installation, 'node_modules/n8n/bin/n8n'), ...command],
		cwd: site.home,
		env: {
			...environmentOf(site),
			// Each process has a broker for its own task runner.
			N8N_RUNNERS_BROKER_PORT: String(await freePort()),
			...site.env,
			...env,
		},
	});
}

async function isReady(running: Leashed, url: string): Promise<void> {
	const latest = Date.now() + START_MS;
	let over = false;
	running.ended.then(() => {
		over = true;
	});
	while (!over && Date.now() < latest) {
		const answer = await fetch(url).catch(() => undefined);
		await answer?.arrayBuffer();
		if (answer?.ok) return;
		await sleep(200);
	}
	const what = over ? 'ended' : 'was not ready in time';
	throw new Error(`${running.name} ${what}.\n${running.lines.join('\n')}`);
}
