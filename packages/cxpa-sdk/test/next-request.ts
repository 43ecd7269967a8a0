import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
// What Next's own server does first: its storages are made of this.
require('next/dist/server/node-environment-baseline.js');
const { workAsyncStorage } = require('next/dist/server/app-render/work-async-storage.external.js');
const { workUnitAsyncStorage } = require('next/dist/server/app-render/work-unit-async-storage.external.js');

/** Runs a server action as Next does: in the scope of a request, whose headers `next/headers` gives. */
export function inNextRequest<T>(headers: Headers, action: () => Promise<T>): Promise<T> {
	return workAsyncStorage.run({ route: '/' }, () =>
		workUnitAsyncStorage.run({ type: 'request', phase: 'action', headers }, action),
	);
}
