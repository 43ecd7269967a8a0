import {
	type ClientOptions,
	createClient as createCoreClient,
	type Runtime,
	type ZihinClient,
} from './core.ts';
import { nodeChannels } from './diagnostics.ts';
import { deadline, sleep } from './timers.ts';
import { onAnyRuntime } from './web-fetch.ts';

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
	// Looked up now and not when this file is loaded: touching fetch costs Node milliseconds.
	const fetch = options.fetch ?? globalThis.fetch;
	return createCoreClient({
		...options,
		fetch: typeof fetch === 'function' ? onAnyRuntime(fetch) : fetch,
		sleep: options.sleep ?? sleep,
		deadline: options.deadline ?? deadline,
		publish: options.publish ?? nodeChannels(),
	});
}
