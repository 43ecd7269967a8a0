import { ApiError } from './api-error.ts';
import { checkedBaseUrl } from './base-url.ts';
import { isJsonObject, MOST_BODY_BYTES, MOST_ERROR_BYTES, textOf } from './body.ts';
import { type Budget, BudgetError, checkedTimeout, withinBudget } from './deadline.ts';
import { redactorOf } from './redact.ts';
import { isPassingStatus, retryAfterMs, retryDelayMs } from './retry.ts';
import { TransportError } from './transport-error.ts';

/** How the platform is called. */
export interface HttpOptions {
	/** Default: the global fetch of the moment. */
	readonly fetch?: typeof globalThis.fetch | undefined;
	/** Sent with every request. They cannot replace the authorization. */
	readonly headers?: Readonly<Record<string, string>> | undefined;
	/** Milliseconds for a call with all its attempts and bodies. Default 30,000; a call that waits adds its wait. */
	readonly timeoutMs?: number | undefined;
	/** Attempts after the first, 0 to 10; of calls that change nothing, or nothing the second time. Default 2. */
	readonly maxRetries?: number | undefined;
}

export interface CallOptions {
	/** Ends the call. What the platform has begun goes on there. */
	readonly signal?: AbortSignal | undefined;
}

export interface HttpRequest {
	readonly method: 'GET' | 'POST';
	/** Made by `pathOf`. */
	readonly path: string;
	readonly body?: object;
	/** Whether sending it twice does what sending it once does. */
	readonly repeatable: boolean;
	/** How long the platform itself is asked to wait, on top of the time that an answer takes. */
	readonly waitMs?: number;
}

