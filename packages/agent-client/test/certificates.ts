// @peculiar/x509 does not load without it.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
	BasicConstraintsExtension,
	PemConverter,
	SubjectAlternativeNameExtension,
	X509CertificateGenerator,
} from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;

/** A certificate with its key, as servers take them. */
export interface Certified {
	readonly name: string;
	readonly keys: webcrypto.CryptoKeyPair;
	readonly pem: string;
	readonly keyPem: string;
}

/** Makes a certificate for a host. Without an issuer it signs itself, and may sign others. */
export async function certify(options: {
	readonly name: string;
	readonly ip?: string;
	/** From now; a negative one has expired already. */
	readonly validForMs: number;
	readonly issuer?: Certified;
}): Promise<Certified> {
	const { name, ip, validForMs, issuer } = options;
	const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
	const host = ip === undefined ? { type: 'dns' as const, value: name } : { type: 'ip' as const, value: ip };
	const certificate = await X509CertificateGenerator.create(
		{
			subject: `CN=${name}`,
			issuer: `CN=${issuer?.name ?? name}`,
			notBefore: new Date(Date.now() - 3 * DAY_MS),
			notAfter: new Date(Date.now() + validForMs),
			publicKey: keys.publicKey,
			signingKey: (issuer?.keys ?? keys).privateKey,
			signingAlgorithm: ALGORITHM,
			extensions: [
				new BasicConstraintsExtension(issuer === undefined),
				new SubjectAlternativeNameExtension([host]),
			],
		},
		webcrypto,
	);
	const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
	return { name, keys, pem: certificate.toString('pem'), keyPem: PemConverter.encode(key, 'PRIVATE KEY') };
}
