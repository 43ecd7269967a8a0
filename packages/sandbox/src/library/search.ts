import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Source } from '../engine.ts';
import type { Passage } from './passages.ts';

export interface FiledPassage extends Passage {
	/** Relative to the library's root, with `/`. */
	readonly file: string;
}

export interface Hit extends Source {
	readonly text: string;
}

/** More than anybody pages through with "tell me more". */
const MAX_HITS = 100;
const MAX_CANDIDATES = 1_000;

/** Full-text search over passages. In memory: an index is made anew from the files at each start and each change. */
export class LibraryIndex {
	readonly #passages: readonly FiledPassage[];
	readonly #database = new DatabaseSync(':memory:');
	readonly #ranked: StatementSync;
	readonly #containing: StatementSync;

	constructor(passages: readonly FiledPassage[]) {
		this.#passages = passages;
		const database = this.#database;
		database.exec(`CREATE VIRTUAL TABLE passages USING fts5(
			heading, ancestors, body, content='', tokenize='porter unicode61 remove_diacritics 2')`);
		database.exec('BEGIN');
		const add = database.prepare(
			'INSERT INTO passages (rowid, heading, ancestors, body) VALUES (?, ?, ?, ?)',
		);
		for (const [index, passage] of passages.entries()) {
			add.run(index, passage.heading, passage.ancestors, passage.text);
		}
		database.exec('COMMIT');
		// A passage whose own heading has the word is about it. Ties go to the earlier passage.
		this.#ranked = database.prepare(
			`SELECT rowid, bm25(passages, 4.0, 2.0, 1.0) AS rank FROM passages
			WHERE passages MATCH ? ORDER BY rank, rowid LIMIT ${MAX_CANDIDATES}`,
		);
		this.#containing = database.prepare('SELECT rowid FROM passages WHERE passages MATCH ?');
	}

	/** Best first; the same for the same library and words. */
	search(words: readonly string[]): Hit[] {
		const queries = words.map(quoted);
		if (queries.length === 0) return [];
		const ranked = this.#ranked.all(queries.join(' OR '));
		const found = this.#countWords(queries);
		// One shared word out of many is chance, not an answer.
		const wanted = Math.min(Math.ceil(words.length / 2), 3);
		const hits: Hit[] = [];
		for (const { rowid, rank } of ranked) {
			const passage = this.#passages[Number(rowid)];
			if (!passage || (found.get(Number(rowid)) ?? 0) < wanted) continue;
			const { file, line, heading, text } = passage;
			const score = Math.round(-Number(rank) * 1000) / 1000;
			hits.push({ file, line, heading: heading || null, score, text });
			if (hits.length === MAX_HITS) break;
		}
		return hits;
	}

	close(): void {
		this.#database.close();
	}

	#countWords(queries: readonly string[]): Map<number, number> {
		const counts = new Map<number, number>();
		for (const query of queries) {
			for (const { rowid } of this.#containing.all(query)) {
				counts.set(Number(rowid), (counts.get(Number(rowid)) ?? 0) + 1);
			}
		}
		return counts;
	}
}

/** In quotes FTS5 reads a word as text, whatever it looks like: NEAR, a column name, an operator. */
function quoted(word: string): string {
	return `"${word.replaceAll('"', '""')}"`;
}
