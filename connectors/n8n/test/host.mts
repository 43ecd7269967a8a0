import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Choice, type Inputs, OPERATIONS, type OperationName } from '@zihin/connector-kit';
import type { ConnectionInputs, ConnectorHost } from '@zihin/connector-kit/testing/host';
import type {
	INode,
	INodeExecutionData,
	INodeListSearchResult,
	INodeParameters,
	INodeType,
	INodeTypes,
	IRun,
	IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';
import { credentialsOf } from './credentials.mts';

// n8n reads these when it is loaded.
const home = mkdtempSync(join(tmpdir(), 'zihin-n8n-'));
process.once('exit', () => rmSync(home, { recursive: true, force: true }));
process.env.N8N_USER_FOLDER = home;
process.env.N8N_ENCRYPTION_KEY = 'only-for-tests';
process.env.N8N_LOG_LEVEL = 'silent';
// CommonJS, as the node itself loads it: with a second copy of n8n-workflow `instanceof NodeApiError` lies.
const require = createRequire(import.meta.url);
const core: typeof import('n8n-core') = require('n8n-core');
const n8n: typeof import('n8n-workflow') = require('n8n-workflow');
const { version }: { version: string } = require('n8n-core/package.json');

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));
const NODE_TYPE = 'n8n-nodes-zihin.zihin';
const CREDENTIAL = { zihinApi: { id: '1', name: 'Zihin' } };

/** An n8n workflow of a manual trigger and the Zihin node, run by n8n's own engine. */
export interface N8nHost extends ConnectorHost {
	/** Where the credential's test would send the key. */
	testedBaseUrl(): string;
	/** Runs the node with these parameters for each of these items, and gives n8n's record of the run. */
	execute(parameters: INodeParameters, options?: ExecuteOptions): Promise<IRun>;
}

export interface ExecuteOptions {
	readonly items?: readonly INodeExecutionData[];
	readonly node?: Partial<INode>;
}

