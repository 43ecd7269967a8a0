import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Sandbox, startSandbox } from '../../src/index.ts';

/** Everything that there is to see, in one sandbox: what a few minutes of work leave behind. */
export async function playScene(port: number) {
	let calls = 0;
	const receiver = createServer((request, response) => {
		request.resume();
		// As n8n does while an execution is not saved yet.
		request.on('end', () => response.writeHead(++calls <= 2 ? 409 : 200).end());
	});
	await new Promise<void>(resolve => receiver.listen(0, '127.0.0.1', resolve));
	const { port: receiverPort } = receiver.address() as AddressInfo;
	const sandbox = await startSandbox({ port, speed: 1_000, callbacks: { retryDelaysMs: [200, 200, 200] } });
	const close = async () => {
		await sandbox.close();
		receiver.close();
	};
	const resume = `http://127.0.0.1:${receiverPort}/webhook-waiting/4711?zihin_token=c2VjcmV0LW9mLXRoZS1ydW4`;

	const agents = await agentIds(sandbox);
	await post(sandbox, 'curl/8.5.0', `/api/v2/agents/${agents.get('Fails Midway')}/stream`, {
		message: 'Please fail.',
	});
	const nightly = await trigger(sandbox, 'Nightly report', agents.get('Tool User'), { mode: 'sync' });
	const support = await trigger(sandbox, 'Support inbox', agents.get('Librarian'), {
		mode: 'async',
		callback: { url: resume },
	});
	await post(sandbox, 'Zapier', `/api/triggers/webhook/${nightly}`, { message: 'Plan my trip to Recife' });
	await post(sandbox, 'zihin-agent-client/0.1.0 n8n/2.4', `/api/triggers/webhook/${support}`, {
		message: 'How does a connector wait for an agent that thinks for minutes?',
	});
	await post(
		sandbox,
		'zihin-agent-client/0.1.0 activepieces',
		`/api/v2/agents/${agents.get('Odd Text')}/stream`,
		{
			message: '<script>alert("an agent may be asked anything")</script>',
		},
	);
	await post(sandbox, 'curl/8.5.0', '/api/v2/agents/unknown/stream', { message: 'Is anybody there?' });
	await post(sandbox, 'zihin-agent-client/0.1.0', `/api/v2/agents/${sandbox.agentId}/stream`, {
		message: 'What is the sandbox for?',
	});
	await settled(sandbox);
	return { sandbox, agents, close };
}

async function agentIds(sandbox: Sandbox): Promise<Map<string, string>> {
	const answer = await fetch(`${sandbox.url}/api/v2/agents`, {
		headers: { 'X-Api-Key': sandbox.keys.member, 'User-Agent': 'zihin-agent-client/0.1.0 n8n/2.4' },
	});
	const { data }: { data: { id: string; name: string }[] } = JSON.parse(await answer.text());
	return new Map(data.map(({ id, name }) => [name, id]));
}

async function trigger(
	sandbox: Sandbox,
	name: string,
	agent: string | undefined,
	execution: object,
): Promise<string> {
	const answer = await post(sandbox, 'zihin-agent-client/0.1.0', '/api/triggers', {
		agent_id: agent,
		name,
		trigger_type: 'webhook',
		trigger_config: { auth: { type: 'api_key' }, execution },
	});
	const { data }: { data: { id: string } } = JSON.parse(answer);
	return data.id;
}

async function post(sandbox: Sandbox, userAgent: string, path: string, body: object): Promise<string> {
	const answer = await fetch(sandbox.url + path, {
		method: 'POST',
		headers: {
			'Content-Type': 'application/json',
			'X-Api-Key': sandbox.keys.editor,
			'User-Agent': userAgent,
		},
		body: JSON.stringify(body),
	});
	return answer.text();
}

async function settled(sandbox: Sandbox): Promise<void> {
	while (sandbox.executions().some(({ callback }) => callback?.status === 'pending')) {
		await new Promise(resolve => setTimeout(resolve, 50));
	}
}
