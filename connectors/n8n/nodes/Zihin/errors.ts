import { ZihinAgentError } from '@zihin/agent-client/core';
import { adviseOn } from '@zihin/connector-kit';
import type { INode } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import { LIMITS } from './limits.ts';

/** The failed call as n8n shows it: what happened as the message, what to do as the description. */
export function toNodeError(
	node: INode,
	error: unknown,
	itemIndex?: number,
): NodeApiError | NodeOperationError {
	const item = itemIndex === undefined ? {} : { itemIndex };
	if (!ZihinAgentError.is(error)) {
		return error instanceof NodeApiError || error instanceof NodeOperationError
			? error
			: new NodeOperationError(node, error instanceof Error ? error : String(error), item);
	}
	const { message, nextStep } = adviseOn(error, LIMITS);
	if (error.kind === 'config')
		return new NodeOperationError(node, message, { ...item, description: nextStep });
	return new NodeApiError(
		node,
		{ message },
		{ ...item, message, description: nextStep, ...httpCodeOf(error) },
	);
}

function httpCodeOf({ status }: ZihinAgentError): { httpCode?: string } {
	return status === undefined ? {} : { httpCode: String(status) };
}
