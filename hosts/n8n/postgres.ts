import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { programOf } from './apt.ts';
import { freePort } from './free-port.ts';
import { type Leashed, launch } from './leashed.ts';

/** Who runs it, and who owns its database. */
const USER = 'postgres';

export interface Postgres extends Leashed {
	readonly port: number;
	readonly user: string;
	readonly database: string;
}

/** A PostgreSQL of its own, with an empty database, that keeps nothing. */
export async function startPostgres(): Promise<Postgres> {
	const program = await programOf('/usr/lib/postgresql/*/bin/postgres', 'postgresql');
	const folder = mkdtempSync(join(tmpdir(), 'zihin-n8n-postgres-'));
	const data = join(folder, 'data');
	// It refuses to run as root.
	const isRoot = process.getuid?.() === 0;
	if (isRoot) execFileSync('chown', [USER, folder]);
	const asUser = (command: string, ...args: readonly string[]) =>
		isRoot
			? { program: 'setpriv', args: [`--reuid=${USER}`, '--clear-groups', command, ...args] }
			: { program: command, args };

	const locale = ['--encoding=UTF8', '--no-locale'];
	const init = [`--pgdata=${data}`, `--username=${USER}`, '--auth=trust', '--no-sync', ...locale];
	const made = await launch({
		name: 'initdb',
		...asUser(join(dirname(program), 'initdb'), ...init),
		cwd: folder,
	});
	if ((await made.ended) !== 0) {
		rmSync(folder, { recursive: true, force: true });
		throw new Error(`PostgreSQL made no database.\n${made.lines.join('\n')}`);
	}

	const port = await freePort();
	const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '', fsync: 'off' };
	const given = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
	const running = await launch({
		name: 'postgres',
		...asUser(program, '-D', data, '-p', String(port), ...given),
		cwd: folder,
		folder,
	});
	let hasEnded = false;
	running.ended.then(() => {
		hasEnded = true;
	});
	await running.says('ready to accept connections');
	const end = async () => {
		// Its fast way to end: killed, it would leave a piece of shared memory.
		if (!hasEnded) process.kill(running.pid, 'SIGINT');
		await running.ended;
	};
	return { ...running, port, user: USER, database: 'postgres', end, [Symbol.asyncDispose]: end };
}
