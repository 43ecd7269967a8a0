import type { OutputFields, PlainInputField } from 'zapier-platform-core';
import { type Action, actionsOf, type Definition, fieldsOf, isVisible } from './definition.ts';

/**
 * Zapier's own checks of a definition, by their numbers, as far as `zapier-platform validate --without-style` leaves
 * them to zapier.com. What is found is worded for who has to mend it.
 */
export function lint(definition: Definition): readonly string[] {
	return [...lintConnection(definition), ...lintTexts(definition), ...lintActions(definition)];
}

function* lintConnection({ authentication }: Definition): Iterable<string> {
	for (const { key, type, helpText = '' } of authentication.fields) {
		if (type === 'password' && !MARKDOWN_LINK.test(helpText)) {
			yield `D002 ${key}: the help text has no link to where the key is`;
		}
	}
	const { connectionLabel = '' } = authentication;
	const secrets = authentication.fields.filter(({ isNoSecret }) => isNoSecret !== true);
	const isStatic = !connectionLabel.startsWith('$func') && !connectionLabel.includes('{{');
	if (isStatic || secrets.some(({ key }) => connectionLabel.includes(key))) {
		yield 'D003 the connection label does not say which account it is';
	}
}

function* lintTexts(definition: Definition): Iterable<string> {
	for (const text of textsIn(definition)) {
		const [insecure] = text.match(/http:\/\/\S+/) ?? [];
		if (insecure !== undefined) yield `D007 ${insecure} is not https`;
	}
	for (const text of shownTexts(definition)) {
		const prose = text.replace(/`[^`]*`/g, '').replace(new RegExp(MARKDOWN_LINK, 'g'), '');
		if (/https?:\/\/|\]\(/.test(prose)) yield `D008 no valid Markdown link: ${text}`;
	}
}

function* lintActions(definition: Definition): Iterable<string> {
	const { triggers, searches } = definition;
	for (const action of actionsOf(definition)) {
		const found = (check: string, what: string) => `${check} ${action.key}: ${what}`;
		for (const field of fieldsOf(action)) {
			const of = (check: string, what: string) => found(check, `${field.key} ${what}`);
			if (CREDENTIAL.test(snakeCase(field.key))) yield of('D001', 'belongs to the connection');
			if (isId(field) && field.dynamic === undefined && !OWN_IDS.includes(field.key)) {
				yield of('D004', 'is an ID and no list to pick from');
			}
			if (field.dynamic !== undefined && !(targetOf(field.dynamic) in triggers)) {
				yield of('D005', 'is filled by a trigger that is not there');
			}
			if (field.search !== undefined && !(targetOf(field.search) in searches)) {
				yield of('D013', 'is searched by a search that is not there');
			}
			if (field.search !== undefined && field.dynamic === undefined) {
				yield of('D014', 'can be searched and is no list');
			}
			if (field.helpText === field.label) yield of('D011', 'has its label as help text');
			if (!isTitleCase(field.label ?? '')) yield of('D018', 'has no label in Title Case');
		}
		if (!isVisible(action)) continue;
		const { sample } = action.operation;
		if (sample === undefined || Object.keys(sample).length === 0) yield found('D012', 'has no sample');
		if (!isTitleCase(action.display.label ?? '')) yield found('D018', 'has no label in Title Case');
		for (const text of textsIn(sample)) {
			if (/^\d{4}-\d\d-\d\d/.test(text) && !ISO_WITH_ZONE.test(text)) {
				yield found('D023', `${text} is no time with a zone`);
			}
		}
		for (const what of misfits(sample ?? {}, action.operation.outputFields ?? [])) yield found('D024', what);
	}
	for (const action of Object.values(searches)) {
		if (fieldsOf(action).length === 0) yield `D009 ${action.key}: has no field to search by`;
	}
	for (const trigger of Object.values(triggers).filter(isVisible)) {
		yield* lintTrigger(trigger, trigger.display.description ?? '');
	}
}

function* lintTrigger(
	{ key, operation }: Definition['triggers'][string],
	description: string,
): Iterable<string> {
	if (!/^Triggers when .+\.$/s.test(description)) yield `D021 ${key}: does not say when it triggers`;
	if (operation.sample?.id === undefined) yield `D010 ${key}: the sample has no id`;
	if (operation.type !== 'hook') return;
	const has = (method: string) => Reflect.get(operation, method) !== undefined;
	if (!has('performList')) yield `D006 ${key}: has nothing to show in the editor`;
	if (!has('performSubscribe') || !has('performUnsubscribe')) {
		yield `D017 ${key}: a hook subscribes and unsubscribes`;
	}
}

const MARKDOWN_LINK = /\[[^\]]+\]\(https:\/\/[^\s()]+\)/;
const CREDENTIAL = /(?:^|_)(?:api_?key|access_?token|auth_?token|token|password|secret)$/;
const ISO_WITH_ZONE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)$/;
const SMALL_WORDS = [
	'a',
	'an',
	'and',
	'as',
	'at',
	'by',
	'for',
	'from',
	'in',
	'of',
	'on',
	'or',
	'the',
	'to',
	'with',
];

/** IDs that no list has: of a run, which an earlier step started, and of the user's own making. */
const OWN_IDS = ['executionId', 'sessionId', 'traceId', 'correlationId'];

function isId({ key, label = '' }: PlainInputField): boolean {
	const takesNames = / or ID$/.test(label);
	return !takesNames && (/(?:^|_)id$/.test(snakeCase(key)) || /\bID$/.test(label));
}

function isTitleCase(label: string): boolean {
	const words = label.split(' ');
	return words.every(
		(word, index) =>
			/^[("]?[A-Z0-9]/.test(word) || (index > 0 && index < words.length - 1 && SMALL_WORDS.includes(word)),
	);
}

function* misfits(sample: Readonly<Record<string, unknown>>, fields: OutputFields): Iterable<string> {
	for (const field of fields) {
		if (typeof field !== 'object') continue;
		const value = field.key.split('__').reduce<unknown>((parent, key) => Object(parent)[key], sample);
		if (value === undefined && field.required === true) yield `the sample has no ${field.key}`;
		if (value !== undefined && value !== null && !fits(value, field))
			yield `${field.key} is no ${field.type}`;
	}
}

function fits(value: unknown, { type, list }: { readonly type?: string; readonly list?: boolean }): boolean {
	if (list === true) return Array.isArray(value);
	switch (type) {
		case 'integer':
			return Number.isInteger(value);
		case 'number':
		case 'boolean':
			return typeof value === type;
		case 'datetime':
			return typeof value === 'string' && ISO_WITH_ZONE.test(value);
		default:
			return typeof value === 'string';
	}
}

function targetOf(reference: string): string {
	return reference.split('.')[0] ?? '';
}

function snakeCase(key: string): string {
	return key.replace(/[A-Z]+/g, capitals => `_${capitals}`).toLowerCase();
}

function* textsIn(value: unknown): Iterable<string> {
	if (typeof value === 'string') yield value;
	if (typeof value === 'object' && value !== null)
		for (const inner of Object.values(value)) yield* textsIn(inner);
}

/** What a form shows of itself as Markdown. */
function shownTexts(definition: Definition): readonly string[] {
	const ofAction = (action: Action) => [
		action.display.description,
		...fieldsOf(action).map(({ helpText }) => helpText),
	];
	return [
		...definition.authentication.fields.map(({ helpText }) => helpText),
		...actionsOf(definition).flatMap(ofAction),
	].filter(text => text !== undefined);
}
