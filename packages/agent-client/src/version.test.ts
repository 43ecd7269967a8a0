import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { VERSION } from './version.ts';

it('the version is the one in package.json', () => {
	const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
	expect(JSON.parse(text)).toMatchObject({ version: VERSION });
});

it('the package has no runtime dependency', () => {
	const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
	expect(manifest).not.toHaveProperty('dependencies');
	expect(manifest).not.toHaveProperty('peerDependencies');
	expect(manifest).not.toHaveProperty('scripts.postinstall');
});
