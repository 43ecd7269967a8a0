import { readFile } from 'node:fs/promises';
import { API_KEYS_URL } from '@zihin/connector-kit';
import { describe, expect, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { actionsOf, fieldsOf, isVisible, readDefinition } from './definition.ts';
import { ask } from './host.ts';

const definition = await readDefinition();
const { authentication, creates, searches, triggers } = definition;
const actions = actionsOf(definition);
const visible = actions.filter(isVisible);

describe('the definition of the app', () => {
	it('follows the schema of the platform', async () => {
		expect(await ask('validate')).toEqual([]);
	});

	it('has the version of its package and names the platform that it is built on', () => {
		expect(definition.version).toBe(packageJson.version);
		expect(definition.platformVersion).toBe(packageJson.dependencies['zapier-platform-core']);
	});

	it('shows nine operations, and hides what only fills a list', () => {
		expect(Object.values(creates).map(({ key }) => key)).toEqual([
			'invoke_agent',
			'dispatch_agent',
			'create_trigger',
			'dispatch_agent_and_wait',
		]);
		expect(Object.values(searches).map(({ key }) => key)).toEqual([
			'find_agent',
			'list_agents',
			'find_trigger',
			'get_execution',
		]);
		expect(Object.values(triggers).filter(isVisible)).toEqual([triggers.agent_run_finished]);
		expect(actions.filter(action => !isVisible(action))).toEqual([
			triggers.agent_list,
			triggers.trigger_list,
		]);
	});

	it('finds a trigger or creates it in one step', () => {
		const { find_trigger: both } = definition.searchOrCreates;
		expect(both).toMatchObject({ search: 'find_trigger', create: 'create_trigger' });
		const wanted = fieldsOf(searches.find_trigger ?? fail()).map(({ key }) => key);
		expect(fieldsOf(creates.create_trigger ?? fail()).map(({ key }) => key)).toEqual(
			expect.arrayContaining(wanted),
		);
	});

	it.each(visible.map(action => [action.key, action] as const))(
		'%s begins with what it does, asks for what it needs first, and names the unit of what it returns',
		(_key, action) => {
			expect(action.display.description).toMatch(/^[A-Z][a-z]+s .+\.$/);
			expect(action.display.description).not.toMatch(/Zapier|Zihin/);
			const required = fieldsOf(action).map(field => field.required === true);
			expect(required).toEqual([...required].sort((a, b) => Number(b) - Number(a)));
			for (const field of action.operation.outputFields ?? []) {
				expect(field).toMatchObject({ key: expect.any(String), label: expect.stringMatching(/^[A-Z]/) });
				if (/Tokens$|Usd$|Ms$/.test(String(Reflect.get(field, 'key')))) {
					expect(Reflect.get(field, 'label')).toMatch(/\(in (?:Tokens|US Dollars|Milliseconds)\)/);
				}
			}
		},
	);

	it('lets an agent and a trigger be picked from a list wherever one is asked for', () => {
		const lists = { agentId: 'agent_list.id.name', triggerId: 'trigger_list.id.name' };
		for (const [key, list] of Object.entries(lists)) {
			const fields = visible.flatMap(fieldsOf).filter(field => field.key === key);
			expect(fields.length).toBeGreaterThan(1);
			for (const field of fields) expect(field.dynamic).toBe(list);
		}
	});

	it('hides the API key, links to where it is, and hides nothing else of a connection', () => {
		const [apiKey, ...others] = authentication.fields;
		expect(apiKey).toMatchObject({ key: 'apiKey', type: 'password', required: true });
		expect(apiKey?.helpText).toContain(`](${API_KEYS_URL})`);
		expect(others.map(({ key }) => key)).toEqual(['baseUrl', 'allowCustomBaseUrl', 'allowHttp']);
		for (const field of others) expect(field).toMatchObject({ required: false, isNoSecret: true });
	});

	it('needs nothing at run time but Node and the platform', async () => {
		const built = await readFile(new URL('../dist/index.js', import.meta.url), 'utf8');
		const imported = [...built.matchAll(/^import .*?from "([^"]+)";$/gm)].map(([, from]) => from);
		expect(imported).toContain('zapier-platform-core');
		expect(imported.filter(from => from?.startsWith('node:') !== true)).toEqual(
			imported.filter(from => from === 'zapier-platform-core'),
		);
		expect(built).not.toMatch(/\b(?:require|import)\(/);
	});

	it('has a logo that Zapier takes: a square PNG with an alpha channel, 256 pixels or more', async () => {
		const png = await readFile(new URL('../logo.png', import.meta.url));
		expect(png.subarray(1, 4).toString()).toBe('PNG');
		const [width, height, colourType] = [png.readUInt32BE(16), png.readUInt32BE(20), png[25]];
		expect(width).toBe(height);
		expect(width).toBeGreaterThanOrEqual(256);
		expect(colourType).toBe(6);
	});
});

function fail(): never {
	throw new Error('There is no such operation.');
}
