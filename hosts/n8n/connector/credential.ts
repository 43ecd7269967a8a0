import { describe, expect, it } from 'vitest';
import { freePort } from '../free-port.ts';
import type { Connection } from '../n8n.ts';
import { AGENTS } from '../sandboxes.ts';
import type { Host } from './host.ts';

export function testConnecting(host: Host): void {
	describe('the credential', () => {
		const test = (changes: Partial<Connection>) =>
			host.n8n.testCredential({ ...host.connection, ...changes });

		it('is accepted with a good key', async () => {
			expect(await test({})).toEqual({ status: 'OK', message: expect.any(String) });
		});

		it('is refused with a bad key, which the answer does not show', async () => {
			const apiKey = 'zhn_test_nobody_00000000000000000000000000000000';
			const answer = await test({ apiKey });
			expect(answer.status).toBe('Error');
			expect(JSON.stringify(answer)).not.toContain(apiKey);
		});

		it('is refused when the host cannot be reached', async () => {
			const baseUrl = `http://127.0.0.1:${await freePort()}`;
			expect((await test({ baseUrl })).status).toBe('Error');
		});
	});

	describe('the list of agents', () => {
		const choices = async (filter?: string) => {
			const { results } = await host.n8n.editor.post<{ results: { name: string; value: string }[] }>(
				'dynamic-node-parameters/resource-locator-results',
				{
					nodeTypeAndVersion: { name: 'n8n-nodes-zihin.zihin', version: 1 },
					path: 'parameters.agentId',
					methodName: 'searchAgents',
					currentNodeParameters: { resource: 'agent', operation: 'invoke' },
					credentials: host.credential,
					...(filter === undefined ? {} : { filter }),
				},
			);
			return results;
		};

		it('names all agents with their ids', async () => {
			expect(await choices()).toContainEqual({ name: 'Echo', value: AGENTS.echo });
		});

		it('is searched by name', async () => {
			expect((await choices('aloud')).map(({ value }) => value)).toEqual([AGENTS.thinksAloud]);
		});
	});
}
