import { existsSync, globSync } from 'node:fs';
import { launch } from './leashed.ts';

/**
 * A program of this machine. Debian's package of it is installed where that takes no password.
 *
 * @param pattern its path, where a star stands for the version
 */
export async function programOf(pattern: string, debianPackage: string): Promise<string> {
	const find = () => globSync(pattern).sort().at(-1);
	if (find() === undefined && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
		console.log(`» Installing ${debianPackage} …`);
		await apt('update', '-qq');
		await apt('install', '-y', '-qq', '--no-install-recommends', debianPackage);
	}
	const found = find();
	if (found === undefined) throw new Error(`There is no ${pattern}: install it (Debian: ${debianPackage}).`);
	return found;
}

async function apt(...args: readonly string[]): Promise<void> {
	const running = await launch({
		name: 'apt-get',
		program: 'apt-get',
		args,
		cwd: '/',
		// A package that starts its server at once would be in the way.
		env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
	});
	const status = await running.ended;
	if (status !== 0) throw new Error(`apt-get ${args[0]} failed.\n${running.lines.join('\n')}`);
}
