import type { Context, Hono } from 'hono';
import type { z } from 'zod';
import type { ZodOpenApiResponseObject } from 'zod-openapi';
import type { SandboxEnv } from '../env.ts';
import type { WireError } from '../error-envelope.ts';
import type { Operation } from './operation.ts';

/** One vendor's wire: its routes, and what the document says of them. */
export interface Platform {
	readonly name: string;
	readonly about: string;
	/** Which paths are the vendor's: faults can be switched on there. */
	readonly paths: readonly string[];
	/** Whether the sandbox's limit of requests holds there. */
	readonly rateLimited: boolean;
	readonly routes: Hono<SandboxEnv>;
	readonly operations: readonly Operation[];
	/** Schemas that no operation has as a body, such as those of a stream's events, by name. */
	readonly components: Readonly<Record<string, z.ZodType>>;
	/** What every successful answer has in its head. */
	readonly answerHeaders?: z.ZodObject;
	/** What any other answer is, for the document. */
	readonly failure: ZodOpenApiResponseObject;
	/** How this vendor tells a caller of an error. */
	errorAnswer(c: Context<SandboxEnv>, error: WireError): Response;
}
