import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { byId, type Workflow, type WorkflowNode } from './workflows.ts';

export const EXAMPLES = ['ask-an-agent', 'run-a-long-one', 'react-to-a-finished-run'] as const;
export type ExampleName = (typeof EXAMPLES)[number];

/** An example workflow, as a user imports it. */
export const exampleFile = (name: ExampleName): string =>
	fileURLToPath(new URL(`../../connectors/n8n/examples/${name}.json`, import.meta.url));

/** The same with what a user has to choose: the credential and the agent. */
export function filledExample(name: ExampleName, credentials: unknown, agentId: string): Workflow {
	const example: Workflow = JSON.parse(readFileSync(exampleFile(name), 'utf8'));
	const fill = (node: WorkflowNode): WorkflowNode => {
		if (!node.type.startsWith('n8n-nodes-zihin.')) return node;
		const { parameters } = node;
		return {
			...node,
			credentials,
			parameters: 'agentId' in parameters ? { ...parameters, agentId: byId(agentId) } : parameters,
		};
	};
	return { ...example, nodes: example.nodes.map(fill) };
}
