import { readFileSync } from 'node:fs';

export interface TokenCase {
	readonly id: string;
	readonly name: string;
	/** Absent for a token that is too long for a file: `build` says what it is. */
	readonly token?: string;
	readonly build?: string;
	readonly secret: string;
	readonly audience: string;
	readonly clockToleranceSeconds: number;
	/** Seconds since 1970. */
	readonly now: number;
	readonly expect: 'accept' | 'reject';
	readonly why: string;
}

export interface HttpCase {
	readonly id: string;
	readonly name: string;
	readonly request: {
		readonly url?: string;
		readonly headers?: Record<string, string>;
		readonly config?: { readonly secret?: string | null; readonly audience?: string | null };
	};
	readonly expect: {
		readonly status?: number;
		readonly body?: string;
		readonly notInBody?: readonly string[];
		readonly pass?: true;
		readonly claims?: Record<string, unknown>;
		readonly throwsAtCreation?: true;
	};
	readonly why: string;
}

const file: { tokens: TokenCase[]; http: HttpCase[] } = JSON.parse(
	readFileSync(new URL('cases/jwt-cases.json', import.meta.url), 'utf8'),
);

export const tokenCases: readonly TokenCase[] = file.tokens;
export const httpCases: readonly HttpCase[] = file.http;

/** What the cases' tokens are signed with and minted for. */
export const ZONE = {
	secret: 'fake-zone-secret-0123456789abcdef0123456789abcdef',
	audience: 'zone-aud-1',
};
/** The cases' clock, in milliseconds. */
export const NOW_MS = 1_767_225_600_000;

/** A token with a megabyte of padding and a signature of somebody else. */
export function megabyteToken(): string {
	const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
	const header = part({ alg: 'HS256', typ: 'JWT' });
	return `${header}.${part({ pad: 'x'.repeat(1_000_000) })}.${'A'.repeat(43)}`;
}
