import { protocolError } from './errors.ts';
import type { Transport } from './transport.ts';
import { isRecord, readList, readNumber, readRecord } from './wire.ts';

/** A list that never ends is a fault of the server, not a reason to go on for ever. */
const MOST_PAGES = 1000;

/**
 * Reads a whole list: page after page as long as `pagination` names more of them. An answer without
 * `pagination` is the whole list.
 * @param most stops there
 */
export async function allPages<T>(
	transport: Transport,
	path: string,
	readItem: (item: unknown) => T,
	most = Number.POSITIVE_INFINITY,
): Promise<readonly T[]> {
	const items: T[] = [];
	for (let page = 1; page <= MOST_PAGES; page++) {
		const query = page === 1 ? '' : `?page=${page}`;
		const { body } = await transport.json({ method: 'GET', path: path + query, class: 'read' });
		const data = isRecord(body) ? readList(body, 'data') : undefined;
		if (!isRecord(body) || data === undefined) throw protocolError('The answer holds no list.');
		for (const item of data) {
			if (items.length < most) items.push(readItem(item));
		}
		const pages = readNumber(readRecord(body, 'pagination') ?? {}, 'pages') ?? 1;
		if (page >= pages || data.length === 0 || items.length >= most) return Object.freeze(items);
	}
	throw protocolError(`The list has more than ${MOST_PAGES} pages.`);
}
