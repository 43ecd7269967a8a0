/**
 * `network`: no answer came, or it broke off. `timeout`: it took too long. `aborted`: the caller's signal ended the
 * call. `protocol`: a 2xx whose body is not what the platform answers with.
 */
export type TransportFault = 'network' | 'timeout' | 'aborted' | 'protocol';

/** Which request a fault befell. */
export interface FailedRequest {
	readonly method: string;
	/** The path below the base URL, without a query. */
	readonly path: string;
}

/**
 * The platform gave no usable answer. What a POST was to do may have been done all the same, so it is never sent
 * again by itself. The message holds no token.
 */
export class TransportError extends Error {
	override readonly name = 'TransportError';
	readonly fault: TransportFault;
	readonly method: string;
	readonly path: string;

	constructor(fault: TransportFault, message: string, { method, path }: FailedRequest) {
		super(message);
		this.fault = fault;
		this.method = method;
		this.path = path;
	}
}
