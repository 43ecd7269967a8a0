import type { MiddlewareHandler } from 'hono';
import { roleOf } from './auth.ts';
import type { SandboxEnv } from './env.ts';
import { WireError } from './error-envelope.ts';

/** Far above the platform's plans: a test suite must not run into it unless it means to. */
export const DEFAULT_RATE_LIMIT_PER_MINUTE = 6_000;
const WINDOW_MS = 60_000;

export interface RateLimitState {
	readonly allowed: boolean;
	readonly remaining: number;
	/** When the window ends, in milliseconds since 1970. */
	readonly resetAt: number;
}

/** Counts each caller's requests in windows of a minute. The platform's kind of window is not public. */
export class RateLimits {
	readonly perMinute: number;
	readonly #now: () => number;
	readonly #windows = new Map<string, { count: number; resetAt: number }>();

	constructor(perMinute: number, now: () => number = Date.now) {
		this.perMinute = perMinute;
		this.#now = now;
	}

	take(caller: string): RateLimitState {
		const now = this.#now();
		let window = this.#windows.get(caller);
		// A window that ends later than a new one would is a clock that was set back.
		if (!window || now >= window.resetAt || window.resetAt > now + WINDOW_MS) {
			window = { count: 0, resetAt: now + WINDOW_MS };
			this.#windows.set(caller, window);
		}
		const allowed = window.count < this.perMinute;
		if (allowed) window.count++;
		return { allowed, remaining: this.perMinute - window.count, resetAt: window.resetAt };
	}

	/** Whole seconds until a request of this state's caller is taken again. */
	retryAfter({ resetAt }: RateLimitState): number {
		return Math.max(1, Math.ceil((resetAt - this.#now()) / 1000));
	}
}

/** One budget for each key, and one for everybody without a valid one. */
export function rateLimited(limits: RateLimits): MiddlewareHandler<SandboxEnv> {
	return async (c, next) => {
		const state = limits.take(roleOf(c) ?? 'anonymous');
		const reset = Math.ceil(state.resetAt / 1000);
		c.header('X-RateLimit-Limit', String(limits.perMinute));
		c.header('X-RateLimit-Remaining', String(state.remaining));
		c.header('X-RateLimit-Reset', String(reset));
		if (!state.allowed) {
			const retryAfter = limits.retryAfter(state);
			c.header('Retry-After', String(retryAfter));
			throw rateLimitExceeded({ limit: limits.perMinute, reset, retryAfter });
		}
		await next();
	};
}

export function rateLimitExceeded(of: { limit: number; reset: number; retryAfter: number }): WireError {
	const { limit, reset, retryAfter } = of;
	return new WireError(429, 'RATE_LIMIT_EXCEEDED', `More than ${limit} requests in a minute.`, {
		details: { limit, remaining: 0, reset, retry_after: retryAfter },
	});
}
