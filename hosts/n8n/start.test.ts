import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { OWNER, openSession } from './editor-session.ts';
import { type Leashed, launch } from './leashed.ts';
import { until } from './until.ts';

/** What `npm run n8n` starts when all is built. */
function start(...flags: string[]): Promise<Leashed> {
	return launch({
		name: 'start',
		program: process.execPath,
		args: [fileURLToPath(new URL('start.ts', import.meta.url)), '--port', '0', ...flags],
		cwd: import.meta.dirname,
		env: { XDG_CACHE_HOME: process.env.XDG_CACHE_HOME },
	});
}

it('npm run n8n prints where n8n is and a login that is let in, and has the examples and a credential there', async () => {
	await using running = await start();
	const printed = () => running.lines.join('\n');
	const [, url = ''] = await until('n8n is there', () =>
		/n8n is at (http:\S+)\/ until you press Ctrl\+C/.exec(printed()),
	);
	expect(printed()).toContain(`email        ${OWNER.email}`);
	expect(printed()).toContain(`password     ${OWNER.password}`);
	const { email: emailOrLdapLoginId, password } = OWNER;
	const editor = await openSession(url, 'login', { emailOrLdapLoginId, password });
	const workflows = await editor.get<{ name: string; active: boolean }[]>('workflows');
	expect(workflows).toHaveLength(4);
	expect(workflows.filter(({ active }) => active)).toHaveLength(1);
	expect(await editor.get('credentials')).toMatchObject([{ name: 'Zihin sandbox', type: 'zihinApi' }]);
	process.kill(running.pid, 'SIGINT');
	expect(await running.ended).toBe(0);
	await expect(fetch(url)).rejects.toThrow('fetch failed');
});

it('npm run n8n -- --once executes the first example, and ends by itself', async () => {
	await using running = await start('--once');
	expect(await running.ended).toBe(0);
	expect(running.lines.join('\n')).toMatch(/The agent's answer in n8n:\n\n.+Source: docs\//s);
});

it.each([
	[['--port', 'five'], 'A port is a whole number from 0 to 65535.'],
	[['--bogus'], "unknown option '--bogus'"],
])('npm run n8n -- %s is refused with a sentence', async (flags, sentence) => {
	await using running = await start(...flags);
	expect(await running.ended).not.toBe(0);
	expect(running.lines.join('\n')).toContain(sentence);
});
