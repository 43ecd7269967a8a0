import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './process.ts';

export const HERE = dirname(fileURLToPath(import.meta.url));
const PACKAGE_MANAGER = 'pnpm@12.21.0';
const PLATFORM = `${process.platform}-${process.arch}`;

/** Installs what the lock file says; does nothing when it is there. */
export async function install(): Promise<void> {
	const args = ['install', '--frozen-lockfile', '--reporter=append-only', '--loglevel=warn'];
	const options = { cwd: HERE, timeoutMs: 300_000 };
	const local = await run('pnpm', args, options).catch(() => undefined);
	const { status, stdout, stderr } = local ?? (await run('npx', ['-y', PACKAGE_MANAGER, ...args], options));
	if (status !== 0) throw new Error(`The runtimes could not be installed.\n${stdout}${stderr}`);
}

/** A Node of this major version. */
export function nodeBinary(major: number): string {
	if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
	return existing(join(HERE, 'node_modules', `node-${major}-${PLATFORM}`, 'bin', 'node'));
}

/** The binary itself and not the launcher beside it, which an install script would have to finish. */
export function bunBinary(): string {
	const arch = process.arch === 'arm64' ? 'aarch64' : process.arch;
	return insideOf('bun', `@oven/bun-${process.platform}-${arch}`, 'bin/bun');
}

export function denoBinary(): string {
	const libc = process.platform === 'linux' ? '-glibc' : '';
	return insideOf('deno', `@deno/${PLATFORM}${libc}`, 'deno');
}

export function workerdBinary(): string {
	return insideOf('workerd', `@cloudflare/workerd-${PLATFORM.replace('x64', '64')}`, 'bin/workerd');
}

const BROWSERS = ['chromium-headless-shell', 'chromium', 'google-chrome'].map(name => `/usr/bin/${name}`);

/** A Chromium of this machine. Debian's is installed where that takes no password. */
export async function chromiumBinary(): Promise<string | undefined> {
	const found = () => BROWSERS.find(path => existsSync(path));
	if (found() === undefined && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
		const apt = (...args: string[]) =>
			run('apt-get', args, { cwd: HERE, env: { DEBIAN_FRONTEND: 'noninteractive' }, timeoutMs: 180_000 });
		await apt('update', '-qq');
		await apt('install', '-y', '-qq', '--no-install-recommends', 'chromium-headless-shell');
	}
	return found();
}

function insideOf(owner: string, name: string, file: string): string {
	const manifest = createRequire(import.meta.url).resolve(`${owner}/package.json`);
	return existing(join(dirname(createRequire(manifest).resolve(`${name}/package.json`)), file));
}

function existing(path: string): string {
	if (!existsSync(path)) throw new Error(`There is no such binary for ${PLATFORM} in this lock file.`);
	return path;
}
