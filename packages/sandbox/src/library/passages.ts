import type { Heading, RootContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { toString as plainText } from 'mdast-util-to-string';
import { gfm } from 'micromark-extension-gfm';

/** A piece of a file that can be an answer: some blocks below one heading. */
export interface Passage {
	/** The heading it stands under; empty before the first one. */
	readonly heading: string;
	/** The headings above that one, outermost first. */
	readonly ancestors: string;
	/** Where the text begins, counted from 1. */
	readonly line: number;
	/** Markdown, as it stands in the file. */
	readonly text: string;
}

/** Short paragraphs stay together up to here: an answer of one line helps nobody. */
const COMFORTABLE_CHARS = 1_000;
/** A longer block, such as a listing, is cut at its lines; a longer line is cut short. */
const MAX_CHARS = 4_000;

/**
 * What can stand inside a line. Finding the blocks does not need it, and its cost is quadratic: 48 kB of `*a_`
 * took 27 s to parse with it and 26 ms without.
 */
const INLINE = [
	'attention',
	'autolink',
	'characterEscape',
	'characterReference',
	'codeText',
	'hardBreakEscape',
	'htmlText',
	'labelEnd',
	'labelStartImage',
	'labelStartLink',
];
const MAX_HEADING_CHARS = 300;

interface OpenHeading {
	readonly depth: number;
	readonly text: string;
}

export function passagesOf(markdown: string): Passage[] {
	const source = withShortLines(withoutFrontMatter(markdown));
	const tree = fromMarkdown(source, { extensions: [{ disable: { null: INLINE } }] });
	const passages: Passage[] = [];
	let headings: OpenHeading[] = [];
	let open: { start: number; end: number; line: number } | undefined;

	const close = () => {
		if (!open) return;
		const place = {
			heading: headings.at(-1)?.text ?? '',
			ancestors: headings
				.slice(0, -1)
				.map(heading => heading.text)
				.join(' '),
		};
		for (const piece of cut(source.slice(open.start, open.end), open.line))
			passages.push({ ...place, ...piece });
		open = undefined;
	};

	for (const block of tree.children) {
		const { position } = block;
		if (block.type === 'heading') {
			close();
			headings = headings.filter(heading => heading.depth < block.depth);
			headings.push({ depth: block.depth, text: headingText(block, source) });
		} else if (
			position?.start.offset !== undefined &&
			position.end.offset !== undefined &&
			isReadable(block)
		) {
			const { start, end } = position;
			if (open && position.end.offset - open.start > COMFORTABLE_CHARS) close();
			open ??= { start: position.start.offset, end: 0, line: start.line };
			open.end = end.offset ?? open.end;
		}
	}
	close();
	return passages;
}

/** Without its markup: a heading is short, so here the whole of Markdown may be understood. */
function headingText({ position }: Heading, source: string): string {
	const markdown = source.slice(position?.start.offset, position?.end.offset).slice(0, MAX_HEADING_CHARS);
	const tree = fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
	return plainText(tree).trim();
}

function isReadable(block: RootContent): boolean {
	return block.type !== 'html' && block.type !== 'thematicBreak' && block.type !== 'definition';
}

/** YAML between `---` lines is about the file, not in it. Its lines stay, empty, so that line numbers hold. */
function withoutFrontMatter(markdown: string): string {
	return markdown.replace(/^---\r?\n[\s\S]*?\n---[ \t]*(?=\r?\n|$)/, matter => matter.replace(/[^\n]/g, ''));
}

/** Containers nest by the line, at quadratic cost; a line that long is no text to answer with anyway. */
function withShortLines(markdown: string): string {
	return markdown.replace(/[^\n]+/g, line =>
		line.length <= MAX_CHARS ? line : `${line.slice(0, MAX_CHARS - 1).replace(/[\uD800-\uDBFF]$/, '')}…`,
	);
}

function cut(text: string, firstLine: number): { text: string; line: number }[] {
	if (text.length <= MAX_CHARS) return [{ text, line: firstLine }];
	const pieces: { text: string; line: number }[] = [];
	let line = firstLine;
	let lines: string[] = [];
	let length = 0;
	const close = () => {
		if (lines.some(each => each.trim() !== '')) pieces.push({ text: lines.join('\n'), line });
		line += lines.length;
		lines = [];
		length = 0;
	};
	for (const each of text.split('\n')) {
		if (length + each.length > MAX_CHARS) close();
		lines.push(each);
		length += each.length + 1;
	}
	close();
	return pieces;
}
