/** The part of web crypto that is used here: `globalThis.crypto`, or `webcrypto` of Node's own module. */
export type WebCrypto = Pick<typeof globalThis.crypto, 'subtle' | 'getRandomValues'>;
/** `CryptoKey`, under a name that the types of a browser and of Node both have. */
export type HmacKey = Awaited<ReturnType<WebCrypto['subtle']['importKey']>>;

/** Kept out of the import itself: a bundler for browsers would look for the module and fail. */
const NODE_CRYPTO = 'node:crypto';

/** This runtime's web crypto. Node 18 has it in a module only. */
export async function webCrypto(): Promise<WebCrypto> {
	if (globalThis.crypto !== undefined) return globalThis.crypto;
	const node: { readonly webcrypto: WebCrypto } = await import(
		/* webpackIgnore: true */ /* @vite-ignore */ String(NODE_CRYPTO)
	);
	return node.webcrypto;
}
