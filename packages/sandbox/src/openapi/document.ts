import type { z } from 'zod';
import {
	createDocument,
	type ZodOpenApiObject,
	type ZodOpenApiOperationObject,
	type ZodOpenApiPathsObject,
} from 'zod-openapi';
import { VERSION } from '../version.ts';
import type { Operation } from './operation.ts';
import type { Platform } from './platform.ts';

export type OpenApiDocument = ReturnType<typeof createDocument>;

/** The one description of every platform's wire, made of the schemas that the routes check with. */
export function openApiDocument(platforms: readonly Platform[]): OpenApiDocument {
	const paths: ZodOpenApiPathsObject = {};
	for (const platform of platforms) {
		for (const operation of platform.operations) {
			paths[operation.path] = {
				...paths[operation.path],
				[operation.method]: described(operation, platform),
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

function securityOf(access: Operation['access']): NonNullable<ZodOpenApiOperationObject['security']> {
	if (access === 'anyone') return [];
	if (access === 'trigger') return [...KEY, { WebhookSignature: [] }, {}];
	return access === 'zone' || access === 'ingest-key' || access === 'agent-key' ? [{ Bearer: [] }] : KEY;
}

function described(operation: Operation, platform: Platform): ZodOpenApiOperationObject {
	const { access, params, query, headers, body, summary } = operation;
	return {
		tags: [platform.name],
		summary,
		...(access !== 'anyone' && { 'x-access': access }),
		security: securityOf(access),
		requestParams: {
			...(params && { path: params }),
			...(query && { query }),
			...(headers && { header: headers }),
		},
		...(body && { requestBody: { required: true, content: { 'application/json': { schema: body } } } }),
		responses: { ...successes(operation, platform), default: platform.failure },
	};
}

function successes(
	operation: Operation,
	{ answerHeaders }: Platform,
): ZodOpenApiOperationObject['responses'] {
	return Object.fromEntries(
		Object.entries(operation.answers).map(([status, types]) => [
			status,
			{
				description: operation.summary,
				...(answerHeaders && { headers: answerHeaders }),
				content: Object.fromEntries(Object.entries(types).map(([type, schema]) => [type, { schema }])),
			},
		]),
	);
}
