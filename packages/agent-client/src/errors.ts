/** Why a call failed. A closed list: `switch` over it and the compiler knows when a case is missing. */
export type ErrorKind =
	| 'config'
	| 'auth'
	| 'not_found'
	| 'rate_limit'
	| 'timeout'
	| 'aborted'
	| 'server'
	| 'network'
	| 'protocol'
	| 'unknown';

/**
 * Whether the failed call may have had its effect on the server.
 * `none`: nothing was sent, or the server refused it. `unknown`: it may have been carried out.
 */
export type Effect = 'none' | 'unknown';

/** What a {@link ZihinAgentError} is made of. */
export interface ErrorDetails {
	readonly kind: ErrorKind;
	readonly message: string;
	readonly status?: number | undefined;
	readonly retryable?: boolean | undefined;
	readonly endpoint?: string | undefined;
	readonly requestId?: string | undefined;
	readonly code?: string | undefined;
	readonly traceId?: string | undefined;
	readonly retryAfterMs?: number | undefined;
	readonly executionId?: string | undefined;
	readonly sessionId?: string | undefined;
	readonly effect?: Effect | undefined;
	readonly cause?: unknown;
}

/** Connectors bundle their own copy of this class, so `instanceof` is not enough to recognise it. */
const BRAND = Symbol.for('@zihin/agent-client/error');

/**
 * Every failure of this client. The message, the stack and the cause chain hold no key, no secret and no
 * token; request ids and trace ids are kept, so that they can be given to support.
 */
export class ZihinAgentError extends Error {
	/** Why it failed. */
	readonly kind: ErrorKind;
	/** HTTP status, when the server answered. */
	readonly status: number | undefined;
	/** Whether the same call could succeed later. It does not say that repeating it is safe: see {@link effect}. */
	readonly retryable: boolean;
	/** `"POST host/path"` of the request that failed. */
	readonly endpoint: string | undefined;
	/** The server's handle of the request. */
	readonly requestId: string | undefined;
	/** The server's own error code, such as `AGENT_NOT_FOUND` or `TURN_TIMEOUT`. */
	readonly code: string | undefined;
	/** The server's trace id, when it gave one. */
	readonly traceId: string | undefined;
	/** How long the server asked to wait, in milliseconds. */
	readonly retryAfterMs: number | undefined;
	/** The execution that failed, when the server had named it. */
	readonly executionId: string | undefined;
	/** The conversation it belonged to, when the server had named it. */
	readonly sessionId: string | undefined;
	/** Whether the call may have had its effect on the server. */
	readonly effect: Effect;

	constructor(details: ErrorDetails) {
		super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
		this.name = 'ZihinAgentError';
		this.kind = details.kind;
		this.status = details.status;
		this.retryable = details.retryable ?? false;
		this.endpoint = details.endpoint;
		this.requestId = details.requestId;
		this.code = details.code;
		this.traceId = details.traceId;
		this.retryAfterMs = details.retryAfterMs;
		this.executionId = details.executionId;
		this.sessionId = details.sessionId;
		this.effect = details.effect ?? 'none';
		Object.defineProperty(this, BRAND, { value: true });
	}

	/** Whether a value is an error of this client, also one from another copy of this package. */
	static is(value: unknown): value is ZihinAgentError {
		return typeof value === 'object' && value !== null && BRAND in value;
	}

	/** What a structured log gets: the fields above, without the stack and the cause. */
	toJSON(): Record<string, unknown> {
		return { message: this.message, ...Object.fromEntries(Object.entries(this)) };
	}
}

/** A call that cannot be made as it was asked for; nothing was sent. */
export function configError(message: string): ZihinAgentError {
	return new ZihinAgentError({ kind: 'config', message });
}

/** An answer that does not follow the protocol. */
export function protocolError(message: string, details?: Partial<ErrorDetails>): ZihinAgentError {
	return new ZihinAgentError({ effect: 'unknown', ...details, kind: 'protocol', message });
}
