import { createClient, type FetchInit, type ZihinClient } from '../src/index.ts';
import { FAKE_KEY } from './cases.ts';

interface StoredTrigger {
	readonly id: string;
	readonly agent_id: string;
	readonly name: string;
	readonly trigger_type: string;
	readonly trigger_config: unknown;
	readonly created_at: string | undefined;
	enabled: boolean;
}

interface StoredExecution {
	readonly id: string;
	readonly trigger_id: string;
	readonly message: string;
	status: string;
}

/** Comes between a client and the platform: it may hold a request back, lose it, or lose its answer. */
export type Interception = (deliver: () => Response, request: string) => Promise<Response>;

/** A platform with triggers and runs, in memory: each request is one step, so that steps can be interleaved. */
export interface RunPlatform {
	readonly triggers: StoredTrigger[];
	readonly executions: StoredExecution[];
	/** What was asked, as `POST /api/triggers`, in the order in which it arrived. */
	readonly requests: string[];
	/** A client of it, as a process of its own would have one. */
	client(intercept?: Interception): ZihinClient;
}

/** @param clock what `created_at` says of the nth trigger */
export function runPlatform(clock: (nth: number) => string | undefined = dateOf): RunPlatform {
	const triggers: StoredTrigger[] = [];
	const executions: StoredExecution[] = [];
	const requests: string[] = [];
	let made = 0;

	return {
		triggers,
		executions,
		requests,
		client: (intercept = async deliver => deliver()) =>
			createClient({
				apiKey: FAKE_KEY,
				sleep: async () => {},
				fetch: (url, init) => {
					const request = `${init.method} ${new URL(url).pathname}`;
					return intercept(() => {
						requests.push(request);
						return answer(request, init);
					}, request);
				},
			}),
	};

	function answer(request: string, { body }: FetchInit): Response {
		const [method = '', path = ''] = request.split(' ');
		const [id = '', what = '', executionId] = path.split('/').slice(3);
		if (id === '' && method === 'GET') return Response.json({ data: [...triggers].reverse() });
		if (id === '') {
			const trigger = { ...JSON.parse(body ?? ''), id: `t${++made}`, enabled: true, created_at: clock(made) };
			triggers.push(trigger);
			return Response.json({ data: trigger }, { status: 201 });
		}
		const trigger = triggers.find(stored => stored.id === (id === 'webhook' ? what : id));
		if (trigger === undefined) return refuse(404, 'NOT_FOUND');
		if (id === 'webhook') {
			if (!trigger.enabled) return refuse(409, 'TRIGGER_DISABLED');
			const { message } = JSON.parse(body ?? '');
			const execution = {
				id: `e${executions.length + 1}`,
				trigger_id: trigger.id,
				message,
				status: 'pending',
			};
			executions.push(execution);
			return Response.json({ execution_id: execution.id, status: 'pending' }, { status: 202 });
		}
		if (what === 'executions') {
			const ofTrigger = executions.filter(execution => execution.trigger_id === id).reverse();
			if (executionId === undefined) return Response.json({ data: ofTrigger });
			const found = ofTrigger.find(execution => execution.id === executionId);
			return found === undefined ? refuse(404, 'NOT_FOUND') : Response.json({ data: found });
		}
		if (what === 'disable') trigger.enabled = false;
		if (method === 'DELETE') triggers.splice(triggers.indexOf(trigger), 1);
		return Response.json({ success: true });
	}
}

/** Milliseconds after a moment of today, so that nothing is old enough to be swept. */
function dateOf(nth: number): string {
	return new Date(Math.floor(Date.now() / 1000) * 1000 + nth).toISOString();
}

function refuse(status: number, code: string): Response {
	return Response.json({ error: { code, message: `${code}.` } }, { status });
}

/** The request does not arrive. */
export const unsent: Interception = async () => {
	throw new TypeError('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) });
};

/** The request arrives and is carried out; its answer does not come back. */
export const answerLost: Interception = async (deliver, request) => {
	deliver();
	return unsent(deliver, request);
};
