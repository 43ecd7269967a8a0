import type { ZihinAgentError } from './errors.ts';

/** What is published about each attempt of each request. No body, no header, no secret is in it. */
export interface DiagnosticMessages {
	/** An attempt is about to be sent. */
	readonly request: { readonly endpoint: string; readonly attempt: number };
	/** Its answer's head has come. */
	readonly response: {
		readonly endpoint: string;
		readonly attempt: number;
		readonly status: number;
		readonly durationMs: number;
	};
	/** It failed: no answer, or one that is no success. */
	readonly error: { readonly endpoint: string; readonly attempt: number; readonly error: ZihinAgentError };
}

/** Publishes one message. What a subscriber throws must not reach the call. */
export type Publish = <Name extends keyof DiagnosticMessages>(
	name: Name,
	message: DiagnosticMessages[Name],
) => void;

/** The channels on Node: `diagnostics_channel.subscribe('zihin:agent-client:request', …)` and so on. */
export const CHANNEL_PREFIX = 'zihin:agent-client:';

/**
 * Publishes to Node's diagnostics channels; nothing where there are none. Asked for at run time, because an
 * import would keep the package from being bundled for browsers. Node has this since 20.16 and 22.3.
 */
export function nodeChannels(): Publish | undefined {
	const host: NodeLike | undefined = Reflect.get(globalThis, 'process');
	const builtin = host?.getBuiltinModule?.('node:diagnostics_channel');
	if (builtin === undefined) return undefined;
	const channels = {
		request: builtin.channel(`${CHANNEL_PREFIX}request`),
		response: builtin.channel(`${CHANNEL_PREFIX}response`),
		error: builtin.channel(`${CHANNEL_PREFIX}error`),
	};
	return (name, message) => {
		if (channels[name].hasSubscribers) channels[name].publish(message);
	};
}

/** The part of Node's `process` that is used: this package is compiled without Node's types. */
interface NodeLike {
	getBuiltinModule?(id: 'node:diagnostics_channel'): { channel(name: string): Channel } | undefined;
}

interface Channel {
	readonly hasSubscribers: boolean;
	publish(message: object): void;
}
