import { ZihinAgentError } from '@zihin/agent-client/core';
import { adviseOn } from '@zihin/connector-kit';
import type { Failure, INode } from 'n8n-workflow';
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
	const { message, nextStep: description } = adviseOn(error, LIMITS);
	const failure = failureOf(error);
	const details = { ...item, description, ...(failure === undefined ? {} : { failure }) };
	if (error.kind === 'config') return new NodeOperationError(node, message, details);
	return new NodeApiError(node, { message }, { ...details, message, ...httpCodeOf(error) });
}

function httpCodeOf({ status }: ZihinAgentError): { httpCode?: string } {
	return status === undefined ? {} : { httpCode: String(status) };
}

/**
 * Why it failed, for n8n itself. Where the agent may have run all the same, nothing that invites to wait and
 * repeat is said.
 */
function failureOf({ kind, status, effect, retryable, retryAfterMs }: ZihinAgentError): Failure | undefined {
	const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
	switch (kind) {
		case 'auth':
			return { cause: status === 403 ? 'configuration-invalid' : 'credential-invalid' };
		case 'config':
		case 'not_found':
			return { cause: 'configuration-invalid' };
		case 'rate_limit':
			return { cause: retryable ? 'rate-limited' : 'quota-exhausted', ...wait };
		case 'server':
		case 'network':
			return effect === 'none' ? { cause: 'temporarily-unavailable', ...wait } : undefined;
		default:
			return undefined;
	}
}
