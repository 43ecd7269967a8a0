import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { callPiece } from '../../../hosts/activepieces/call-piece.ts';
import type { Outcome, Values } from '../../../hosts/activepieces/calls.ts';

const ODD_PIECE = join(import.meta.dirname, 'fixtures/odd-piece.cjs');

function run(action: string, propsValue: Values = {}): Promise<Outcome> {
	return callPiece(ODD_PIECE, { kind: 'run', action, connection: { apiKey: 'k' }, propsValue });
}

it('a step gets its connection wrapped, and its values through JSON: undefined ones are missing', async () => {
	const outcome = await run('echo', { text: 'a', date: new Date(0), none: null, missing: undefined });
	expect(outcome).toMatchObject({
		ok: true,
		output: {
			auth: { type: 'CUSTOM_AUTH', props: { apiKey: 'k' } },
			keys: ['text', 'date', 'none'],
			date: '1970-01-01T00:00:00.000Z',
			none: null,
		},
	});
});

it('the test of a connection gets the bare values, and a server without its token', async () => {
	expect(await callPiece(ODD_PIECE, { kind: 'validate', connection: { apiKey: 'k' } })).toMatchObject({
		ok: true,
		output: { auth: { apiKey: 'k' }, server: ['apiUrl', 'publicUrl'] },
	});
});

it('an output leaves as JSON', async () => {
	expect(await run('not-json')).toMatchObject({
		ok: true,
		output: { at: '1970-01-01T00:00:00.000Z', map: {} },
	});
});

it('an output that cannot be cloned fails the step', async () => {
	expect(await run('unclonable')).toMatchObject({ ok: false, error: { errorName: 'DataCloneError' } });
});

it('an unhandled rejection fails the step', async () => {
	expect(await run('unhandled')).toMatchObject({ ok: false, error: { message: 'nobody caught this' } });
});

it('what a step leaves running is gone when it settles', async () => {
	const folder = await mkdtemp(join(tmpdir(), 'zihin-left-over-'));
	const path = join(folder, 'file');
	expect(await run('left-over', { path })).toMatchObject({ ok: true, output: 'done' });
	expect(existsSync(path)).toBe(false);
	await rm(folder, { recursive: true });
});

it('every call has a process of its own', async () => {
	expect(await run('counting')).toMatchObject({ output: 1 });
	expect(await run('counting')).toMatchObject({ output: 1 });
});

it('a process that ends by itself is told apart from a step that fails', async () => {
	await expect(run('exiting')).rejects.toThrow('ended with code 3');
});

it('an error is logged with its cause and with all that hangs on it', async () => {
	const outcome = await run('noisy');
	if (outcome.ok) throw new Error('The step did not fail.');
	expect(outcome.error).toMatchObject({
		message: 'it failed',
		errorName: 'TypeError',
		properties: { cause: "'the cause'", response: "{ body: 'the body' }" },
	});
	expect(outcome.error.raw).toMatch(/the cause[\s\S]*the body|the body[\s\S]*the cause/);
});

it('a piece that switches certificate checks off is caught', async () => {
	expect(await run('environment')).toMatchObject({ changedEnvironment: ['NODE_TLS_REJECT_UNAUTHORIZED'] });
});
