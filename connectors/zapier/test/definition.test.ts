import { readFile } from 'node:fs/promises';
import { API_KEYS_URL } from '@zihin/connector-kit';
import { describe, expect, it } from 'vitest';
import type { AuthField, Create, PlainInputField, Search, Trigger } from 'zapier-platform-core';
import packageJson from '../package.json' with { type: 'json' };
import { ask } from './host.ts';

interface Definition {
	readonly version: string;
	readonly platformVersion: string;
	readonly authentication: { readonly fields: readonly AuthField[] };
	readonly triggers: Readonly<Record<string, Trigger>>;
	readonly searches: Readonly<Record<string, Search>>;
	readonly creates: Readonly<Record<string, Create>>;
}

const definition = (await ask('definition')) as Definition;
const { authentication, triggers, searches, creates } = definition;
const operations = [...Object.values(searches), ...Object.values(creates), ...Object.values(triggers)];
const visible = operations.filter(({ display }) => display.hidden !== true);

describe('the definition of the app', () => {
	it('follows the schema of the platform', async () => {
		expect(await ask('validate')).toEqual([]);
	});

	it('has the version of its package and names the platform that it is built on', () => {
		expect(definition.version).toBe(packageJson.version);
		expect(definition.platformVersion).toBe(packageJson.dependencies['zapier-platform-core']);
	});

	it('shows four operations, and hides what only fills a list', () => {
		expect(visible.map(({ key }) => key).sort()).toEqual([
			'dispatch_agent',
			'find_or_create_trigger',
			'invoke_agent',
			'list_agents',
		]);
		expect(operations.filter(operation => !visible.includes(operation))).toEqual([triggers.agent_list]);
	});

	it.each(visible.map(operation => [operation.key, operation] as const))(
		'%s has a sample, a label in Title Case and a description that begins with what it does',
		(_key, { display, operation }) => {
			expect(Object.keys(operation.sample ?? {})).not.toHaveLength(0);
			expect(display.label).toMatch(/^[A-Z]\w*(?: (?:or|[A-Z]\w*))*$/);
			expect(display.description).toMatch(/^[A-Z][a-z]+s .+\.$/);
		},
	);

	it.each(visible.map(operation => [operation.key, fieldsOf(operation)] as const))(
		'%s asks by fixed fields, whose lists and searches exist',
		(_key, fields) => {
			expect(fields).not.toHaveLength(0);
			for (const field of fields) {
				expect(field).toMatchObject({ key: expect.any(String), label: expect.any(String) });
				if (field.dynamic !== undefined) expect(Object.keys(triggers)).toContain(keyIn(field.dynamic));
				if (field.search !== undefined) expect(Object.keys(searches)).toContain(keyIn(field.search));
			}
		},
	);

	it('lets the agent be picked from the list wherever one is asked for', () => {
		const agentFields = visible.flatMap(fieldsOf).filter(({ key }) => key === 'agentId');
		expect(agentFields).toHaveLength(2);
		for (const field of agentFields) expect(field.dynamic).toBe('agent_list.id.name');
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
});

function fieldsOf({ operation }: Trigger | Search | Create): readonly PlainInputField[] {
	return (operation.inputFields ?? []) as readonly PlainInputField[];
}

function keyIn(reference: string): string | undefined {
	return reference.split('.')[0];
}
