import type { WebCrypto } from '../web-crypto.ts';
import { callbackMisuse } from './errors.ts';
import { importSecrets, readRawBody, signatureOf, signedBytes, UNIX_SECONDS } from './signature.ts';

/** Parameters of `signPayload`. */
export interface SignPayloadParams {
	/** The body exactly as it will be sent. */
	readonly rawBody: string | Uint8Array;
	/** One secret, or several while one replaces another: then there is a signature for each. */
	readonly secret: string | readonly string[];
	/** The same for every attempt to deliver one callback. */
	readonly id: string;
	/** Seconds since 1970. Default: this machine's clock. */
	readonly timestamp?: number | undefined;
}

/** The headers that make a body verifiable. */
export type SignatureHeaders = Readonly<
	Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>
>;

/** {@link signPayload} with a web crypto that the host supplies. */
export async function signPayloadWith(
	crypto: WebCrypto,
	params: SignPayloadParams,
): Promise<SignatureHeaders> {
	const { id, timestamp = Math.floor(Date.now() / 1000) } = params;
	const body = readRawBody(params.rawBody);
	if (typeof id !== 'string' || !/^[\x21-\x7e]+$/.test(id)) {
		throw callbackMisuse('id must be a text without spaces: it becomes a header.');
	}
	if (!UNIX_SECONDS.test(String(timestamp)))
		throw callbackMisuse('timestamp must be in whole seconds since 1970.');
	const keys = await importSecrets(crypto, params.secret);
	const bytes = signedBytes(id, String(timestamp), body);
	const signatures = await Promise.all(keys.map(key => signatureOf(crypto, key, bytes)));
	return {
		'webhook-id': id,
		'webhook-timestamp': String(timestamp),
		'webhook-signature': signatures.join(' '),
	};
}
