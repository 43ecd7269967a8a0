import type { Sandbox } from '@zihin/sandbox';
import Table from 'cli-table3';
import type { Journey } from './travel.ts';

const ANSWER_WIDTH = 52;

/** The table of what each path brought back. */
export function tableOf(journeys: readonly Journey[]): string {
	const table = new Table({
		head: ['Path', 'Runtime', 'Answer', 'Tokens', 'Time', 'Trigger'],
		colAligns: ['left', 'left', 'left', 'right', 'right', 'left'],
		style: { head: [], border: [] },
	});
	for (const { path, runtime, answer, answerMs, triggerId } of journeys) {
		const tokens = String(answer.usage.totalTokens ?? '');
		table.push([path, runtime, firstLine(answer.content), tokens, `${answerMs} ms`, triggerId.slice(0, 8)]);
	}
	return table.toString();
}

function firstLine(text: string): string {
	const line = text.split('\n').find(part => part.trim() !== '') ?? '';
	const characters = Array.from(line);
	return characters.length <= ANSWER_WIDTH ? line : `${characters.slice(0, ANSWER_WIDTH - 1).join('')}…`;
}

/** What to do next with a sandbox that stays up. */
export function invitation({ url, keys, agentId }: Sandbox): string {
	return `
The sandbox stays up at ${url} until you press Ctrl+C.

  admin key    ${keys.admin}
  editor key   ${keys.editor}
  member key   ${keys.member}
  agent        ${agentId}

Try next
  curl -N ${url}/api/v2/agents/${agentId}/stream -H 'X-Api-Key: ${keys.member}' \\
    -H 'Content-Type: application/json' -d '{"message":"How are retries decided?"}'
  npm start -- --once --question "What is redacted?"
  Read docs/connectors.md to use a connector in its platform.
`;
}
