import { tmpdir } from 'node:os';
import { programOf } from './apt.ts';
import { freePort } from './free-port.ts';
import { type Leashed, launch } from './leashed.ts';

export interface Redis extends Leashed {
	readonly port: number;
}

/** A Redis of its own that keeps nothing. */
export async function startRedis(): Promise<Redis> {
	const program = await programOf('/usr/bin/redis-server', 'redis-server');
	const port = await freePort();
	const settings = { port, bind: '127.0.0.1', save: '', appendonly: 'no' };
	const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
	const running = await launch({ name: 'redis', program, args, cwd: tmpdir() });
	await running.says('Ready to accept connections');
	return { ...running, port };
}
