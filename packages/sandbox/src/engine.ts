/** What an agent thinks with. An engine knows nothing of HTTP, sessions or storage: it gets a turn, it emits events. */
export interface Engine {
	/** The model name that metrics and executions show. */
	readonly model: string;
	/** How many times faster than real time its waits pass. A turn's time limit passes as fast. Default 1. */
	readonly speed?: number;
	/** Whether it says itself what became of attachments; of any other engine the sandbox says that it ignores them. */
	readonly reportsAttachments?: boolean;
	/** Emits one `response`, `error` or `timeout`; stops, by returning or throwing, soon after `signal` is aborted. */
	run(request: EngineRequest, emit: Emit): Promise<void>;
}

/**
 * Takes an event. What it returns, if anything, has to resolve before the next one: the reader is slow. Pushed and not
 * pulled out of a generator, which would cost more for each token than all the rest of it.
 */
export type Emit = (event: EngineEvent) => Promise<void> | undefined;

export interface EngineRequest {
	readonly message: string;
	/** Named values that belong into the prompt beside the message. */
	readonly context?: Readonly<Record<string, unknown>>;
	/** The finished turns of the session, oldest first. */
	readonly history: readonly PastTurn[];
	readonly maxTokens: number | undefined;
	readonly temperature: number | undefined;
	readonly signal: AbortSignal;
}

export interface PastTurn {
	readonly message: string;
	/** `null` when the turn had no answer. */
	readonly response: string | null;
	readonly sources: readonly Source[];
}

/** A place that an answer was taken from. */
export interface Source {
	/** Relative to the library's root, with `/`. */
	readonly file: string;
	/** Counted from 1. */
	readonly line: number;
	readonly heading: string | null;
	/** Higher is better; comparable within one question only. */
	readonly score: number;
}

export interface Usage {
	readonly inputTokens: number;
	readonly outputTokens: number;
}

export type EngineEvent =
	| { readonly type: 'phase'; readonly phase: string }
	| { readonly type: 'thinking'; readonly thought: string }
	| { readonly type: 'warning'; readonly message: string }
	| { readonly type: 'attachments'; readonly processed: number; readonly errors: number }
	| { readonly type: 'tool'; readonly tool: string; readonly success: boolean; readonly summary: string }
	| { readonly type: 'token'; readonly content: string }
	| EngineResponse
	/** The agent reports that it failed. */
	| { readonly type: 'error'; readonly code: string; readonly message: string; readonly timedOut: boolean }
	/** The turn ends as one that ran out of time; the message is told in place of an answer. */
	| { readonly type: 'timeout'; readonly message: string }
	| ConnectionEvent;

export interface EngineResponse {
	readonly type: 'response';
	readonly content: string;
	readonly sources: readonly Source[];
	readonly usage: Usage;
	/** When it differs from the engine's. */
	readonly model?: string;
	/** How often the model was asked. Default 1. */
	readonly iterations?: number;
	/** Whether a gate answered in the agent's place. */
	readonly gated?: boolean;
}

/** Something that befalls the connection of a streamed turn. A dispatched run has none, and passes over it. */
export interface ConnectionEvent {
	readonly type: 'connection';
	/** No byte is sent any more; the connection breaks off, orderly or by a reset; its end comes without a terminal event. */
	readonly fate: 'stall' | 'cut' | 'reset' | 'no-terminal-event';
}
