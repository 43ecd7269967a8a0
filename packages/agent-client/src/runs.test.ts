import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { answerLost, type Interception, runPlatform, unsent } from '../test/run-platform.ts';
import { findRun, finishRun, hasEnded, type StartRunParams, startRun, waitForRun } from './runs.ts';

const ASK = { agentId: 'a1', message: 'Check order 4711', runKey: 'run 7, step 2, item 0: Check order 4711' };
const NAME = `zihin-run:${createHash('sha256').update(ASK.runKey).digest('hex').slice(0, 32)}`;
const CALLBACK = 'https://my-platform.example/hook?signature=abc';
const DISPATCH = /^POST \/api\/triggers\/webhook\//;

/** Lets the first request that matches go through this, and all others straight. */
function once(matching: RegExp, intercept: Interception): Interception {
	let done = false;
	return (deliver, request) => {
		if (done || !matching.test(request)) return Promise.resolve().then(deliver);
		done = true;
		return intercept(deliver, request);
	};
}
const always =
	(matching: RegExp, intercept: Interception): Interception =>
	(deliver, request) =>
		matching.test(request) ? intercept(deliver, request) : Promise.resolve().then(deliver);
const refusing =
	(status: number, headers: Record<string, string> = {}): Interception =>
	async () =>
		Response.json({ error: { code: 'NO', message: 'Not now.' } }, { status, headers });
/** The process ends here: nothing it waits for ever comes. */
const killed: Interception = () => new Promise(() => {});
const killedAfter: Interception = (deliver, request) => {
	deliver();
	return killed(deliver, request);
};

/** Where this many wait for each other. */
function meeting(parties: number): () => Promise<void> {
	let missing = parties;
	let begin = () => {};
	const complete = new Promise<void>(resolve => {
		begin = resolve;
	});
	return () => {
		if (--missing === 0) begin();
		return complete;
	};
}

/** Lets a start run until it is killed. */
async function startUntilKilled(platform: ReturnType<typeof runPlatform>, where: RegExp, how: Interception) {
	await new Promise<void>((resolve, reject) => {
		const kill: Interception = (deliver, request) => {
			setTimeout(resolve, 0);
			return how(deliver, request);
		};
		startRun(platform.client(once(where, kill)), ASK).then(() => reject(new Error('not killed')), reject);
	});
}

