import type { ZihinClient } from '@zihin/agent-client/core';
import type { OperationContext } from '@zihin/connector-kit';
import type { IExecuteFunctions } from 'n8n-workflow';
import { LIMITS } from '../../shared/limits.ts';

/** One item of a node's run. */
export interface Step {
	readonly context: IExecuteFunctions;
	readonly client: ZihinClient;
	readonly item: number;
}

/** What a menu entry does for one item. Its output is plain JSON: an object, or a list of them. */
export type Action = (step: Step) => Promise<object>;

export function operationContext({ context, client }: Step): OperationContext {
	return { client, limits: LIMITS, signal: context.getExecutionCancelSignal() };
}
