import { OPERATIONS } from '@zihin/connector-kit';
import { readInputs } from '../inputs.ts';
import { operationContext, type Step } from './action.ts';
import { readAttachments } from './attachments.ts';

const { invokeAgent } = OPERATIONS;

/** @param onText is shown the answer while it is written */
export async function invoke(step: Step, onText?: (piece: string) => void): Promise<object> {
	const inputs = readInputs(step, invokeAgent);
	const attachments = await readAttachments(step);
	return invokeAgent.run(inputs, { ...operationContext(step), attachments, onText });
}
