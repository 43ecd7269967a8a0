import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { DropdownState } from '@activepieces/pieces-framework';
import { OPERATIONS, type OperationName } from '@zihin/connector-kit';
import type { OpenHost } from '@zihin/connector-kit/testing/host';
import { callPiece } from '../../../hosts/activepieces/call-piece.ts';
import type { LoggedError, PieceCall } from '../../../hosts/activepieces/calls.ts';
import { installPiece } from '../../../hosts/activepieces/installed-piece.ts';

/** The names under which flows keep the actions. Written again here, so that a change of one is noticed. */
export const ACTIONS: Readonly<Record<OperationName, string>> = {
	invokeAgent: 'invoke_agent',
	listAgents: 'list_agents',
	findOrCreateTrigger: 'find_or_create_trigger',
	dispatchAgent: 'dispatch_run',
};

/** The archive that a user uploads. */
export function packedPiece(): string {
	const dist = join(import.meta.dirname, '../dist');
	const archive = readdirSync(dist).find(name => name.endsWith('.tgz'));
	if (archive === undefined) throw new Error('The piece is not built yet.');
	return join(dist, archive);
}

/** A failed step, with all that the platform keeps of its error. */
export class StepFailure extends Error {
	readonly logged: LoggedError;

	constructor(logged: LoggedError) {
		super(logged.message);
		this.logged = logged;
	}
}

const framework: { version: string } = JSON.parse(
	readFileSync(createRequire(import.meta.url).resolve('@activepieces/pieces-framework/package.json'), 'utf8'),
);

/** The packed piece with one connection, as the contract of all connectors wants it. */
export const openHost: OpenHost = async inputs => {
	const piece = await installPiece(packedPiece());
	const connection = { ...inputs };

	// What a call gives is only known where it is made, as everywhere on this side of a process.
	async function call<Output>(request: PieceCall): Promise<Output> {
		const outcome = await callPiece(piece.entry, request);
		if (!outcome.ok) throw new StepFailure(outcome.error);
		return outcome.output as Output;
	}

	return {
		runtime: `pieces-framework ${framework.version}`,
		testConnection: async () => {
			const verdict = await call<{ valid: boolean; error?: string }>({ kind: 'validate', connection });
			if (!verdict.valid) throw new Error(verdict.error);
		},
		agentChoices: async search => {
			const { disabled, placeholder, options } = await call<DropdownState<string>>({
				kind: 'options',
				action: ACTIONS.invokeAgent,
				property: 'agentId',
				connection,
				...(search === undefined ? {} : { searchValue: search }),
			});
			if (disabled === true) throw new Error(placeholder);
			return options;
		},
		run: async (operation, propsValue) =>
			plainOutput(operation, await call({ kind: 'run', action: ACTIONS[operation], connection, propsValue })),
		close: () => piece.remove(),
	};
};

/** An action's output is the row of a table; the operation's is beside it, and never simplified. */
function plainOutput(operation: OperationName, output: unknown): unknown {
	if (Array.isArray(output)) return output.map(item => plainOutput(operation, item));
	const [sample = {}] = [OPERATIONS[operation].sample].flat();
	const { raw } = output as { raw: object };
	return Object.fromEntries(Object.entries(raw).filter(([key]) => key in sample));
}