describe('startRun', () => {
	it('gives the run a trigger of its own, named by a hash of its key, and dispatches to it', async () => {
		const platform = runPlatform();
		const run = await startRun(platform.client(), ASK);
		expect(run).toStrictEqual({ agentId: 'a1', triggerId: 't1', executionId: 'e1', adopted: false });
		expect(platform.triggers).toMatchObject([
			{ name: NAME, agent_id: 'a1', trigger_config: { execution: { mode: 'async' } } },
		]);
		expect(platform.requests).toEqual([
			'GET /api/triggers',
			'POST /api/triggers',
			'GET /api/triggers',
			'POST /api/triggers/webhook/t1',
		]);
	});

	it('names it as anyone can who knows the key', async () => {
		const platform = runPlatform();
		const keys = Array.from({ length: 30 }, (_, index) => `key ${index}, ключ`);
		for (const runKey of keys) await startRun(platform.client(), { ...ASK, runKey });
		const hashes = keys.map(key => createHash('sha256').update(key).digest('hex').slice(0, 32));
		expect(platform.triggers.map(({ name }) => name)).toEqual(hashes.map(hash => `zihin-run:${hash}`));
	});

	it('returns plain JSON that may be stored, and may not be changed', async () => {
		const run = await startRun(runPlatform().client(), { ...ASK, callbackUrl: CALLBACK });
		expect(JSON.parse(JSON.stringify(run))).toEqual(run);
		expect(Object.isFrozen(run)).toBe(true);
	});

	it('sends the message and the context, and nothing else', async () => {
		const bodies: unknown[] = [];
		const { client } = runPlatform();
		const spied = client();
		await startRun(
			{
				...spied,
				dispatchAgent: params => {
					bodies.push(params.payload);
					return spied.dispatchAgent(params);
				},
			},
			{ ...ASK, context: { customer: 7, empty: '' } },
		);
		expect(bodies).toEqual([{ message: ASK.message, customer: 7, empty: '' }]);
	});

	it('adopts the run of an earlier start with the same key, also when it has ended', async () => {
		const platform = runPlatform();
		const first = await startRun(platform.client(), ASK);
		const second = await startRun(platform.client(), ASK);
		expect(second).toEqual({ ...first, adopted: true });
		Object.assign(platform.executions[0] ?? {}, { status: 'completed' });
		await finishRun(platform.client(), first);
		expect(await startRun(platform.client(), ASK)).toEqual({ ...first, adopted: true });
		expect(platform.executions).toHaveLength(1);
		expect(platform.triggers).toHaveLength(1);
	});

	it.each([
		['key', { runKey: `${ASK.runKey}.` }],
		['agent', { agentId: 'a2' }],
	])('is another run with another %s', async (_part, change) => {
		const platform = runPlatform();
		const first = await startRun(platform.client(), ASK);
		const second = await startRun(platform.client(), { ...ASK, ...change });
		expect(second.executionId).not.toBe(first.executionId);
		expect(second.adopted).toBe(false);
	});

	it('does not take a trigger of another type for its own', async () => {
		const platform = runPlatform();
		await startRun(platform.client(), ASK);
		Object.assign(platform.triggers[0] ?? {}, { trigger_type: 'schedule' });
		expect(await startRun(platform.client(), ASK)).toMatchObject({ triggerId: 't2', adopted: false });
	});

	it.each([
		['no key', { runKey: '' }, 'runKey is empty'],
		['a key that is no text', { runKey: 7 }, 'runKey is empty'],
		['no message', { message: '' }, 'message is empty'],
		['a message that is no text', { message: 7 }, 'message is empty'],
		['a context that is a text', { context: 'x' }, 'context must be an object'],
		['a context that is null', { context: null }, 'context must be an object'],
		['a context that is a list', { context: [] }, 'context must be an object'],
		['a callback URL that is no text', { callbackUrl: 7 }, 'callbackUrl must be a URL'],
		['a callback URL with a token', { callbackUrl: `${CALLBACK}&zihin_token=a` }, 'without a zihin_token'],
		['a message in the context', { context: { message: 'x' } }, 'must not have a field "message"'],
	])('refuses %s before anything is sent', async (_name, change: object, message) => {
		const platform = runPlatform();
		const ask: StartRunParams = Object.assign({ ...ASK }, change);
		const starting = startRun(platform.client(), ask);
		await expect(starting).rejects.toMatchObject({
			kind: 'config',
			message: expect.stringContaining(message),
		});
		expect(platform.requests).toEqual([]);
	});

	it('hands its signal and its time to every request', async () => {
		const seen: unknown[] = [];
		const inner = runPlatform().client();
		const note =
			<P extends object, R>(call: (params: P) => R) =>
			(params: P) => {
				seen.push(params);
				return call(params);
			};
		const { signal } = new AbortController();
		await startRun(
			{
				...inner,
				listTriggers: note(inner.listTriggers),
				createTrigger: note(inner.createTrigger),
				dispatchAgent: note(inner.dispatchAgent),
			},
			{ ...ASK, signal, timeoutMs: 5000 },
		);
		expect(seen).toHaveLength(4);
		for (const params of seen) expect(params).toMatchObject({ signal, timeoutMs: 5000 });
	});
});

