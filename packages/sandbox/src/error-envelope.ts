import type { ContentfulStatusCode } from 'hono/utils/http-status';

export interface ErrorBody {
	error: { code: string; message: string; request_id: string; details?: Readonly<Record<string, unknown>> };
	request_id: string;
	execution_id?: string;
}

export interface WireErrorOptions {
	readonly details?: Readonly<Record<string, unknown>>;
	readonly executionId?: string;
}

/** An answer other than 2xx: thrown anywhere below a route, put into the envelope once, in app.ts. */
export class WireError extends Error {
	override readonly name = 'WireError';
	readonly status: ContentfulStatusCode;
	readonly code: string;
	readonly details: Readonly<Record<string, unknown>> | undefined;
	readonly executionId: string | undefined;

	constructor(status: ContentfulStatusCode, code: string, message: string, options: WireErrorOptions = {}) {
		super(message);
		this.status = status;
		this.code = code;
		this.details = options.details;
		this.executionId = options.executionId;
	}
}

/** The nested, UPPER_CASE generation. The request id stands twice because clients look in either place. */
export function errorBody(error: WireError, requestId: string): ErrorBody {
	return {
		error: {
			code: error.code,
			message: error.message,
			request_id: requestId,
			...(error.details && { details: error.details }),
		},
		request_id: requestId,
		...(error.executionId !== undefined && { execution_id: error.executionId }),
	};
}
