import { becomeOwner, type EditorSession } from './editor-session.ts';
import { type Flow, type FlowOptions, saveFlow } from './flow.ts';
import { freePort } from './free-port.ts';
import { makeHome } from './home.ts';
import { installN8n } from './install-n8n.ts';
import { type N8nProcess, type Site, startMain } from './processes.ts';
import type { Workflow } from './workflows.ts';

/** What a node names a credential by. */
export interface StoredCredential {
	readonly zihinApi: { readonly id: string; readonly name: string };
}

export interface Connection {
	readonly apiKey: string;
	readonly baseUrl: string;
	readonly allowHttp?: boolean;
	readonly allowCustomBaseUrl?: boolean;
}

/** A real n8n with the package in it, and its owner logged in. */
export interface N8n extends AsyncDisposable {
	/** With a slash at its end. */
	readonly url: string;
	readonly site: Site;
	readonly editor: EditorSession;
	store(name: string, connection: Connection): Promise<StoredCredential>;
	/** What the editor does when a credential is saved. One after the other: n8n mixes up tests at the same time. */
	testCredential(connection: Connection): Promise<{ readonly status: string; readonly message: string }>;
	save(workflow: Workflow): Promise<Flow>;
	/** Saves it, and switches it on. */
	publish(workflow: Workflow): Promise<Flow>;
}

/** One process, without a queue. */
export async function startN8n({ port }: { readonly port?: number } = {}): Promise<N8n> {
	const listening = await freePort(port);
	const site = { installation: await installN8n(), home: makeHome(), url: `http://127.0.0.1:${listening}/` };
	const main = await startMain(site, listening);
	return openN8n(site, main, () => main.end());
}

/** @param main has the editor */
export async function openN8n(site: Site, main: N8nProcess, end: () => Promise<void>): Promise<N8n> {
	const editor = await becomeOwner(main.url);
	const options: FlowOptions = { ...site, editor };
	const save = (workflow: Workflow) => saveFlow(options, workflow);
	let tested: Promise<unknown> = Promise.resolve();
	return {
		url: site.url,
		site,
		editor,
		save,
		publish: async workflow => {
			const flow = await save(workflow);
			await flow.publish();
			return flow;
		},
		store: async (name, data) => {
			const stored = { name, type: 'zihinApi', data };
			const { id } = await editor.post<{ id: string }>('credentials', stored);
			return { zihinApi: { id, name } };
		},
		testCredential: data => {
			const credentials = { id: '', name: 'Test', type: 'zihinApi', data };
			const test = () =>
				editor.post<{ status: string; message: string }>('credentials/test', { credentials });
			const testing = tested.then(test, test);
			tested = testing;
			return testing;
		},
		[Symbol.asyncDispose]: end,
	};
}
