import type { Usage } from './wire.ts';

/** One step of an agent's turn, as it happens. Tell them apart by `type`. */
export type AgentChunk =
	| {
			readonly type: 'metadata';
			readonly requestId?: string;
			readonly agentId?: string;
			readonly sessionId?: string;
	  }
	| { readonly type: 'status'; readonly phase?: string; readonly timestamp?: string }
	| { readonly type: 'session'; readonly sessionId?: string }
	| { readonly type: 'attachments'; readonly processed?: unknown; readonly errors?: unknown }
	| { readonly type: 'phase'; readonly phase?: string }
	| { readonly type: 'thinking'; readonly thought: string }
	| {
			readonly type: 'tool';
			readonly tool: string;
			readonly callId?: string;
			readonly success?: boolean;
			readonly resultSummary?: string;
	  }
	/** A piece of the agent's working text. The answer is the `response` chunk, not the sum of these. */
	| { readonly type: 'token'; readonly content: string }
	| {
			readonly type: 'response';
			readonly content: string;
			readonly sessionId?: string;
			readonly sources?: readonly unknown[];
	  }
	| {
			readonly type: 'metrics';
			readonly usage?: Usage;
			readonly model?: string;
			readonly executionId?: string;
			readonly iterations?: number;
			readonly executionTimeMs?: number;
	  }
	| { readonly type: 'warning'; readonly message: string }
	| { readonly type: 'done'; readonly outcome?: string }
	/** An event that this version does not know, passed on as it came. */
	| { readonly type: 'unknown'; readonly event: string; readonly data: unknown };

/** An event as the server sent it. */
export interface RawEvent {
	readonly event: string;
	/** The parsed JSON, or the text where it was none. */
	readonly data: unknown;
}

/** A finished turn. */
export interface AgentResult {
	/** The final text. */
	readonly content: string;
	/** Give it to the next call to continue the conversation. */
	readonly sessionId?: string;
	/** The model that answered. */
	readonly model?: string;
	readonly usage?: Usage;
	/** What the agent's tools and retrieval cited, as the server describes it. */
	readonly sources?: readonly unknown[];
	readonly executionId?: string;
	/** Every event of the turn, with `includeRawEvents`. */
	readonly rawEvents?: readonly RawEvent[];
}
