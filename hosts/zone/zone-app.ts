import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../runtimes/process.ts';
import { EXAMPLE, HERE, SDK, WORK } from './places.ts';

/** An app, and the Next that it is built with. */
export interface Target {
	readonly app: 'example' | 'page';
	readonly next: 15 | 16;
}

const SOURCES = { example: EXAMPLE, page: join(HERE, 'page-app') } as const;
/** Which folder has this Next. */
const INSTALLED = { 15: HERE, 16: EXAMPLE } as const;
const QUIET = { NEXT_TELEMETRY_DISABLED: '1' };

/** What `next` is started with in an app's folder. */
export const NEXT = join('node_modules', 'next', 'dist', 'bin', 'next');

/** Copies an app into a folder of its own, with the Next that it is to have, and the user's page in its place. */
export async function assembled({ app, next }: Target): Promise<string> {
	const folder = join(WORK, `${app}-next-${next}`);
	await rm(folder, { recursive: true, force: true });
	await mkdir(folder, { recursive: true });
	const isSource = (path: string) => !/\/(?:node_modules|\.next|\.env[^/]*|package-lock\.json)$/.test(path);
	await cp(SOURCES[app], folder, { recursive: true, filter: isSource });
	if (app === 'page') {
		const page = join(SDK, 'test', 'fixtures', 'zone-page');
		for (const name of ['actions.ts', 'snippets.ts'])
			await cp(join(page, name), join(folder, 'src/lib', name));
		await cp(join(EXAMPLE, 'package.json'), join(folder, 'package.json'));
	}
	if (next === 15) await asMiddleware(folder);
	await linked(join(INSTALLED[next], 'node_modules'), folder);
	return folder;
}

/** As Next 15 calls it. */
async function asMiddleware(folder: string): Promise<void> {
	const proxy = join(folder, 'src', 'proxy.ts');
	const text = await readFile(proxy, 'utf8');
	await writeFile(join(folder, 'src', 'middleware.ts'), text.replace('const proxy', 'const middleware'));
	await rm(proxy);
}

/** Hard links, because bundlers follow a symbolic link out of the app's folder, and then refuse what they find. */
async function linked(modules: string, folder: string): Promise<void> {
	const { status, stderr } = await run('cp', ['-al', modules, folder], { cwd: HERE, timeoutMs: 120_000 });
	if (status !== 0) throw new Error(`The packages could not be linked: ${stderr}`);
}

export async function built(folder: string, environment: Readonly<Record<string, string>>): Promise<void> {
	const { status, stdout, stderr } = await run(process.execPath, [NEXT, 'build'], {
		cwd: folder,
		env: { ...environment, ...QUIET },
		timeoutMs: 300_000,
	});
	if (status !== 0) throw new Error(`${folder} could not be built.\n${stdout}${stderr}`);
}
