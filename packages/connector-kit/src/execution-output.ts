import type { Execution } from '@zihin/agent-client/core';
import { INTEGER, LIST, nullable, object, TEXT } from './json-schema.ts';
import { USAGE_SCHEMA, type UsageOutput, usageOutput } from './usage-output.ts';

/** A run as the connectors show it. */
export interface ExecutionOutput {
	/** The execution's id again, under the name that platforms look for. */
	readonly id: string;
	readonly executionId: string;
	readonly triggerId: string;
	readonly agentId: string | null;
	readonly status: string;
	/** The answer, once completed. */
	readonly content: string | null;
	readonly sessionId: string | null;
	readonly sources: readonly unknown[];
	/** Why it did not complete. Not called `error`: platforms take a step with an `error` for one that failed. */
	readonly failure: { readonly code: string | null; readonly message: string | null } | null;
	/** This and all that follows only without *Simplify*. */
	readonly model?: string | null;
	readonly usage?: UsageOutput;
	readonly createdAt?: string | null;
	readonly completedAt?: string | null;
	readonly durationMs?: number | null;
}

const FAILURE_SCHEMA = object({ code: nullable(TEXT), message: nullable(TEXT) });

export const EXECUTION_SCHEMA = object<keyof ExecutionOutput>(
	{
		id: TEXT,
		executionId: TEXT,
		triggerId: TEXT,
		agentId: nullable(TEXT),
		status: TEXT,
		content: nullable(TEXT),
		sessionId: nullable(TEXT),
		sources: LIST,
		failure: nullable(FAILURE_SCHEMA),
		model: nullable(TEXT),
		usage: USAGE_SCHEMA,
		createdAt: nullable(TEXT),
		completedAt: nullable(TEXT),
		durationMs: nullable(INTEGER),
	},
	['model', 'usage', 'createdAt', 'completedAt', 'durationMs'],
);

export const EXECUTION_SAMPLE: ExecutionOutput = {
	id: '9b2f1c1e-3d0a-4a53-9c57-6c1f0d1c8a11',
	executionId: '9b2f1c1e-3d0a-4a53-9c57-6c1f0d1c8a11',
	triggerId: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
	agentId: '6ba7b810-9dad-11d1-80b4-00c04fd430c8',
	status: 'completed',
	content: 'Order 4711 was delivered on Monday.',
	sessionId: '0f8fad5b-d9cb-469f-a165-70867728950e',
	sources: [],
	failure: null,
};

export function executionOutput(execution: Execution, simplify: boolean): ExecutionOutput {
	const { executionId, triggerId, agentId, status, content, sessionId, sources, error } = execution;
	return {
		id: executionId,
		executionId,
		triggerId,
		agentId: agentId ?? null,
		status,
		content: content ?? null,
		sessionId: sessionId ?? null,
		sources: sources ?? [],
		failure: error === undefined ? null : { code: error.code ?? null, message: error.message ?? null },
		...(simplify ? {} : detailsOf(execution)),
	};
}

function detailsOf({ model, usage, createdAt, completedAt, durationMs }: Execution) {
	return {
		model: model ?? null,
		usage: usageOutput(usage),
		createdAt: createdAt ?? null,
		completedAt: completedAt ?? null,
		durationMs: durationMs ?? null,
	};
}