/** Loads the package as n8n does, from its package.json. */
export async function openHost(connection: ConnectionInputs): Promise<N8nHost> {
	const loader = new core.PackageDirectoryLoader(PACKAGE);
	await loader.loadAll();
	const credentialType = loader.getCredential('zihinApi').type;
	const loaded = loader.getNode('zihin').type;
	if (!('execute' in loaded)) throw new Error('The package holds no Zihin node.');
	const nodeTypes = nodeTypesWith(loaded);
	const data = { allowCustomBaseUrl: false, allowHttp: false, ...connection };

	const additionalData = () => additionalDataWith(credentialsOf(credentialType, data));
	const execute: N8nHost['execute'] = (parameters, options = {}) => {
		const workflow = workflowOf(nodeTypes, parameters, options);
		const startNode = workflow.getNode('Start');
		if (startNode === null) throw new Error('The workflow has no start.');
		return new core.WorkflowExecute(additionalData(), 'manual').run({ workflow, startNode });
	};

	const credentialTest = () => {
		const workflow = workflowOf(nodeTypes, {}, {});
		const node = workflow.getNode('Zihin');
		const { test } = credentialType;
		if (node === null || test === undefined) throw new Error('The credential declares no test.');
		return { workflow, node, request: test.request };
	};

	return {
		runtime: `n8n-core ${version}`,
		execute,
		testedBaseUrl: () => {
			const { workflow, node, request } = credentialTest();
			const keys = { $credentials: data };
			return String(workflow.expression.getSimpleParameterValue(node, request.baseURL, 'internal', keys));
		},
		run: async (operation, inputs) => {
			const items = itemsOf(await execute(parametersFor(operation, inputs)));
			const output: unknown[] = items.map(({ json }) => json);
			return operation === 'listAgents' ? output : output[0];
		},
		testConnection: async () => {
			const { workflow, node, request } = credentialTest();
			// What n8n's credential dialog does: a node whose only property is the declared request.
			const properties = [
				{
					displayName: 'Test',
					name: 'test',
					type: 'string',
					default: '',
					routing: { request },
				},
			] satisfies INodeType['description']['properties'];
			const tested: INodeType = { description: { ...loaded.description, properties } };
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
		agentChoices: async (search): Promise<readonly Choice[]> => {
			const workflow = workflowOf(nodeTypes, {}, {});
			const node = workflow.getNode('Zihin');
			const searchAgents = loaded.methods?.listSearch?.searchAgents;
			if (node === null || searchAgents === undefined) throw new Error('The node offers no agent list.');
			const context = new core.LoadOptionsContext(workflow, node, additionalData(), 'parameters.agentId');
			// By Reflect: n8n's class and its own interface disagree on whether a workflow has a name.
			const { results }: INodeListSearchResult = await Reflect.apply(searchAgents, context, [search]);
			return results.map(({ name, value }) => ({ label: name, value: String(value) }));
		},
		close: async () => {},
	};
}

/** Where a user finds each operation. Saved workflows hold these values: they never change. */
const MENU: Record<OperationName, { resource: string; operation: string }> = {
	invokeAgent: { resource: 'agent', operation: 'invoke' },
	listAgents: { resource: 'agent', operation: 'getAll' },
	findOrCreateTrigger: { resource: 'trigger', operation: 'findOrCreate' },
	dispatchAgent: { resource: 'execution', operation: 'dispatch' },
};

/** What a user would set in the editor for this operation. */
export function parametersFor(operation: OperationName, inputs: Inputs): INodeParameters {
	const parameters: INodeParameters = { ...MENU[operation] };
	const options: INodeParameters = {};
	for (const field of OPERATIONS[operation].fields) {
		if (!(field.key in inputs)) continue;
		const value = n8n.jsonParse<string>(JSON.stringify(inputs[field.key]));
		const target = field.required ? parameters : options;
		target[field.key] = field.kind === 'agent' ? { __rl: true, mode: 'id', value } : value;
	}
	return { ...parameters, options };
}

/** The node's output. A failed run is thrown as n8n keeps it. */
export function itemsOf(run: IRun): readonly INodeExecutionData[] {
	const { error, runData } = run.data.resultData;
	if (error !== undefined) throw error;
	return runData.Zihin?.at(-1)?.data?.main?.[0] ?? [];
}

function workflowOf(nodeTypes: INodeTypes, parameters: INodeParameters, { items, node }: ExecuteOptions) {
	const place = { typeVersion: 1, position: [0, 0] satisfies [number, number] };
	const start = { ...place, id: 'start', name: 'Start', type: START_TYPE };
	const zihin = { ...place, id: 'zihin', name: 'Zihin', type: NODE_TYPE, credentials: CREDENTIAL };
	return new n8n.Workflow({
		id: '1',
		active: false,
		nodes: [
			{ ...start, parameters: { items: JSON.stringify(items ?? [{ json: {} }]) } },
			{ ...zihin, ...node, parameters },
		],
		connections: { Start: { main: [[{ node: 'Zihin', type: 'main', index: 0 }]] } },
		nodeTypes,
		settings: {},
	});
}

const START_TYPE = 'test.start';

/** The node under test, and a start node that passes on the items of its parameter. */
function nodeTypesWith(zihin: INodeType): INodeTypes {
	const start: INodeType = {
		description: {
			displayName: 'Start',
			name: 'start',
			group: ['trigger'],
			version: 1,
			description: 'Starts the workflow',
			defaults: {},
			inputs: [],
			outputs: ['main'],
			properties: [{ displayName: 'Items', name: 'items', type: 'json', default: '[]' }],
		},
		async execute() {
			return [n8n.jsonParse<INodeExecutionData[]>(String(this.getNodeParameter('items', 0)))];
		},
	};
	const byName = (type: string) => (type === START_TYPE ? start : zihin);
	return { getByName: byName, getByNameAndVersion: byName, getKnownTypes: () => ({}) };
}

function additionalDataWith(
	credentialsHelper: IWorkflowExecuteAdditionalData['credentialsHelper'],
): IWorkflowExecuteAdditionalData {
	const base = 'http://127.0.0.1';
	const unsupported = () => Promise.reject(new Error('This host runs one node only.'));
	const workflow = { id: '1', name: 'Test', active: false, nodes: [], connections: {} };
	const dates = { createdAt: new Date(0), updatedAt: new Date(0), isArchived: false, activeVersionId: null };
	return {
		credentialsHelper,
		executionId: '1',
		externalSecretsProxy: new core.ExternalSecretsProxy(),
		hooks: new core.ExecutionLifecycleHooks('manual', '1', { ...workflow, ...dates }),
		currentNodeExecutionIndex: 0,
		variables: {},
		instanceBaseUrl: base,
		restApiUrl: `${base}/rest`,
		formBaseUrl: `${base}/form`,
		formWaitingBaseUrl: `${base}/form-waiting`,
		formTestBaseUrl: `${base}/form-test`,
		webhookBaseUrl: `${base}/webhook`,
		webhookWaitingBaseUrl: `${base}/webhook-waiting`,
		webhookTestBaseUrl: `${base}/webhook-test`,
		mcpBaseUrl: `${base}/mcp`,
		mcpTestBaseUrl: `${base}/mcp-test`,
		logAiEvent: () => {},
		executeWorkflow: unsupported,
		getRunExecutionData: async () => undefined,
		getRuntimeCredential: async () => undefined,
		startRunnerTask: unsupported,
	};
}