describe('the callback of a run', () => {
	it('has a token of its own in its URL, which the run knows', async () => {
		const platform = runPlatform();
		const ask = { ...ASK, callbackUrl: CALLBACK };
		const run = await startRun(platform.client(), ask);
		const other = await startRun(platform.client(), { ...ask, runKey: 'another' });
		expect(run.callbackToken).toMatch(/^[0-9a-f]{32}$/);
		expect(other.callbackToken).not.toBe(run.callbackToken);
		expect(platform.triggers[0]?.trigger_config).toMatchObject({
			execution: { callback: { url: `${CALLBACK}&zihin_token=${run.callbackToken}` } },
		});
	});

	it('begins its query with the token where there is none yet', async () => {
		const platform = runPlatform();
		const callbackUrl = 'https://my-platform.example/hook';
		const run = await startRun(platform.client(), { ...ASK, callbackUrl });
		expect(platform.triggers[0]?.trigger_config).toMatchObject({
			execution: { callback: { url: `${callbackUrl}?zihin_token=${run.callbackToken}` } },
		});
		expect(await startRun(platform.client(), { ...ASK, callbackUrl })).toMatchObject({
			callbackToken: run.callbackToken,
		});
	});

	it('keeps its token when the run is adopted', async () => {
		const platform = runPlatform();
		const ask = { ...ASK, callbackUrl: CALLBACK };
		const run = await startRun(platform.client(), ask);
		expect(await startRun(platform.client(), ask)).toEqual({ ...run, adopted: true });
		expect(await findRun(platform.client(), ask)).toEqual({ ...run, adopted: true });
	});

	it('has its token also where the platform shows the URL in another spelling', async () => {
		const inner = runPlatform().client();
		const respelled = {
			...inner,
			createTrigger: async (params: Parameters<typeof inner.createTrigger>[0]) => ({
				...(await inner.createTrigger(params)),
				callbackUrl: 'https://MY-PLATFORM.example/',
			}),
		};
		const run = await startRun(respelled, { ...ASK, callbackUrl: CALLBACK });
		expect(run.callbackToken).toMatch(/^[0-9a-f]{32}$/);
	});

	it('has no token when somebody took it out of the trigger', async () => {
		const platform = runPlatform();
		await startRun(platform.client(), ASK);
		const execution = { mode: 'async', callback: { url: CALLBACK } };
		Object.assign(platform.triggers[0] ?? {}, { trigger_config: { execution } });
		const adopted = await startRun(platform.client(), { ...ASK, callbackUrl: CALLBACK });
		expect(adopted).toStrictEqual({ agentId: 'a1', triggerId: 't1', executionId: 'e1', adopted: true });
	});

	it.each([
		['elsewhere', CALLBACK, `${CALLBACK}d`],
		['nowhere', undefined, CALLBACK],
		['where nobody asked for it', CALLBACK, undefined],
	])('is not promised when an earlier start had it sent %s', async (_where, first, second) => {
		const platform = runPlatform();
		await startRun(platform.client(), { ...ASK, callbackUrl: first });
		const adopted = await startRun(platform.client(), { ...ASK, callbackUrl: second });
		expect(adopted).toEqual({ agentId: 'a1', triggerId: 't1', executionId: 'e1', adopted: true });
	});
});

describe('a start that is cut short', () => {
	it.each([
		['before its trigger was made', /^POST \/api\/triggers$/, killed],
		['after its trigger was made', /^POST \/api\/triggers$/, killedAfter],
		['before it dispatched', DISPATCH, killed],
		['while it dispatched', DISPATCH, killedAfter],
	])('%s is taken up by the next one', async (_when, where, how) => {
		const platform = runPlatform();
		await startUntilKilled(platform, where, how);
		const run = await startRun(platform.client(), ASK);
		expect(platform.executions.map(({ id }) => id)).toEqual([run.executionId]);
	});

	it('and only seems dead is kept from dispatching later', async () => {
		const platform = runPlatform();
		const [aboutToDispatch, mayDispatch] = [meeting(2), meeting(2)];
		const asleep: Interception = async deliver => {
			aboutToDispatch();
			await mayDispatch();
			return deliver();
		};
		const slow = startRun(platform.client(once(DISPATCH, asleep)), ASK);
		await aboutToDispatch();
		const run = await startRun(platform.client(), ASK);
		expect(run).toMatchObject({ triggerId: 't2', adopted: false });
		mayDispatch();
		expect(await slow).toEqual({ ...run, adopted: true });
		expect(platform.executions).toHaveLength(1);
	});
});

