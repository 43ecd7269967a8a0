import type { HmacKey, WebCrypto } from '../web-crypto.ts';
import { callbackMisuse } from './errors.ts';

/**
 * Signatures as Standard Webhooks has them: HMAC-SHA256 over `id.timestamp.body`. How Zihin signs is not
 * documented; the sandbox signs this way.
 */
const HMAC = { name: 'HMAC', hash: 'SHA-256' };
export type Bytes = Uint8Array<ArrayBuffer>;

/** A key for each secret: several while one replaces another. */
export function importSecrets(crypto: WebCrypto, secret: unknown): Promise<readonly HmacKey[]> {
	const secrets: readonly unknown[] = Array.isArray(secret) ? secret : [secret];
	if (secrets.length === 0) throw callbackMisuse('secret is an empty list: pass a secret, or leave it out.');
	const keys = secrets.map(keyBytes);
	return Promise.all(keys.map(key => crypto.subtle.importKey('raw', key, HMAC, false, ['sign', 'verify'])));
}

/** The key that a secret stands for: an empty one would let anybody sign. */
function keyBytes(secret: unknown): Bytes {
	if (typeof secret !== 'string' || secret === '') {
		throw callbackMisuse('secret is empty: pass the secret of the trigger, or leave it out.');
	}
	if (/\s/.test(secret)) {
		throw callbackMisuse('secret holds whitespace: remove the spaces and line breaks around it.');
	}
	const bytes = secret.startsWith('whs_') ? utf8(secret) : fromBase64(secret.replace(/^whsec_/, ''));
	if (bytes === undefined || bytes.length === 0) {
		throw callbackMisuse('secret is neither whs_… nor base64: copy it again, as it was shown.');
	}
	return bytes;
}

export function utf8(text: string): Bytes {
	return new TextEncoder().encode(text);
}

function fromBase64(text: string): Bytes | undefined {
	try {
		return Uint8Array.from(atob(text), character => character.charCodeAt(0));
	} catch {
		return undefined;
	}
}

/** How a `webhook-timestamp` is written. Strictly: a lenient reader takes for a number what was never signed. */
export const UNIX_SECONDS = /^[0-9]{1,12}$/;

export function readRawBody(rawBody: unknown): Bytes {
	if (typeof rawBody === 'string') return utf8(rawBody);
	// By its shape and not by its class: a platform's sandbox may have a `Uint8Array` of its own.
	if (ArrayBuffer.isView(rawBody)) {
		return new Uint8Array(new Uint8Array(rawBody.buffer, rawBody.byteOffset, rawBody.byteLength));
	}
	throw callbackMisuse(
		'rawBody must be the raw body, as a text or as bytes (Uint8Array), before any JSON parser: the signature covers its bytes.',
	);
}

/** The bytes that are signed: raw, because what a JSON parser would write again may differ. */
export function signedBytes(id: string, timestamp: string, body: Bytes): Bytes {
	const head = utf8(`${id}.${timestamp}.`);
	const bytes = new Uint8Array(head.length + body.length);
	bytes.set(head);
	bytes.set(body, head.length);
	return bytes;
}

export async function signatureOf(crypto: WebCrypto, key: HmacKey, bytes: Bytes): Promise<string> {
	const signature = await crypto.subtle.sign(HMAC, key, bytes);
	return `v1,${btoa(String.fromCharCode(...new Uint8Array(signature)))}`;
}

/** 32 bytes, in the one spelling that base64 has for them. */
const BASE64_SIGNATURE = /^v1,([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)$/;
const HEX_SIGNATURE = /^[0-9a-f]{64}$/;

/** The bytes of a `webhook-signature`; nothing when it is of another version, or none at all. */
export function readSignature(text: string): Bytes | undefined {
	const base64 = BASE64_SIGNATURE.exec(text)?.[1];
	return base64 === undefined ? undefined : fromBase64(base64);
}

/** The bytes of an `X-Webhook-Signature`. */
export function readHexSignature(text: string): Bytes | undefined {
	if (!HEX_SIGNATURE.test(text)) return undefined;
	return Uint8Array.from({ length: 32 }, (_, index) =>
		Number.parseInt(text.slice(index * 2, index * 2 + 2), 16),
	);
}

/** Whether one of the keys made one of the signatures. The runtime's own verification compares in constant time. */
export async function isSigned(
	crypto: WebCrypto,
	keys: readonly HmacKey[],
	signatures: readonly Bytes[],
	bytes: Bytes,
): Promise<boolean> {
	const checks = keys.flatMap(key =>
		signatures.map(signature => crypto.subtle.verify(HMAC, key, signature, bytes)),
	);
	return (await Promise.all(checks)).includes(true);
}

/** Compares two texts in constant time: by their signatures under a key that nobody knows. */
export async function isSameText(crypto: WebCrypto, expected: string, presented: string): Promise<boolean> {
	const key = await crypto.subtle.importKey('raw', crypto.getRandomValues(new Uint8Array(32)), HMAC, false, [
		'sign',
		'verify',
	]);
	const signature = await crypto.subtle.sign(HMAC, key, utf8(expected));
	return crypto.subtle.verify(HMAC, key, signature, utf8(presented));
}
