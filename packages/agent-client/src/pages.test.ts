import { describe, expect, it } from 'vitest';
import { allPages } from './pages.ts';
import type { Transport } from './transport.ts';

/** A transport that answers each path with what the test wrote for it. */
function serving(answer: (page: number) => unknown) {
	const paths: string[] = [];
	const transport: Transport = {
		json: async ({ path }) => {
			paths.push(path);
			return { status: 200, body: answer(Number(/page=(\d+)/.exec(path)?.[1] ?? 1)) };
		},
		open: () => expect.unreachable(),
		sleep: () => expect.unreachable(),
		within: work => work,
	};
	return { paths, read: () => allPages(transport, '/list', item => item) };
}

describe('a list', () => {
	it('without pagination is whole', async () => {
		const { read, paths } = serving(() => ({ data: [1, 2] }));
		expect(await read()).toEqual([1, 2]);
		expect(paths).toEqual(['/list']);
	});

	it('is read to its last page, in order', async () => {
		const { read, paths } = serving(page => ({ data: [page, -page], pagination: { page, pages: 3 } }));
		expect(await read()).toEqual([1, -1, 2, -2, 3, -3]);
		expect(paths).toEqual(['/list', '/list?page=2', '/list?page=3']);
	});

	it('follows a count of pages that grows while it is read', async () => {
		const { read } = serving(page => ({ data: [page], pagination: { pages: page === 1 ? 2 : 3 } }));
		expect(await read()).toEqual([1, 2, 3]);
	});

	it('ends at an empty page, whatever the count of pages says', async () => {
		const { read, paths } = serving(page => ({ data: page < 3 ? [page] : [], pagination: { pages: 99 } }));
		expect(await read()).toEqual([1, 2]);
		expect(paths).toHaveLength(3);
	});

	it('that never ends is a fault of the server', async () => {
		const { read, paths } = serving(page => ({ data: [page], pagination: { pages: page + 1 } }));
		await expect(read()).rejects.toMatchObject({ kind: 'protocol' });
		expect(paths).toHaveLength(1000);
	});

	it.each([null, [], {}, { data: {} }, { data: null }, 'x', 7])('in the body %j is none', async body => {
		await expect(serving(() => body).read()).rejects.toMatchObject({ kind: 'protocol' });
	});

	it('is given up when one of its items cannot be read', async () => {
		const { read } = serving(() => ({ data: [1] }));
		expect(await read()).toEqual([1]);
		const transport: Transport = {
			json: async () => ({ status: 200, body: { data: [1] } }),
			open: () => expect.unreachable(),
			sleep: () => expect.unreachable(),
			within: work => work,
		};
		const refuse = () => {
			throw new Error('no id');
		};
		await expect(allPages(transport, '/list', refuse)).rejects.toThrow('no id');
	});
});
