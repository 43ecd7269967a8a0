import type { Attachment, ZihinClient } from '@zihin/agent-client/core';
import type { Field, Inputs } from './fields.ts';
import type { ObjectSchema } from './json-schema.ts';

/** What a platform lets a step do. */
export interface PlatformLimits {
	/** How long an agent may take when the user sets no timeout. */
	readonly defaultTimeoutSeconds: number;
	/** The longest timeout that makes sense: the platform ends a step soon after. */
	readonly longestTimeoutSeconds: number;
	/** What a user does with an agent that needs longer, as a sentence. */
	readonly longRunAdvice: string;
}

/** What an operation runs on. */
export interface OperationContext {
	readonly client: ZihinClient;
	readonly limits: PlatformLimits;
	/** The platform's own cancel button, where it has one. */
	readonly signal?: AbortSignal | undefined;
	/** Files for the agent: every platform hands them over in its own way. */
	readonly attachments?: readonly Attachment[] | undefined;
	/** Where an answer is shown while it is written: called with each piece, in order. */
	readonly onText?: ((piece: string) => void) | undefined;
}

/** What a user sees of an operation, in no platform's terms. */
export interface OperationForm<Output> {
	/** Title Case, a verb first. */
	readonly label: string;
	/** One sentence, third person. */
	readonly description: string;
	/** What a model that uses this as a tool should know beside the description. */
	readonly modelDescription: string;
	readonly fields: readonly Field[];
	/** One real-looking output: what users map from before the first run. */
	readonly sample: Output;
	/** The output; of an output that is a list, one item of it. */
	readonly outputSchema: ObjectSchema<KeysOf<Output>>;
}

type KeysOf<Output> = Extract<keyof (Output extends readonly (infer Item)[] ? Item : Output), string>;

/** A thing that a user can do with Zihin in one call. */
export interface Operation<Output> extends OperationForm<Output> {
	/**
	 * Reads the inputs, makes the call and shapes the output. Keys of the output never come and go: what is
	 * not known is `null`.
	 * @throws {ZihinAgentError} kind `config` for a wrong input, before anything is sent; else the client's
	 */
	run(inputs: Inputs, context: OperationContext): Promise<Output>;
}
