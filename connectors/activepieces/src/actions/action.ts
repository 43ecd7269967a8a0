import { type ActionContext, createAction, type InputPropertyMap } from '@activepieces/pieces-framework';
import {
	type Field,
	type Inputs,
	type OperationForm,
	type PlatformLimits,
	simplifyField,
} from '@zihin/connector-kit';
import { auth } from '../auth.ts';
import { choiceDropdown, choicesOf } from '../choice-dropdown.ts';
import { inStepTerms } from '../errors.ts';
import { property } from '../fields.ts';
import { LIMITS } from '../limits.ts';
import { type FlatOutput, flatOutput } from '../output.ts';
import { outputSchema } from '../output-schema.ts';

export type StepContext = ActionContext<typeof auth, InputPropertyMap>;

/** What only this platform asks about an action. */
export interface ActionTraits {
	/** Part of every saved flow: never changed once published. */
	readonly name: string;
	/** Steps that pause, and what is for experts, are for people: no tool can pause. */
	readonly audience: 'human' | 'both';
	/** Whether calling it twice is the same as calling it once. */
	readonly idempotent: boolean;
	/**
	 * Whether the platform may be told to repeat it when it fails: it does so three times, whatever the reason. An
	 * agent that ran would run again, and be billed.
	 */
	readonly mayRetry: boolean;
	readonly limits?: PlatformLimits;
	/** Beside the fields of the operation. */
	readonly props?: InputPropertyMap;
}

/**
 * An operation as an action. All its words are the operation's.
 * @param run its output, or what is known of it when the step pauses: the keys are the same
 */
export function actionOf<Output extends object>(
	form: OperationForm<Output>,
	traits: ActionTraits,
	run: (context: StepContext, inputs: Inputs) => Promise<Output | Partial<Output>>,
) {
	const { name, audience, idempotent, mayRetry, limits = LIMITS } = traits;
	return createAction({
		name,
		auth,
		displayName: form.label,
		description: form.description,
		audience,
		aiMetadata: { description: `${form.description} ${form.modelDescription}`, idempotent },
		outputSchema: outputSchema(form.outputSchema),
		errorHandlingOptions: {
			retryOnFailure: { defaultValue: false, hide: !mayRetry },
			continueOnFailure: { defaultValue: false },
		},
		props: { ...Object.fromEntries(form.fields.filter(isShown).map(propOf)), ...traits.props },
		run: context =>
			inStepTerms(limits, async (): Promise<FlatOutput | FlatOutput[]> => {
				const output = await run(context, { ...context.propsValue, [simplifyField.key]: false });
				return flatOutput(form.outputSchema, output);
			}),
	});
}

/** An output here is always simple, and has the whole beside it. */
function isShown(field: Field): boolean {
	return field !== simplifyField;
}

function propOf(field: Field) {
	const choices = choicesOf(field);
	return [field.key, choices === undefined ? property(field) : choiceDropdown(field, choices)] as const;
}
