import diagnosticsChannel from 'node:diagnostics_channel';
import { afterEach, describe, expect, it } from 'vitest';
import { CHANNEL_PREFIX, type DiagnosticMessages } from '../src/diagnostics.ts';
import { createClient, ZihinAgentError } from '../src/index.ts';

const KEY = 'zhn_test_0123456789abcdef';
const subscribed: (() => void)[] = [];

afterEach(() => {
	for (const unsubscribe of subscribed.splice(0)) unsubscribe();
});

function collect<Name extends keyof DiagnosticMessages>(name: Name): unknown[] {
	const messages: unknown[] = [];
	const listen = (message: unknown) => messages.push(message);
	diagnosticsChannel.subscribe(CHANNEL_PREFIX + name, listen);
	subscribed.push(() => diagnosticsChannel.unsubscribe(CHANNEL_PREFIX + name, listen));
	return messages;
}

/** A client whose answers are these, one after the other. */
function answering(...answers: readonly (() => Response)[]) {
	const left = [...answers];
	return createClient({
		apiKey: KEY,
		sleep: async () => {},
		fetch: async () => {
			const answer = left.shift();
			if (answer === undefined) throw new Error(`The connection broke, with ${KEY} in its headers.`);
			return answer();
		},
	});
}

/** Node has it since 20.16 and 22.3; without it there are no channels, and the calls are the same. */
const cannotPublish = typeof process.getBuiltinModule !== 'function';

describe('the diagnostics channels', () => {
	it.skipIf(cannotPublish)('tell of each attempt and its answer', async () => {
		const requests = collect('request');
		const responses = collect('response');
		const errors = collect('error');
		const client = answering(
			() => Response.json({ error: { code: 'BUSY' } }, { status: 503 }),
			() => Response.json({ data: [] }),
		);
		await client.listAgents();
		const endpoint = 'GET llm.zihin.ai/api/v2/agents';
		expect(requests).toEqual([
			{ endpoint, attempt: 1 },
			{ endpoint, attempt: 2 },
		]);
		expect(responses).toEqual([
			{ endpoint, attempt: 1, status: 503, durationMs: expect.any(Number) },
			{ endpoint, attempt: 2, status: 200, durationMs: expect.any(Number) },
		]);
		expect(errors).toEqual([{ endpoint, attempt: 1, error: expect.any(ZihinAgentError) }]);
	});

	it.skipIf(cannotPublish)('hold no key, whatever the failure says', async () => {
		const errors = collect('error');
		await answering()
			.listAgents()
			.catch(() => {});
		expect(errors).toHaveLength(3);
		for (const { error } of errors as DiagnosticMessages['error'][]) {
			expect(`${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`).not.toContain(KEY);
		}
	});

	it('that nobody listens to cost no message', async () => {
		const messages = collect('request');
		for (const unsubscribe of subscribed.splice(0)) unsubscribe();
		await answering(() => Response.json({ data: [] })).listAgents();
		expect(messages).toEqual([]);
	});

	it('a publisher of the host that throws changes nothing', async () => {
		const client = createClient({
			apiKey: KEY,
			fetch: async () => Response.json({ data: [] }),
			publish: () => {
				throw new Error('The tracer is broken.');
			},
		});
		await expect(client.listAgents()).resolves.toEqual([]);
	});
});
