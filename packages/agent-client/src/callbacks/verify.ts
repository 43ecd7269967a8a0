import type { WebCrypto } from '../web-crypto.ts';
import { callbackMisuse, callbackRefused } from './errors.ts';
import { type HeadersLike, headerValues, type QueryLike, queryValues } from './fields.ts';
import { type CallbackPayload, readPayload } from './payload.ts';
import {
	type Bytes,
	importSecrets,
	isSameText,
	isSigned,
	readHexSignature,
	readRawBody,
	readSignature,
	signedBytes,
	UNIX_SECONDS,
} from './signature.ts';
import { CALLBACK_TOKEN } from './token.ts';

/** Parameters of `verifyCallback`: what came, and what is known of it. */
export interface VerifyCallbackParams {
	/** The body as it came. A signature covers its bytes, so JSON that was parsed and written again will not do. */
	readonly rawBody: string | Uint8Array;
	readonly headers?: HeadersLike | undefined;
	/** The query of the URL that was called. */
	readonly query?: QueryLike | undefined;
	/** The trigger's `webhookSecret`, or several while one replaces another. Then a signature is checked. */
	readonly secret?: string | readonly string[] | undefined;
	/** The `zihin_token` that the callback URL was given. Then the callback must bring it. */
	readonly token?: string | undefined;
	/** Seconds since 1970. Default: this machine's clock. */
	readonly now?: number | undefined;
	/** How old or how far ahead a signature may be. Default 300. */
	readonly toleranceSeconds?: number | undefined;
	/**
	 * Takes an `X-Webhook-Signature`, the bare digest of the body, where there is no other signature. It has no
	 * time in it, so whoever has seen one such callback can send it again for ever.
	 */
	readonly allowUntimestamped?: boolean | undefined;
}

/** A sender has two signatures while it changes its secret; far more are an attempt to keep us busy. */
const MOST_SIGNATURES = 10;

/** {@link verifyCallback} with a web crypto that the host supplies. */
export async function verifyCallbackWith(
	crypto: WebCrypto,
	params: VerifyCallbackParams,
): Promise<CallbackPayload> {
	const { token, secret, headers = {}, query = {} } = params;
	const body = readRawBody(params.rawBody);
	const clock = readClock(params);
	if (token === undefined && secret === undefined) {
		throw callbackMisuse('Pass the token of the callback URL, the secret of the trigger, or both.');
	}
	if (token !== undefined && (typeof token !== 'string' || token === '')) {
		throw callbackMisuse('token is empty: pass the one that the callback URL was given.');
	}
	const keys = secret === undefined ? [] : await importSecrets(crypto, secret);
	const allowUntimestamped = params.allowUntimestamped === true;
	const claim = keys.length === 0 ? undefined : readClaim(headers, body, clock, allowUntimestamped);
	if (claim !== undefined && !(await isSigned(crypto, keys, claim.signatures, claim.signed))) {
		throw callbackRefused('its signature does not match its body and the secret');
	}
	if (token !== undefined) {
		const [presented, ...more] = queryValues(query, CALLBACK_TOKEN);
		if (presented === undefined || more.length > 0 || !(await isSameText(crypto, token, presented))) {
			throw callbackRefused(`its ${CALLBACK_TOKEN} is missing or wrong`);
		}
	} else if (claim === undefined) {
		throw callbackRefused('it is not signed');
	}
	return readPayload(body, headers);
}

interface Clock {
	readonly now: number;
	readonly tolerance: number;
}

function readClock({
	now = Date.now() / 1000,
	toleranceSeconds: tolerance = 300,
}: VerifyCallbackParams): Clock {
	if (!Number.isFinite(now) || now > 1e11) throw callbackMisuse('now must be in seconds since 1970.');
	if (!(tolerance >= 0)) throw callbackMisuse('toleranceSeconds must be a number, 0 or more.');
	return { now: Math.floor(now), tolerance };
}

/** What the sender claims to have signed, and how. */
interface Claim {
	readonly signatures: readonly Bytes[];
	readonly signed: Bytes;
}

/** Nothing where a callback has no signature that counts. */
function readClaim(
	headers: HeadersLike,
	body: Bytes,
	clock: Clock,
	allowUntimestamped: boolean,
): Claim | undefined {
	const lists = headerValues(headers, 'webhook-signature');
	if (lists.length > 0) {
		const [id = '', ...ids] = headerValues(headers, 'webhook-id');
		const [timestamp = '', ...timestamps] = headerValues(headers, 'webhook-timestamp');
		if (id === '' || ids.length > 0) throw callbackRefused('its webhook-id is missing or doubled');
		if (!UNIX_SECONDS.test(timestamp) || timestamps.length > 0) {
			throw callbackRefused('its webhook-timestamp is missing, doubled or not a number of seconds');
		}
		if (Math.abs(clock.now - Number(timestamp)) > clock.tolerance) {
			throw callbackRefused('it was signed too long ago, or the clocks differ');
		}
		const signatures = few(lists.join(' ').split(' ')).flatMap(text => readSignature(text) ?? []);
		return { signatures, signed: signedBytes(id, timestamp, body) };
	}
	const digests = allowUntimestamped ? few(headerValues(headers, 'x-webhook-signature')) : [];
	if (digests.length === 0) return undefined;
	return { signatures: digests.flatMap(text => readHexSignature(text) ?? []), signed: body };
}

function few(signatures: readonly string[]): readonly string[] {
	if (signatures.length > MOST_SIGNATURES) throw callbackRefused('it has too many signatures');
	return signatures;
}
