import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

/** How many runs a node remembers. */
const MOST_REMEMBERED = 200;

/**
 * Hands on the runs that have not come out of the node before. This is done within the execution, because what a
 * webhook writes down is forgotten by n8n 2.41 when it starts an execution; and what were written down before there
 * is an execution would be lost with the process.
 */
export async function dropRepeated(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const items = context.getInputData();
	const ids = items.map(({ json }) => String(json.executionId));
	const options = { mode: 'entries', maxEntries: MOST_REMEMBERED } as const;
	const { new: fresh } = await context.helpers.checkProcessedAndRecord(ids, 'node', options);
	return items.filter(({ json }) => fresh.includes(String(json.executionId)));
}
