/** What a user of any runtime must be able to rely on. Nothing here is Node's own: it runs on Bun, Deno, workerd and in a browser. */
import {
	type AgentChunk,
	type CreateClientOptions,
	createClient,
	ZihinAgentError,
} from '@zihin/agent-client';

/** Where things are; every URL is on this machine. */
export interface Wire {
	readonly sandbox: string;
	/** A server whose first path segment says how it fails. */
	readonly faults: string;
	/** Nothing listens there. */
	readonly refused: string;
	readonly apiKey: string;
	readonly agentId: string;
}

/** What became of a check: `reason` when it failed. */
export interface Outcome {
	readonly name: string;
	readonly reason?: string;
}

const UNKNOWN_KEY = 'zhn_test_nobody_0123456789abcdef0123456789';

type Check = (wire: Wire) => Promise<void>;

function clientOf({ apiKey }: Wire, baseUrl: string, options: Partial<CreateClientOptions> = {}) {
	return createClient({ apiKey, baseUrl, allowHttp: true, timeoutMs: 20_000, maxRetries: 0, ...options });
}

const seen = async ({ faults }: Wire): Promise<{ elsewhere: number; left: number }> =>
	(await fetch(`${faults}/seen`)).json();

const CHECKS: Readonly<Record<string, Check>> = {
	'listAgents finds the seeded agent': async wire => {
		const agents = await clientOf(wire, wire.sandbox).listAgents();
		same(
			agents.some(({ id }) => id === wire.agentId),
			true,
		);
	},
	'invokeAgent answers with content, session and usage': async wire => {
		const answer = await clientOf(wire, wire.sandbox).invokeAgent({
			agentId: wire.agentId,
			message: 'sandbox',
		});
		same(
			[typeof answer.content, typeof answer.sessionId, typeof answer.usage?.totalTokens],
			['string', 'string', 'number'],
		);
	},
	'streamAgent yields tokens, then the response, then done': async wire => {
		const types: AgentChunk['type'][] = [];
		const turn = clientOf(wire, wire.sandbox).streamAgent({ agentId: wire.agentId, message: 'sandbox' });
		for await (const { type } of turn) types.push(type);
		same(types.at(-1), 'done');
		same(types.includes('token') && types.indexOf('token') < types.indexOf('response'), true);
	},
	'a character that is cut between two chunks of bytes comes whole': async wire => {
		const { content } = await clientOf(wire, `${wire.faults}/crumbs`).invokeAgent(ASK);
		same(content, '😀 é ﷽');
	},
	'leaving the loop closes the connection': async wire => {
		const before = (await seen(wire)).left;
		for await (const _chunk of clientOf(wire, `${wire.faults}/endless`).streamAgent(ASK)) break;
		for (let tries = 0; (await seen(wire)).left === before; tries++) {
			if (tries === 50) throw new Error('the connection is still open');
			await new Promise(resolve => setTimeout(resolve, 100));
		}
	},
	'a dispatched run is found again': async wire => {
		const client = clientOf(wire, wire.sandbox);
		const name = `Smoke ${Math.random()}`;
		const { triggerId } = await client.findOrCreateTrigger({ agentId: wire.agentId, name, mode: 'sync' });
		const { executionId } = await client.dispatchAgent({ triggerId, payload: { message: 'sandbox' } });
		same((await client.getExecution({ triggerId, executionId })).status, 'completed');
		await client.deleteTrigger({ triggerId });
		same((await failureOf(client.getTrigger({ triggerId }))).kind, 'not_found');
	},
	'an abort ends the call': async wire => {
		const caller = new AbortController();
		setTimeout(() => caller.abort(), 50);
		const client = clientOf(wire, `${wire.faults}/silent`);
		same((await failureOf(client.listAgents({ signal: caller.signal }))).kind, 'aborted');
		same((await failureOf(client.listAgents({ signal: caller.signal }))).kind, 'aborted');
	},
	'timeoutMs ends the call, before the headers and within the body': async wire => {
		const silent = clientOf(wire, `${wire.faults}/silent`, { timeoutMs: 100 });
		same((await failureOf(silent.listAgents())).kind, 'timeout');
		const endless = clientOf(wire, `${wire.faults}/endless`, { timeoutMs: 300 });
		same((await failureOf(endless.invokeAgent(ASK))).kind, 'timeout');
	},
	'a 503 is tried again, also for a side effect': async wire => {
		const retries: number[] = [];
		const options = {
			maxRetries: 2,
			onRetry: ({ attempt }: { attempt: number }) => void retries.push(attempt),
		};
		const client = clientOf(wire, `${wire.faults}/busy`, options);
		same((await client.invokeAgent(ASK)).content, 'The answer.');
		same(retries, [1, 2]);
	},
	'a redirect is refused as protocol, and not followed': async wire => {
		const client = clientOf(wire, `${wire.faults}/moved`, { maxRetries: 2 });
		const error = await failureOf(client.listAgents());
		same([error.kind, error.retryable], ['protocol', false]);
		same((await seen(wire)).elsewhere, 0);
	},
	'a connection that is refused is network, and retryable': async wire => {
		const error = await failureOf(clientOf(wire, wire.refused).listAgents());
		same([error.kind, error.retryable], ['network', true]);
	},
	'a stream without its end is no answer': async wire => {
		same((await failureOf(clientOf(wire, `${wire.faults}/cut`).invokeAgent(ASK))).kind, 'protocol');
		const torn = await failureOf(clientOf(wire, `${wire.faults}/torn`).invokeAgent(ASK));
		same([torn.kind === 'network' || torn.kind === 'protocol', torn.effect], [true, 'unknown']);
	},
	'an unknown key is auth, a missing agent not_found': async wire => {
		const stranger = clientOf(wire, wire.sandbox, { apiKey: UNKNOWN_KEY });
		const error = await failureOf(stranger.listAgents());
		same([error.kind, error.status], ['auth', 401]);
		clean(error, UNKNOWN_KEY);
		const agentId = '00000000-0000-4000-8000-000000000000';
		const missing = clientOf(wire, wire.sandbox).invokeAgent({ agentId, message: 'x' });
		same((await failureOf(missing)).kind, 'not_found');
	},
	'the key is in no error, whatever failed': async wire => {
		const root = Object.assign(new Error(`X-Api-Key: ${wire.apiKey}`), { headers: { key: wire.apiKey } });
		const leaky = async () => {
			throw new TypeError(`fetch failed with ${wire.apiKey}`, { cause: root });
		};
		const error = await failureOf(clientOf(wire, wire.sandbox, { fetch: leaky }).listAgents());
		same(error.kind, 'network');
		clean(error, wire.apiKey);
	},
	'a wrong option is a config error, and nothing is sent': async wire => {
		const wrong: Partial<CreateClientOptions>[] = [
			{ apiKey: 'nobody' },
			{ apiKey: ` ${wire.apiKey}` },
			{ baseUrl: 'http://example.com' },
			{ baseUrl: 'https://169.254.169.254', allowCustomBaseUrl: true },
			{ timeoutMs: 0 },
		];
		for (const options of wrong) {
			const error = await failureOf(Promise.resolve().then(() => clientOf(wire, wire.sandbox, options)));
			same(error.kind, 'config');
			clean(error, wire.apiKey);
		}
	},
};

