import type { Context } from 'hono';
import type { z } from 'zod';
import { parseJsonObject, readBody } from '../body.ts';
import type { SandboxEnv } from '../env.ts';
import { WireError } from '../error-envelope.ts';

/** What a caller sent: 400 when it is no JSON, 422 with the first field that is wrong. */
export async function checkedBody<T>(c: Context<SandboxEnv>, schema: z.ZodType<T>): Promise<T> {
	const result = schema.safeParse(parseJsonObject(await readBody(c)).value);
	if (result.success) return result.data;
	const [issue] = result.error.issues;
	const message = `${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'invalid'}`;
	throw new WireError(422, 'VALIDATION_ERROR', message.slice(0, 300));
}
