import { createRequire } from 'node:module';
import { createClient } from '@zihin/agent-client';
import { agentChoices, OPERATIONS } from '@zihin/connector-kit';
import type { OpenHost } from '@zihin/connector-kit/testing/host';

const { version }: { version: string } = createRequire(import.meta.url)('@zihin/agent-client/package.json');

/** The client alone, without a platform around it: what the three connectors are compared with. */
export const openHost: OpenHost = async connection => {
	const client = createClient(connection);
	const limits = { defaultTimeoutSeconds: 120, longestTimeoutSeconds: 300, longRunAdvice: '' };
	return {
		runtime: `agent-client ${version}`,
		testConnection: async () => {
			await client.listAgents();
		},
		agentChoices: search => agentChoices(client, search),
		run: (operation, inputs) => OPERATIONS[operation].run(inputs, { client, limits }),
		close: async () => {},
	};
};
