import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import express from 'express';
import type { ICredentialDataDecryptedObject, INodeParameters, IRun, StructuredChunk } from 'n8n-workflow';
import { additionalDataFor } from './additional-data.mts';
import { credentialsOf } from './credentials.mts';
import { core, n8n } from './n8n.mts';
import type { LoadedPackage } from './node-types.mts';
import { type ActiveTrigger, activateTrigger } from './trigger-activation.mts';
import { wake } from './waking.mts';
import { type StepOptions, workflowOf } from './workflows.mts';

export interface ExecuteOptions extends StepOptions {
	/** Whoever listens to a streaming answer. */
	readonly onChunk?: (chunk: StructuredChunk) => void;
}

/** An execution as n8n stores it. */
export interface Execution {
	readonly id: string;
	readonly workflow: InstanceType<typeof n8n.Workflow>;
	/** What the resume URL is signed with. */
	readonly token: string;
	/** What was stored when it last slept or ended. */
	run: IRun | undefined;
	/** When it first sleeps or ends. */
	readonly stored: Promise<IRun>;
	/** When it has ended, however often it slept. */
	readonly ended: Promise<IRun>;
	/** Writes down where it has got to: from here on it can be woken. */
	store(run: IRun): void;
	/** The stop button. */
	cancel(): void;
}

/** An n8n instance as far as our nodes see one: its engine, its waiting webhooks, its active triggers. */
export interface Instance {
	readonly url: string;
	/** Runs the node until it sleeps or ends. */
	execute(parameters: INodeParameters, options?: ExecuteOptions): Promise<IRun>;
	/** The same, without waiting for it. */
	start(parameters: INodeParameters, options?: ExecuteOptions): Execution;
	/** What n8n does when a wait has reached its limit. */
	passLimit(execution: Execution): Promise<IRun>;
	activate(parameters: INodeParameters): Promise<ActiveTrigger>;
	close(): Promise<void>;
}

export async function openInstance(
	loaded: LoadedPackage,
	connection: ICredentialDataDecryptedObject,
): Promise<Instance> {
	const executions = new Map<string, Execution>();
	const triggers: ActiveTrigger[] = [];
	const credentials = credentialsOf(loaded.credential, connection);
	const dataFor = (executionId: string) => additionalDataFor(credentials, { executionId, url });

	const app = express();
	app.use(express.raw({ type: () => true, limit: '2mb' }));
	app.use((request, _response, next) => {
		Object.assign(request, { rawBody: request.body });
		next();
	});
	app.post('/webhook-waiting/:executionId/:suffix', async (request, response) => {
		const { executionId, suffix } = request.params;
		const execution = executions.get(executionId);
		const refuse = (status: number, message: string) => response.status(status).json({ message });
		if (execution === undefined) return refuse(404, 'There is no such execution.');
		if (request.query.signature !== execution.token) return refuse(401, 'Invalid token');
		if (execution.run === undefined) return refuse(409, 'It is running already.');
		if (execution.run.status !== 'waiting') return refuse(409, 'It has finished already.');
		const additionalData = { ...dataFor(executionId), httpRequest: request, httpResponse: response };
		return wake(execution, suffix, additionalData);
	});
	app.post('/webhook/*path', async (request, response) => {
		const trigger = triggers.find(({ url }) => new URL(url).pathname === request.path);
		if (trigger === undefined) return response.status(404).json({ message: 'Nothing listens here.' });
		return trigger.receive(request, response);
	});
	const server = app.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('The instance has no port.');
	const url = `http://127.0.0.1:${address.port}`;

	const start: Instance['start'] = (parameters, options = {}) => {
		const id = String(executions.size + 1);
		const token = randomBytes(16).toString('hex');
		const workflow = new n8n.Workflow({
			id: '1',
			active: false,
			...workflowOf(parameters, options),
			nodeTypes: loaded.nodeTypes,
			settings: {},
		});
		const startNode = workflow.getNode('Start');
		if (startNode === null) throw new Error('The workflow has no start.');
		const additionalData = dataFor(id);
		if (options.onChunk !== undefined) {
			const { onChunk } = options;
			additionalData.streamingEnabled = true;
			additionalData.hooks?.addHandler('sendChunk', async chunk => onChunk(chunk));
		}
		const running = new core.WorkflowExecute(
			additionalData,
			'manual',
			n8n.createRunExecutionData({ resumeToken: token }),
		).run({ workflow, startNode });
		let sleepsOrEnds = (_run: IRun): void => {};
		let ends = (_run: IRun): void => {};
		const ended = new Promise<IRun>(resolve => {
			ends = resolve;
		});
		const stored = new Promise<IRun>((resolve, reject) => {
			sleepsOrEnds = resolve;
			running.catch(reject);
		});
		const execution: Execution = {
			id,
			workflow,
			token,
			run: undefined,
			stored,
			ended,
			store: run => {
				execution.run = run;
				if (run.status !== 'waiting') ends(run);
				sleepsOrEnds(run);
			},
			cancel: () => running.cancel(),
		};
		executions.set(id, execution);
		running.then(
			run => execution.store(run),
			() => {},
		);
		return execution;
	};

	return {
		url,
		start,
		execute: (parameters, options) => start(parameters, options).stored,
		passLimit: async execution => {
			if (execution.run?.status !== 'waiting') throw new Error('It does not wait.');
			const data = structuredClone(execution.run.data);
			const engine = new core.WorkflowExecute(dataFor(execution.id), 'manual', data);
			const run = await engine.processRunExecutionData(execution.workflow);
			execution.store(run);
			return run;
		},
		activate: async parameters => {
			const trigger = await activateTrigger(loaded, parameters, () => dataFor('trigger'));
			triggers.push(trigger);
			return trigger;
		},
		close: async () => {
			server.close();
			server.closeAllConnections();
			await once(server, 'close');
		},
	};
}
