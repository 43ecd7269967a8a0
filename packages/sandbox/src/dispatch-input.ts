import { timingSafeEqual } from 'node:crypto';
import type { Context } from 'hono';
import { authorize } from './auth.ts';
import { parseJsonObject } from './body.ts';
import { bodyDigest } from './callback-signature.ts';
import type { SandboxEnv } from './env.ts';
import { WireError } from './error-envelope.ts';
import type { Trigger } from './triggers.ts';

/** Each trigger says itself who may call it. */
export function authorizeDispatch(c: Context<SandboxEnv>, trigger: Trigger, body: Uint8Array): void {
	const { type } = trigger.config.auth;
	if (type === 'api_key') authorize(c, 'triggers:dispatch');
	if (type !== 'signature') return;
	const expected = Buffer.from(bodyDigest(trigger.secret, body));
	const given = Buffer.from(c.req.header('x-webhook-signature') ?? '');
	if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
		throw new WireError(401, 'UNAUTHORIZED', 'X-Webhook-Signature is missing or does not fit the body.');
	}
}

/** What the agent is asked, taken out of the body as the trigger says. */
export function extractMessage(trigger: Trigger, body: Uint8Array): { message: string; input: unknown } {
	const { text, value } = parseJsonObject(body);
	const extraction = trigger.config.query_extraction;
	if (extraction.mode === 'full_body') return { message: text, input: value };
	const { field } = extraction;
	const message = Object.hasOwn(value, field) ? value[field] : undefined;
	if (typeof message !== 'string' || message === '') {
		throw new WireError(400, 'VALIDATION_ERROR', `The body has no text in the field "${field}".`);
	}
	return { message, input: value };
}
