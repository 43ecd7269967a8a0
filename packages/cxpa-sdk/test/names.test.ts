import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

/** These names belong to the vendors, or are ours and not yet published: who would register one is unknown. */
const NOT_FROM_A_REGISTRY = /^ {2}'?(?:@cxpa\/|@zihin\/|n8n-nodes-zihin(?:@|'?:))/m;

it('the lock file resolves none of the names that this repository links to itself from a registry', () => {
	const lock = readFileSync(new URL('../../../pnpm-lock.yaml', import.meta.url), 'utf8');
	const packages = lock.slice(lock.indexOf('\npackages:\n'));
	expect(packages).toMatch(/^ {2}jose@/m);
	expect(packages).not.toMatch(NOT_FROM_A_REGISTRY);
	expect(`  '@cxpa/sdk@1.0.0':`).toMatch(NOT_FROM_A_REGISTRY);
	expect('  n8n-nodes-zihin@1.0.0:').toMatch(NOT_FROM_A_REGISTRY);
});

it.each(['examples/zone-app', 'hosts/zone'])('%s takes the SDK from this repository', folder => {
	const lock = readFileSync(new URL(`../../../${folder}/package-lock.json`, import.meta.url), 'utf8');
	const packages: Record<string, { resolved?: string; link?: boolean }> = JSON.parse(lock).packages;
	const own = Object.entries(packages).filter(([name]) =>
		/node_modules\/(?:@cxpa|@zihin|n8n-nodes-zihin)/.test(name),
	);
	expect(own.map(([name, { resolved }]) => [name, resolved])).toEqual([
		['node_modules/@cxpa/sdk', 'file:../../packages/cxpa-sdk'],
	]);
});
