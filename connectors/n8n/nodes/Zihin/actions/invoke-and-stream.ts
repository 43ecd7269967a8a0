import { toNodeError } from '../../shared/errors.ts';
import type { Step } from './action.ts';
import { invoke } from './invoke.ts';

/** Streams to whoever listens, a chat or a webhook; where nobody does, it is a plain invocation. */
export async function invokeAndStream(step: Step): Promise<object> {
	const { context, item } = step;
	// Older versions of n8n cannot stream.
	if (!('isStreaming' in context) || !context.isStreaming()) return invoke(step);
	context.sendChunk('begin', item);
	try {
		const output = await invoke(step, piece => context.sendChunk('item', item, piece));
		context.sendChunk('end', item);
		return output;
	} catch (cause) {
		const error = toNodeError(context.getNode(), cause, item);
		// Of a node that stops, n8n itself tells the listener.
		if (context.continueOnFail()) context.sendChunk('error', item, error.message);
		throw error;
	}
}
