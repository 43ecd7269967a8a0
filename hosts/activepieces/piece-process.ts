/** The process of one call: loads the piece, carries the call out, reports and waits to be ended. */
import { createRequire } from 'node:module';
import { inspect } from 'node:util';
import { takeReply } from './ask.ts';
import type { FromPiece, LoggedError, Outcome, PieceCall, ToPiece } from './calls.ts';
import { connectionValue, dropdownContext, hookContext, server, stepContext } from './context.ts';
import { withFiles } from './files.ts';
import type { Piece } from './framework.ts';

const MOST_LOGGED = 16 * 1024;
const environment = { ...process.env };
let pausedAt: string | undefined;

process.on('unhandledRejection', reportFailure);
process.on('uncaughtException', reportFailure);
process.on('message', (message: ToPiece) => {
	if ('askId' in message) takeReply(message);
	else carryOut(message.entry, message.call).then(reportOutput).catch(reportFailure);
});

async function carryOut(entry: string, call: PieceCall): Promise<unknown> {
	const piece = loadPiece(entry);
	switch (call.kind) {
		case 'metadata':
			return JSON.parse(JSON.stringify(piece.metadata()));
		case 'validate': {
			const auth = [piece.auth].flat()[0];
			if (auth?.type !== 'CUSTOM_AUTH') throw new Error('The piece has no custom connection.');
			const { token: _token, ...publicServer } = server;
			return auth.validate?.({ auth: call.connection, server: publicServer });
		}
		case 'options': {
			const { props } = piece.getAction(call.action) ?? piece.getTrigger(call.action) ?? {};
			const auth = call.connection === undefined ? undefined : connectionValue(call.connection);
			return props[call.property].options({ auth }, dropdownContext(call.searchValue));
		}
		case 'run': {
			const action = piece.getAction(call.action);
			if (action === undefined) throw new Error(`The piece has no action ${call.action}.`);
			const propsValue = withFiles(action.props, call.propsValue);
			return action.run(
				stepContext({ ...call, propsValue }, id => {
					pausedAt = id;
				}),
			);
		}
		case 'hook': {
			const trigger = piece.getTrigger(call.trigger);
			if (trigger === undefined) throw new Error(`The piece has no trigger ${call.trigger}.`);
			return trigger[call.hook](hookContext(call));
		}
	}
}

/** As the platform finds it: by the name of the class, among whatever the file exports. */
function loadPiece(entry: string): Piece {
	const exported: Record<string, unknown> = createRequire(import.meta.url)(entry);
	const piece = Object.values(exported).find(isPiece);
	if (piece === undefined) throw new Error('No export is a piece.');
	return piece;
}

function isPiece(value: unknown): value is Piece {
	return typeof value === 'object' && value !== null && value.constructor.name === 'Piece';
}

function reportOutput(output: unknown): void {
	const paused = pausedAt === undefined ? {} : { waitpointId: pausedAt };
	report({ ok: true, output: structuredClone(output), ...paused });
}

function reportFailure(error: unknown): void {
	report({ ok: false, error: logged(error) });
}

function report(result: DistributiveOmit<Outcome, 'changedEnvironment'>): void {
	const names = new Set([...Object.keys(environment), ...Object.keys(process.env)]);
	const changedEnvironment = [...names].filter(name => environment[name] !== process.env[name]);
	const message: FromPiece = { outcome: { ...result, changedEnvironment } };
	process.send?.(message);
}

type DistributiveOmit<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never;

function logged(error: unknown): LoggedError {
	const raw = inspect(error).slice(0, MOST_LOGGED);
	if (!(error instanceof Error)) {
		return { message: String(error), errorName: typeof error, properties: {}, raw };
	}
	const own = Object.entries(Object.getOwnPropertyDescriptors(error)).filter(
		([name]) => !['message', 'name', 'stack'].includes(name),
	);
	return {
		message: error.message,
		errorName: error.name,
		properties: Object.fromEntries(own.map(([name, { value }]) => [name, inspect(value)])),
		raw,
	};
}
