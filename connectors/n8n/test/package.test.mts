import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { runFinished } from '@zihin/connector-kit';
import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { MENU } from '../nodes/Zihin/menu.ts';
import { core } from './n8n.mts';
import { type LoadedPackage, loadPackage } from './node-types.mts';

const SOURCES = fileURLToPath(new URL('..', import.meta.url));
const INSTALLED = inject('installed');
const run = promisify(execFile);
// In a test run n8n's rules take every file for one of their own fixtures.
const env = { ...process.env, NODE_ENV: 'production' };

const manifest = async (): Promise<Record<string, unknown>> =>
	JSON.parse(await readFile(join(INSTALLED, 'package.json'), 'utf8'));

describe('the review of n8n', () => {
	it('its linter finds nothing in the sources, in strict mode', async () => {
		const options = { cwd: SOURCES, env, shell: process.platform === 'win32' };
		const { stdout } = await run('pnpm', ['exec', 'n8n-node', 'lint'], options).catch(error => error);
		expect(stdout).not.toMatch(/\b(?:error|warning)s?\b/);
	}, 120_000);

	it('its scanner finds nothing in the sources and nothing in the packed files', async () => {
		const script = fileURLToPath(new URL('scan.mjs', import.meta.url));
		const { stdout } = await run(process.execPath, [script, SOURCES, INSTALLED], { env });
		expect(JSON.parse(stdout)).toEqual([{ passed: true }, { passed: true }]);
	}, 120_000);
});

describe('the package', () => {
	it('needs nothing at run time but n8n-workflow', async () => {
		const { dependencies, peerDependencies, scripts } = await manifest();
		expect(dependencies).toBeUndefined();
		expect(peerDependencies).toEqual({ 'n8n-workflow': '*' });
		expect(scripts).not.toHaveProperty('postinstall');
		const code = (await programs()).join('\n');
		const required = [...code.matchAll(/require\("([^"]+)"\)/g)].map(match => match[1]);
		expect(new Set(required)).toEqual(new Set(['n8n-workflow']));
	});

	it('can be read: nothing is minified', async () => {
		for (const code of await programs()) {
			const longest = Math.max(...code.split('\n').map(line => line.length));
			expect(longest).toBeLessThan(500);
		}
	});

	it('tells what each operation returns, where n8n looks for it', async () => {
		for (const { resource, operation, form } of MENU) {
			const nodeDir = join(INSTALLED, 'dist/nodes/Zihin');
			const schema = core.loadOutputSchema({ nodeDir, version: 1, resource, operation });
			expect(schema).toEqual(form.outputSchema);
		}
		const nodeDir = join(INSTALLED, 'dist/nodes/ZihinTrigger');
		const schema = core.loadOutputSchema({ nodeDir, version: 1, versionFallback: true });
		expect(schema).toEqual(runFinished.outputSchema);
	});

	async function programs() {
		const names = (await readdir(join(INSTALLED, 'dist'), { recursive: true })).filter(name =>
			name.endsWith('.js'),
		);
		expect(names).toHaveLength(3);
		return Promise.all(names.map(name => readFile(join(INSTALLED, 'dist', name), 'utf8')));
	}
});

/** What n8n's linter asks of properties that are written out; ours are made, so that it cannot see them. */
describe('the forms', () => {
	let loaded: LoadedPackage;
	beforeAll(async () => {
		loaded = await loadPackage(INSTALLED);
	});

	const all = (properties: readonly INodeProperties[]): INodeProperties[] =>
		properties.flatMap(property => [
			property,
			...(property.type === 'collection' ? all((property.options ?? []) as INodeProperties[]) : []),
		]);
	const forms = () => [
		...all(loaded.zihin.description.properties),
		...all(loaded.trigger.description.properties),
		...loaded.credential.properties,
	];

	it('have names in Title Case', () => {
		for (const { displayName, type } of forms()) {
			if (type === 'notice') continue;
			for (const word of displayName.replace(/[()]/g, '').split(' ')) {
				expect(word).toMatch(/^(?:[A-Z][A-Za-z]*|and|or|to)$/);
			}
		}
	});

	it('describe switches by Whether, and end a single sentence without a period', () => {
		for (const { description = '', type } of forms()) {
			if (type === 'boolean') expect(description).toMatch(/^Whether /);
			expect(description).not.toMatch(/^[^.]*\.$/);
		}
	});

	it('have a default of the right type', () => {
		const types: Record<string, string> = { string: 'string', number: 'number', boolean: 'boolean' };
		for (const { default: preset, type } of forms()) {
			expect(preset).toBeDefined();
			if (type in types) expect(typeof preset).toBe(types[type]);
		}
	});

	it('list five choices or more in alphabetical order', () => {
		for (const { type, options = [] } of forms()) {
			if (type !== 'options' && type !== 'collection') continue;
			if (options.length < 5) continue;
			const names = options.map(option => ('displayName' in option ? option.displayName : option.name));
			expect(names).toEqual([...names].sort((a, b) => a.localeCompare(b, 'en')));
		}
	});

	it('say for each operation what it does, and what it is called in the list of actions', () => {
		const menus = loaded.zihin.description.properties.filter(({ name }) => name === 'operation');
		const operations = menus.flatMap(({ options }) => (options ?? []) as INodePropertyOptions[]);
		expect(operations).toHaveLength(MENU.length);
		for (const { action, description } of operations) {
			expect(action).toMatch(/^[A-Z][a-z ]+$/);
			expect(description).toMatch(/^[A-Z]/);
		}
		expect(new Set(operations.map(({ action }) => action)).size).toBe(operations.length);
	});

	it('show under the credential where a key is made', async () => {
		const { API_KEYS_URL } = await import('@zihin/connector-kit');
		expect(loaded.credential.documentationUrl).toBe(API_KEYS_URL);
	});
});
