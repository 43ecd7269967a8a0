import type { OperationName } from '@zihin/connector-kit';
import type { ConnectionInputs, ConnectorHost } from '@zihin/connector-kit/testing/host';
import { type Answer, handler, type LogRecord, type ZapierEvent } from './handler.ts';

/** The app in Zapier's own runtime, with one connection. */
export interface ZapierHost extends ConnectorHost {
	/** Calls a method of the app as Zapier's servers do, such as `creates.invoke_agent.operation.perform`. */
	call(method: string, inputData?: unknown, meta?: object): Promise<unknown>;
	/** The same, with all that a call can bring and give. */
	execute(method: string, bundle: object, callbackUrl?: string): Promise<Answer>;
	/** Everything that was logged so far. */
	readonly log: readonly LogRecord[];
}

/** The methods under which saved Zaps call the app. Written again here, so that a change of one is noticed. */
export const METHODS: Readonly<Record<OperationName, string>> = {
	invokeAgent: 'creates.invoke_agent.operation.perform',
	dispatchAgent: 'creates.dispatch_agent.operation.perform',
	findOrCreateTrigger: 'creates.create_trigger.operation.perform',
	listAgents: 'searches.list_agents.operation.perform',
};

/** What a run in production says about itself. */
const META = { isLoadingSample: false, isFillingDynamicDropdown: false, limit: -1, page: 0, timezone: null };

/** Every step is given one, also one that never sleeps. */
const CALLBACK_URL = 'https://hooks.zapier.example/callback/1/';

/** Asks the runtime about the app itself. */
export async function ask(command: 'validate' | 'definition'): Promise<unknown> {
	const { results } = await handler(eventOf(command, {}), () => {});
	return results;
}

export async function openHost(connection: ConnectionInputs): Promise<ZapierHost> {
	const log: LogRecord[] = [];
	// Zapier stores what is entered in a connection as texts.
	const authData = Object.fromEntries(Object.entries(connection).map(([key, value]) => [key, String(value)]));

	async function execute(method: string, bundle: object, callbackUrl = CALLBACK_URL): Promise<Answer> {
		const event = eventOf('execute', roundTrip({ authData, inputData: {}, meta: META, ...bundle }));
		const { results, status } = await handler({ ...event, method, callback_url: callbackUrl }, record =>
			log.push(record),
		);
		return { results: roundTrip(results), status };
	}

	async function call(method: string, inputData: unknown = {}, meta: object = {}): Promise<unknown> {
		const bundle = { inputData, inputDataRaw: inputData, meta: { ...META, ...meta } };
		return (await execute(method, bundle)).results;
	}

	return {
		runtime: handler.runtime,
		log,
		call,
		execute,
		testConnection: async () => {
			await call('authentication.connectionLabel', await call('authentication.test'));
		},
		agentChoices: async (search = '') => {
			const listed = await call(
				'triggers.agent_list.operation.perform',
				{},
				{ isFillingDynamicDropdown: true },
			);
			if (!Array.isArray(listed)) throw new TypeError('The list of agents is no list.');
			// Zapier searches what it has loaded of a list by what it shows.
			return listed
				.map(({ id, name }: { id: string; name: string }) => ({ value: id, label: name }))
				.filter(({ label }) => label.toLowerCase().includes(search.toLowerCase()));
		},
		run: (operation, inputs) => call(METHODS[operation], inputs),
		close: async () => {},
	};
}

function eventOf(command: ZapierEvent['command'], bundle: object): ZapierEvent {
	const caller = { calledFromCli: true, calledFromCliInvoke: true } as const;
	return { command, bundle, ...caller };
}

/** Between Zapier's servers and an app everything travels as JSON. */
function roundTrip<T>(value: T): T {
	return value === undefined ? value : JSON.parse(JSON.stringify(value));
}
