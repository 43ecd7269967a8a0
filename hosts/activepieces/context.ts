import { ask } from './ask.ts';
import type { PieceCall, Values } from './calls.ts';
import type {
	ActionContext,
	CreateWaitpointParams,
	CustomAuthProperty,
	CustomAuthProps,
	InputPropertyMap,
	PropertyContext,
	TestOrRunHookContext,
	TriggerStrategy,
} from './framework.ts';

type Auth = CustomAuthProperty<CustomAuthProps>;
export type StepContext = ActionContext<Auth, InputPropertyMap>;
type HookContext = TestOrRunHookContext<Auth, InputPropertyMap, TriggerStrategy.WEBHOOK>;

export const server: StepContext['server'] = {
	apiUrl: 'http://127.0.0.1:9/api/',
	publicUrl: 'http://127.0.0.1:9/',
	token: 'token-of-the-engine',
};

const shared = {
	server,
	project: { id: 'project', externalId: async () => undefined },
	flows: { current: { id: 'flow', version: { id: 'flow-version' } }, list: () => missing('flows.list') },
	connections: { get: () => missing('connections.get') },
};

const files = { write: () => missing('files') };

const store: StepContext['store'] = {
	// What was put under a key is only known to who put it there.
	get: async <T>(key: string) => ((await ask('get', key)) ?? null) as T | null,
	put: async <T>(key: string, value: T) => (await ask('put', key, value)) as T,
	delete: key => ask('delete', key),
};

/**
 * A connection as everything but the connection's own test gets it. The enumerations of the context's types
 * live in a package that only the framework may import, so their members are named by their values here.
 */
export function connectionValue(props: Values): StepContext['auth'] {
	return { type: 'CUSTOM_AUTH' as StepContext['auth']['type'], props };
}

/** What the options of a dropdown get beside the values. */
export function dropdownContext(searchValue: string | undefined): PropertyContext {
	return { ...shared, ...(searchValue === undefined ? {} : { searchValue }) };
}

/**
 * What a step gets. What no action uses yet refuses to be used.
 * @param onPause is told where the step wants to wait
 */
export function stepContext(
	{ connection, propsValue, runId = 'run', stepName = 'step_1', resume }: PieceCall & { kind: 'run' },
	onPause: (waitpointId: string) => void,
): StepContext {
	const context = {
		...shared,
		auth: connectionValue(connection),
		propsValue,
		step: { name: stepName },
		store,
		files,
		tags: { add: () => missing('tags') },
		output: { update: () => missing('output') },
		agent: { tools: () => missing('agent') },
		run: {
			id: runId,
			stop: () => void missing('run.stop'),
			respond: () => void missing('run.respond'),
			createWaitpoint: async ({ type, resumeDateTime }: CreateWaitpointParams) => {
				const time = resumeDateTime === undefined ? {} : { resumeDateTime };
				const waitpoint = await ask('createWaitpoint', { type, ...time });
				const buildResumeUrl = () => missing('buildResumeUrl');
				return { ...waitpoint, buildResumeUrl };
			},
			waitForWaitpoint: onPause,
		},
	};
	type Resumed = Extract<StepContext, { resumePayload: unknown }>;
	type Begun = Exclude<StepContext, Resumed>;
	if (resume === undefined) {
		return { ...context, executionType: 'BEGIN' as Begun['executionType'] };
	}
	return {
		...context,
		executionType: 'RESUME' as Resumed['executionType'],
		// On a timer it is null, whatever the types say.
		resumePayload: resume.payload as Resumed['resumePayload'],
	};
}

/** What a hook of a trigger gets. */
export function hookContext(call: PieceCall & { kind: 'hook' }): HookContext {
	const { connection, propsValue, webhookUrl, payload } = call;
	return {
		...shared,
		auth: connectionValue(connection),
		propsValue,
		step: { name: 'trigger' },
		store,
		files,
		webhookUrl,
		// Where nothing has come, there is none, whatever the types say.
		payload: payload as HookContext['payload'],
	};
}

function missing(name: string): never {
	throw new Error(`This host has no ${name}.`);
}