/** A base URL with what opens it. */
export interface Http {
	/** A JSON answer. */
	json(request: HttpRequest, options?: CallOptions): Promise<unknown>;
	/** The body of an answer as it comes. Once it has begun, no time limit holds: cancel it to end it. */
	stream(request: HttpRequest, options?: CallOptions): Promise<ReadableStream<Uint8Array>>;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_RETRIES = 2;
const MOST_RETRIES = 10;
const LONGEST_MESSAGE = 2_000;

/**
 * @param bearer the token, with the name of the option that it came in
 * @param secretHeaders what else must not be seen in an error, by the header that it is sent in
 * @throws {TypeError} for an option that could not work, without showing a secret.
 */
export function createHttp(
	baseUrl: unknown,
	bearer: { readonly name: string; readonly value: unknown },
	options: HttpOptions,
	secretHeaders: Readonly<Record<string, string>> = {},
): Http {
	const base = checkedBaseUrl(baseUrl);
	const token = checkedSecret(bearer.name, bearer.value);
	const timeoutMs = checkedTimeout('timeoutMs', options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
	const maxRetries = options.maxRetries ?? DEFAULT_RETRIES;
	if (!Number.isInteger(maxRetries) || maxRetries < 0 || maxRetries > MOST_RETRIES) {
		throw new TypeError(`maxRetries has to be a whole number from 0 to ${MOST_RETRIES}.`);
	}
	const redact = redactorOf([token, ...Object.values(secretHeaders)]);
	const headers = new Headers(options.headers);
	for (const [name, value] of Object.entries(secretHeaders)) headers.set(name, value);
	headers.set('authorization', `Bearer ${token}`);

	return {
		json: (request, { signal } = {}) =>
			call(request, signal, async response => {
				const text = await textOf(response, MOST_BODY_BYTES);
				if (text === undefined) throw protocolError(`is longer than ${MOST_BODY_BYTES} bytes`, request);
				try {
					return JSON.parse(text);
				} catch {
					throw protocolError('is not JSON', request);
				}
			}),
		stream: (request, { signal } = {}) =>
			call(request, signal, async ({ body }) => {
				if (!body) throw protocolError('has no body', request);
				return body;
			}),
	};

	async function call<T>(
		request: HttpRequest,
		signal: AbortSignal | undefined,
		read: (response: Response) => Promise<T>,
	): Promise<T> {
		const init = initOf(request);
		try {
			return await withinBudget(timeoutMs + (request.waitMs ?? 0), signal, budget =>
				repeating(request, budget, () => attempt(request, init, budget, read)),
			);
		} catch (error) {
			if (!(error instanceof BudgetError)) throw error;
			const message =
				error.end === 'timeout'
					? `The platform gave no complete answer within ${timeoutMs + (request.waitMs ?? 0)} ms.`
					: 'The call was aborted by its caller.';
			throw new TransportError(error.end, message, request);
		}
	}

	async function repeating<T>(request: HttpRequest, budget: Budget, run: () => Promise<T>): Promise<T> {
		for (let failed = 1; ; failed++) {
			try {
				return await run();
			} catch (error) {
				if (!request.repeatable || failed > maxRetries || !isPassing(error)) throw error;
				const delayMs = retryDelayMs(failed, error instanceof ApiError ? error.retryAfterMs : undefined);
				if (delayMs >= budget.remainingMs()) throw error;
				await budget.sleep(delayMs);
			}
		}
	}

	async function attempt<T>(
		request: HttpRequest,
		init: RequestInit,
		budget: Budget,
		read: (response: Response) => Promise<T>,
	): Promise<T> {
		const fetch = options.fetch ?? globalThis.fetch;
		try {
			const response = await fetch(base + request.path, { ...init, signal: budget.signal });
			if (!response.ok) throw await apiError(response, request);
			return await read(response);
		} catch (error) {
			if (budget.signal.aborted) throw budget.signal.reason;
			if (error instanceof ApiError || error instanceof TransportError) throw error;
			throw new TransportError('network', `The connection failed (${redact(reasonOf(error))}).`, request);
		}
	}

	function initOf({ method, body }: HttpRequest): RequestInit {
		const sent = new Headers(headers);
		if (body !== undefined) sent.set('content-type', 'application/json');
		return {
			method,
			headers: sent,
			...(body !== undefined && { body: serialised(body) }),
			// Next would otherwise keep the answers to GETs.
			cache: 'no-store',
			// Followed, a redirect would take the token to another place.
			redirect: 'manual',
		};
	}

	async function apiError(response: Response, { method, path }: HttpRequest): Promise<ApiError> {
		const body = await errorBody(response);
		const said = isJsonObject(body) && typeof body.error === 'string' ? body.error : '';
		const requestId = response.headers.get('x-request-id');
		const message = said || response.statusText || `HTTP ${response.status}`;
		return new ApiError({
			status: response.status,
			message: redact(message).slice(0, LONGEST_MESSAGE),
			body,
			method,
			path,
			requestId: requestId === null ? undefined : redact(requestId),
			retryAfterMs: retryAfterMs(response.headers.get('retry-after'), Date.now()),
		});
	}

	/** A body that breaks off must not hide the status. */
	async function errorBody(response: Response): Promise<unknown> {
		const text = await textOf(response, MOST_ERROR_BYTES).catch(() => undefined);
		if (text === undefined) return undefined;
		try {
			// Each text by itself, because JSON's escapes can hide a token in the whole.
			return JSON.parse(text, (_, value) => redactedJson(value, redact));
		} catch {
			return redact(text);
		}
	}
}

/** A text, or an object whose values are redacted already. */
function redactedJson(value: unknown, redact: (text: string) => string): unknown {
	if (typeof value === 'string') return redact(value);
	if (!isJsonObject(value)) return value;
	return Object.fromEntries(Object.entries(value).map(([name, inner]) => [redact(name), inner]));
}

function isPassing(error: unknown): boolean {
	if (error instanceof ApiError) return isPassingStatus(error.status);
	return error instanceof TransportError && error.fault === 'network';
}

/** @throws {TypeError} when it is absent, or when a header cannot hold it: fetch's own complaint would show it. */
export function checkedSecret(name: string, value: unknown): string {
	if (typeof value !== 'string' || value === '') throw new TypeError(`${name} is missing.`);
	if (!/^[\x21-\x7e]+$/.test(value)) {
		throw new TypeError(`${name} holds a space, a line break or a character that a header cannot hold.`);
	}
	return value;
}

export function protocolError(what: string, request: HttpRequest): TransportError {
	return new TransportError('protocol', `The platform's answer ${what}.`, request);
}

function reasonOf(error: unknown): string {
	if (!(error instanceof Error)) return 'no reason was given';
	const { cause } = error;
	if (cause instanceof Error) return 'code' in cause ? String(cause.code) : cause.message;
	return error.message;
}

function serialised(body: object): string {
	try {
		return JSON.stringify(body);
	} catch {
		throw new TypeError('The payload cannot be written as JSON: it holds a cycle or a BigInt.');
	}
}
