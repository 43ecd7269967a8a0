import { fileURLToPath } from 'node:url';
import type { Choice, Inputs, OperationName } from '@zihin/connector-kit';
import type { ConnectionInputs, ConnectorHost } from '@zihin/connector-kit/testing/host';
import type {
	INodeExecutionData,
	INodeListSearchResult,
	INodeParameters,
	INodeType,
	IRun,
} from 'n8n-workflow';
import { additionalDataFor } from './additional-data.mts';
import { credentialsOf } from './credentials.mts';
import { type Instance, openInstance } from './instance.mts';
import { core, n8n, version } from './n8n.mts';
import { loadPackage } from './node-types.mts';
import { CREDENTIAL, parametersOf, workflowOf } from './workflows.mts';

const SOURCE_FOLDER = fileURLToPath(new URL('..', import.meta.url));

/** An n8n instance with the package in it and one stored credential. */
export interface N8nHost extends ConnectorHost, Omit<Instance, 'close'> {
	/** Where the credential's test would send the key. */
	testedBaseUrl(): string;
	/** What a list in the editor shows. */
	choices(method: string, search?: string): Promise<readonly Choice[]>;
}

/** @param folder the package as it is installed; default: as it was built here */
export async function openHost(connection: ConnectionInputs, folder = SOURCE_FOLDER): Promise<N8nHost> {
	const loaded = await loadPackage(folder);
	const data = { allowCustomBaseUrl: false, allowHttp: false, ...connection };
	const instance = await openInstance(loaded, data);
	const { zihin, credential, nodeTypes } = loaded;
	const additionalData = () =>
		additionalDataFor(credentialsOf(credential, data), { executionId: '0', url: instance.url });

	/** A node in a workflow that is only looked at. */
	const inEditor = () => {
		const shape = workflowOf({});
		const workflow = new n8n.Workflow({ id: '1', active: false, ...shape, nodeTypes, settings: {} });
		const node = workflow.getNode('Zihin');
		if (node === null || credential.test === undefined) throw new Error('The credential declares no test.');
		return { workflow, node, request: credential.test.request };
	};

	const choices: N8nHost['choices'] = async (method, search) => {
		const { workflow, node } = inEditor();
		const list = zihin.methods?.listSearch?.[method];
		if (list === undefined) throw new Error(`The node offers no ${method}.`);
		const context = new core.LoadOptionsContext(workflow, node, additionalData(), `parameters.${method}`);
		// By Reflect: n8n's class and its own interface disagree on whether a workflow has a name.
		const { results }: INodeListSearchResult = await Reflect.apply(list, context, [search]);
		return results.map(({ name, value }) => ({ label: name, value: String(value) }));
	};

	return {
		...instance,
		runtime: `n8n-core ${version}`,
		choices,
		agentChoices: search => choices('searchAgents', search),
		testedBaseUrl: () => {
			const { workflow, node, request } = inEditor();
			const keys = { $credentials: data };
			return String(workflow.expression.getSimpleParameterValue(node, request.baseURL, 'internal', keys));
		},
		run: async (operation, inputs) => {
			const items = itemsOf(await instance.execute(parametersFor(operation, inputs)));
			const output: unknown[] = items.map(({ json }) => json);
			return operation === 'listAgents' ? output : output[0];
		},
		testConnection: async () => {
			const { workflow, node, request } = inEditor();
			// What n8n's credential dialog does: a node whose only property is the declared request.
			const properties = [
				{ displayName: 'Test', name: 'test', type: 'string', default: '', routing: { request } },
			] satisfies INodeType['description']['properties'];
			const tested: INodeType = { description: { ...zihin.description, properties } };
			const items = [{ json: {} }];
			const inputs = { main: [items] };
			const context = new core.ExecuteContext(
				workflow,
				{ ...node, parameters: { test: '' } },
				additionalData(),
				'internal',
				n8n.createEmptyRunExecutionData(),
				0,
				items,
				inputs,
				{ node, data: inputs, source: null },
				[],
			);
			await new core.RoutingNode(context, tested, {
				...CREDENTIAL.zihinApi,
				type: 'zihinApi',
				data,
			}).runNode();
		},
	};
}

/** Where a user finds each operation. Saved workflows hold these values: they never change. */
const PLACES: Record<OperationName, readonly [resource: string, operation: string]> = {
	invokeAgent: ['agent', 'invoke'],
	listAgents: ['agent', 'getAll'],
	findOrCreateTrigger: ['trigger', 'findOrCreate'],
	dispatchAgent: ['execution', 'dispatch'],
};

/** What a user would set in the editor for an operation that every connector has. */
export function parametersFor(operation: OperationName, inputs: Inputs): INodeParameters {
	const target = operation === 'dispatchAgent' ? { sendTo: 'trigger' } : {};
	return parametersOf(...PLACES[operation], { ...inputs, ...target });
}

/** A node's output in its last run. A failed run is thrown as n8n keeps it. */
export function itemsOf(run: IRun, node = 'Zihin', output = 0): readonly INodeExecutionData[] {
	const { error, runData } = run.data.resultData;
	if (error !== undefined) throw error;
	return runData[node]?.at(-1)?.data?.main?.[output] ?? [];
}