describe('a dispatch whose answer was lost', () => {
	it('is looked for and adopted, and not sent again', async () => {
		const platform = runPlatform();
		const run = await startRun(platform.client(once(DISPATCH, answerLost)), ASK);
		expect(run).toMatchObject({ executionId: 'e1', adopted: true });
		expect(platform.requests.slice(3)).toEqual([
			'POST /api/triggers/webhook/t1',
			'GET /api/triggers/t1/executions',
		]);
		expect(platform.triggers).toMatchObject([{ enabled: true }]);
	});

	it('is adopted also when the answer names no execution', async () => {
		const platform = runPlatform();
		const nameless: Interception = async deliver => {
			deliver();
			return Response.json({ response: 'x' });
		};
		expect(await startRun(platform.client(once(DISPATCH, nameless)), ASK)).toMatchObject({
			executionId: 'e1',
		});
	});

	it('is an error without effect when it never arrived: its trigger is closed, and a new start dispatches', async () => {
		const platform = runPlatform();
		await expect(startRun(platform.client(once(DISPATCH, unsent)), ASK)).rejects.toMatchObject({
			kind: 'network',
			effect: 'none',
			message: expect.stringMatching(/shows no run of it: .*ECONNRESET.*closed/),
		});
		expect(platform.triggers).toMatchObject([{ enabled: false }]);
		const before = platform.requests.length;
		expect(await startRun(platform.client(), ASK)).toMatchObject({ triggerId: 't2', executionId: 'e1' });
		expect(platform.requests.slice(before).filter(request => /disable$/.test(request))).toEqual([]);
	});

	it('is an error of the protocol when it was accepted without a name and shows no run', async () => {
		const nameless: Interception = async () => Response.json({ response: 'x' });
		const starting = startRun(runPlatform().client(once(DISPATCH, nameless)), ASK);
		await expect(starting).rejects.toMatchObject({
			kind: 'protocol',
			effect: 'none',
			message: expect.stringContaining('accepted, but the answer names no execution'),
		});
		const unseen = runPlatform().client((deliver, request) => {
			if (DISPATCH.test(request)) return nameless(deliver, request);
			return /executions$/.test(request) ? unsent(deliver, request) : Promise.resolve().then(deliver);
		});
		await expect(startRun(unseen, ASK)).rejects.toMatchObject({
			kind: 'protocol',
			code: 'RUN_UNDECIDED',
			effect: 'unknown',
		});
	});

	it('was refused, and says no more than that, when looking around fails too', async () => {
		const platform = runPlatform();
		const client = platform.client((deliver, request) => {
			if (DISPATCH.test(request)) return refusing(401)(deliver, request);
			return /executions$/.test(request) ? unsent(deliver, request) : Promise.resolve().then(deliver);
		});
		await expect(startRun(client, ASK)).rejects.toMatchObject({
			kind: 'auth',
			code: 'NO',
			effect: 'none',
			message: 'The server answered 401: Not now.',
		});
	});

	it.each([
		['looked for', /executions$/],
		['closed', /disable$/],
	])('is an error that says so when it cannot be %s', async (_what, where) => {
		const platform = runPlatform();
		const client = platform.client((deliver, request) => {
			if (DISPATCH.test(request)) return unsent(deliver, request);
			return where.test(request) ? unsent(deliver, request) : Promise.resolve().then(deliver);
		});
		await expect(startRun(client, ASK)).rejects.toMatchObject({
			kind: 'network',
			code: 'RUN_UNDECIDED',
			effect: 'unknown',
			message: expect.stringMatching(/may be running: .*not sent again.*same runKey/),
		});
	});

	it('is not sent again after a 503 either, which the client repeats elsewhere', async () => {
		const platform = runPlatform();
		const client = platform.client(once(DISPATCH, refusing(503, { 'retry-after': '0' })));
		await expect(startRun(client, ASK)).rejects.toMatchObject({ kind: 'server', code: 'NO', effect: 'none' });
		expect(platform.executions).toEqual([]);
	});

	it('was refused when there is a rate limit: nothing more is asked', async () => {
		const platform = runPlatform();
		const client = platform.client(always(DISPATCH, refusing(429, { 'retry-after': '7' })));
		await expect(startRun(client, ASK)).rejects.toMatchObject({
			kind: 'rate_limit',
			effect: 'none',
			retryAfterMs: 7000,
		});
		expect(platform.requests.filter(request => !DISPATCH.test(request))).toHaveLength(3);
		expect(await startRun(platform.client(), ASK)).toMatchObject({ executionId: 'e1', adopted: false });
	});
});

