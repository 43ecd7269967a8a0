/** The tools of an MCP server, by the protocol alone. */
export interface McpClient {
	tools(): Promise<readonly { readonly name: string; readonly inputSchema: object }[]>;
	/** What a tool gives to the model that has called it. */
	call(name: string, input: object): Promise<string>;
}

interface Answer {
	readonly result?: {
		readonly tools?: readonly { readonly name: string; readonly inputSchema: object }[];
		readonly content?: readonly { readonly text: string }[];
	};
	readonly error?: { readonly message: string };
}

export async function connectMcp(url: string): Promise<McpClient> {
	const headers = new Headers({
		'Content-Type': 'application/json',
		Accept: 'application/json, text/event-stream',
	});
	let id = 0;
	const send = async (message: object) => {
		const answer = await fetch(url, {
			method: 'POST',
			headers,
			body: JSON.stringify({ jsonrpc: '2.0', ...message }),
		});
		const text = await answer.text();
		if (!answer.ok) throw new Error(`${url}: ${answer.status} ${text}`);
		const session = answer.headers.get('mcp-session-id');
		if (session !== null) headers.set('mcp-session-id', session);
		return text;
	};
	const request = async (method: string, params: object): Promise<Answer> => {
		const text = await send({ id: ++id, method, params });
		// One JSON object, or the same as the data of an event.
		return JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? text);
	};
	await request('initialize', {
		protocolVersion: '2025-06-18',
		capabilities: {},
		clientInfo: { name: 'test', version: '1.0.0' },
	});
	await send({ method: 'notifications/initialized' });
	return {
		tools: async () => (await request('tools/list', {})).result?.tools ?? [],
		call: async (name, input) => {
			const { result, error } = await request('tools/call', { name, arguments: input });
			return result?.content?.map(({ text }) => text).join('') ?? error?.message ?? '';
		},
	};
}
