import { createClient as createCoreClient, type ZihinClient } from './client.ts';
import type { ClientOptions, FetchLike, Runtime } from './settings.ts';
import { deadline, sleep } from './timers.ts';

export * from './core.ts';

/** Options of {@link createClient}: web fetch and plain timers are filled in. */
export type CreateClientOptions = ClientOptions & {
	[Part in keyof Runtime]?: Runtime[Part] | undefined;
};

/**
 * Makes a client.
 *
 * ```ts
 * const zihin = createClient({ apiKey: process.env.ZIHIN_API_KEY });
 * const { content } = await zihin.invokeAgent({ agentId, message: 'What is the sales forecast?' });
 * ```
 * @throws {ZihinAgentError} kind `config`, when an option is wrong
 */
export function createClient(options: CreateClientOptions): ZihinClient {
	return createCoreClient({
		...options,
		fetch: options.fetch ?? webFetch(),
		sleep: options.sleep ?? sleep,
		deadline: options.deadline ?? deadline,
	});
}

/** Looked up when a client is made, not when this file is loaded: touching fetch costs Node milliseconds. */
function webFetch(): FetchLike {
	return globalThis.fetch;
}
