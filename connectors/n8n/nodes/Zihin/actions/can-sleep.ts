import { NodeOperationError } from 'n8n-workflow';
import type { Step } from './action.ts';

/**
 * n8n puts a whole execution to sleep and wakes it once, so only one item can wait; a tool that sleeps breaks the
 * execution of its agent.
 * @throws {NodeOperationError} before anything is sent
 */
export function refuseWhatCannotSleep({ context, item }: Step): void {
	const refuse = (message: string, description: string) =>
		new NodeOperationError(context.getNode(), message, { description, itemIndex: item });
	const items = context.getInputData().length;
	if (items > 1) {
		throw refuse(
			`Run and Wait takes one item at a time, and got ${items}`,
			'Put a Loop Over Items node with a batch size of 1 before it, or use Execution: Dispatch for all of them.',
		);
	}
	// Newer versions of n8n run a tool as a node of its own, older ones cannot tell.
	const isTool =
		context.getNode().type.endsWith('Tool') || ('isToolExecution' in context && context.isToolExecution());
	if (isTool) {
		throw refuse(
			'Run and Wait cannot be used as a tool: an agent that calls tools cannot sleep',
			'Use Agent: Invoke as the tool, or Execution: Dispatch and Execution: Get as two tools.',
		);
	}
}
