import { type ByteReader, discard, readerOf, textOf } from './body.ts';
import type { Budget } from './deadline.ts';
import { configError, protocolError, ZihinAgentError } from './errors.ts';
import {
	answerDetails,
	type FailedRequest,
	isRedirect,
	networkError,
	redirectError,
	refusal,
	seal,
	withDetails,
} from './failures.ts';
import type { Redactor } from './redact.ts';
import { mayRepeat, type RequestClass, retryDelayMs } from './retry.ts';
import type { ByteSource, FetchInit, FetchResponse, Settings } from './settings.ts';
import { VERSION } from './version.ts';

/** One request, before it has a host. */
export interface WireRequest {
	readonly method: FetchInit['method'];
	/** Begins with a slash; every id in it went through `pathSegment`. */
	readonly path: string;
	readonly body?: unknown;
	readonly class: RequestClass;
	readonly idempotencyKey?: string | undefined;
	/** The answer may have no body. */
	readonly mayBeEmpty?: boolean;
	/** A 404 or 410 to a repeated attempt counts as success: the attempt before it had done the work. */
	readonly goneWhenRepeatedIsDone?: boolean;
}

/** A JSON answer. */
export interface WireAnswer {
	readonly status: number;
	/** Nothing where the body was empty. */
	readonly body: unknown;
}

/** Sends the requests of one call: they share its budget; each has its own count of attempts. */
export interface Transport {
	json(request: WireRequest): Promise<WireAnswer>;
	/** Opens a `text/event-stream`. Its reader must be read to the end, or closed. */
	open(request: WireRequest): Promise<ByteReader>;
	/** Waits within the call's budget. */
	sleep(ms: number): Promise<void>;
	/** Waits for work that another call does, no longer than this call's own budget. */
	within<T>(work: Promise<T>): Promise<T>;
}

/** An error body is read for its message only. */
const MOST_ERROR_BYTES = 65_536;

