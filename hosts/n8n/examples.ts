import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { byId, type Workflow, type WorkflowNode } from './workflows.ts';

export const EXAMPLES = [
	'ask-an-agent',
	'run-a-long-one',
	'react-to-a-finished-run',
	'send-to-a-trigger',
] as const;
export type ExampleName = (typeof EXAMPLES)[number];

/** An example workflow, as a user imports it. */
export const exampleFile = (name: ExampleName): string =>
	fileURLToPath(new URL(`../../connectors/n8n/examples/${name}.json`, import.meta.url));

/** What a user chooses in an example before it can run. */
export interface Choices {
	readonly credentials: unknown;
	readonly agentId?: string;
	readonly triggerId?: string;
}

export function filledExample(name: ExampleName, { credentials, agentId, triggerId }: Choices): Workflow {
	const { id: _, ...example }: Workflow & { id: string } = JSON.parse(
		readFileSync(exampleFile(name), 'utf8'),
	);
	const chosen = (parameters: WorkflowNode['parameters']) => ({
		...parameters,
		...(isEmpty(parameters.agentId) && { agentId: byId(agentId) }),
		...(isEmpty(parameters.triggerId) && { triggerId: byId(triggerId) }),
	});
	const nodes = example.nodes.map(node =>
		node.type.startsWith('n8n-nodes-zihin.')
			? { ...node, credentials, parameters: chosen(node.parameters) }
			: node,
	);
	return { ...example, nodes };
}

function isEmpty(locator: unknown): boolean {
	return typeof locator === 'object' && locator !== null && 'value' in locator && locator.value === '';
}