describe('what fails before the dispatch', () => {
	it.each([
		['the list of triggers', /^GET \/api\/triggers$/],
		['the making of the trigger', /^POST \/api\/triggers$/],
	])('is %s: an error without effect, and the next start goes through', async (_what, where) => {
		const platform = runPlatform();
		await expect(startRun(platform.client(always(where, answerLost)), ASK)).rejects.toMatchObject({
			kind: 'network',
			effect: 'none',
			message: expect.stringContaining(
				'before anything was sent to the agent: The connection failed (ECONNRESET)',
			),
		});
		expect(await startRun(platform.client(), ASK)).toMatchObject({ executionId: 'e1' });
	});

	it('says nothing of an earlier start, which may have dispatched before it was killed', async () => {
		const platform = runPlatform();
		await startUntilKilled(platform, DISPATCH, killedAfter);
		expect(platform.executions).toHaveLength(1);
		const listing = always(/^GET \/api\/triggers$/, unsent);
		await expect(startRun(platform.client(listing), ASK)).rejects.toMatchObject({
			effect: 'none',
			message: expect.stringMatching(/^This start of the run failed before anything was sent to the agent: /),
		});
		expect(await startRun(platform.client(), ASK)).toMatchObject({ executionId: 'e1', adopted: true });
	});

	it("is no error of ours: what is not the client's passes as it is", async () => {
		const inner = runPlatform().client();
		const broken = { ...inner, listTriggers: () => Promise.reject(new RangeError('foreign')) };
		await expect(startRun(broken, ASK)).rejects.toBeInstanceOf(RangeError);
		const dispatching = { ...inner, dispatchAgent: () => Promise.reject(new RangeError('foreign')) };
		await expect(startRun(dispatching, ASK)).rejects.toBeInstanceOf(RangeError);
	});
});

describe('two starts of one run at the same moment', () => {
	/** Both look before either makes its trigger, and look again when both have made one. */
	async function together(clock?: (nth: number) => string | undefined) {
		const platform = runPlatform(clock);
		const [bothLooked, bothMade] = [meeting(2), meeting(2)];
		const starts = [1, 2].map(() => {
			let made = false;
			const inStep: Interception = async (deliver, request) => {
				if (request === 'POST /api/triggers') await bothLooked();
				if (request === 'GET /api/triggers' && made) await bothMade();
				made ||= request === 'POST /api/triggers';
				return deliver();
			};
			return startRun(platform.client(inStep), ASK);
		});
		return { platform, outcomes: await Promise.allSettled(starts) };
	}

	it('end with one dispatch, through the older trigger', async () => {
		const { platform, outcomes } = await together();
		expect(platform.executions).toMatchObject([{ trigger_id: 't1' }]);
		const errors = outcomes.flatMap(outcome => (outcome.status === 'rejected' ? [outcome.reason] : []));
		for (const error of errors) {
			expect(error).toMatchObject({
				kind: 'unknown',
				code: 'RUN_UNDER_WAY',
				retryable: true,
				effect: 'none',
				message: expect.stringMatching(/Another start of this run is under way, and this one sent nothing/),
			});
		}
		expect(platform.triggers).toMatchObject([{ enabled: true }, { enabled: false }]);
		expect(await startRun(platform.client(), ASK)).toMatchObject({ executionId: 'e1', adopted: true });
	});

	it.each([
		['were made in the same millisecond', () => '2026-11-22T00:00:00.000Z'],
		['have no date', () => undefined],
	])('end with one dispatch when their triggers %s', async (_name, clock: () => string | undefined) => {
		const { platform } = await together(clock);
		expect(platform.executions).toMatchObject([{ trigger_id: 't1' }]);
	});

	it.each<[string, (nth: number) => string | undefined, string]>([
		['is older by its date, wherever it stands in the list', nth => `2026-11-22T00:00:0${3 - nth}Z`, 't2'],
		['has no date beside one that has', nth => (nth === 1 ? undefined : '2026-11-22T00:00:00Z'), 't1'],
		[
			'has no date, though it stands before one that has',
			nth => (nth === 2 ? undefined : '2026-11-22'),
			't2',
		],
	])('end with one dispatch through the trigger that %s', async (_name, clock, owner) => {
		const { platform } = await together(clock);
		expect(platform.executions).toMatchObject([{ trigger_id: owner }]);
	});

	it('adopt what the older one has dispatched, and finished, meanwhile', async () => {
		const platform = runPlatform();
		const overtaken: Interception = async deliver => {
			const run = await startRun(platform.client(), ASK);
			Object.assign(platform.executions[0] ?? {}, { status: 'completed' });
			await finishRun(platform.client(), run);
			return deliver();
		};
		const run = await startRun(platform.client(once(/^POST \/api\/triggers$/, overtaken)), ASK);
		expect(run).toMatchObject({ executionId: 'e1', adopted: true });
		expect(platform.executions).toHaveLength(1);
	});

	it('end in a clear error where the list does not show what was just made', async () => {
		const platform = runPlatform();
		const lagging: Interception = async (deliver, request) =>
			request === 'GET /api/triggers' ? Response.json({ data: [] }) : deliver();
		await expect(startRun(platform.client(lagging), ASK)).rejects.toMatchObject({
			code: 'RUN_UNDECIDED',
			kind: 'protocol',
			effect: 'none',
			retryable: true,
			message: expect.stringContaining('does not list the trigger'),
		});
		expect(platform.executions).toEqual([]);
		expect(platform.triggers).toMatchObject([{ enabled: false }]);
	});

	it('adopt what the older one has dispatched meanwhile', async () => {
		const platform = runPlatform();
		const overtaken: Interception = async deliver => {
			await startRun(platform.client(), ASK);
			return deliver();
		};
		const run = await startRun(platform.client(once(/^POST \/api\/triggers$/, overtaken)), ASK);
		expect(run).toEqual({ agentId: 'a1', triggerId: 't1', executionId: 'e1', adopted: true });
		expect(platform.triggers).toMatchObject([{ enabled: true }, { enabled: false }]);
	});

	it('adopt it also when their own trigger cannot be closed', async () => {
		const platform = runPlatform();
		const client = platform.client(async (deliver, request) => {
			if (request === 'POST /api/triggers') await startRun(platform.client(), ASK);
			return /disable$/.test(request) ? unsent(deliver, request) : deliver();
		});
		expect(await startRun(client, ASK)).toMatchObject({ executionId: 'e1', adopted: true });
	});
});

