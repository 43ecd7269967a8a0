import { z } from 'zod';
import {
	createDocument,
	type ZodOpenApiObject,
	type ZodOpenApiOperationObject,
	type ZodOpenApiPathsObject,
} from 'zod-openapi';
import { WireErrorBody } from '../error-envelope.ts';
import { VERSION } from '../version.ts';
import { assumed, documented } from '../wire-marks.ts';
import type { Operation } from './operation.ts';
import type { Platform } from './platform.ts';

export type OpenApiDocument = ReturnType<typeof createDocument>;

const WholeNumber = z.string().regex(/^\d+$/);

const AnswerHeaders = z.object({
	'X-Request-Id': assumed(z.string().optional()).meta({ header: { id: 'RequestId' } }),
	'X-RateLimit-Limit': documented(WholeNumber).meta({ header: { id: 'RateLimitLimit' } }),
	'X-RateLimit-Remaining': documented(WholeNumber).meta({ header: { id: 'RateLimitRemaining' } }),
	'X-RateLimit-Reset': documented(WholeNumber)
		.describe('Unix time in seconds.')
		.meta({ header: { id: 'RateLimitReset' } }),
});

const ErrorHeaders = AnswerHeaders.extend({
	'Retry-After': documented(z.string().optional().describe('Seconds; with 429 only.')),
});

/** The one description of every platform's wire, made of the schemas that the routes check with. */
export function openApiDocument(platforms: readonly Platform[]): OpenApiDocument {
	const paths: ZodOpenApiPathsObject = {};
	for (const { name, operations } of platforms) {
		for (const operation of operations) {
			paths[operation.path] = {
				...paths[operation.path],
				[operation.method]: described(operation, name),
			};
		}
	}
	return createDocument({
		openapi: '3.1.0',
		info: {
			title: 'The wire that the sandbox speaks',
			version: VERSION,
			license: { name: 'MIT', identifier: 'MIT' },
			description:
				'The vendor publishes no such document. `x-origin` says of each field whether it is documented, inferred ' +
				'from something documented, or assumed by the sandbox.',
		},
		servers: [{ url: '/' }],
		tags: platforms.map(({ name, about }) => ({ name, description: about })),
		paths,
		components: { schemas: componentsOf(platforms), securitySchemes: SECURITY_SCHEMES },
	});
}

function componentsOf(platforms: readonly Platform[]): Record<string, z.ZodType> {
	return Object.fromEntries(platforms.flatMap(({ components }) => Object.entries(components)));
}

const SECURITY_SCHEMES: NonNullable<NonNullable<ZodOpenApiObject['components']>['securitySchemes']> = {
	ApiKey: { type: 'apiKey', in: 'header', name: 'X-Api-Key' },
	Bearer: { type: 'http', scheme: 'bearer' },
	WebhookSignature: {
		type: 'apiKey',
		in: 'header',
		name: 'X-Webhook-Signature',
		description: "Lower-case hex HMAC-SHA256 of the raw body with the trigger's secret.",
	},
};

const KEY = [{ ApiKey: [] }, { Bearer: [] }];

function described(operation: Operation, tag: string): ZodOpenApiOperationObject {
	const { access, params, query, headers, body, summary } = operation;
	return {
		tags: [tag],
		summary,
		...(access !== 'anyone' && { 'x-access': access }),
		security: access === 'anyone' ? [] : access === 'trigger' ? [...KEY, { WebhookSignature: [] }, {}] : KEY,
		requestParams: {
			...(params && { path: params }),
			...(query && { query }),
			...(headers && { header: headers }),
		},
		...(body && { requestBody: { required: true, content: { 'application/json': { schema: body } } } }),
		responses: { ...successes(operation), default: FAILURE },
	};
}

function successes(operation: Operation): ZodOpenApiOperationObject['responses'] {
	return Object.fromEntries(
		Object.entries(operation.answers).map(([status, types]) => [
			status,
			{
				description: operation.summary,
				headers: AnswerHeaders,
				content: Object.fromEntries(Object.entries(types).map(([type, schema]) => [type, { schema }])),
			},
		]),
	);
}

const FAILURE = {
	id: 'Failure',
	description: 'Anything else: the error, in the nested or the flat envelope.',
	headers: ErrorHeaders,
	content: { 'application/json': { schema: WireErrorBody } },
};