const ASK = { agentId: 'a1', message: 'hi' } as const;

export async function runSmoke(wire: Wire): Promise<readonly Outcome[]> {
	const outcomes: Outcome[] = [];
	for (const [name, check] of Object.entries(CHECKS)) {
		outcomes.push(
			await check(wire).then(
				() => ({ name }),
				(error: unknown) => ({ name, reason: String(error) }),
			),
		);
	}
	return outcomes;
}

async function failureOf(call: Promise<unknown>): Promise<ZihinAgentError> {
	const error: unknown = await call.then(
		() => new Error('the call succeeded'),
		(thrown: unknown) => thrown,
	);
	if (!ZihinAgentError.is(error)) throw error;
	return error;
}

function same(actual: unknown, expected: unknown): void {
	const [is, ought] = [JSON.stringify(actual), JSON.stringify(expected)];
	if (is !== ought) throw new Error(`${is} instead of ${ought}`);
}

/** Fails when a program that looks at the error, or at what caused it, sees the secret. */
function clean(error: ZihinAgentError, secret: string): void {
	for (let link: unknown = error; link instanceof Error; link = link.cause) {
		const view = [String(link), link.stack, JSON.stringify(link), ...Object.values(link).map(String)].join(
			'\n',
		);
		if (view.includes(secret.slice('zhn_test_'.length))) throw new Error('the key is shown');
	}
}
