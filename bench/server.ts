import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { tellParent } from './child.ts';
import {
	closingEvents,
	type Form,
	sampleText,
	type Tally,
	tallyOf,
	tokenEvent,
	trailer,
	written,
} from './wire.ts';

/** What a server says once it listens. */
export interface ServerReady {
	readonly origin: string;
	/** What each form's stream holds. */
	readonly tallies: Readonly<Record<Form, Tally>>;
	readonly bytes: Readonly<Record<Form, number>>;
}

/** The agent's text comes in groups of this many events, one turn of the event loop apart. */
const GROUP = 10;
const BLOCK_BYTES = 65_536;

interface Answer {
	readonly head: Record<string, string>;
	readonly first: string;
	readonly groups: readonly (readonly string[])[];
	readonly bytes: number;
	readonly tally: Tally;
}

/** A turn of `tokens` pieces of `length` units. Every event is a chunk of its own, as a platform flushes them. */
function smallAnswer(form: Form, tokens: number, length: number): Answer {
	const pieces = Array.from({ length: tokens }, (_, i) => tokenEvent(form, sampleText(i, length)));
	const events = [...pieces, ...closingEvents(form)];
	const [first = '', ...others] = events.map(event => written(event));
	const groups: string[][] = [];
	for (let i = 0; i < others.length; i += GROUP) groups.push(others.slice(i, i + GROUP));
	groups.at(-1)?.push(trailer(form));
	const bytes = [first, ...groups.flat()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
	return { head: HEAD, first, groups, bytes, tally: tallyOf(events) };
}

/** About `bytes` of pieces of `length` units, in blocks. */
function largeAnswer(form: Form, bytes: number, length: number): Answer {
	const piece = tokenEvent(form, sampleText(0, length));
	const text = written(piece);
	const size = Buffer.byteLength(text);
	const perBlock = Math.floor(BLOCK_BYTES / size);
	const blocks = Math.ceil(bytes / (perBlock * size));
	const block = text.repeat(perBlock);
	const closing = closingEvents(form);
	const end = closing.map(event => written(event)).join('') + trailer(form);
	const last = tallyOf(closing);
	const count = blocks * perBlock;
	return {
		head: HEAD,
		first: text,
		groups: [...Array.from({ length: blocks }, () => [block]), [end]],
		bytes: size + blocks * perBlock * size + Buffer.byteLength(end),
		tally: {
			events: 1 + count + last.events,
			characters: (1 + count) * piece.text.length + last.characters,
		},
	};
}

const HEAD = { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' };

async function answer(request: IncomingMessage, response: ServerResponse, answers: Record<Form, Answer>) {
	for await (const _ of request);
	const { head, first, groups } = answers[formOf(request.url ?? '')];
	response.writeHead(200, head);
	response.write(first);
	for (const group of groups) {
		await nextTurn();
		let full = false;
		for (const text of group) full = text !== '' && !response.write(text);
		if (full) await drained(response);
		if (response.destroyed) return;
	}
	response.end();
}

function formOf(path: string): Form {
	if (path.includes('/chat/completions')) return 'openai';
	return path.includes('/messages') ? 'anthropic' : 'zihin';
}

/** Also settles when the client has gone. */
function drained(response: ServerResponse): Promise<void> {
	return new Promise(resolve => {
		const settle = () => {
			response.off('drain', settle);
			response.off('close', settle);
			resolve();
		};
		response.on('drain', settle);
		response.on('close', settle);
	});
}

if (import.meta.main) {
	const [megabytes] = process.argv.slice(2).map(Number);
	const make = (form: Form) =>
		megabytes === undefined ? smallAnswer(form, 50, 30) : largeAnswer(form, megabytes * 1e6, 160);
	const answers = { zihin: make('zihin'), openai: make('openai'), anthropic: make('anthropic') };
	const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
		answer(request, response, answers).catch((error: unknown) => response.destroy(error as Error));
	});
	server.listen(0, '127.0.0.1', () => {
		const { port } = server.address() as AddressInfo;
		const { zihin, openai, anthropic } = answers;
		const ready: ServerReady = {
			origin: `http://127.0.0.1:${port}`,
			tallies: { zihin: zihin.tally, openai: openai.tally, anthropic: anthropic.tally },
			bytes: { zihin: zihin.bytes, openai: openai.bytes, anthropic: anthropic.bytes },
		};
		tellParent(ready);
	});
	// The server lives as long as the process that started it.
	process.on('disconnect', () => process.exit());
}