describe('finishRun', () => {
	it('leaves a run that is under way as it is', async () => {
		const platform = runPlatform();
		const run = await startRun(platform.client(), ASK);
		expect(await finishRun(platform.client(), run)).toMatchObject({ executionId: 'e1', status: 'pending' });
		expect(platform.triggers).toMatchObject([{ enabled: true }]);
	});

	it.each(['completed', 'failed', 'timeout', 'cancelled', 'skipped'])(
		'closes the trigger of a run that is %s, and may be repeated',
		async status => {
			const platform = runPlatform();
			const run = await startRun(platform.client(), ASK);
			Object.assign(platform.executions[0] ?? {}, { status });
			const stored = JSON.parse(JSON.stringify(run));
			const first = await finishRun(platform.client(), stored);
			expect(hasEnded(first)).toBe(true);
			expect(await finishRun(platform.client(), stored)).toEqual(first);
			expect(platform.triggers).toMatchObject([{ enabled: false }]);
		},
	);

	it('returns the answer although the trigger cannot be closed', async () => {
		const platform = runPlatform();
		const run = await startRun(platform.client(), ASK);
		Object.assign(platform.executions[0] ?? {}, { status: 'completed' });
		const client = platform.client(always(/disable$/, unsent));
		expect(await finishRun(client, run)).toMatchObject({ status: 'completed' });
	});

	it('never returns the result of another run', async () => {
		const platform = runPlatform();
		const run = await startRun(platform.client(), ASK);
		const other: Interception = async () => Response.json({ data: { id: 'e9', status: 'completed' } });
		const client = platform.client(always(/executions\/e1$/, other));
		for (const read of [finishRun, waitForRun]) {
			await expect(read(client, run)).rejects.toMatchObject({
				kind: 'protocol',
				effect: 'none',
				message: 'The platform answered with another run.',
			});
		}
		expect(platform.triggers).toMatchObject([{ enabled: true }]);
	});
});

