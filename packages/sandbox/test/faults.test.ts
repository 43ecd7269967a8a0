import { expect, test } from 'vitest';
import { FAULTS } from '../src/faults/fault.ts';
import { FaultRegistry } from '../src/faults/registry.ts';
import { RequestFaults } from '../src/faults/request-faults.ts';
import type { Sandbox } from '../src/index.ts';
import { call, createTrigger, garden } from './harness.ts';

const SWITCH = '/sandbox/api/faults';
const AGENTS = 'GET /api/v2/agents';

function withFault(fault: string) {
	return { headers: { 'X-Sandbox-Fault': fault } };
}

function sessions(sandbox: Sandbox): string {
	return `GET /api/v2/agents/${sandbox.agentId}/sessions`;
}

test('a fault in the header is for this one request', async () => {
	const sandbox = await garden();
	expect((await call(sandbox, AGENTS, withFault('503'))).status).toBe(503);
	expect((await call(sandbox, AGENTS)).status).toBe(200);
});

test("an agent's fault hits what is about the agent, through its path or its trigger", async () => {
	const sandbox = await garden();
	const { id } = await createTrigger(sandbox);
	const body = { agent_id: sandbox.agentId, faults: [{ name: '500' }] };
	const answer = await call(sandbox, `PUT ${SWITCH}`, { key: undefined, body });
	expect(answer.body.at('data')).toEqual([{ agent_id: sandbox.agentId, name: '500', remaining: null }]);
	for (const what of [
		sessions(sandbox),
		`GET /api/triggers/${id}`,
		`GET /api/triggers/${id}/executions`,
		`POST /api/triggers/webhook/${id}`,
	]) {
		const options = what.startsWith('POST') ? { body: { message: 'cactus' } } : {};
		expect([what, (await call(sandbox, what, options)).status]).toEqual([what, 500]);
	}
	expect(sandbox.executions()).toEqual([]);
	expect((await call(sandbox, AGENTS)).status).toBe(200);
	expect((await call(sandbox, 'GET /api/triggers')).status).toBe(200);
});

test('a fault for every agent hits the calls that name none too', async () => {
	const sandbox = await garden();
	await call(sandbox, `PUT ${SWITCH}`, { body: { faults: [{ name: '502' }] } });
	expect((await call(sandbox, AGENTS)).status).toBe(502);
	expect((await call(sandbox, sessions(sandbox))).status).toBe(502);
	expect((await call(sandbox, `GET ${SWITCH}`)).status).toBe(200);
	expect((await call(sandbox, `DELETE ${SWITCH}`)).body.at('data')).toEqual([]);
	expect((await call(sandbox, AGENTS)).status).toBe(200);
});

test('a fault with a count is off when it has hit so often', async () => {
	const sandbox = await garden();
	const faults = [
		{ name: '503', times: 2 },
		{ name: '429', value: 7, times: 1 },
	];
	await call(sandbox, `PUT ${SWITCH}`, { body: { agent_id: sandbox.agentId, faults } });
	const statuses: number[] = [];
	for (let index = 0; index < 5; index++) {
		statuses.push((await call(sandbox, sessions(sandbox))).status);
		if (index === 0) {
			expect((await call(sandbox, `GET ${SWITCH}`)).body.at('data.0.remaining')).toBe(1);
		}
	}
	expect(statuses).toEqual([503, 503, 429, 200, 200]);
});

test('switching sets all faults of the agent anew and leaves those of others', async () => {
	const sandbox = await garden();
	await call(sandbox, `PUT ${SWITCH}`, { body: { faults: [{ name: '500' }] } });
	await call(sandbox, `PUT ${SWITCH}`, { body: { agent_id: sandbox.agentId, faults: [{ name: '409' }] } });
	const answer = await call(sandbox, `PUT ${SWITCH}`, {
		body: { agent_id: sandbox.agentId, faults: [{ name: 'delay', value: 1 }] },
	});
	expect(answer.body.at('data')).toEqual([
		{ agent_id: null, name: '500', remaining: null },
		{ agent_id: sandbox.agentId, name: 'delay', value: 1, remaining: null },
	]);
});

