import { describe, expect, it } from 'vitest';
import { readDefinition } from './definition.ts';
import published from './published.json' with { type: 'json' };
import { breakages, type Surface, surfaceOf } from './surface.ts';

const surface = surfaceOf(await readDefinition());
const major = ({ version }: Surface) => Number(version.split('.')[0]);

describe('what saved Zaps hold on to', () => {
	it('is only taken away by a new major version', () => {
		if (major(surface) === major(published)) expect(breakages(published, surface)).toEqual([]);
		else expect(major(surface)).toBeGreaterThan(major(published));
	});

	it('may grow', () => {
		const added = { type: 'string', required: false, filled: false };
		const next = changed(['operations', 'creates.invoke_agent', 'inputs', 'added'], added);
		expect(breakages(surface, next)).toEqual([]);
		expect(breakages(surface, changed(['operations', 'creates.added'], {}))).toEqual([]);
	});

	it.each([
		['authentication.type', 'oauth2', /another type of authentication/],
		['authentication.fields.baseUrl', undefined, /no longer has the field baseUrl/],
		['authentication.fields.tenant', { type: 'string', required: true, filled: false }, /now needs tenant/],
		['operations.searches/list_agents', undefined, /list_agents is gone/],
		['operations.creates/dispatch_agent.hidden', true, /dispatch_agent is hidden/],
		['operations.triggers/agent_run_finished.type', 'polling', /another type/],
		['operations.creates/invoke_agent.inputs.temperature', undefined, /no longer has the field temperature/],
		['operations.creates/invoke_agent.inputs.temperature.type', 'string', /another type of temperature/],
		['operations.creates/invoke_agent.inputs.sessionId.required', true, /now needs sessionId/],
		['operations.creates/invoke_agent.outputs', ['content'], /no longer returns usage\.costUsd/],
		['searchOrCreates', [], /search-or-create find_trigger is gone/],
	])('is broken when %s becomes %j', (path, value, expected) => {
		const keys = path.split('.').map(key => key.replace('/', '.'));
		expect(breakages(surface, changed(keys, value)).join()).toMatch(expected);
	});
});

function changed(keys: readonly string[], value: unknown): Surface {
	const next = structuredClone(surface);
	const last = keys.at(-1) ?? '';
	const parent = keys.slice(0, -1).reduce<object>((object, key) => Reflect.get(object, key), next);
	if (value === undefined) Reflect.deleteProperty(parent, last);
	else Reflect.set(parent, last, value);
	return next;
}