export function createTransport(
	settings: Settings,
	budget: Budget,
	maxRetries: number,
	redactor: Redactor,
): Transport {
	const host = settings.baseUrl.replace(/^https?:\/\//, '');
	/** Whether a side effect has been sent and the server has not said that it refused it. */
	let inDoubt = false;

	return {
		json: request =>
			repeating(request, async failed => {
				try {
					return await readJson(await attempt(request, 'application/json', failed), request);
				} catch (cause) {
					const gone = ZihinAgentError.is(cause) && (cause.status === 404 || cause.status === 410);
					if (gone && failed > 0 && request.goneWhenRepeatedIsDone) return { status: 200, body: undefined };
					throw cause;
				}
			}),
		open: async request => {
			const body = await repeating(request, async failed =>
				readStream(await attempt(request, 'text/event-stream', failed), request),
			);
			return readerOf(body, budget, cause => describe(cause, request));
		},
		sleep,
		within: work => budget.race(work),
	};

	/** Runs an attempt, and again as long as its class, its failure and the budget allow. */
	async function repeating<T>(request: WireRequest, run: (failed: number) => Promise<T>): Promise<T> {
		const { endpoint } = about(request);
		for (let failed = 1; ; failed++) {
			try {
				tell(settings.publish, 'request', { endpoint, attempt: failed });
				return await run(failed - 1);
			} catch (cause) {
				const error = describe(cause, request);
				tell(settings.publish, 'error', { endpoint, attempt: failed, error: seal(error, redactor) });
				if (failed > maxRetries || !mayRepeat(request.class, error)) throw error;
				const delayMs = retryDelayMs(failed, error.retryAfterMs, Math.random());
				if (delayMs >= budget.remainingMs()) throw error;
				inDoubt = error.effect === 'unknown';
				tell(settings.onRetry, { attempt: failed, delayMs, error: seal(error, redactor) });
				await sleep(delayMs).catch((late: unknown) => {
					throw describe(late, request);
				});
			}
		}
	}

	async function sleep(ms: number): Promise<void> {
		await budget.race(settings.sleep(ms, budget.signal));
	}

	/** One request and its answer's head; anything but 2xx is thrown. */
	async function attempt(request: WireRequest, accept: string, failures: number): Promise<FetchResponse> {
		const failed = about(request);
		const startedAt = performance.now();
		const ended = budget.failure();
		if (ended !== undefined) throw ended;
		inDoubt = request.class === 'side-effect';
		budget.underWay = true;
		const answer = callFetch(settings.baseUrl + request.path, buildInit(request, accept));
		const response = await budget.race(answer).catch((cause: unknown) => {
			// A platform's own HTTP may ignore the signal: what it still brings must not stay open.
			answer.then(
				late => discard(late.body),
				() => {},
			);
			throw cause;
		});
		tell(settings.publish, 'response', {
			endpoint: failed.endpoint,
			attempt: failures + 1,
			status: response.status,
			durationMs: performance.now() - startedAt,
		});
		if (response.status >= 200 && response.status < 300) return response;
		if (isRedirect(response)) {
			discard(response.body);
			throw redirectError(answerDetails(response, failed));
		}
		throw refusal(response, await readErrorBody(response), failed);
	}

	/**
	 * Async, so that a fetch that throws instead of rejecting is only a failed attempt. Called without a `this`:
	 * browsers and edge runtimes refuse their own fetch as a method of another object.
	 */
	async function callFetch(url: string, init: FetchInit): Promise<FetchResponse> {
		const { fetch } = settings;
		return fetch(url, init);
	}

	function buildInit(request: WireRequest, accept: string): FetchInit {
		const headers: Record<string, string> = {
			Accept: accept,
			'User-Agent': `zihin-agent-client/${VERSION}`,
			'X-Api-Key': settings.apiKey,
		};
		if (request.body !== undefined) headers['Content-Type'] = 'application/json';
		if (request.idempotencyKey !== undefined) headers['Idempotency-Key'] = request.idempotencyKey;
		return {
			method: request.method,
			headers,
			...(request.body === undefined ? {} : { body: serialise(request.body) }),
			signal: budget.signal,
			redirect: 'error',
			cache: 'no-store',
			timeoutMs: Math.ceil(budget.remainingMs()),
		};
	}

	async function readJson(
		response: FetchResponse,
		request: WireRequest,
	): Promise<{ status: number; body: unknown }> {
		const details = answerDetails(response, about(request));
		const limit = settings.maxStreamTotalBytes;
		const text = await textOf(response.body, budget, limit);
		if (text === undefined) {
			throw protocolError(`The answer is larger than ${limit} bytes (maxStreamTotalBytes).`, details);
		}
		if (text === '' && request.mayBeEmpty) return { status: response.status, body: undefined };
		try {
			const body: unknown = JSON.parse(text);
			return { status: response.status, body };
		} catch {
			throw protocolError(`The answer is not JSON (${contentType(response)}).`, details);
		}
	}

	function readStream(response: FetchResponse, request: WireRequest): ByteSource {
		if (response.body !== null && /^text\/event-stream(?:\s*;|\s*$)/i.test(contentType(response))) {
			return response.body;
		}
		discard(response.body);
		throw protocolError(
			`The answer is not an event stream (${contentType(response)}).`,
			answerDetails(response, about(request)),
		);
	}

	/** The body of an error answer, as far as it helps. A body that breaks off must not hide the status. */
	async function readErrorBody(response: FetchResponse): Promise<unknown> {
		try {
			return JSON.parse((await textOf(response.body, budget, MOST_ERROR_BYTES)) ?? '');
		} catch {
			return undefined;
		}
	}

	function about(request: WireRequest): FailedRequest {
		return { class: request.class, endpoint: `${request.method} ${host}${request.path}` };
	}

	/** Gives any failure of an attempt its kind and its endpoint. The end of the budget outranks what it caused. */
	function describe(cause: unknown, request: WireRequest): ZihinAgentError {
		const failed = about(request);
		const ended = budget.failure();
		if (ended !== undefined) {
			return withDetails(ended, { endpoint: failed.endpoint, effect: inDoubt ? 'unknown' : 'none' });
		}
		if (!ZihinAgentError.is(cause)) return networkError(cause, failed);
		return cause.endpoint === undefined ? withDetails(cause, { endpoint: failed.endpoint }) : cause;
	}
}

function contentType(response: FetchResponse): string {
	return response.headers.get('content-type') ?? 'no content type';
}

/** Calls a hook. A hook that throws changes nothing. */
export function tell<Event extends readonly unknown[]>(
	hook: (...event: Event) => void,
	...event: Event
): void {
	try {
		hook(...event);
	} catch {
		// The hook's own business.
	}
}

function serialise(body: unknown): string {
	try {
		return JSON.stringify(body);
	} catch {
		throw configError('The payload cannot be written as JSON: it holds a cycle or a BigInt.');
	}
}
