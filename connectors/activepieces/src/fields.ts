import { PieceAuth, Property } from '@activepieces/pieces-framework';
import type { Field } from '@zihin/connector-kit';

/** What every kind of property says of a field. */
export function commonOf({ label, description, required }: Field) {
	return { displayName: label, description, required };
}

/** A field of a connection. Only here may it be a secret: a step's inputs are kept in run logs. */
export function connectionProperty(field: Field) {
	return field.kind === 'secret' ? PieceAuth.SecretText(commonOf(field)) : property(field);
}

/** A field as the platform's kind of property. */
export function property(field: Field) {
	const common = commonOf(field);
	const { choices = [], default: preset } = field;
	const text = typeof preset === 'string' ? { ...common, defaultValue: preset } : common;
	switch (field.kind) {
		case 'boolean':
			return Property.Checkbox({ ...common, defaultValue: preset === true });
		case 'integer':
		case 'number':
			return Property.Number(typeof preset === 'number' ? { ...common, defaultValue: preset } : common);
		case 'choice':
			return Property.StaticDropdown({
				...text,
				options: { options: choices.map(({ label, value }) => ({ label, value })) },
			});
		case 'long-text':
			return Property.LongText(text);
		case 'text':
		case 'url':
			return Property.ShortText(text);
		case 'agent':
		case 'trigger':
		case 'secret':
			throw new Error(`${field.label} needs a property of its own.`);
	}
}