describe('waitForRun', () => {
	it('reads until the run has ended, then closes its trigger', async () => {
		const platform = runPlatform();
		const run = await startRun(platform.client(), ASK);
		let reads = 0;
		const client = platform.client(async (deliver, request) => {
			if (/executions\/e1$/.test(request) && ++reads === 3) {
				Object.assign(platform.executions[0] ?? {}, { status: 'completed' });
			}
			return deliver();
		});
		expect(await waitForRun(client, run)).toMatchObject({ status: 'completed' });
		expect(reads).toBe(3);
		expect(platform.triggers).toMatchObject([{ enabled: false }]);
	});

	it('passes on how long it may take', async () => {
		const platform = runPlatform();
		const run = await startRun(platform.client(), ASK);
		const options = { signal: AbortSignal.abort() };
		await expect(waitForRun(platform.client(), run, options)).rejects.toMatchObject({ kind: 'aborted' });
		await expect(finishRun(platform.client(), run, options)).rejects.toMatchObject({ kind: 'aborted' });
	});
});

describe('findRun', () => {
	it('finds a run by its key, and sends nothing', async () => {
		const platform = runPlatform();
		expect(await findRun(platform.client(), ASK)).toBeUndefined();
		const run = await startRun(platform.client(), ASK);
		const before = platform.requests.length;
		expect(await findRun(platform.client(), ASK)).toEqual({ ...run, adopted: true });
		expect(platform.requests.slice(before)).toEqual(['GET /api/triggers', 'GET /api/triggers/t1/executions']);
	});

	it('leaves the trigger of a start that is under way alone', async () => {
		const platform = runPlatform();
		await startUntilKilled(platform, DISPATCH, killed);
		expect(await findRun(platform.client(), ASK)).toBeUndefined();
		expect(platform.triggers).toMatchObject([{ enabled: true }]);
	});
});

describe('the sweep', () => {
	const DAY_MS = 24 * 60 * 60 * 1000;
	/** Triggers of earlier runs, the oldest first. */
	function littered(many: number, change: object = {}, ageMs = 7 * DAY_MS + 60_000) {
		const platform = runPlatform();
		for (let n = 0; n < many; n++) {
			const trigger = {
				id: `old${n}`,
				agent_id: 'a9',
				name: `zihin-run:${String(n).padStart(32, '0')}`,
				trigger_type: 'webhook',
				trigger_config: {},
				created_at: new Date(Date.now() - ageMs + n).toISOString(),
				enabled: false,
				...change,
			};
			platform.triggers.push(trigger);
		}
		return platform;
	}
	const left = ({ triggers }: ReturnType<typeof runPlatform>) =>
		triggers.map(({ id }) => id).filter(id => id.startsWith('old'));

	it('deletes what older runs have left, ten at a time, the oldest first', async () => {
		const platform = littered(12);
		await startRun(platform.client(), ASK);
		expect(left(platform)).toEqual(['old10', 'old11']);
		await startRun(platform.client(), { ...ASK, runKey: 'next' });
		expect(left(platform)).toEqual([]);
	});

	it.each([
		['is not closed', { enabled: true }],
		['is of another type', { trigger_type: 'schedule' }],
		['has a longer name', { name: `zihin-run:${'0'.repeat(33)}` }],
		['has a name in capitals', { name: `zihin-run:${'A'.repeat(32)}` }],
		['has a name that only holds such a name', { name: `my zihin-run:${'0'.repeat(32)}` }],
		['has no date', { created_at: undefined }],
		['has a date that is none', { created_at: 'yesterday' }],
	])('spares a trigger that %s', async (_name, change) => {
		const platform = littered(1, change);
		await startRun(platform.client(), ASK);
		expect(left(platform)).toEqual(['old0']);
	});

	it('spares a trigger that is not a week old', async () => {
		const platform = littered(1, {}, 7 * DAY_MS - 60_000);
		await startRun(platform.client(), ASK);
		expect(left(platform)).toEqual(['old0']);
	});

	it.each([403, 404, 429, 500])('is given up at the first %i, and the run goes on', async status => {
		const platform = littered(5);
		let refused = 0;
		const client = platform.client(async (deliver, request) => {
			if (!request.startsWith('DELETE')) return deliver();
			refused++;
			return refusing(status)(deliver, request);
		});
		expect(await startRun(client, ASK)).toMatchObject({ executionId: 'e1' });
		expect(refused).toBe(1);
	});
});
