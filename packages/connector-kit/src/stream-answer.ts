import type { AgentResult, InvokeAgentParams, ZihinClient } from '@zihin/agent-client/core';

/**
 * Invokes an agent and shows its answer while it is written. What is shown ends with the whole answer: the
 * pieces that came before it are working text, and older servers send none.
 */
export async function streamAnswer(
	client: ZihinClient,
	params: InvokeAgentParams,
	onText: (piece: string) => void,
): Promise<AgentResult> {
	const stream = client.streamAgent(params);
	let shown = '';
	const show = (piece: string) => {
		if (piece === '') return;
		shown += piece;
		onText(piece);
	};
	for await (const chunk of stream) if (chunk.type === 'token') show(chunk.content);
	const result = await stream.finalResult();
	show(missingOf(result.content, shown));
	return result;
}

function missingOf(content: string, shown: string): string {
	if (content.startsWith(shown)) return content.slice(shown.length);
	return shown.trimEnd().endsWith(content.trimEnd()) ? '' : `\n\n${content}`;
}
