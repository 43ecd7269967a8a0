import { dispatchToAgent, OPERATIONS } from '@zihin/connector-kit';
import type { Step } from './action.ts';
import { call } from './call.ts';
import { SEND_TO } from './dispatch-fields.ts';

const toAgent = call(dispatchToAgent);
const toTrigger = call(OPERATIONS.dispatchAgent);

export async function dispatch(step: Step): Promise<object> {
	const target = step.context.getNodeParameter(SEND_TO.name, step.item, SEND_TO.default);
	return target === 'trigger' ? toTrigger(step) : toAgent(step);
}
