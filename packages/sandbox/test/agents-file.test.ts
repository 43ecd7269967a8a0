import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SANDBOX_AGENT_ID, SandboxSetupError, startSandbox } from '../src/index.ts';
import { call, folder, GARDEN, Json } from './harness.ts';
import { readStream, sandboxOf } from './stream-client.ts';

const ACTOR = 'engine: { script: { steps: [{ response: x }] } }';

async function failure(agents: string, files: Record<string, string> = {}): Promise<string> {
	const error = await sandboxOf(agents, files).catch((reason: unknown) => reason);
	expect(error).toBeInstanceOf(SandboxSetupError);
	return error instanceof Error ? error.message : '';
}

test('agents are listed as the file declares them, with defaults for what it leaves out', async () => {
	const sandbox = await sandboxOf(`
agents:
  - id: 11111111-2222-4333-8444-55555555555A
    name: shop
    commercial_name: The Shop
    bio: Sells spades.
    type: orchestrator
    status: draft
    tags: [a, b]
    engine:
      script:
        cases: [{ match: x, steps: [{ tool: { name: one } }, { response: x }] }]
        steps: [{ tool: { name: one } }, { tool: { name: two } }, { response: x }]
  - name: plain
    ${ACTOR}
`);
	const { body } = await call(sandbox, 'GET /api/v2/agents');
	expect(sandbox.agentId).toBe('11111111-2222-4333-8444-55555555555a');
	expect(body.at('data')).toEqual([
		{
			id: sandbox.agentId,
			name: 'shop',
			commercial_name: 'The Shop',
			bio: 'Sells spades.',
			type: 'orchestrator',
			status: 'draft',
			tags: ['a', 'b'],
			tools_count: 2,
		},
		{
			id: expect.any(String),
			name: 'plain',
			commercial_name: 'plain',
			bio: '',
			type: 'assistant',
			status: 'published',
			tags: [],
			tools_count: 0,
		},
	]);
});

