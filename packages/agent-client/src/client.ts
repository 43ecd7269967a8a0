import type { AgentStream } from './agent-stream.ts';
import * as agents from './agents.ts';
import { createCallRunner } from './call.ts';
import type { AgentResult } from './chunks.ts';
import type { Execution } from './execution-record.ts';
import * as executions from './executions.ts';
import {
	type FindOrCreateTriggerParams,
	type FoundTrigger,
	findOrCreateTrigger,
	type TriggersInFlight,
} from './find-or-create-trigger.ts';
import * as requests from './request.ts';
import { type ClientOptions, type Runtime, readSettings } from './settings.ts';
import * as triggers from './triggers.ts';

/**
 * The calls of the Zihin platform. Every failure is a `ZihinAgentError`. The calls may be taken out of the
 * object: they do not need `this`.
 */
export interface ZihinClient {
	/** Lists the agents of the key's tenant. `GET /api/v2/agents`; any role. */
	listAgents(params?: agents.ListAgentsParams): Promise<readonly agents.Agent[]>;
	/** Invokes an agent and waits for its answer. `POST /api/v2/agents/{id}/stream`; any role. */
	invokeAgent(params: agents.InvokeAgentParams): Promise<AgentResult>;
	/**
	 * Invokes an agent and yields what it does as it happens. Nothing is sent before the first chunk is asked
	 * for; leaving the loop early cancels the turn. Same wire call as {@link invokeAgent}.
	 */
	streamAgent(params: agents.InvokeAgentParams): AgentStream;
	/** Makes a webhook trigger. `POST /api/triggers`; admin or editor. Repeated calls make duplicates. */
	createTrigger(params: triggers.CreateTriggerParams): Promise<triggers.Trigger>;
	/** Finds a trigger by agent and name, or makes it. Admin or editor. */
	findOrCreateTrigger(params: FindOrCreateTriggerParams): Promise<FoundTrigger>;
	/** Changes a trigger. `PATCH /api/triggers/{id}`; admin or editor. */
	updateTrigger(params: triggers.UpdateTriggerParams): Promise<triggers.Trigger>;
	/** Lets a trigger take dispatches again. `POST /api/triggers/{id}/enable`; admin or editor. */
	enableTrigger(params: triggers.TriggerParams): Promise<void>;
	/** Makes a trigger refuse dispatches. `POST /api/triggers/{id}/disable`; admin or editor. */
	disableTrigger(params: triggers.TriggerParams): Promise<void>;
	/** Lists triggers, all pages. `GET /api/triggers`. */
	listTriggers(params?: triggers.ListTriggersParams): Promise<readonly triggers.Trigger[]>;
	/** Reads a trigger. `GET /api/triggers/{id}`. */
	getTrigger(params: triggers.TriggerParams): Promise<triggers.Trigger>;
	/** Deletes a trigger. `DELETE /api/triggers/{id}`; admin. */
	deleteTrigger(params: triggers.TriggerParams): Promise<void>;
	/** Sends a message to a trigger's agent. `POST /api/triggers/webhook/{id}`. */
	dispatchAgent(params: executions.DispatchAgentParams): Promise<executions.DispatchResult>;
	/** Reads a dispatched run. `GET /api/triggers/{id}/executions/{id}`; admin or editor. */
	getExecution(params: executions.GetExecutionParams): Promise<Execution>;
	/** Lists a trigger's runs, newest first. `GET /api/triggers/{id}/executions`; admin or editor. */
	listExecutions(params: executions.ListExecutionsParams): Promise<readonly Execution[]>;
	/**
	 * Reads a run until it has ended, however it ended: look at its `status`. Kind `timeout` when it outlasts
	 * `timeoutMs`; the run itself goes on. Same wire call as {@link getExecution}.
	 */
	waitForExecution(params: executions.GetExecutionParams): Promise<Execution>;
	/**
	 * Any other call of the API, with this client's key, limits and errors. The path is below the base URL and
	 * cannot leave it; the role depends on the call. Only a GET is repeated after a failure.
	 */
	request(params: requests.RequestParams): Promise<requests.RequestAnswer>;
}

/**
 * Makes a client on a runtime that the host supplies. The package root fills in web fetch and plain timers.
 * @throws {ZihinAgentError} kind `config`, when an option is wrong
 */
export function createClient(options: ClientOptions & Runtime): ZihinClient {
	const settings = readSettings(options);
	const calls = createCallRunner(settings);
	const { run } = calls;
	const inFlight: TriggersInFlight = new Map();
	return Object.freeze<ZihinClient>({
		listAgents: (params = {}) => run(params, agents.listAgents),
		invokeAgent: params => run(params, call => agents.invokeAgent(call, settings, params)),
		streamAgent: params => agents.streamAgent(calls, settings, params),
		createTrigger: params => run(params, call => triggers.createTrigger(call, settings, params)),
		findOrCreateTrigger: params => run(params, call => findOrCreateTrigger(call, settings, inFlight, params)),
		updateTrigger: params => run(params, call => triggers.updateTrigger(call, settings, params)),
		enableTrigger: params => run(params, call => triggers.enableTrigger(call, params)),
		disableTrigger: params => run(params, call => triggers.disableTrigger(call, params)),
		listTriggers: (params = {}) => run(params, call => triggers.listTriggers(call, settings, params)),
		getTrigger: params => run(params, call => triggers.getTrigger(call, settings, params)),
		deleteTrigger: params => run(params, call => triggers.deleteTrigger(call, params)),
		dispatchAgent: params => run(params, call => executions.dispatchAgent(call, params)),
		getExecution: params => run(params, call => executions.getExecution(call, params)),
		listExecutions: params => run(params, call => executions.listExecutions(call, params)),
		waitForExecution: params => run(params, call => executions.waitForExecution(call, params)),
		request: params => run(params, call => requests.request(call, settings, params)),
	});
}
