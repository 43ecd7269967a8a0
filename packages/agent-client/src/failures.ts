import { type ErrorDetails, type ErrorKind, protocolError, ZihinAgentError } from './errors.ts';
import type { Redactor } from './redact.ts';
import { isRetryableStatus, parseRetryAfter, type RequestClass } from './retry.ts';
import type { FetchResponse } from './settings.ts';
import { readWireError } from './wire.ts';

/** What is known of a request when something goes wrong with it. */
export interface FailedRequest {
	readonly class: RequestClass;
	/** `"POST host/path"`. */
	readonly endpoint: string;
}

/** What every error about an answer carries. */
export function answerDetails(response: FetchResponse, request: FailedRequest): Partial<ErrorDetails> {
	return {
		status: response.status,
		endpoint: request.endpoint,
		requestId: response.headers.get('x-request-id') ?? undefined,
		effect: request.class === 'read' ? 'none' : 'unknown',
	};
}

/** Whether an answer sends the client elsewhere. It never goes: the key and the message would go with it. */
export function isRedirect(response: FetchResponse): boolean {
	return response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400);
}

const REDIRECTED = 'The server answered with a redirect, which is not followed.';

export function redirectError(details: Partial<ErrorDetails>): ZihinAgentError {
	return protocolError(REDIRECTED, details);
}

/**
 * What an answer that is neither 2xx nor a redirect means.
 * @param body its JSON, or nothing where it held none
 */
export function refusal(response: FetchResponse, body: unknown, request: FailedRequest): ZihinAgentError {
	const details = answerDetails(response, request);
	const said = readWireError(body);
	return new ZihinAgentError({
		...details,
		kind: kindOf(response.status, said.code, said.reason),
		message: `The server answered ${response.status}${said.message === undefined ? '.' : `: ${said.message}`}`,
		code: said.code,
		requestId: said.requestId ?? details.requestId,
		traceId: said.traceId,
		executionId: said.executionId,
		sessionId: said.sessionId,
		retryAfterMs: parseRetryAfter(response.headers.get('retry-after'), Date.now()),
		retryable: isRetryableStatus(response.status, said.code),
		effect: request.class === 'read' || REFUSALS.has(response.status) ? 'none' : 'unknown',
	});
}

/** Statuses with which a server says that it did not begin. */
const REFUSALS = new Set([400, 401, 402, 403, 404, 405, 406, 410, 411, 413, 414, 415, 422, 429, 431, 503]);

function kindOf(status: number, code: string | undefined, reason: string | undefined): ErrorKind {
	if (status === 401) return 'auth';
	if (status === 403) {
		const hidden = [code, reason].some(word => word === 'AGENT_ACCESS_DENIED' || word === 'AGENT_NOT_FOUND');
		return hidden ? 'not_found' : 'auth';
	}
	if (status === 404 || status === 410) return 'not_found';
	if (status === 408) return 'timeout';
	if (status === 429) return 'rate_limit';
	return status >= 500 ? 'server' : 'protocol';
}

/** These end in a refusal before a byte of the request has left. */
const NOTHING_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);
/** What a refused redirect is called by Node, Bun and Deno. */
const REDIRECT = /unexpected ?redirect|redirect mode is set to '?error/i;
/** Deno gives no codes, only sentences: those are matched where these are used. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET_ISSUER)|ERR_TLS|HOSTNAME_MISMATCH/;

/** What a fetch or a body that broke off means. */
export function networkError(cause: unknown, request: FailedRequest): ZihinAgentError {
	const { endpoint } = request;
	const chain = causeChain(cause);
	if (chain.some(link => REDIRECT.test(link.message))) {
		return redirectError({ endpoint, cause, effect: request.class === 'read' ? 'none' : 'unknown' });
	}
	const code = chain.find(link => link.code !== undefined)?.code;
	const certificate = chain.some(
		link => CERTIFICATE.test(link.code ?? '') || /peer certificate/.test(link.message),
	);
	const unconnected = chain.some(
		link => NOTHING_SENT.has(link.code ?? '') || /error \(Connect\)/.test(link.message),
	);
	const nothingSent = certificate || unconnected;
	const reason = code ?? chain.at(-1)?.message ?? 'no reason was given';
	return new ZihinAgentError({
		kind: 'network',
		message: certificate
			? `The server's certificate was refused (${reason}).`
			: `The connection failed (${reason}).`,
		retryable: !certificate,
		endpoint,
		effect: request.class === 'read' || nothingSent ? 'none' : 'unknown',
		cause,
	});
}

const DEEPEST_CAUSE = 8;

function causeChain(cause: unknown): { message: string; code: string | undefined }[] {
	const chain: { message: string; code: string | undefined }[] = [];
	let link = cause;
	while (link instanceof Error && chain.length < DEEPEST_CAUSE) {
		const code = 'code' in link && typeof link.code === 'string' ? link.code : undefined;
		chain.push({ message: link.message, code });
		// A name that leads to several addresses fails with one error for each.
		link = link.cause ?? (link instanceof AggregateError ? link.errors[0] : undefined);
	}
	return chain;
}

/** The same error with some fields set anew. */
export function withDetails(error: ZihinAgentError, details: Partial<ErrorDetails>): ZihinAgentError {
	return new ZihinAgentError({ ...error, message: error.message, cause: error.cause, ...details });
}

/**
 * The error as it may be seen: secrets out of its message, its stack and its cause chain.
 * Redaction comes before the message is cut, so that half a key does not slip through.
 */
export function seal(error: ZihinAgentError, redactor: Redactor): ZihinAgentError {
	const clean = (text: string | undefined) => (text === undefined ? undefined : redactor.text(text));
	const sealed = new ZihinAgentError({
		...error,
		message: redactor.text(error.message).slice(0, 2000),
		code: clean(error.code),
		endpoint: clean(error.endpoint),
		requestId: clean(error.requestId),
		traceId: clean(error.traceId),
		executionId: clean(error.executionId),
		sessionId: clean(error.sessionId),
		cause: redactor.cause(error.cause),
	});
	return sealed;
}
