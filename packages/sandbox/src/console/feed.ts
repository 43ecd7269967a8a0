import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sseFrame } from '../sse.ts';
import type { Html } from './html.ts';

interface ChangedRow {
	readonly seq: number;
	readonly list: string;
	readonly id: string;
}

/** Draws a row as it looks now; `undefined` when there is none any more. */
export type DrawRow = (list: string, id: string) => Html | undefined;

/** So many changed rows are remembered for a page that was not connected; one that missed more looks again. */
const MAX_REMEMBERED = 500;
/** Changes within so many milliseconds go out together. */
const GATHER_MS = 60;

/**
 * What is new for the pages that are open. It says which rows changed and not what they were: a row that changes
 * often is drawn once for each time that a page takes it, and a page that is slow, or gone, makes nothing pile up.
 */
export class Feed {
	/** Tells a page of an earlier sandbox on this port, whose positions mean nothing here. */
	readonly #epoch = randomBytes(4).toString('hex');
	/** In the order of their last change. */
	readonly #rows = new Map<string, ChangedRow>();
	readonly #stale = new Map<string, number>();
	readonly #waiting = new Set<() => void>();
	#seq = 0;
	/** Rows that changed up to here may have been forgotten. */
	#forgotten = 0;
	/** No page has seen anything later than this. */
	#shown = 0;
	/** As long as no page was ever drawn, there is nothing that one could have missed. */
	#isWatched = false;

	/** Where a page that is drawn now has to go on from. */
	get position(): string {
		this.#isWatched = true;
		this.#shown = this.#seq;
		return this.#positionAt(this.#seq);
	}

	/** A row is new in its list, or looks different now. The number is this change's, for `isNews`. */
	rowChanged(list: string, id: string): number {
		if (!this.#isWatched) return this.#seq;
		const key = `${list} ${id}`;
		const known = this.#rows.get(key);
		if (known && this.isNews(known.seq)) return known.seq;
		if (known) this.#rows.delete(key);
		this.#rows.set(key, { seq: ++this.#seq, list, id });
		if (this.#rows.size > MAX_REMEMBERED) this.#forgetOldest();
		this.#wake();
		return this.#seq;
	}

	get isWatched(): boolean {
		return this.#isWatched;
	}

	/**
	 * Whether no page has seen that change yet. Whoever looks next sees the row as it is then: the many tokens of an
	 * answer cost nothing while nobody looks.
	 */
	isNews(change: number | undefined): boolean {
		return change !== undefined && change > this.#shown;
	}

	/** The list has to be drawn anew as a whole: rows of it went, or moved. */
	listChanged(list: string): void {
		this.#stale.set(list, ++this.#seq);
		this.#wake();
	}

	/** What happens in these lists after a position, as server-sent events, until the signal is aborted. */
	async *follow(
		lists: readonly string[],
		position: string,
		draw: DrawRow,
		signal: AbortSignal,
	): AsyncGenerator<string> {
		this.#isWatched = true;
		let seen = this.#seqOf(position);
		// So that the page knows at once that it is connected.
		yield ': connected\n\n';
		while (!signal.aborted) {
			if (seen === undefined || seen < this.#forgotten) {
				seen = this.#seq;
				for (const list of lists) yield this.#frame('stale', { list }, seen);
			}
			const stale = lists.filter(list => (this.#stale.get(list) ?? 0) > Number(seen));
			const rows = this.#rowsAfter(seen, lists);
			seen = this.#shown = this.#seq;
			for (const list of stale) yield sseFrame('stale', { list });
			for (const { seq, list, id } of rows) {
				const html = await draw(list, id);
				if (html !== undefined) yield this.#frame('row', { list, html: String(html) }, seq);
			}
			if (seen === this.#seq) await this.#change(signal);
			await sleep(GATHER_MS, undefined, { signal }).catch(() => {});
		}
	}

	/** A browser that has to connect again says the id of the last event that it got. */
	#frame(event: string, data: unknown, seq: number): string {
		return `id: ${this.#positionAt(seq)}\n${sseFrame(event, data)}`;
	}

	#positionAt(seq: number): string {
		return `${this.#epoch}-${seq}`;
	}

	#seqOf(position: string): number | undefined {
		const [epoch, seq] = position.split('-');
		const number = Number(seq);
		return epoch === this.#epoch && number <= this.#seq ? number : undefined;
	}

	#rowsAfter(seq: number, lists: readonly string[]): ChangedRow[] {
		return [...this.#rows.values()].filter(row => row.seq > seq && lists.includes(row.list));
	}

	#forgetOldest(): void {
		const [oldest] = this.#rows;
		if (!oldest) return;
		this.#rows.delete(oldest[0]);
		this.#forgotten = oldest[1].seq;
	}

	#wake(): void {
		for (const wake of this.#waiting) wake();
	}

	#change(signal: AbortSignal): Promise<void> {
		return new Promise(resolve => {
			const wake = () => {
				this.#waiting.delete(wake);
				signal.removeEventListener('abort', wake);
				resolve();
			};
			this.#waiting.add(wake);
			signal.addEventListener('abort', wake);
			if (signal.aborted) wake();
		});
	}
}
