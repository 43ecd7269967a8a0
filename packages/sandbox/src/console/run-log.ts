import type { ExecutionEnd } from '../executions.ts';
import type { Turn, TurnEvent } from '../turn.ts';
import { Ring } from './ring.ts';

const MAX_RUNS = 200;
const MAX_ENTRIES = 400;
/** Tokens are shown as the text that they make, in pieces of about this many characters, broken between words. */
const PIECE_CHARS = 1_000;
const MAX_TEXT_CHARS = 16_000;

/** Something that happened in a run, for people to read. Whoever shows it masks its secrets. */
export interface RunEntry {
	/** Counted from 1 within the run. */
	readonly number: number;
	/** Milliseconds since the run began. */
	readonly atMs: number;
	readonly kind: string;
	text: string;
	/** How many tokens the text is made of, where it is made of tokens. */
	tokens?: number;
	/** Whether it is something that went wrong. */
	readonly isBad?: boolean;
	/** Its last change in the feed. */
	change?: number;
}

interface LoggedRun {
	readonly executionId: string;
	readonly startedAt: number;
	readonly entries: RunEntry[];
}

/** What happened in the last 200 runs of this process, as it happened. What came of a run is in the database. */
export class RunLog {
	readonly #ring = new Ring<LoggedRun>(MAX_RUNS);
	readonly #runs = new Map<string, LoggedRun>();

	begin({ executionId }: Turn): void {
		const run = { executionId, startedAt: performance.now(), entries: [] };
		const dropped = this.#ring.push(run);
		if (dropped) this.#runs.delete(dropped.executionId);
		this.#runs.set(executionId, run);
	}

	/** The entries that are new, or longer than before. */
	happened({ executionId, agent }: Turn, event: Exclude<TurnEvent, { type: 'end' }>): readonly RunEntry[] {
		if (event.type === 'token') return this.#token(executionId, event.content);
		const entry = this.#add(executionId, described(event));
		if (event.type !== 'response') return entry;
		const { usage, model = agent.engine.model, iterations = 1 } = event;
		const spent = `${usage.inputTokens} tokens in, ${usage.outputTokens} out; ${model}; iterations: ${iterations}`;
		return [...entry, ...this.#add(executionId, { kind: 'metrics', text: spent })];
	}

	end({ executionId }: Turn, end: ExecutionEnd): readonly RunEntry[] {
		// The answer itself comes as an event.
		if (end.status === 'completed') return [];
		const text = `${end.error.code}: ${end.error.message}`;
		return this.#add(executionId, { kind: end.status, text, isBad: true });
	}

	/** Oldest first; `undefined` for a run of an earlier process, and for one that is too long ago. */
	entries(executionId: string): readonly RunEntry[] | undefined {
		return this.#runs.get(executionId)?.entries;
	}

	#token(executionId: string, content: string): readonly RunEntry[] {
		const last = this.#runs.get(executionId)?.entries.at(-1);
		if (last?.tokens === undefined || isFull(last.text)) {
			return this.#add(executionId, { kind: 'tokens', text: content, tokens: 1 });
		}
		last.text += content.slice(0, MAX_TEXT_CHARS);
		last.tokens++;
		return [last];
	}

	#add(executionId: string, entry: Omit<RunEntry, 'number' | 'atMs'>): readonly RunEntry[] {
		const run = this.#runs.get(executionId);
		if (!run || run.entries.length > MAX_ENTRIES) return [];
		const isLast = run.entries.length === MAX_ENTRIES;
		const { text, ...rest } = isLast ? { kind: 'more', text: 'What follows is not kept.' } : entry;
		const added = {
			...rest,
			text: cut(text),
			number: run.entries.length + 1,
			atMs: performance.now() - run.startedAt,
		};
		run.entries.push(added);
		return [added];
	}
}

function described(event: Exclude<TurnEvent, { type: 'end' | 'token' }>): Omit<RunEntry, 'number' | 'atMs'> {
	switch (event.type) {
		case 'phase':
			return { kind: 'phase', text: event.phase };
		case 'thinking':
			return { kind: 'thinking', text: event.thought };
		case 'warning':
			return { kind: 'warning', text: event.message, isBad: true };
		case 'attachments':
			return {
				kind: 'attachments',
				text: `${event.processed} read, ${event.errors} not`,
				isBad: event.errors > 0,
			};
		case 'tool':
			return { kind: 'tool', text: `${event.tool}: ${event.summary}`, isBad: !event.success };
		case 'response':
			return { kind: 'response', text: event.content };
		case 'connection':
			return { kind: 'connection', text: event.fate, isBad: true };
	}
}

/** A word in two pieces could be half of a secret, which nobody would know for one. */
function isFull(text: string): boolean {
	return text.length >= MAX_TEXT_CHARS || (text.length >= PIECE_CHARS && /\s$/.test(text));
}

function cut(text: string): string {
	return text.length <= MAX_TEXT_CHARS ? text : `${text.slice(0, MAX_TEXT_CHARS)}…`;
}
