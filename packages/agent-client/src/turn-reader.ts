import { AgentTurn } from './agent-turn.ts';
import type { AgentChunk, AgentResult } from './chunks.ts';
import type { Settings } from './settings.ts';
import type { Transport, WireRequest } from './transport.ts';

/** A turn on its way: reads bytes, and keeps the chunks that they completed. */
export interface TurnReader {
	/**
	 * Reads the next bytes; says whether there may be more. Where it rejects, the chunks before the fault still
	 * wait in `takeChunks`, and the connection is closed.
	 */
	advance(): Promise<boolean>;
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

/** Sends an invocation. */
export async function openTurn(
	transport: Transport,
	settings: Settings,
	request: WireRequest,
	options: { readonly includeRawEvents: boolean; readonly sessionId: string | undefined },
): Promise<TurnReader> {
	const turn = new AgentTurn(settings, options.includeRawEvents);
	const reader = await transport.open(request);
	return {
		advance: () => (turn.finished ? settle() : reader.next(accept)),
		takeChunks: () => turn.takeChunks(),
		result: () => turn.result(options.sessionId),
		close: reader.close,
	};

	function accept(bytes: Uint8Array | undefined): boolean {
		if (bytes === undefined) return false;
		turn.push(bytes);
		return true;
	}

	async function settle(): Promise<false> {
		const late = () => false;
		const ended = reader.next(rest => rest === undefined).catch(late);
		if (!(await Promise.race([ended, transport.sleep(LINGER_MS).then(late, late)]))) reader.close();
		return false;
	}
}
