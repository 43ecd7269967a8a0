import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import {
	ActionBase,
	piecePropertiesUtils,
	pieceTranslation,
	TriggerBase,
} from '@activepieces/pieces-framework';
import { SharedTemplate } from '@activepieces/shared';
import {
	customCall,
	dispatchRun,
	findAgent,
	getExecution,
	OPERATIONS,
	type OperationForm,
	type OperationName,
	runAndWait,
	runFinished,
	simplifyField,
} from '@zihin/connector-kit';
import { describeConnector } from '@zihin/connector-kit/testing/connector-contract';
import { startStubServer } from '@zihin/connector-kit/testing/stub-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callPiece } from '../../../hosts/activepieces/call-piece.ts';
import type { LoggedError, PieceCall, Values } from '../../../hosts/activepieces/calls.ts';
import { type InstalledPiece, installPiece } from '../../../hosts/activepieces/installed-piece.ts';
import { flatOutput } from '../src/output.ts';
import { ACTIONS, openHost, packedPiece, StepFailure } from './host.ts';

type Answer = Parameters<typeof startStubServer>[0];

describeConnector('Activepieces', openHost);
describeConnector('Activepieces', openHost, 'bare');

const KEY = 'zhn_test_4242424242424242_secret_of_the_test';

interface Traits {
	readonly audience: 'human' | 'both';
	readonly idempotent: boolean;
	readonly mayRetry: boolean;
}

const HARMLESS: Traits = { audience: 'both', idempotent: true, mayRetry: true };
const ASKS: Traits = { audience: 'both', idempotent: false, mayRetry: false };

/** Every action, the operation whose words it has, and what is decided about it. */
const FORMS: readonly (readonly [name: string, form: OperationForm<object>, traits: Traits])[] = [
	['invoke_agent', OPERATIONS.invokeAgent, ASKS],
	['run_agent_and_wait', runAndWait, { ...ASKS, audience: 'human', mayRetry: true }],
	['dispatch_run', dispatchRun, ASKS],
	['get_execution', getExecution, HARMLESS],
	['find_or_create_trigger', OPERATIONS.findOrCreateTrigger, HARMLESS],
	['list_agents', OPERATIONS.listAgents, HARMLESS],
	['find_agent', findAgent, HARMLESS],
	['custom_api_call', customCall, { ...ASKS, audience: 'human' }],
];

/** Every action that is a call, and does not wait. */
const CALLS = FORMS.map(([name]) => name).filter(name => name !== 'run_agent_and_wait');

/** What only this platform has. */
const OWN_PROPS = ['attachments', 'waitMode'];

