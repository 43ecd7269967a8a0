import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { connectMcp } from '../mcp-client.ts';
import { AGENTS, asked } from '../sandboxes.ts';
import { until } from '../until.ts';
import { node, workflow, zihin } from '../workflows.ts';
import type { Host } from './host.ts';

export function testTool(host: Host): void {
	describe('as a tool', () => {
		const tool = (operation: string) => {
			const inputs = { agentId: AGENTS.echo, message: "={{ $fromAI('question', 'What to ask', 'string') }}" };
			const base = zihin(host.credential, ['agent', operation], inputs);
			return { ...base, name: `ask_by_${operation}`, type: 'n8n-nodes-zihin.zihinTool' };
		};

		it('asks the agent what the model asks, and refuses to sleep', async () => {
			const path = randomUUID();
			const server = node('Server', '@n8n/n8n-nodes-langchain.mcpTrigger', 2, { path }, { webhookId: path });
			const tools = [tool('invoke'), tool('runAndWait')];
			const flow = await host.n8n.save(
				workflow(
					'Tools',
					[server, ...tools],
					tools.map(({ name }) => [name, 'Server', 0, 'ai_tool'] as const),
				),
			);
			await flow.publish();
			const client = await until('the server listens', () =>
				connectMcp(`${host.n8n.url}mcp/${path}`).catch(() => undefined),
			);
			const listed = new Map((await client.tools()).map(({ name, inputSchema }) => [name, inputSchema]));
			expect([...listed.keys()].sort()).toEqual(['ask_by_invoke', 'ask_by_runAndWait']);
			expect(listed.get('ask_by_invoke')).toMatchObject({ properties: { question: { type: 'string' } } });
			const answer = await client.call('ask_by_invoke', { question: 'a model asks' });
			expect(answer).toContain('You said: a model asks');
			expect(asked(host.sandbox, 'a model asks')).toHaveLength(1);
			const refusal = await client.call('ask_by_runAndWait', { question: 'a model sleeps' });
			expect(refusal).toContain('cannot be used as a tool');
			expect(asked(host.sandbox, 'a model sleeps')).toEqual([]);
		});
	});
}
