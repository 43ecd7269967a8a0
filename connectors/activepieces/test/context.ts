import type {
	ActionContext,
	CustomAuthProperty,
	CustomAuthProps,
	InputPropertyMap,
	PropertyContext,
} from '@activepieces/pieces-framework';
import type { Values } from './calls.ts';

export type StepContext = ActionContext<CustomAuthProperty<CustomAuthProps>, InputPropertyMap>;
type BeginContext = Exclude<StepContext, { resumePayload: unknown }>;

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

/** What a step gets when it begins. What no action uses yet refuses to be used. */
export function stepContext(connection: Values, propsValue: Values): BeginContext {
	return {
		...shared,
		executionType: 'BEGIN' as BeginContext['executionType'],
		auth: connectionValue(connection),
		propsValue,
		step: { name: 'step_1' },
		store: { get: () => missing('store'), put: () => missing('store'), delete: () => missing('store') },
		tags: { add: () => missing('tags') },
		files: { write: () => missing('files') },
		output: { update: () => missing('output') },
		agent: { tools: () => missing('agent') },
		run: {
			id: 'run',
			stop: () => void missing('run.stop'),
			respond: () => void missing('run.respond'),
			createWaitpoint: () => missing('run.createWaitpoint'),
			waitForWaitpoint: () => void missing('run.waitForWaitpoint'),
		},
	};
}

function missing(name: string): never {
	throw new Error(`This host has no ${name}.`);
}
