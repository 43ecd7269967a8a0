import { expect, test } from 'vitest';
import { passagesOf } from '../src/library/passages.ts';
import { LibraryIndex } from '../src/library/search.ts';
import { searchableWords } from '../src/library/words.ts';
import { countTokens, splitTokens } from '../src/tokens.ts';

function index(...markdown: string[]): LibraryIndex {
	return new LibraryIndex(
		markdown.flatMap((text, number) =>
			passagesOf(text).map(passage => ({ file: `${number}.md`, ...passage })),
		),
	);
}

const found = (library: LibraryIndex, question: string) =>
	library.search(searchableWords(question)).map(({ text }) => text);

test('a passage is what stands under one heading, with its line and the headings above', () => {
	const markdown = 'Intro.\n\n# One\n\nFirst.\n\nSecond.\n\n## Two `code`\n\n- a\n- b\n\n# Three\n\nLast.\n';
	expect(passagesOf(markdown)).toEqual([
		{ heading: '', ancestors: '', line: 1, text: 'Intro.' },
		{ heading: 'One', ancestors: '', line: 5, text: 'First.\n\nSecond.' },
		{ heading: 'Two code', ancestors: 'One', line: 11, text: '- a\n- b' },
		{ heading: 'Three', ancestors: '', line: 16, text: 'Last.' },
	]);
});

test('a long section becomes several passages, cut between its blocks', () => {
	const paragraph = (word: string) => `${word} `.repeat(150).trim();
	const markdown = `# Long\n\n${['alpha', 'beta', 'gamma'].map(paragraph).join('\n\n')}\n`;
	const passages = passagesOf(markdown);
	expect(passages.map(({ line }) => line)).toEqual([3, 5, 7]);
	expect(passages.map(({ text }) => text)).toEqual(['alpha', 'beta', 'gamma'].map(paragraph));
});

test('a block without end is cut at its lines, and a line without end is cut short', () => {
	const listing = Array.from({ length: 500 }, (_, number) => `line ${number} of it`).join('\n');
	const pieces = passagesOf(`\`\`\`\n${listing}\n\`\`\`\n`);
	expect(pieces.length).toBeGreaterThan(1);
	expect(pieces.every(({ text }) => text.length <= 4_000)).toBe(true);
	expect(pieces.map(({ text }) => text).join('\n')).toBe(`\`\`\`\n${listing}\n\`\`\``);
	const [endless, ...none] = passagesOf(`${'x'.repeat(3_998)}${'😀'.repeat(10_000)}`);
	expect(none).toEqual([]);
	expect(endless?.text).toBe(`${'x'.repeat(3_998)}…`);
});

test('front matter, HTML and rules are no answers, and the lines below keep their numbers', () => {
	const markdown =
		'---\ntitle: Secret\n---\n\n<p align="center">badge</p>\n\n---\n\nText.\n\n[a]: http://b.c\n';
	expect(passagesOf(markdown)).toEqual([{ heading: '', ancestors: '', line: 9, text: 'Text.' }]);
});

test('a table stays whole', () => {
	const table = '| a | b |\n|---|---|\n| 1 | 2 |';
	expect(passagesOf(`${table}\n`)).toEqual([{ heading: '', ancestors: '', line: 1, text: table }]);
});

test('a heading is known by its words, without its markup', () => {
	const [passage] = passagesOf('# A *bold* [link](https://example.com) ~~old~~ `code` &amp; more\n\nText.\n');
	expect(passage?.heading).toBe('A bold link old code & more');
	const [underlined] = passagesOf('Under *lined*\n====\n\nText.\n');
	expect(underlined?.heading).toBe('Under lined');
});

test('markup that opens and never closes is read like any other text', () => {
	for (const markup of ['*a_', '[', '![', '`a', '<a', '\\&']) {
		const text = `${markup.repeat(1_000)}\n`.repeat(60).trim();
		expect(
			passagesOf(text)
				.map(passage => passage.text)
				.join('\n'),
		).toBe(text);
	}
});

test('a passage whose heading has the word comes before one that mentions it', () => {
	const library = index(
		'# Other\n\nHere pruning is mentioned, pruning twice.\n',
		'# Pruning\n\nCut in March.\n',
	);
	expect(found(library, 'pruning')[0]).toBe('Cut in March.');
});

test('endings and accents do not keep a word from being found', () => {
	const library = index('# A\n\nThe café serves trigger happy poets.\n');
	expect(found(library, 'Cafes with triggers?')).toHaveLength(1);
});

test('a passage has to share more than a chance word with a long question', () => {
	const library = index('# Letters\n\nA capital starts a sentence.\n');
	expect(found(library, 'Which capital city has Mongolia chosen recently?')).toEqual([]);
	expect(found(library, 'capital sentence')).toHaveLength(1);
});

test.each([
	'NEAR AND OR NOT',
	'heading:basil',
	'"basil',
	'basil*',
	'^basil',
	'(basil',
	"basil'; DROP TABLE passages",
	'{basil}',
])('%s is searched for as words', question => {
	const library = index('# Herbs\n\nBasil is near the mint.\n');
	expect(() => library.search([question])).not.toThrow();
	expect(() => found(library, question)).not.toThrow();
	expect(found(library, 'basil')).toHaveLength(1);
});

test.each([
	['How do I water a cactus?', ['water', 'cactus']],
	['Cactus, CACTUS & cactus', ['cactus']],
	["What's the spade's edge?", ['spade', 'edge']],
	['Tell me more about Café 24', ['café', '24']],
	['How do I continue a session?', ['continue', 'session']],
	['水やり と 土', ['水やり', 'と', '土']],
])('of %j is searched for %j', (question, words) => {
	expect(searchableWords(question)).toEqual(words);
});

test.each([
	'Tell me more',
	'go on',
	'and then?',
	'Continue',
	'keep going, please',
	'What else?',
	'???',
	'',
	'🙂',
])('%j has nothing to search for', question => {
	expect(searchableWords(question)).toEqual([]);
});

test('of a very long question the first words are searched for', () => {
	const question = Array.from({ length: 10_000 }, (_, number) => `word${number}`).join(' ');
	expect(searchableWords(question)).toHaveLength(32);
});

test.each(['', 'one', ' one  two\n\nthree ', '\n', '   ', 'a\tb', 'ends\n'])(
	'the tokens of %j give it back',
	text => {
		expect(splitTokens(text).join('')).toBe(text);
		expect(countTokens(text)).toBe(
			text.trim() === '' ? Math.min(text.length, 1) : text.trim().split(/\s+/).length,
		);
	},
);