test('an agent without an id has the same one in every file and sandbox, and another name has another', async () => {
	const idOf = async (yaml: string) => (await sandboxOf(yaml)).agentId;
	const id = await idOf(`agents: [{ name: Ada, ${ACTOR} }]`);
	expect(await idOf(`agents: [{ bio: changed, name: Ada, ${ACTOR} }]`)).toBe(id);
	expect(await idOf(`agents: [{ name: ada, ${ACTOR} }]`)).not.toBe(id);
	expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('paths in the file are relative to it, and library: alone is what --library names', async () => {
	const own = { 'pages/herbs.md': '# Basil\n\nBasil needs sun.\n' };
	const yaml = `
agents:
  - { name: own, engine: { library: { paths: [pages] } } }
  - { name: common, engine: { library: } }
  - { name: again, engine: { library: {} } }
`;
	const sandbox = await sandboxOf(yaml, own, { library: [folder(GARDEN)] });
	const answer = async (agent: string, message: string) =>
		(await readStream(sandbox, { agent, body: { message } })).data('response').at('content');
	expect(await answer('own', 'basil')).toMatch(/^Basil needs sun/);
	expect(await answer('common', 'tomatoes')).toMatch(/^Tomatoes need/);
	expect(await answer('again', 'tomatoes')).toMatch(/^Tomatoes need/);
	expect(sandbox.library).toEqual({ files: 3, passages: 5, warnings: [] });
});

test('a library that no agent searches is refused, not ignored', async () => {
	const options = { library: [folder(GARDEN)] };
	await expect(sandboxOf(`agents: [{ name: a, ${ACTOR} }]`, {}, options)).rejects.toThrow(
		/^No agent of .+agents\.yaml searches what --library names: leave one of them out\.$/,
	);
});

test('without an agents file there are the Librarian and ten scripted agents', async () => {
	const sandbox = await sandboxOf(`agents: [{ name: a, ${ACTOR} }]`);
	const shipped = await startSandbox({ port: 0, library: [folder(GARDEN)] });
	try {
		const { body } = await call(shipped, 'GET /api/v2/agents');
		const agents = body.at('data');
		const names = Array.isArray(agents) ? agents.map(agent => new Json(agent).at('name')) : [];
		expect(names).toHaveLength(11);
		expect(names[0]).toBe('Librarian');
		expect(shipped.agentId).toBe(SANDBOX_AGENT_ID);
		expect(sandbox.agentId).not.toBe(SANDBOX_AGENT_ID);
	} finally {
		await shipped.close();
	}
});

test.each([
	['', /:1:1: this has to be a mapping \(key: value\), but is empty\.$/],
	['agents: []', /:1:1: "agents" is too small: 1 at least\.$/],
	['agent: []', /:1:1: "agent" is not known here: did you mean "agents"\?$/],
	[`agents:\n  - ${ACTOR}`, /:2:5: "name" is missing: it has to be a text\.$/],
	['agents:\n  - name: a', /:2:5: "engine" is missing: it has to be a mapping \(key: value\)\.$/],
	[
		`agents:\n  - name: a\n    nmae: b\n    ${ACTOR}`,
		/:3:5: "nmae" is not known here: did you mean "name"\?$/,
	],
	[
		`agents:\n  - name: a\n    colour: b\n    ${ACTOR}`,
		/:3:5: "colour" is not known here: known are id, name, /,
	],
	[
		`agents:\n  - name: a\n    name: b\n    ${ACTOR}`,
		/:3:5: this is not valid YAML: Map keys must be unique\.$/,
	],
	[`agents:\n  - name: a\n    id: 7\n    ${ACTOR}`, /:3:5: "id" has to be a UUID; without one it is derived/],
	[
		`agents:\n  - name: a\n    type: robot\n    ${ACTOR}`,
		/:3:5: "type" has to be assistant, .+ or orchestrator\.$/,
	],
	[
		`agents:\n  - name: a\n    status: live\n    ${ACTOR}`,
		/:3:5: "status" has to be draft, published or archived\.$/,
	],
	[`agents:\n  - name: a\n    tags: red\n    ${ACTOR}`, /:3:5: "tags" has to be a list, but is a text\.$/],
	[
		'agents:\n  - name: a\n    engine: {}',
		/:3:5: "engine" has exactly one of library, script, openai; here none is given\.$/,
	],
	[
		'agents:\n  - name: a\n    engine: { library: , script: { file: x } }',
		/:3:5: "engine" has .+here library and script are given\.$/,
	],
	[
		'agents:\n  - name: a\n    engine:\n      libary:',
		/:4:7: "libary" is not known here: did you mean "library"\?$/,
	],
	[
		'agents:\n  - name: a\n    engine:\n      library: { paths: [nowhere] }',
		/:4:18: The library path .+nowhere does not exist\.$/,
	],
	[
		'agents:\n  - name: a\n    engine:\n      library: { paths: [] }',
		/:4:18: "paths" is too small: 1 at least\.$/,
	],
	[
		'agents:\n  - name: a\n    engine:\n      script: { file: nowhere.yaml }',
		/:4:17: The file .+nowhere\.yaml does not exist\.$/,
	],
	[
		'agents:\n  - name: a\n    engine:\n      script: { file: . }',
		/:4:17: The file .+ cannot be read \(EISDIR\)\.$/,
	],
	[
		'agents:\n  - name: a\n    engine:\n      script: {}',
		/:4:7: "script" has either a file or its steps here\.$/,
	],
	[
		'agents:\n  - name: a\n    engine:\n      script: { file: a.yaml, steps: [{ response: x }] }',
		/:4:7: "script" has either a file or its steps here\.$/,
	],
	[
		'agents:\n  - name: a\n    engine:\n      script: { cases: [{ match: a, steps: [{ response: x }] }] }',
		/:4:7: "steps" is missing: what happens when no case matches\?$/,
	],
	[
		'agents:\n  - name: a\n    engine:\n      script:\n        steps:\n          - wait: 1s',
		/:6:13: These steps never end the turn/,
	],
	[
		'agents:\n  - name: a\n    engine:\n      script: { cases: [{ match: "(", steps: [{ response: x }] }], steps: [{ response: x }] }',
		/:4:27: "match" is not a regular expression of RE2/,
	],
	[
		'agents:\n  - name: a\n    engine:\n      openai: { base_url: ftp://x, model: m }',
		/:4:17: "base_url" has to be an http or https URL/,
	],
	[
		'agents:\n  - name: a\n    engine:\n      openai: { base_url: "http://me:secret@x/v1", model: m }',
		/:4:17: "base_url" must not contain a password: name the variable/,
	],
	[
		'agents:\n  - name: a\n    engine:\n      openai: { base_url: "http://x/v1" }',
		/:4:7: "model" is missing: it has to be a text\.$/,
	],
	[
		'agents:\n  - name: a\n    engine:\n      openai: { base_url: "http://x/v1", model: m, api_key_env: NO_SUCH_KEY }',
		/:4:52: The environment variable NO_SUCH_KEY is not set: set it, or leave "api_key_env" out\.$/,
	],
	[
		'agents:\n  - name: a\n    engine:\n      openai: { base_url: "http://x/v1", model: m, tools: [{ name: t }] }',
		/:4:60: A tool has either a "result", which is a text, or a "library" that it searches\.$/,
	],
	[
		'agents:\n  - name: a\n    engine:\n      openai: { base_url: "http://x/v1", model: m, tools: [{ name: a b, result: x }] }',
		/:4:62: "name" has to be 1 to 64 letters, digits, _ or -\.$/,
	],
	[
		'agents:\n  - name: a\n    engine:\n      openai: { base_url: "http://x/v1", model: m, tools: [{ name: t, library: { paths: [.] }, parameters: {} }] }',
		/:4:60: A library tool takes a query and nothing else: leave out its "parameters"\.$/,
	],
	[
		`agents:\n  - { name: a, ${ACTOR} }\n  - { name: a, ${ACTOR} }`,
		/:3:7: The agent "a" has this id already: give this one another\.$/,
	],
	['agents: [x]', /:1:10: this item of "agents" has to be a mapping \(key: value\), but is a text\.$/],
	[
		`a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [${'*a,'.repeat(20)}]\nc: [${'*b,'.repeat(20)}]`,
		/:1:1: Excessive alias count .+\.$/,
	],
])(
	'%j is refused before anything listens, with file, line, column and what to do',
	async (yaml, sentence) => {
		const message = await failure(yaml);
		expect(message).toMatch(/^\S+agents\.yaml:\d+:\d+: [^\n]+$/);
		expect(message).toMatch(sentence);
		expect(message).not.toContain('secret');
	},
);

test('a mistake in a scenario is one of the scenario file', async () => {
	const message = await failure('agents: [{ name: a, engine: { script: { file: a.yaml } } }]', {
		'a.yaml': 'steps:\n  - wit: 1s',
	});
	expect(message).toMatch(/^\S+a\.yaml:2:5: "wit" is not known here: did you mean "wait"\?$/);
	expect(message).not.toContain('agents.yaml');
});

test.each([
	['nowhere.yaml', /^The file .+nowhere\.yaml does not exist\.$/],
	['.', /^The file .+ cannot be read \(EISDIR\)\.$/],
	['large.yaml', /^The file .+large\.yaml is larger than 1 MiB\.$/],
])('an agents file %s is refused in a sentence', async (name, sentence) => {
	const root = folder({ 'large.yaml': '#'.repeat(2 ** 20 + 1) });
	await expect(startSandbox({ port: 0, agents: join(root, name) })).rejects.toThrow(sentence);
});

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('the speed %d is refused', async speed => {
	await expect(startSandbox({ port: 0, speed })).rejects.toThrow(
		/^The speed has to be a number above 0, 1000000 at most\.$/,
	);
});
