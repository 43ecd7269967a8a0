import type { IncomingMessage } from 'node:http';
import type { Context, MiddlewareHandler } from 'hono';
import type { z } from 'zod';
import type { SandboxEnv } from './env.ts';
import { WireError } from './error-envelope.ts';
import { nestsDeeperThan } from './json-depth.ts';

/** Base64 attachments travel in the body, so a sandbox that is to take big ones raises this. */
export const DEFAULT_MAX_BODY_BYTES = 2 ** 20;
const MAX_DEPTH = 100;
const MAX_ISSUES = 10;
const STRICT_UTF8 = new TextDecoder('utf-8', { fatal: true });

/** Turns away, by its headers alone, a body that would not be read anyway. */
export function bodyRules(maxBodyBytes: number): MiddlewareHandler<SandboxEnv> {
	return async (c, next) => {
		const length = Number(c.req.header('content-length') ?? 0);
		if (length > 0 || c.req.header('transfer-encoding') !== undefined) {
			if (!/^application\/json\s*(?:;|$)/i.test(c.req.header('content-type') ?? '')) {
				throw new WireError(415, 'UNSUPPORTED_MEDIA_TYPE', 'Send the body as application/json.');
			}
			// A compressed body could be small on the wire and anything once unpacked.
			if (!/^(?:identity)?$/i.test(c.req.header('content-encoding') ?? '')) {
				throw new WireError(415, 'UNSUPPORTED_MEDIA_TYPE', 'Send the body without content-encoding.');
			}
		}
		if (length > maxBodyBytes) throw tooLarge(maxBodyBytes);
		c.set('maxBodyBytes', maxBodyBytes);
		await next();
	};
}

/** The body's bytes as they came, because a signature is over exactly these. */
export async function readBody(c: Context<SandboxEnv>): Promise<Uint8Array> {
	const body = await bytesOf(c.env.incoming, c.get('maxBodyBytes'));
	c.set('receivedBody', body);
	return body;
}

/** By Node's own events: an iterator or a web stream around them costs more than the rest of a small request. */
function bytesOf(incoming: IncomingMessage, limit: number): Promise<Uint8Array> {
	return new Promise((resolve, reject) => {
		const chunks: Uint8Array[] = [];
		let size = 0;
		// A caller that went away in the middle is no failure of the sandbox.
		const endedEarly = () => {
			if (!incoming.readableEnded) reject(new WireError(400, 'VALIDATION_ERROR', 'The body ended early.'));
		};
		if (incoming.destroyed) endedEarly();
		incoming.on('data', (chunk: Uint8Array) => {
			size += chunk.byteLength;
			chunks.push(chunk);
			if (size > limit) {
				incoming.pause();
				reject(tooLarge(limit));
			}
		});
		incoming.once('end', () => resolve(Buffer.concat(chunks, size)));
		incoming.once('error', endedEarly);
		incoming.once('close', endedEarly);
	});
}

/** Of duplicate keys the last wins, as in every JSON.parse. */
export function parseJsonObject(bytes: Uint8Array): { text: string; value: Record<string, unknown> } {
	let text: string;
	let value: unknown;
	try {
		text = STRICT_UTF8.decode(bytes);
		// Deep nesting is looked for first: what walks the value later does so recursively.
		if (nestsDeeperThan(text, MAX_DEPTH)) throw new RangeError('too deep');
		value = JSON.parse(text);
	} catch (error) {
		const reason = error instanceof RangeError ? `nested deeper than ${MAX_DEPTH} levels` : 'not valid JSON';
		throw new WireError(400, 'VALIDATION_ERROR', `The body is ${reason}.`);
	}
	if (!isObject(value)) throw new WireError(400, 'VALIDATION_ERROR', 'The body has to be a JSON object.');
	return { text, value };
}

export async function readJson<T>(c: Context<SandboxEnv>, schema: z.ZodType<T>): Promise<T> {
	return validated(schema, parseJsonObject(await readBody(c)).value);
}

/** Checks what a caller sent; a failure says which field and why. */
export function validated<T>(schema: z.ZodType<T>, value: unknown): T {
	const result = schema.safeParse(value);
	if (result.success) return result.data;
	const issues = result.error.issues
		.slice(0, MAX_ISSUES)
		.map(issue => ({ path: issue.path.join('.'), message: issue.message.slice(0, 200) }));
	const first = issues[0];
	const message = first?.path ? `${first.path}: ${first.message}` : (first?.message ?? 'Invalid input');
	throw new WireError(400, 'VALIDATION_ERROR', message, { details: { issues } });
}

function tooLarge(limit: number): WireError {
	return new WireError(413, 'PAYLOAD_TOO_LARGE', `The body is larger than ${limit} bytes.`);
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
