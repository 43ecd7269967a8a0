import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import AdmZip from 'adm-zip';
import { HERE, pnpm, ROOT, zapier } from './toolchain.ts';

/** The app with what it needs at run time and nothing else: what a user stages, too, before it is pushed. */
const STAGE = join(HERE, 'dist/app');
const UNPACKED = join(HERE, 'dist/unpacked');

export interface Build {
	/** What Zapier would unpack. */
	readonly folder: string;
	readonly bytes: number;
	readonly files: readonly string[];
}

/** Validates and builds the app as `zapier-platform push` does, and unpacks what that would upload. */
export async function build(): Promise<Build> {
	await rm(join(HERE, 'dist'), { recursive: true, force: true });
	await pnpm(
		ROOT,
		'--filter=zapier-app-zihin',
		'--prod',
		'--config.node-linker=hoisted',
		'deploy',
		'--legacy',
		STAGE,
	);
	// Else the sources that are uploaded beside the build would be those of all packages.
	await writeFile(join(STAGE, '.gitignore'), 'node_modules\nbuild\n');
	await zapier(STAGE, 'validate', '--without-style');
	await zapier(STAGE, 'build', '--skip-validation', '--skip-dep-install');
	const file = join(STAGE, 'build/build.zip');
	const zip = new AdmZip(file);
	zip.extractAllTo(UNPACKED, true);
	const files = zip.getEntries().map(({ entryName }) => entryName);
	return { folder: UNPACKED, bytes: (await stat(file)).size, files };
}
