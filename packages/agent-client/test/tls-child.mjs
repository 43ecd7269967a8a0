/**
 * Makes the calls that stand for the two classes against a server, and prints what became of them as JSON.
 * Plain JavaScript on the built package, because a Node that cannot read TypeScript runs it too.
 */
import { createClient, ZihinAgentError } from '../dist/index.js';

const [, , baseUrl = ''] = process.argv;
let attempts = 0;
const client = createClient({
	apiKey: 'zhn_test_9fK2mQ7xR4tB8vN1cJ6wP3sL5hD0gY2a',
	baseUrl,
	allowHttp: true,
	sleep: async () => {},
	fetch: (url, init) => {
		attempts++;
		return fetch(url, init);
	},
});

const calls = {
	listAgents: () => client.listAgents(),
	getExecution: () => client.getExecution({ triggerId: 't1', executionId: 'e1' }),
	invokeAgent: () => client.invokeAgent({ agentId: 'a1', message: 'hi' }),
	dispatchAgent: () => client.dispatchAgent({ triggerId: 't1', payload: { message: 'hi' } }),
};

function describeError(error) {
	if (!ZihinAgentError.is(error)) return { kind: 'none of ours' };
	const codes = [];
	for (let link = error.cause; link instanceof Error; link = link.cause) codes.push(link.code);
	return { kind: error.kind, retryable: error.retryable, effect: error.effect, codes };
}

const outcomes = {};
for (const [name, call] of Object.entries(calls)) {
	attempts = 0;
	const outcome = await call().then(() => ({ resolved: true }), describeError);
	const rejectUnauthorized = process.env.NODE_TLS_REJECT_UNAUTHORIZED ?? null;
	outcomes[name] = { ...outcome, attempts, rejectUnauthorized };
}
process.stdout.write(JSON.stringify(outcomes));