test('an unknown fault is refused with the names of all that there are, and runs nothing', async () => {
	const sandbox = await garden();
	const path = `POST /api/v2/agents/${sandbox.agentId}/stream`;
	const answers = [
		await call(sandbox, path, { ...withFault('explode'), body: { message: 'cactus' } }),
		await call(sandbox, `PUT ${SWITCH}`, { body: { faults: [{ name: 'explode' }] } }),
	];
	for (const { status, body } of answers) {
		expect([status, body.at('error.code')]).toEqual([400, 'UNKNOWN_FAULT']);
		expect(body.at('error.details.names')).toEqual(FAULTS.map(({ name }) => name));
		expect(body.text('error.message')).toContain('no-terminal-event');
	}
	expect(sandbox.executions()).toEqual([]);
});

test.each(['delay=soon', 'delay=-1', '503=1', 'redirect', 'redirect=ftp://x', 'reset=never', '429=later'])(
	'%s is refused: the value does not fit',
	async fault => {
		const answer = await call(await garden(), AGENTS, withFault(fault));
		expect([answer.status, answer.body.at('error.code')]).toEqual([400, 'VALIDATION_ERROR']);
		expect(answer.body.text('error.message')).toContain(`The fault ${fault.split('=')[0]}`);
	},
);

test.each([
	['an agent that does not exist', { agent_id: 'nobody', faults: [] }, 403],
	['a count of none', { faults: [{ name: '503', times: 0 }] }, 400],
	['a field that is not known', { fault: '503' }, 400],
])('%s cannot be switched', async (_, body, status) => {
	const sandbox = await garden();
	expect((await call(sandbox, `PUT ${SWITCH}`, { body })).status).toBe(status);
	expect((await call(sandbox, `GET ${SWITCH}`)).body.at('data')).toEqual([]);
});

test("another site's page cannot switch faults, and neither can a form", async () => {
	const sandbox = await garden();
	const body = JSON.stringify({ faults: [{ name: '503' }] });
	const headers = { Origin: 'https://evil.com' };
	expect((await call(sandbox, `PUT ${SWITCH}`, { headers, body })).status).toBe(403);
	const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
	expect((await call(sandbox, `PUT ${SWITCH}`, { headers: form, body })).status).toBe(415);
	expect((await call(sandbox, AGENTS)).status).toBe(200);
});

test('the list of faults says what each does', async () => {
	const { body } = await call(await garden(), `GET ${SWITCH}`);
	expect(body.at('available')).toEqual(FAULTS);
	for (const { about } of FAULTS) expect(about).toMatch(/^[A-Z].*\.$/);
});

test('a part of the sandbox takes the faults that it knows, those of the request first', () => {
	const registry = new FaultRegistry();
	registry.set('a', [
		{ fault: { name: 'stall', value: 5 }, remaining: 1 },
		{ fault: { name: 'gated' }, remaining: null },
	]);
	const faults = new RequestFaults(' stall=1 , callback-lost,', registry);
	expect(faults.take('a', ['cut', 'stall'])).toEqual({ name: 'stall', value: 1 });
	expect(faults.take('a', ['cut', 'stall'])).toEqual({ name: 'stall', value: 5 });
	expect(faults.take('a', ['cut', 'stall'])).toBeUndefined();
	expect(faults.take('b', ['gated'])).toBeUndefined();
	expect(faults.take(undefined, ['gated'])).toBeUndefined();
	expect(faults.take('a', ['gated'])).toEqual({ name: 'gated' });
	expect(faults.take('b', ['callback-lost'])).toEqual({ name: 'callback-lost' });
	expect(registry.list()).toEqual([{ agentId: 'a', fault: { name: 'gated' }, remaining: null }]);
});
