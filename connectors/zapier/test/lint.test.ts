import { describe, expect, it } from 'vitest';
import { readDefinition } from './definition.ts';
import { lint } from './lint.ts';

const definition = await readDefinition();

/** One breakage for each of the checks that Zapier's own validator leaves to zapier.com. */
const BREAKAGES: readonly (readonly [check: string, path: string, value: unknown])[] = [
	['D001', 'creates.invoke_agent.operation.inputFields.2.key', 'api_key'],
	['D002', 'authentication.fields.0.helpText', 'Ask your administrator.'],
	['D003', 'authentication.connectionLabel', undefined],
	['D004', 'creates.invoke_agent.operation.inputFields.0.dynamic', undefined],
	['D005', 'creates.invoke_agent.operation.inputFields.0.dynamic', 'nowhere.id.name'],
	['D006', 'triggers.agent_run_finished.operation.performList', undefined],
	[
		'D007',
		'authentication.fields.0.helpText',
		'[Open](http://console.zihin.ai) [it](https://console.zihin.ai)',
	],
	['D008', 'creates.invoke_agent.operation.inputFields.1.helpText', 'See [the page](console.zihin.ai).'],
	['D009', 'searches.find_agent.operation.inputFields', []],
	['D010', 'triggers.agent_run_finished.operation.sample.id', undefined],
	['D011', 'creates.invoke_agent.operation.inputFields.1.helpText', 'Message'],
	['D012', 'searches.find_trigger.operation.sample', undefined],
	['D013', 'creates.invoke_agent.operation.inputFields.0.search', 'nowhere.id'],
	['D014', 'creates.invoke_agent.operation.inputFields.1.search', 'find_agent.id'],
	['D017', 'triggers.agent_run_finished.operation.performUnsubscribe', undefined],
	['D018', 'creates.dispatch_agent.display.label', 'Dispatch agent'],
	['D021', 'triggers.agent_run_finished.display.description', 'Starts when a run has finished.'],
	['D023', 'triggers.agent_run_finished.operation.sample.createdAt', '2026-01-05 09:30'],
	['D024', 'creates.invoke_agent.operation.sample.usage.totalTokens', 'many'],
];

describe('the checks of a definition', () => {
	it('find nothing in the app', () => {
		expect(lint(definition)).toEqual([]);
	});

	it('are nineteen', () => {
		expect(new Set(BREAKAGES.map(([check]) => check)).size).toBe(19);
	});

	it.each(BREAKAGES)('%s notices that %s is %j', (check, path, value) => {
		const broken = structuredClone(definition);
		const keys = path.split('.');
		const last = keys.pop() ?? '';
		const parent: object = keys.reduce<object>((object, key) => Reflect.get(object, key), broken);
		expect(Reflect.get(parent, last)).not.toEqual(value);
		if (value === undefined) Reflect.deleteProperty(parent, last);
		else Reflect.set(parent, last, value);
		expect(lint(broken).map(found => found.slice(0, 4))).toContain(check);
	});
});
