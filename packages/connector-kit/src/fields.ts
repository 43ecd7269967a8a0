/**
 * A field of a form, in no platform's terms. Each connector turns it into its own kind of input, so that a
 * field has the same name, text and rules everywhere.
 */
export interface Field {
	/** The name under which the value arrives. Never changed once published. */
	readonly key: string;
	readonly label: string;
	/** One or two sentences, read by people and by models that fill the form. */
	readonly description: string;
	readonly kind: FieldKind;
	readonly required: boolean;
	readonly default?: string | number | boolean;
	/** Where a form must show a number as soon as the field is added: unlike a default it is never sent unasked. */
	readonly initial?: number;
	readonly placeholder?: string;
	/** For the kind `choice`. */
	readonly choices?: readonly Choice[];
}

/** `agent` and `trigger` are texts that the platform lets the user pick from a list. */
export type FieldKind =
	| 'agent'
	| 'trigger'
	| 'text'
	| 'long-text'
	| 'secret'
	| 'integer'
	| 'number'
	| 'boolean'
	| 'choice'
	| 'url';

/** One entry of a list to pick from. */
export interface Choice {
	readonly value: string;
	readonly label: string;
	readonly description?: string;
}

/** What a platform hands over for a form: nothing about the values can be trusted. */
export type Inputs = Readonly<Record<string, unknown>>;
