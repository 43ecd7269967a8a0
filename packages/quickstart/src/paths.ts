import type { OpenHost } from '@zihin/connector-kit/testing/host';

/** A way from a user to an agent. */
export interface Path {
	readonly name: string;
	/** Loads the platform's runtime, which takes a moment, and opens it. */
	readonly open: OpenHost;
}

/**
 * The four ways. A connector's host stands beside its tests, which drive the same runtime; it is imported when
 * it is opened, so that progress shows while it loads.
 */
export const PATHS: readonly Path[] = [
	{ name: 'client', open: async connection => (await import('./client-host.ts')).openHost(connection) },
	{
		name: 'n8n',
		open: async connection => (await import('../../../connectors/n8n/test/host.mts')).openHost(connection),
	},
	{
		name: 'Activepieces',
		open: async connection =>
			(await import('../../../connectors/activepieces/test/host.ts')).openHost(connection),
	},
	{
		name: 'Zapier',
		open: async connection => (await import('../../../connectors/zapier/test/host.ts')).openHost(connection),
	},
];
