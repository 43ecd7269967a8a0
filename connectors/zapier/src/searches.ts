import { ZihinAgentError } from '@zihin/agent-client';
import {
	findAgent,
	findTrigger,
	getExecution,
	OPERATIONS,
	type Operation,
	type OperationContext,
	type OperationForm,
} from '@zihin/connector-kit';
import type { Bundle, Search } from 'zapier-platform-core';
import { inZapierTerms } from './errors.ts';
import { formOf } from './form.ts';
import { LIMITS } from './limits.ts';
import { clientFor } from './transport.ts';

type Find = (inputs: Bundle['inputData'], context: OperationContext) => Promise<readonly object[]>;

const { listAgents } = OPERATIONS;

/** Keys are part of every saved Zap: never changed once published. */
export const searches = {
	find_agent: search(
		'find_agent',
		'Agent',
		// In a search, that nothing was found is an empty list and no value.
		{
			...findAgent,
			modelDescription: 'Use it to get the ID of an agent whose name is known. It changes nothing.',
			sample: listAgents.sample,
			outputSchema: listAgents.outputSchema,
		},
		async (inputs, context) => {
			const { found, ...agent } = await findAgent.run(inputs, context);
			return found ? [agent] : [];
		},
	),
	list_agents: search('list_agents', 'Agent', listAgents, listAgents.run),
	find_trigger: search('find_trigger', 'Trigger', findTrigger, findTrigger.run),
	get_execution: search('get_execution', 'Execution', getExecution, orNone(getExecution)),
};

function search(key: string, noun: string, form: OperationForm<object>, find: Find): Search {
	const { display, operation } = formOf(form);
	return {
		key,
		noun,
		display,
		operation: {
			...operation,
			perform: (z, bundle) =>
				inZapierTerms(z, async () => [
					...(await find(bundle.inputData, { client: clientFor(z, bundle), limits: LIMITS })),
				]),
		},
	};
}

function orNone({ run }: Operation<object>): Find {
	return async (inputs, context) => {
		try {
			return [await run(inputs, context)];
		} catch (error) {
			if (ZihinAgentError.is(error) && error.kind === 'not_found') return [];
			throw error;
		}
	};
}
