import { deleteTrigger, getExecution, listExecutions, listTriggers, OPERATIONS } from '@zihin/connector-kit';
import type { Action } from './action.ts';
import { call } from './call.ts';
import { dispatch } from './dispatch.ts';
import { invoke } from './invoke.ts';
import { invokeAndStream } from './invoke-and-stream.ts';
import { startAndSleep } from './run-and-wait.ts';

/** What each place in the menus does. */
const ACTIONS = new Map<string, Action>([
	['agent/getAll', call(OPERATIONS.listAgents)],
	['agent/invoke', step => invoke(step)],
	['agent/invokeAndStream', invokeAndStream],
	['agent/runAndWait', startAndSleep],
	['execution/dispatch', dispatch],
	['execution/get', call(getExecution)],
	['execution/getAll', call(listExecutions)],
	['trigger/delete', call(deleteTrigger)],
	['trigger/findOrCreate', call(OPERATIONS.findOrCreateTrigger)],
	['trigger/getAll', call(listTriggers)],
]);

export function actionAt(resource: unknown, operation: unknown): Action | undefined {
	return ACTIONS.get(`${resource}/${operation}`);
}
