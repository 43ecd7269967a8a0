import type { RunIds } from '@zihin/agent-client/runs';
import type { WaitState } from '@zihin/connector-kit';
import type { IExecuteFunctions, IWebhookFunctions } from 'n8n-workflow';
import { jsonParse } from 'n8n-workflow';

/** What the step must know when it is woken. */
export interface Memory extends RunIds {
	readonly callbackToken: string;
	readonly wait: WaitState;
}

/**
 * Kept in the node's context, which n8n stores with the execution. There is one for all runs of a node in a loop:
 * the last one, which is the one that sleeps. Workflows read the ids from it after a wait that was too long.
 */
export function remember(context: IExecuteFunctions, run: Memory): void {
	Object.assign(context.getContext('node'), { run });
}

/** A webhook has no access to the context but by an expression. */
export function recall(context: IWebhookFunctions): Memory | undefined {
	// A name with }} in it would end the expression.
	const name = JSON.stringify(context.getNode().name).replaceAll('}', '\\u007d');
	const stored = context.evaluateExpression(`{{ JSON.stringify($(${name}).context) }}`);
	return jsonParse<{ run?: Memory }>(String(stored)).run;
}
