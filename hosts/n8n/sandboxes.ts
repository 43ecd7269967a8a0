import {
	dispatched,
	type ProfileName,
	type Sandbox,
	startAgents as start,
} from '../../packages/connector-kit/testing/scripted-sandbox.ts';

export { PROFILES, sleeper } from '../../packages/connector-kit/testing/scripted-sandbox.ts';
export { dispatched as asked, type ProfileName, type Sandbox };

export const AGENTS = {
	echo: '00000000-0000-4000-8000-000000000001',
	thinksAloud: '00000000-0000-4000-8000-000000000002',
	halfAMinute: '00000000-0000-4000-8000-000000000003',
	twoMinutes: '00000000-0000-4000-8000-000000000004',
	losesAnAnswer: '00000000-0000-4000-8000-000000000201',
} as const;

/** Sooner than a platform repeats a callback, and for a minute: a process that is replaced needs its time. */
const RETRY_DELAYS_MS = [200, 500, 1000, 2000, 5000, 10_000, 10_000, 10_000, 10_000, 10_000];

export const startAgents = (profile: ProfileName) =>
	start(import.meta.url, profile, { callbacks: { retryDelaysMs: RETRY_DELAYS_MS } });

/** Switches a fault of an agent on, or of all. It hits once unless it is said otherwise. */
export async function switchFault(
	sandbox: Sandbox,
	agentId: string | null,
	name: string,
	{ value, times = 1 }: { readonly value?: string | number; readonly times?: number } = {},
): Promise<void> {
	const answer = await fetch(`${sandbox.url}/sandbox/api/faults`, {
		method: 'POST',
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify({ agent_id: agentId, name, value, times }),
	});
	if (!answer.ok) throw new Error(await answer.text());
}

/** The names of the faults that have not hit yet. */
export async function faultsOf(sandbox: Sandbox): Promise<readonly string[]> {
	const { data } = await call<{ data: readonly { name: string }[] }>(sandbox, 'GET', 'sandbox/api/faults');
	return data.map(({ name }) => name);
}

export interface Trigger {
	readonly id: string;
	readonly name: string;
}

export async function triggersOf(sandbox: Sandbox): Promise<readonly Trigger[]> {
	const { data } = await call<{ data: readonly Trigger[] }>(sandbox, 'GET', 'api/triggers?limit=100');
	return data;
}

/** Where a trigger sends what has finished, with all that proves it. */
export async function callbackUrlOf(sandbox: Sandbox, triggerId: string): Promise<URL> {
	const { data } = await call<{
		data: { trigger_config: { execution: { callback: { url: string } } } };
	}>(sandbox, 'GET', `api/triggers/${triggerId}`);
	return new URL(data.trigger_config.execution.callback.url);
}

/** What anything that has a key can do. */
export async function dispatchTo(sandbox: Sandbox, triggerId: string, message: string): Promise<void> {
	await call(sandbox, 'POST', `api/triggers/webhook/${triggerId}`, { message });
}

async function call<T>(sandbox: Sandbox, method: string, path: string, body?: object): Promise<T> {
	const answer = await fetch(`${sandbox.url}/${path}`, {
		method,
		headers: { 'X-Api-Key': sandbox.keys.admin, 'Content-Type': 'application/json' },
		...(body && { body: JSON.stringify(body) }),
	});
	if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
	const answered: T = JSON.parse(await answer.text());
	return answered;
}
