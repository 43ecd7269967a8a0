import type { OpenAiSettings } from './openai-engine.ts';

const MAX_CHARS = 300;

/** What went wrong between here and the model's server, in a sentence and without the key. */
export function describeFailure(error: unknown, { baseUrl, apiKey }: OpenAiSettings): string {
	if (!(error instanceof Error)) return 'The model failed.';
	const { host } = new URL(baseUrl);
	// A server likes to repeat the key that it refuses.
	const said = (apiKey ? error.message.replaceAll(apiKey, '[key]') : error.message)
		.slice(0, MAX_CHARS)
		.replace(/\.$/, '');
	if ('status' in error && typeof error.status === 'number') {
		const advice =
			error.status === 401 || error.status === 403 ? ' Check the key that "api_key_env" names.' : '';
		return `The model server at ${host} refused: ${said}.${advice}`;
	}
	const reason = codeOf(error);
	if (reason !== undefined) {
		return `The connection to the model server at ${host} failed (${reason}): is it running, and is "base_url" right?`;
	}
	return `The model server at ${host} failed: ${said}.`;
}

/** The system's own word for what happened, deep down in the causes. */
function codeOf(error: Error): string | undefined {
	if ('code' in error && typeof error.code === 'string' && /^[A-Z_]+$/.test(error.code)) return error.code;
	return error.cause instanceof Error ? codeOf(error.cause) : undefined;
}