describe('the packed piece', () => {
	let piece: InstalledPiece;
	/** A connection to where nothing listens any more. */
	let unreachable: Values;

	beforeAll(async () => {
		piece = await installPiece(packedPiece());
		unreachable = await against(
			() => {},
			async connection => connection,
		);
	});
	afterAll(() => piece.remove());

	async function outputOf<Output>(call: PieceCall): Promise<Output> {
		const outcome = await callPiece(piece.entry, call);
		if (!outcome.ok) throw new StepFailure(outcome.error);
		return outcome.output as Output;
	}

	async function failureOf(
		operation: OperationName,
		connection: Values,
		inputs: Values,
	): Promise<LoggedError> {
		const call = { kind: 'run', action: ACTIONS[operation], connection, propsValue: inputs } as const;
		const outcome = await callPiece(piece.entry, call);
		if (outcome.ok) throw new Error(`The step did not fail: ${JSON.stringify(outcome.output)}`);
		return outcome.error;
	}

	/** Uses the piece while a server answers as one likes. */
	async function against<Result>(
		answer: Answer,
		use: (connection: Values) => Promise<Result>,
	): Promise<Result> {
		const server = await startStubServer(answer);
		try {
			return await use({ apiKey: KEY, baseUrl: server.url, allowHttp: true });
		} finally {
			await server.close();
		}
	}

	it('is one file of code, which depends on nothing, and its translations', () => {
		expect(piece.files).toEqual([
			'package.json',
			'src/i18n/pt.json',
			'src/i18n/translation.json',
			'src/index.js',
		]);
		expect(piece.manifest).toMatchObject({ name: '@zihin/piece-zihin', main: './src/index.js' });
		expect(Object.keys(piece.manifest).filter(key => /dependencies$/i.test(key))).toEqual([]);
	});

	it('is found by the name of its class, as the platform looks for it', () => {
		const exported: Record<string, object> = createRequire(import.meta.url)(piece.entry);
		expect(Object.values(exported).map(value => value.constructor.name)).toEqual(['Piece']);
	});

	describe('in what it says of itself', () => {
		let metadata: {
			readonly actions: Readonly<Record<string, ActionBase>>;
			readonly triggers: Readonly<Record<string, TriggerBase>>;
			readonly [name: string]: unknown;
		};

		beforeAll(async () => {
			metadata = await outputOf({ kind: 'metadata' });
		});

		it('says what it is, with a logo that is fetched from nowhere', () => {
			const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
			expect(piece.manifest.version).toBe(version);
			expect(metadata).toMatchObject({
				displayName: 'Zihin',
				categories: ['ARTIFICIAL_INTELLIGENCE'],
				minimumSupportedRelease: '0.82.0',
				logoUrl: expect.stringMatching(/^data:image\/svg\+xml,/),
			});
		});

		it('has these actions and this trigger', () => {
			expect(Object.keys(metadata.actions)).toEqual(FORMS.map(([name]) => name));
			expect(Object.keys(metadata.triggers)).toEqual(['agent_run_finished']);
		});

		describe.each(FORMS)('the action %s', (name, form, traits) => {
			const action = () => {
				const found = metadata.actions[name];
				if (found === undefined) throw new Error('The action is missing.');
				return found;
			};

			it('is one that the framework accepts', () => {
				expect(ActionBase.safeParse(action())).toMatchObject({ success: true });
			});

			it('asks for the same things in the same words as the other connectors', () => {
				const asked = Object.entries(action().props).map(([key, property]) => ({
					key,
					label: property.displayName,
					description: property.description,
					required: property.required,
				}));
				const fields = form.fields.filter(field => field !== simplifyField);
				expect(asked.filter(({ key }) => !OWN_PROPS.includes(key))).toEqual(
					fields.map(({ key, label, description, required }) => ({ key, label, description, required })),
				);
			});

			it('tells people and models alike what it does', () => {
				const { description, modelDescription } = form;
				expect(action()).toMatchObject({ audience: traits.audience, description });
				expect(action().aiMetadata).toEqual({
					description: `${description} ${modelDescription}`,
					idempotent: traits.idempotent,
				});
			});

			it('is offered for repetition only when that asks no agent twice', () => {
				expect(action().errorHandlingOptions).toEqual({
					retryOnFailure: { defaultValue: false, hide: !traits.mayRetry },
					continueOnFailure: { defaultValue: false },
				});
			});

			it('announces the keys of its output', () => {
				const keys = action().outputSchema?.fields.map(({ key }) => key);
				const [sample = {}] = [flatOutput(form.outputSchema, form.sample)].flat();
				expect(keys).toEqual(Object.keys(sample));
			});
		});

		it('has a trigger that the framework accepts, with a real-looking run to map from', () => {
			const trigger = metadata.triggers.agent_run_finished;
			expect(TriggerBase.safeParse(trigger)).toMatchObject({ success: true });
			expect(trigger).toMatchObject({
				type: 'WEBHOOK',
				description: runFinished.description,
				aiMetadata: { description: `${runFinished.description} ${runFinished.modelDescription}` },
				sampleData: flatOutput(runFinished.outputSchema, runFinished.sample),
			});
		});

		it('has a form that the framework finds complete with an agent and a message, and not without', () => {
			const props = metadata.actions.invoke_agent?.props ?? {};
			const schema = piecePropertiesUtils.buildSchema(props, undefined);
			// To the framework a list is never missing: the editor makes an empty one.
			const none = { attachments: [] };
			expect(schema.safeParse({ ...none, agentId: 'an agent', message: 'Hi' })).toMatchObject({
				success: true,
			});
			expect(schema.safeParse({ ...none, agentId: 'an agent' })).toMatchObject({ success: false });
			expect(schema.safeParse({ ...none, message: 'Hi' })).toMatchObject({ success: false });
		});

		it('offers its agents in a list wherever one is needed, searched as one types', () => {
			const dropdowns = Object.values(metadata.actions).flatMap(({ name, props }) =>
				Object.entries(props)
					.filter(([, { type }]) => type === 'DROPDOWN')
					.map(([key, property]) => ({ name, key, property })),
			);
			const property = expect.objectContaining({ refreshers: [], refreshOnSearch: true });
			expect(dropdowns).toEqual([
				{ name: 'invoke_agent', key: 'agentId', property },
				{ name: 'run_agent_and_wait', key: 'agentId', property },
				{ name: 'dispatch_run', key: 'agentId', property },
				{ name: 'dispatch_run', key: 'triggerId', property },
				{ name: 'get_execution', key: 'triggerId', property },
				{ name: 'find_or_create_trigger', key: 'agentId', property },
			]);
		});

		it('has a template of a flow that the platform can import, of steps that the piece has', () => {
			const file = new URL('../templates/check-an-answer.json', import.meta.url);
			const template = SharedTemplate.parse(JSON.parse(readFileSync(file, 'utf8')));
			const [{ trigger } = expect.unreachable()] = template.flows ?? [];
			const steps = [trigger, trigger.nextAction, trigger.nextAction?.nextAction];
			const { name: pieceName, version: pieceVersion } = piece.manifest;
			for (const { settings } of steps) {
				expect(settings).toMatchObject({ pieceName, pieceVersion });
				const form =
					metadata.triggers[settings.triggerName] ??
					metadata.actions[settings.actionName] ??
					expect.unreachable();
				const { auth: _auth, ...input } = settings.input;
				expect(Object.keys(form.props)).toEqual(expect.arrayContaining(Object.keys(input)));
			}
		});

		it('has its texts in a file for translators, and translations of all of them', async () => {
			const i18n = await pieceTranslation.initializeI18n(piece.folder);
			const texts: Record<string, string> = JSON.parse(
				readFileSync(join(piece.folder, 'src/i18n/translation.json'), 'utf8'),
			);
			expect(texts['Find or Create Trigger']).toBe('Find or Create Trigger');
			expect(Object.keys(i18n ?? {})).toEqual(['pt']);
			expect(Object.keys(i18n?.pt ?? {}).sort()).toEqual(Object.keys(texts).sort());
		});
	});

	it('tells a refused key, a missing right, a wrong URL and an unreachable host apart', async () => {
		const verdictOn = async (connection: Values) =>
			(await outputOf<{ valid: boolean; error?: string }>({ kind: 'validate', connection })).error ?? 'valid';
		const answering = (status: number, body: string) =>
			against(response => void response.writeHead(status).end(body), verdictOn);

		const refused = await answering(401, '{"error":{"message":"Invalid API key"}}');
		const forbidden = await answering(403, '{"error":{"message":"Not for you"}}');
		const website = await answering(200, '<!doctype html><title>Some website</title>');
		const nothingThere = await answering(404, '<!doctype html><title>Not found</title>');
		const silent = await verdictOn(unreachable);

		expect(refused).toMatch(/key was refused.*Settings, API Keys/);
		expect(forbidden).toMatch(/not allowed.*Not for you/);
		expect(website).toMatch(/Check that the base URL of the connection leads to Zihin/);
		expect(silent).toMatch(/could not be reached.*Check the base URL/);
		expect(nothingThere).toMatch(/no Zihin at this address.*base URL/);
		expect(new Set([refused, forbidden, website, nothingThere, silent, 'valid']).size).toBe(6);
	});

	it('shows no key in the error of a step, though the server sends it back', async () => {
		const seen: (string | undefined)[] = [];
		const echo: Answer = (response, request) => {
			const key = request.headers['x-api-key']?.toString();
			seen.push(key);
			const error = { code: key, message: `No such thing for key ${key}`, details: request.headers };
			response.writeHead(400, { 'x-request-id': `req ${key}` }).end(JSON.stringify({ error }));
		};
		await against(echo, async connection => {
			const inputs = {
				agentId: 'a',
				message: 'Hi',
				name: 'n',
				triggerId: 't',
				executionId: 'e',
				nameOrId: 'a',
				method: 'GET',
				path: '/x',
			};
			for (const action of CALLS) {
				const { triggerId, ...withoutTrigger } = inputs;
				const propsValue = action === 'dispatch_run' ? withoutTrigger : inputs;
				const outcome = await callPiece(piece.entry, { kind: 'run', action, connection, propsValue });
				if (outcome.ok) throw new Error(`${action} did not fail.`);
				expect(outcome.error.message).toContain('No such thing for key');
				expect(JSON.stringify(outcome.error)).not.toContain(KEY);
			}
		});
		expect(seen).toEqual(CALLS.map(() => KEY));
	});

	it('hangs nothing on the error of a step but its name and its advice', async () => {
		const logged = await failureOf('listAgents', unreachable, {});
		expect(logged).toMatchObject({ errorName: 'ZihinAgentError', properties: {} });
		expect(logged.message).toMatch(/^Zihin could not be reached/);
		expect(logged.raw).not.toContain('[cause]');
	});

	it('checks in the step what the platform does not: a required value that is missing', async () => {
		expect((await failureOf('invokeAgent', unreachable, { message: 'Hi' })).message).toMatch(
			/^Agent is empty/,
		);
		expect((await failureOf('dispatchAgent', unreachable, { triggerId: 't' })).message).toMatch(
			/^Message is empty/,
		);
	});

	it('says what to do with an agent that takes too long', async () => {
		const never: Answer = () => {};
		const { message } = await against(never, connection =>
			failureOf('invokeAgent', connection, { agentId: 'a', message: 'Hi', timeoutSeconds: 1 }),
		);
		expect(message).toMatch(
			/did not finish in time.*the turn is cancelled.*Run Agent and Wait.*Dispatch Agent/,
		);
	});

	it('refuses a timeout at which the platform would kill the flow', async () => {
		const inputs = { agentId: 'a', message: 'Hi', timeoutSeconds: 541 };
		expect((await failureOf('invokeAgent', unreachable, inputs)).message).toMatch(/at most 540 here/);
	});

	it('leaves the environment of its process alone, certificate checks above all', async () => {
		const outcome = await callPiece(piece.entry, {
			kind: 'run',
			action: ACTIONS.listAgents,
			connection: unreachable,
			propsValue: {},
		});
		expect(outcome.changedEnvironment).toEqual([]);
	});

	describe('the agent dropdown', () => {
		const dropdown = { kind: 'options', action: ACTIONS.invokeAgent, property: 'agentId' } as const;

		it('asks for a connection while there is none', async () => {
			expect(await outputOf(dropdown)).toEqual({
				disabled: true,
				placeholder: 'Connect your Zihin account first.',
				options: [],
			});
		});

		it('says why it cannot list the agents', async () => {
			expect(await outputOf({ ...dropdown, connection: unreachable })).toEqual({
				disabled: true,
				placeholder: expect.stringMatching(/could not be reached/),
				options: [],
			});
		});
	});
});
