import { freePort } from './free-port.ts';
import { openGateway } from './gateway.ts';
import { makeHome } from './home.ts';
import { installN8n } from './install-n8n.ts';
import { type N8n, openN8n } from './n8n.ts';
import { startPostgres } from './postgres.ts';
import { type N8nProcess, startMain, startWebhookProcess, startWorker } from './processes.ts';
import { startRedis } from './redis.ts';

export const WORKERS = 2;
/** How many executions a worker runs at once. */
export const CONCURRENCY = 5;

/** An n8n as large installations have it: a main process, one for webhooks, workers, and between them Redis and PostgreSQL. */
export interface QueueN8n extends N8n {
	/** Kills all workers, as when their machine is lost, and starts others. */
	replaceWorkers(): Promise<void>;
	/** The same for the process that takes the webhooks. */
	replaceWebhookProcess(): Promise<void>;
}

export async function startQueueN8n(): Promise<QueueN8n> {
	const stack = new AsyncDisposableStack();
	try {
		const redis = stack.use(await startRedis());
		const postgres = stack.use(await startPostgres());
		const ports = { main: await freePort(), webhook: await freePort() };
		const live = { webhook: [] as N8nProcess[], workers: [] as N8nProcess[] };
		const gateway = stack.use(
			await openGateway(ports.main, () => (live.webhook.length > 0 ? ports.webhook : undefined)),
		);
		const site = {
			installation: await installN8n(),
			home: makeHome(),
			url: gateway.url,
			env: {
				EXECUTIONS_MODE: 'queue',
				OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true',
				QUEUE_BULL_REDIS_HOST: '127.0.0.1',
				QUEUE_BULL_REDIS_PORT: String(redis.port),
				// Of four processes that write to one SQLite file, one gives a write up after a second.
				DB_TYPE: 'postgresdb',
				DB_POSTGRESDB_HOST: '127.0.0.1',
				DB_POSTGRESDB_PORT: String(postgres.port),
				DB_POSTGRESDB_USER: postgres.user,
				DB_POSTGRESDB_DATABASE: postgres.database,
				// A worker that is gone is noticed sooner than after the usual minute and a half.
				QUEUE_WORKER_LOCK_DURATION: '15000',
				QUEUE_WORKER_LOCK_RENEW_TIME: '4000',
				QUEUE_WORKER_STALLED_INTERVAL: '5000',
			},
		};
		/** A machine of its own: of n8n's, a process shares the database with the others, and nothing else. */
		const elsewhere = () => ({ ...site, home: makeHome() });
		stack.defer(() => endAll([...live.webhook, ...live.workers]));
		const main = stack.use(await startMain(site, ports.main));
		const startWebhook = async () => {
			live.webhook = [await startWebhookProcess(elsewhere(), ports.webhook)];
		};
		const startWorkers = async () => {
			const starting = Array.from({ length: WORKERS }, () => startWorker(elsewhere(), CONCURRENCY));
			live.workers = await Promise.all(starting);
		};
		await Promise.all([startWebhook(), startWorkers()]);
		const n8n = await openN8n(site, main, () => stack.disposeAsync());
		return {
			...n8n,
			replaceWorkers: async () => {
				await endAll(live.workers);
				await startWorkers();
			},
			replaceWebhookProcess: async () => {
				await endAll(live.webhook);
				live.webhook = [];
				await startWebhook();
			},
		};
	} catch (error) {
		await stack.disposeAsync();
		throw error;
	}
}

async function endAll(processes: readonly N8nProcess[]): Promise<void> {
	await Promise.all(processes.map(one => one.end()));
}
