import { createRequire } from 'node:module';
import type { OperationName } from '@zihin/connector-kit';
import type { ConnectionInputs, ConnectorHost } from '@zihin/connector-kit/testing/host';

/** One record of a run's log, as Zapier keeps it and shows it to the user. */
export interface LogRecord {
	readonly message: string;
	readonly log_type: string;
	readonly [field: string]: unknown;
}

/** The app in Zapier's own runtime, with one connection. */
export interface ZapierHost extends ConnectorHost {
	/** Calls a method of the app as Zapier's servers do, such as `creates.invoke_agent.operation.perform`. */
	call(method: string, inputData?: unknown, meta?: object): Promise<unknown>;
	/** Everything that was logged so far. */
	readonly log: readonly LogRecord[];
}

/** The part of the runtime that its types leave out. */
interface Runtime {
	readonly version: string;
	createAppHandler(app: object): (event: ZapierEvent) => Promise<{ readonly results: unknown }>;
}

/** What Zapier's servers hand to an app. */
interface ZapierEvent {
	readonly command: 'execute' | 'validate' | 'definition';
	readonly method?: string;
	readonly bundle: object;
	/** As its own command does: the checks of an output's shape throw, and no memory figures are printed. */
	readonly calledFromCli: true;
	/** Keeps the logging of HTTP requests, which `calledFromCli` alone would leave out. */
	readonly calledFromCliInvoke: true;
	readonly zcacheTestObj: object;
	readonly cursorTestObj: object;
	readonly customLogger: (message: string, record: Omit<LogRecord, 'message'>) => void;
}

// The built app by the name of its package, as Zapier's wrapper loads it.
const require = createRequire(import.meta.url);
const { createAppHandler, version }: Runtime = require('zapier-platform-core');
const { default: app }: { default: object } = require('zapier-app-zihin');
const handler = createAppHandler(app);

/** The methods under which saved Zaps call the app. Written again here, so that a change of one is noticed. */
export const METHODS: Readonly<Record<OperationName, string>> = {
	invokeAgent: 'creates.invoke_agent.operation.perform',
	dispatchAgent: 'creates.dispatch_agent.operation.perform',
	findOrCreateTrigger: 'creates.find_or_create_trigger.operation.perform',
	listAgents: 'searches.list_agents.operation.perform',
};

/** What a run in production says about itself. */
const META = { isLoadingSample: false, isFillingDynamicDropdown: false, limit: -1, page: 0, timezone: null };

/** Asks the runtime about the app itself. */
export async function ask(command: 'validate' | 'definition'): Promise<unknown> {
	const { results } = await handler(eventOf(command, {}, () => {}));
	return results;
}

export async function openHost(connection: ConnectionInputs): Promise<ZapierHost> {
	const log: LogRecord[] = [];
	// Zapier stores what is entered in a connection as texts.
	const authData = Object.fromEntries(Object.entries(connection).map(([key, value]) => [key, String(value)]));

	async function call(method: string, inputData: unknown = {}, meta: object = {}): Promise<unknown> {
		const bundle = { authData, inputData, inputDataRaw: inputData, meta: { ...META, ...meta } };
		const event = eventOf('execute', roundTrip(bundle), (message, record) =>
			log.push({ ...record, log_type: String(record.log_type), message }),
		);
		const { results } = await handler({ ...event, method });
		return roundTrip(results);
	}

	return {
		runtime: `zapier-platform-core ${version}`,
		log,
		call,
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
			// Zapier searches a list that came in one piece by what it shows.
			return listed
				.map(({ id, name }: { id: string; name: string }) => ({ value: id, label: name }))
				.filter(({ label }) => label.toLowerCase().includes(search.toLowerCase()));
		},
		run: (operation, inputs) => call(METHODS[operation], inputs),
		close: async () => {},
	};
}

function eventOf(
	command: ZapierEvent['command'],
	bundle: object,
	customLogger: ZapierEvent['customLogger'],
): ZapierEvent {
	const caller = { calledFromCli: true, calledFromCliInvoke: true } as const;
	return { command, bundle, ...caller, zcacheTestObj: {}, cursorTestObj: {}, customLogger };
}

/** Between Zapier's servers and an app everything travels as JSON. */
function roundTrip<T>(value: T): T {
	return value === undefined ? value : JSON.parse(JSON.stringify(value));
}
