import type { Hono } from 'hono';
import type { z } from 'zod';
import type { SandboxEnv } from '../env.ts';
import type { Operation } from './operation.ts';

/** One vendor's wire: its routes, and what the document says of them. */
export interface Platform {
	readonly name: string;
	readonly about: string;
	/** Which paths are the vendor's: its limits hold there, and faults can be switched on. */
	readonly paths: readonly string[];
	readonly routes: Hono<SandboxEnv>;
	readonly operations: readonly Operation[];
	/** Schemas that no operation has as a body, such as those of a stream's events, by name. */
	readonly components: Readonly<Record<string, z.ZodType>>;
}
