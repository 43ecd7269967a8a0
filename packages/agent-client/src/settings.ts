import { type Deadline, readTimeout } from './deadline.ts';
import type { Publish } from './diagnostics.ts';
import { configError, type ZihinAgentError } from './errors.ts';
import { type BaseUrl, DEFAULT_BASE_URL, readBaseUrl, type UrlPolicy } from './urls.ts';

/** The part of a response that this client reads. A `Response` of any fetch is one. */
export interface FetchResponse {
	readonly status: number;
	readonly type?: string;
	readonly headers: { get(name: string): string | null };
	readonly body: ByteSource | null;
}

/** A body: a web stream, or anything that yields bytes. `destroy`, where there is one, closes it at once. */
export type ByteSource = ReadableStream<Uint8Array> | (AsyncIterable<Uint8Array> & { destroy?(): unknown });

/** What this client hands to fetch. `timeoutMs` is what is left of the call's budget; web fetch ignores it. */
export interface FetchInit {
	readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
	readonly headers: Record<string, string>;
	readonly body?: string;
	readonly signal: AbortSignal;
	/** `manual` only where a runtime refuses `error`. */
	readonly redirect: 'error' | 'manual';
	readonly cache?: 'no-store';
	readonly timeoutMs: number;
}

/** A fetch, or a platform's own HTTP in its shape. */
export type FetchLike = (url: string, init: FetchInit) => Promise<FetchResponse>;

/** What a host supplies. `createClient` of the package root fills in web fetch and plain timers. */
export interface Runtime {
	/** Sends one request. Redirects must not be followed. */
	readonly fetch: FetchLike;
	/** Waits between attempts; rejects when the signal aborts. */
	readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
	/** Starts a clock: that of a call, and of the moment that a body has to end after its turn. */
	readonly deadline: (ms: number) => Deadline;
	/** Where attempts are published, for tracing. On Node the package root publishes to diagnostics channels. */
	readonly publish?: Publish | undefined;
}

/** A call that is about to be repeated. */
export interface RetryEvent {
	/** How many attempts have failed so far, from 1. */
	readonly attempt: number;
	/** Milliseconds until the next one. */
	readonly delayMs: number;
	readonly error: ZihinAgentError;
}

/** Options of `createClient`, those of the runtime aside. */
export interface ClientOptions {
	/** Required: `zhn_live_…`, `zhn_test_…` or `zhn_dev_…`. The tenant is embedded in it. */
	readonly apiKey: string | undefined;
	/** Default `https://llm.zihin.ai`. */
	readonly baseUrl?: string | undefined;
	/** Milliseconds for a whole call: attempts, waits, headers and bodies. Default 120,000. */
	readonly timeoutMs?: number | undefined;
	/** Attempts after the first, 0 to 10. Default 2. */
	readonly maxRetries?: number | undefined;
	/** Allows a base URL outside zihin.ai. The key is sent there. Default false. */
	readonly allowCustomBaseUrl?: boolean | undefined;
	/** Allows http and this machine, for development. Default false. */
	readonly allowHttp?: boolean | undefined;
	/** The largest event of a stream, in decoded bytes with its framing. Default 1,048,576. */
	readonly maxStreamEventBytes?: number | undefined;
	/** The largest body of any answer, in decoded bytes. Default 67,108,864. */
	readonly maxStreamTotalBytes?: number | undefined;
	/** Called before each repeated attempt. What it throws is ignored. */
	readonly onRetry?: ((event: RetryEvent) => void) | undefined;
	/** Called once for each failed call. What it throws is ignored. */
	readonly onError?: ((error: ZihinAgentError) => void) | undefined;
}

/** The options after they were judged. */
export interface Settings extends Runtime {
	readonly apiKey: string;
	readonly baseUrl: BaseUrl;
	readonly urlPolicy: UrlPolicy;
	readonly timeoutMs: number;
	readonly maxRetries: number;
	readonly maxStreamEventBytes: number;
	readonly maxStreamTotalBytes: number;
	readonly onRetry: (event: RetryEvent) => void;
	readonly onError: (error: ZihinAgentError) => void;
	readonly publish: Publish;
}

/** @throws {ZihinAgentError} kind `config`: what is wrong and what is expected, never the value of the key */
export function readSettings(options: ClientOptions & Runtime): Settings {
	const urlPolicy = {
		allowCustomBaseUrl: options.allowCustomBaseUrl === true,
		allowHttp: options.allowHttp === true,
	};
	if (typeof options.fetch !== 'function') {
		throw configError('This runtime has no fetch. Pass one in the option fetch.');
	}
	return {
		fetch: options.fetch,
		sleep: options.sleep,
		deadline: options.deadline,
		apiKey: readApiKey(options.apiKey),
		baseUrl: readBaseUrl(options.baseUrl === undefined ? DEFAULT_BASE_URL : options.baseUrl, urlPolicy),
		urlPolicy,
		timeoutMs: readTimeout(options.timeoutMs === undefined ? 120_000 : options.timeoutMs, 'timeoutMs'),
		maxRetries: readMaxRetries(options.maxRetries),
		maxStreamEventBytes: readLimit(options.maxStreamEventBytes, 2 ** 20, 'maxStreamEventBytes'),
		maxStreamTotalBytes: readLimit(options.maxStreamTotalBytes, 2 ** 26, 'maxStreamTotalBytes'),
		onRetry: options.onRetry ?? (() => {}),
		onError: options.onError ?? (() => {}),
		publish: options.publish ?? (() => {}),
	};
}

const MOST_RETRIES = 10;

export function readMaxRetries(value: unknown): number {
	if (value === undefined) return 2;
	if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST_RETRIES)
		return value;
	throw configError(`maxRetries must be a whole number from 0 to ${MOST_RETRIES}.`);
}

function readLimit(value: unknown, fallback: number, name: string): number {
	if (value === undefined) return fallback;
	if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
	throw configError(`${name} must be a whole number of bytes, at least 1.`);
}

const KEY = /^zhn_(?:live|test|dev)_[\x21-\x7e]+$/;

/** Judged before a header is built from it: an HTTP client's own complaint would print the whole key. */
function readApiKey(value: unknown): string {
	if (value === undefined || value === null || value === '') {
		throw configError('apiKey is missing. Create one in the console under Settings, API Keys.');
	}
	if (typeof value === 'string' && KEY.test(value)) return value;
	if (typeof value === 'string' && /zhn_(?:live|test|dev)_/.test(value)) {
		throw configError(
			'apiKey holds more than the key: remove spaces, line breaks, quotes or a word such as "Bearer" around it.',
		);
	}
	throw configError('apiKey is not a Zihin key: it starts with zhn_live_, zhn_test_ or zhn_dev_.');
}
