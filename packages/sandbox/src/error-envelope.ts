import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { z } from 'zod';
import type { SandboxEnv } from './env.ts';
import type { ErrorEnvelope } from './profile.ts';
import { assumed, documented, inferred } from './wire-marks.ts';

/** The request header that chooses an envelope for one answer, over the profile's. */
export const ENVELOPE_HEADER = 'X-Sandbox-Error-Envelope';

const Details = z.record(z.string(), z.unknown());

/** The newer generation, UPPER_CASE. The request id stands twice because clients look in either place. */
export const NestedError = z.object({
	error: z.object({
		code: documented(z.string()),
		message: documented(z.string()),
		request_id: documented(z.string()),
		details: documented(Details.optional()),
	}),
	request_id: documented(z.string()),
	execution_id: documented(z.string().optional()),
});

/** The older generation, snake_case. */
export const FlatError = z.object({
	error: documented(z.string()),
	message: documented(z.string()),
	status: documented(z.literal('error')),
	details: documented(Details.optional()),
	execution_id: assumed(z.string().optional()),
});

export const WireErrorBody = inferred(z.union([NestedError, FlatError])).meta({ id: 'Error' });

export interface WireErrorOptions {
	readonly details?: Readonly<Record<string, unknown>>;
	readonly executionId?: string;
	/** The older generation's code, where it is not the newer one in lower case. */
	readonly flatCode?: string;
}

/** An answer other than 2xx: thrown anywhere below a route, put into the envelope once, in app.ts. */
export class WireError extends Error {
	override readonly name = 'WireError';
	readonly status: ContentfulStatusCode;
	readonly code: string;
	readonly details: Readonly<Record<string, unknown>> | undefined;
	readonly executionId: string | undefined;
	readonly flatCode: string;

	constructor(status: ContentfulStatusCode, code: string, message: string, options: WireErrorOptions = {}) {
		super(message);
		this.status = status;
		this.code = code;
		this.details = options.details;
		this.executionId = options.executionId;
		this.flatCode = options.flatCode ?? FLAT_CODES[code] ?? code.toLowerCase();
	}
}

const FLAT_CODES: Readonly<Record<string, string>> = {
	UNAUTHORIZED: 'authentication_required',
	FORBIDDEN: 'insufficient_permissions',
	VALIDATION_ERROR: 'invalid_request',
};

export function errorBody(error: WireError, requestId: string): z.infer<typeof NestedError> {
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

function flatErrorBody(error: WireError): z.infer<typeof FlatError> {
	return {
		error: error.flatCode,
		message: error.message,
		status: 'error',
		...(error.details && { details: error.details }),
		...(error.executionId !== undefined && { execution_id: error.executionId }),
	};
}

/** The answer that tells a caller of this error, in the envelope that the caller or the profile asks for. */
export function errorAnswer(c: Context<SandboxEnv>, error: WireError, byDefault: ErrorEnvelope): Response {
	const asked = c.req.header(ENVELOPE_HEADER);
	const envelope = asked === 'flat' || asked === 'nested' ? asked : byDefault;
	if (envelope === 'nested') return c.json(errorBody(error, c.get('requestId')), error.status);
	// The older generation did tell a missing agent by its status.
	const status = error.code === 'AGENT_NOT_FOUND' ? 404 : error.status;
	return c.json(flatErrorBody(error), status);
}
