/** What an {@link ApiError} is made of. */
export interface ApiErrorDetails {
	readonly status: number;
	readonly message: string;
	readonly body: unknown;
	readonly method: string;
	readonly path: string;
	readonly requestId?: string | undefined;
	readonly retryAfterMs?: number | undefined;
}

/**
 * The platform answered, and not with a 2xx. Neither the message nor the body holds the token that was sent. A
 * request that got no usable answer is a `TransportError`.
 */
export class ApiError extends Error {
	override readonly name = 'ApiError';
	/** The HTTP status. */
	readonly status: number;
	/** What the platform answered: parsed where it was JSON, else its text; `undefined` where it was too long. */
	readonly body: unknown;
	readonly method: string;
	/** The path below the base URL, without a query. */
	readonly path: string;
	/** The platform's name for the request, where it gave one. */
	readonly requestId: string | undefined;
	/** How long the platform asked to wait, in milliseconds, where it did. */
	readonly retryAfterMs: number | undefined;

	constructor(details: ApiErrorDetails) {
		super(details.message);
		this.status = details.status;
		this.body = details.body;
		this.method = details.method;
		this.path = details.path;
		this.requestId = details.requestId;
		this.retryAfterMs = details.retryAfterMs;
	}
}
