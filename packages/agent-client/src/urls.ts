import { classifyHost, type HostClass } from './addresses.ts';
import { configError } from './errors.ts';

/** Where the key may be sent: judged once, when the client is made. No trailing slash. */
export type BaseUrl = string & { readonly [judged]: 'base' };
/** Where results may be delivered: judged before a trigger is made. The key is never sent there. */
export type CallbackUrl = string & { readonly [judged]: 'callback' };
declare const judged: unique symbol;

/** The two switches that widen what is accepted. */
export interface UrlPolicy {
	readonly allowCustomBaseUrl: boolean;
	readonly allowHttp: boolean;
}

export const DEFAULT_BASE_URL = 'https://llm.zihin.ai';
const LONGEST_URL = 2048;

/**
 * Judges a base URL. The raw string counts, not only what `new URL` makes of it: a parser that silently repairs
 * a string may understand another host than the one that connects.
 * @throws {ZihinAgentError} kind `config`; its message does not repeat the value, which may hold a key
 */
export function readBaseUrl(value: unknown, policy: UrlPolicy): BaseUrl {
	const refuse = (reason: string) => configError(`baseUrl was refused: ${reason}.`);
	const { raw, url, host } = parse(value, policy.allowHttp && policy.allowCustomBaseUrl, refuse);
	if (raw.includes('?') || raw.includes('#')) throw refuse('it must not hold a query or a fragment');
	if (url.pathname.includes('//')) throw refuse('its path holds an empty segment');
	// After the host only an explicit :443 and one trailing slash may differ from the canonical form.
	const rawPath = raw.slice(`${url.protocol}//`.length + host.raw.length + host.rawPort.length);
	if ((rawPath || '/') !== url.pathname) throw refuse('its path is not in canonical form');
	const hostClass = classifyHost(host.name);
	if (hostClass === 'never') throw refuse('it names a link-local, metadata or reserved address');
	const whitelisted = host.name === 'zihin.ai' || host.name.endsWith('.zihin.ai');
	const standard = whitelisted && url.protocol === 'https:' && url.port === '';
	if (!standard) judgeUnlisted(hostClass, url.protocol, policy, refuse);
	return (url.origin + url.pathname.replace(/\/$/, '')) as BaseUrl;
}

function judgeUnlisted(
	hostClass: HostClass,
	protocol: string,
	policy: UrlPolicy,
	refuse: (reason: string) => Error,
): void {
	if (hostClass === 'loopback') {
		if (policy.allowHttp) return;
		throw refuse('it names this machine; allow HTTP (allowHttp) to use a local server');
	}
	if (!policy.allowCustomBaseUrl) {
		throw refuse(
			'its host is not zihin.ai or one of its subdomains; allow a custom base URL (allowCustomBaseUrl) if you trust that host with your key',
		);
	}
	if (protocol === 'http:' && !policy.allowHttp) throw refuse('http:// needs allowHttp');
}

/**
 * Judges a callback URL: public https, or a private development address with `allowHttp`.
 * @throws {ZihinAgentError} kind `config`
 */
export function readCallbackUrl(value: unknown, policy: UrlPolicy): CallbackUrl {
	const refuse = (reason: string) => configError(`callbackUrl was refused: ${reason}.`);
	const { raw, url, host } = parse(value, policy.allowHttp, refuse);
	if (raw.includes('#')) throw refuse('it must not hold a fragment');
	const hostClass = classifyHost(host.name);
	if (hostClass === 'never') throw refuse('it names a link-local, metadata or reserved address');
	if (hostClass === 'public') {
		if (url.protocol !== 'https:') throw refuse('it must start with https://');
	} else if (!policy.allowHttp) {
		throw refuse('it is a private address, which the platform cannot reach; use a public https:// URL');
	}
	return raw as CallbackUrl;
}

interface ParsedUrl {
	readonly raw: string;
	readonly url: URL;
	readonly host: { readonly raw: string; readonly name: string; readonly rawPort: string };
}

const PRINTABLE_ASCII = /^[\x21-\x7e]+$/;
const SHAPE = /^(https?):\/\/(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?(?:[/?#]|$)/;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const LABEL_OR_SERVICE_NAME = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

function parse(value: unknown, serviceNames: boolean, refuse: (reason: string) => Error): ParsedUrl {
	if (typeof value !== 'string') throw refuse('it is not a text');
	if (value === '') throw refuse('it is empty');
	if (value.length > LONGEST_URL) throw refuse(`it is longer than ${LONGEST_URL} characters`);
	if (!PRINTABLE_ASCII.test(value) || value.includes('\\')) {
		throw refuse('it holds a space, a backslash, a control character or a character outside ASCII');
	}
	const match = SHAPE.exec(value);
	const rawHost = match?.[2];
	const rawPort = match?.[3] ?? '';
	if (rawHost === undefined) {
		throw refuse('it must be https://host or http://host, with no user name in it');
	}
	let url: URL;
	try {
		url = new URL(value);
	} catch {
		throw refuse('it is not a URL');
	}
	const name = rawHost.toLowerCase();
	// An explicit :443 may stand: of an https URL the parser drops it.
	if (url.hostname !== name || (rawPort !== ':443' && rawPort !== (url.port && `:${url.port}`))) {
		throw refuse('its host or port is not in canonical form');
	}
	if (!name.startsWith('[')) {
		const label = serviceNames ? LABEL_OR_SERVICE_NAME : LABEL;
		if (name.length > 253 || !name.split('.').every(part => label.test(part))) {
			throw refuse('its host is not a valid name');
		}
	}
	if (FORBIDDEN_PORTS.has(url.port)) throw refuse('no HTTP client connects to its port');
	return { raw: value, url, host: { raw: rawHost, name, rawPort } };
}

/** The ports that the fetch standard blocks. */
const FORBIDDEN_PORTS = new Set(
	(
		'0 1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110 111 113 115 117 119 ' +
		'123 135 137 139 143 161 179 389 427 465 512 513 514 515 526 530 531 532 540 548 554 556 563 587 601 636 989 ' +
		'990 993 995 1719 1720 1723 2049 3659 4045 4190 5060 5061 6000 6566 6665 6666 6667 6668 6669 6679 6697 10080'
	).split(' '),
);

/**
 * One path segment out of an id. `encodeURIComponent('..')` is `..`, and a URL parser would then walk up.
 * @throws {ZihinAgentError} kind `config`
 */
export function pathSegment(id: unknown, name: string): string {
	if (typeof id !== 'string' || id === '') throw configError(`${name} is missing: it must be a text.`);
	if (id === '.' || id === '..' || /[\p{Cc}\p{Cs}]/u.test(id)) {
		throw configError(`${name} is not an id.`);
	}
	return encodeURIComponent(id);
}

/**
 * Judges a path that a caller wrote. It follows the base URL and stays below it, so that the key cannot go
 * anywhere else: what a URL parser would change, such as `..` in any spelling, is refused.
 * @throws {ZihinAgentError} kind `config`; its message does not repeat the value
 */
export function readRequestPath(value: unknown, baseUrl: BaseUrl): string {
	const refuse = (reason: string) => configError(`path was refused: ${reason}.`);
	if (typeof value !== 'string' || !/^\/(?!\/)/.test(value)) throw refuse('it must begin with one slash');
	const url = baseUrl + value;
	if (url.length > LONGEST_URL) throw refuse(`the URL is longer than ${LONGEST_URL} characters`);
	const { href, pathname } = new URL(url);
	if (href !== url || url.includes('#') || pathname.includes('//')) {
		throw refuse('it is not in canonical form: percent-encode it, without dot segments or a fragment');
	}
	return value;
}
