/** Is a callback true? Checks its token, its signature and its age, and signs payloads for tests and senders. */
import type { CallbackPayload } from './callbacks/payload.ts';
import { type SignatureHeaders, type SignPayloadParams, signPayloadWith } from './callbacks/sign.ts';
import { type VerifyCallbackParams, verifyCallbackWith } from './callbacks/verify.ts';
import { webCrypto } from './web-crypto.ts';

export type { HeadersLike, QueryLike } from './callbacks/fields.ts';
export type { WebCrypto } from './web-crypto.ts';
export {
	type CallbackPayload,
	type SignatureHeaders,
	type SignPayloadParams,
	signPayloadWith,
	type VerifyCallbackParams,
	verifyCallbackWith,
};

/**
 * Checks that a callback is true, and returns what it says, immutable. Of the token and the signature it checks
 * what it is given the means for: a `token` must come back; a signature that is there must be right; one of the
 * two must be there.
 *
 * ```ts
 * const payload = await verifyCallback({ rawBody, headers: request.headers, query, token });
 * ```
 * @throws {ZihinAgentError} kind `auth` with status 401 when it is not true, `config` when the check is asked
 *   for in a wrong way, `protocol` when it is true and its body is no JSON object
 */
export async function verifyCallback(params: VerifyCallbackParams): Promise<CallbackPayload> {
	return verifyCallbackWith(await webCrypto(), params);
}

/**
 * Signs a body as the sandbox does (Standard Webhooks), and returns the headers to send with it.
 * @throws {ZihinAgentError} kind `config`
 */
export async function signPayload(params: SignPayloadParams): Promise<SignatureHeaders> {
	return signPayloadWith(await webCrypto(), params);
}
