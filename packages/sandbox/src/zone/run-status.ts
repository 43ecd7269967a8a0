import { WireError } from '../error-envelope.ts';

export const RUN_STATUSES = ['queued', 'running', 'waiting', 'completed', 'failed', 'cancelled'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

const TERMINAL: readonly RunStatus[] = ['completed', 'failed', 'cancelled'];

const NEXT: Readonly<Record<RunStatus, readonly RunStatus[]>> = {
	queued: ['running', ...TERMINAL],
	running: ['waiting', ...TERMINAL],
	waiting: ['running', ...TERMINAL],
	completed: [],
	failed: [],
	cancelled: [],
};

export function isTerminal(status: RunStatus): boolean {
	return TERMINAL.includes(status);
}

/** @throws {WireError} 409 for a step backwards. Where a run already is, it may be told again. */
export function checkStep(from: RunStatus, to: RunStatus): void {
	if (from === to || NEXT[from].includes(to)) return;
	throw new WireError(409, 'CONFLICT', `The run is ${from}: it cannot become ${to}.`);
}
