import { readTimeout, startBudget } from './deadline.ts';
import { configError, ZihinAgentError } from './errors.ts';
import { seal } from './failures.ts';
import { createRedactor, type Redactor } from './redact.ts';
import { readMaxRetries, type Settings } from './settings.ts';
import { createTransport, type Transport, tell } from './transport.ts';

/** What every call takes beside its own parameters. */
export interface CallOptions {
	/** Cancels the call, and the agent's turn with it. */
	readonly signal?: AbortSignal | undefined;
	/** Milliseconds for this call, instead of the client's `timeoutMs`. */
	readonly timeoutMs?: number | undefined;
	/** Attempts after the first, instead of the client's `maxRetries`. */
	readonly maxRetries?: number | undefined;
}

/** One call under way. */
export interface Call {
	readonly transport: Transport;
	/** Frees the call's timer and listener, and ends what it left under way. */
	end(): void;
}

/** Begins the calls of a client: each has one budget of time, and its failure leaves it redacted. */
export interface CallRunner {
	/** @throws {ZihinAgentError} kind `config`, when an option of the call is wrong; {@link fail} makes it the caller's */
	begin(options: CallOptions): Call;
	/** The failure of a call as its caller gets it: redacted, and told to `onError`. */
	fail(cause: unknown): ZihinAgentError;
	run<T>(options: CallOptions, operation: (transport: Transport) => Promise<T>): Promise<T>;
}

export function createCallRunner(settings: Settings): CallRunner {
	let redactor: Redactor | undefined;
	const redactorOf = () => {
		redactor ??= createRedactor([settings.apiKey]);
		return redactor;
	};
	const lazyRedactor: Redactor = {
		text: text => redactorOf().text(text),
		cause: cause => redactorOf().cause(cause),
	};

	return {
		begin,
		fail,
		run: async (options, operation) => {
			let call: Call | undefined;
			try {
				call = begin(options);
				return await operation(call.transport);
			} catch (cause) {
				throw fail(cause);
			} finally {
				call?.end();
			}
		},
	};

	function begin(options: CallOptions): Call {
		if (typeof options !== 'object' || options === null) {
			throw configError('The call takes one object with its parameters.');
		}
		// To fetch, null is no signal either.
		const { signal = null } = options;
		if (signal !== null && typeof signal.addEventListener !== 'function') {
			throw configError('signal must be an AbortSignal.');
		}
		const timeoutMs =
			options.timeoutMs === undefined ? settings.timeoutMs : readTimeout(options.timeoutMs, 'timeoutMs');
		const maxRetries =
			options.maxRetries === undefined ? settings.maxRetries : readMaxRetries(options.maxRetries);
		const budget = startBudget(timeoutMs, settings.deadline, options.signal);
		return { transport: createTransport(settings, budget, maxRetries, lazyRedactor), end: budget.end };
	}

	function fail(cause: unknown): ZihinAgentError {
		const error = ZihinAgentError.is(cause)
			? cause
			: new ZihinAgentError({ kind: 'unknown', message: 'The call failed in an unforeseen way.', cause });
		const sealed = seal(error, lazyRedactor);
		tell(settings.onError, sealed);
		return sealed;
	}
}
