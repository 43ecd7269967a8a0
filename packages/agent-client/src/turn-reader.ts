import { AgentTurn, type TurnOptions } from './agent-turn.ts';
import type { Read } from './body.ts';
import type { AgentChunk, AgentResult } from './chunks.ts';
import type { Settings } from './settings.ts';
import type { Transport, WireRequest } from './transport.ts';

/** A turn on its way. Whoever reads it runs the loop: `read`, `accept` what came, `takeChunks`. */
export interface TurnReader {
	/** Reads the next bytes. */
	read(): Promise<Read>;
	/** Takes what was read; says whether there may be more. Where it throws, see {@link fail}. */
	accept(read: Read): boolean;
	/** Closes the connection after a failure. The chunks before the fault still wait in `takeChunks`. */
	fail(cause: unknown): unknown;
	/** The chunks since the last call, in order. */
	takeChunks(): readonly AgentChunk[];
	/** The result, after the end. */
	result(): AgentResult;
	/** Closes the connection, which cancels the turn on the platform. */
	close(): void;
}

/**
 * How long the connection may take to end once the turn has. It ends by itself at once, as a rule, and can then
 * be used for the next call; closing it would cost that one a handshake.
 */
const LINGER_MS = 50;
const SETTLED: Read = { done: true };

/** Sends an invocation. */
export async function openTurn(
	transport: Transport,
	settings: Settings,
	request: WireRequest,
	options: TurnOptions & { readonly sessionId: string | undefined },
): Promise<TurnReader> {
	const turn = new AgentTurn(settings, options);
	const reader = await transport.open(request);
	return {
		read: () => (turn.finished ? settle() : reader.read()),
		accept: read => {
			// The turn is over: what ends the call in this moment takes nothing away from it.
			if (read === SETTLED) return false;
			const bytes = reader.bytesOf(read);
			if (bytes !== undefined) turn.push(bytes);
			return bytes !== undefined;
		},
		fail: reader.fail,
		takeChunks: () => turn.takeChunks(),
		result: () => turn.result(options.sessionId),
		close: reader.close,
	};

	/** Waits for the end of the body for a moment; whatever comes instead is not read. */
	async function settle(): Promise<Read> {
		const late = settings.deadline(LINGER_MS);
		const rest = await new Promise<Read | undefined>(resolve => {
			const giveUp = () => resolve(undefined);
			late.signal.addEventListener('abort', giveUp);
			if (late.signal.aborted) giveUp();
			reader.read().then(resolve, giveUp);
		});
		late.clear();
		if (rest?.done) reader.release();
		else reader.close();
		return SETTLED;
	}
}
