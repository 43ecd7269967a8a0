import type { LoggedError, Values } from './calls.ts';

/** A flow as a user builds it. */
export interface Flow {
	readonly trigger?: { readonly name: string; readonly propsValue: Values };
	readonly steps: readonly Step[];
}

export type Step = PieceStep | LoopStep;

/** A step's values; a function where they are made of what came before. */
export type Inputs = Values | ((scope: Scope) => Values);

export interface PieceStep {
	readonly name: string;
	readonly action: string;
	readonly propsValue: Inputs;
	/** Three more attempts, whatever the failure was. */
	readonly retryOnFailure?: boolean;
	readonly continueOnFailure?: boolean;
}

/** The steps within it run for each item, one after the other. */
export interface LoopStep {
	readonly name: string;
	readonly items: readonly unknown[];
	readonly steps: readonly Step[];
}

/** What a step's values may be made of. */
export interface Scope {
	/** The output of the trigger. */
	readonly trigger: unknown;
	/** The last output of each step. */
	readonly outputs: Readonly<Record<string, unknown>>;
	/** In a loop. */
	readonly item?: unknown;
}

/** What stands in the log of a run, oldest first: a line for each time that a step came to its end, or paused. */
export interface LogLine {
	readonly step: string;
	readonly status: 'SUCCEEDED' | 'PAUSED' | 'FAILED';
	readonly output?: unknown;
	readonly error?: LoggedError;
	/** How often the step was called. */
	readonly attempts: number;
}
