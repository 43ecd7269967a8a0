/** What an agent thinks with. An engine knows nothing of HTTP, sessions or storage: it gets a turn, it yields events. */
export interface Engine {
	/** The model name that metrics and executions show. */
	readonly model: string;
	/** Ends after one `response`; stops, by returning or throwing, soon after `signal` is aborted. */
	run(request: EngineRequest): AsyncGenerator<EngineEvent>;
}

export interface EngineRequest {
	readonly message: string;
	/** Named values that belong into the prompt beside the message. */
	readonly context?: Readonly<Record<string, unknown>>;
	/** The finished turns of the session, oldest first. */
	readonly history: readonly PastTurn[];
	readonly maxTokens: number | undefined;
	readonly signal: AbortSignal;
}

export interface PastTurn {
	readonly message: string;
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
	| { readonly type: 'tool'; readonly tool: string; readonly success: boolean; readonly summary: string }
	| { readonly type: 'token'; readonly content: string }
	| {
			readonly type: 'response';
			readonly content: string;
			readonly sources: readonly Source[];
			readonly usage: Usage;
	  };
