import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { EditorSession } from './editor-session.ts';
import { until } from './until.ts';
import type { Workflow } from './workflows.ts';

export type Json = Readonly<Record<string, unknown>>;

/** An execution as n8n has stored it. */
export interface Run {
	readonly id: string;
	readonly status: string;
	readonly error: { readonly message: string; readonly description?: string | null } | undefined;
	/** How often a node ran. */
	rounds(node: string): number;
	/** What a node put out, in its last round if it is not said which. */
	output(node?: string, options?: { readonly output?: number; readonly round?: number }): readonly Json[];
}

/** A workflow that n8n has. */
export interface Flow {
	readonly id: string;
	publish(): Promise<void>;
	unpublish(): Promise<void>;
	/** Calls the production URL of its Webhook node. */
	call(body?: object): Promise<Response>;
	/** Calls it, and waits for the one execution's end. */
	run(body?: object): Promise<Run>;
	/** Executes it from this node on, as the button in the editor does; a trigger listens at its test URL first. */
	execute(from: string): Promise<void>;
	/** What became of its executions, oldest first. */
	executions(): Promise<readonly { readonly id: string; readonly status: string }[]>;
	/** Waits until there are so many executions, and all of them have this status, or have ended. */
	runs(count: number, status?: 'waiting'): Promise<readonly Run[]>;
}

export interface FlowOptions {
	readonly url: string;
	readonly installation: string;
	readonly editor: EditorSession;
}

const UNDER_WAY = ['new', 'running', 'waiting', 'unknown'];

export async function saveFlow(options: FlowOptions, workflow: Workflow): Promise<Flow> {
	const { editor, url } = options;
	const { id, versionId } = await editor.post<{ id: string; versionId: string }>('workflows', workflow);
	const path = workflow.nodes.find(({ type }) => type === 'n8n-nodes-base.webhook')?.parameters.path;
	const call = async (body: object = {}) => {
		const answer = await fetch(`${url}webhook/${path}`, {
			method: 'POST',
			headers: { 'Content-Type': 'application/json' },
			body: JSON.stringify(body),
		});
		if (!answer.ok) throw new Error(`The webhook answered ${answer.status}: ${await answer.text()}`);
		return answer;
	};

	const executions: Flow['executions'] = async () => {
		const filter = encodeURIComponent(JSON.stringify({ workflowId: id }));
		const { results } = await editor.get<{ results: { id: string; status: string }[] }>(
			`executions?filter=${filter}&limit=100`,
		);
		return results.toReversed();
	};
	const runs: Flow['runs'] = async (count, status) => {
		let all: Awaited<ReturnType<Flow['executions']>> = [];
		const ids = await until(
			`${count} runs of ${workflow.name}`,
			async () => {
				all = await executions();
				const over = all.find(run => !UNDER_WAY.includes(run.status));
				if (status && over) {
					const { error } = await readRun(options, over.id);
					throw new Error(
						`Execution ${over.id} is not ${status}, but ${over.status}: ${error?.message ?? 'no error'}`,
					);
				}
				const settled = all.filter(run => (status ? run.status === status : !UNDER_WAY.includes(run.status)));
				return settled.length >= count && settled.length === all.length && all.map(run => run.id);
			},
			() => `There are: ${all.map(run => run.status).join(', ') || 'none'}.`,
		);
		return Promise.all(ids.map(id => readRun(options, id)));
	};
	return {
		id,
		call,
		executions,
		runs,
		publish: async () => {
			await editor.post(`workflows/${id}/activate`, { versionId });
			if (path === undefined) return;
			await listens(`${url}webhook/${path}`);
		},
		execute: async name => {
			await editor.post(`workflows/${id}/run`, { triggerToStartFrom: { name } });
		},
		unpublish: () => editor.post(`workflows/${id}/deactivate`),
		run: async body => {
			await call(body);
			const [run] = await runs(1);
			if (run === undefined) throw new Error('It did not run.');
			return run;
		},
	};
}

/** Waits until n8n takes calls to a webhook: a little later than the workflow is published. Starts nothing. */
async function listens(webhook: string): Promise<void> {
	await until(`${webhook} is listened to`, async () => {
		// Whoever asks by another method than the webhook's own is told so.
		const answer = await fetch(webhook);
		return (await answer.text()).includes('Did you mean to make a POST request');
	});
}

interface StoredRun {
	readonly resultData: {
		readonly error?: { readonly message: string; readonly description?: string | null };
		readonly runData: Readonly<
			Record<
				string,
				readonly { readonly data?: { readonly main?: readonly (readonly { json: Json }[] | null)[] } }[]
			>
		>;
	};
}

async function readRun({ installation, editor }: FlowOptions, id: string): Promise<Run> {
	const { status, data } = await editor.get<{ status: string; data: string }>(`executions/${id}`);
	const flatted = createRequire(join(installation, 'node_modules/n8n/package.json'))('flatted');
	const { resultData }: StoredRun = flatted.parse(data);
	const rounds = (node: string) => resultData.runData[node] ?? [];
	return {
		id,
		status,
		error: resultData.error,
		rounds: node => rounds(node).length,
		output: (node = 'Zihin', { output = 0, round = -1 } = {}) =>
			rounds(node)
				.at(round)
				?.data?.main?.[output]?.map(({ json }) => json) ?? [],
	};
}
