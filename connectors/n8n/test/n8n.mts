import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// n8n reads these when it is loaded.
const home = mkdtempSync(join(tmpdir(), 'zihin-n8n-'));
process.once('exit', () => rmSync(home, { recursive: true, force: true }));
process.env.N8N_USER_FOLDER = home;
process.env.N8N_ENCRYPTION_KEY = 'only-for-tests';
process.env.N8N_LOG_LEVEL = 'silent';
// CommonJS, as the node itself loads it: with a second copy of n8n-workflow `instanceof NodeApiError` lies.
const require = createRequire(import.meta.url);

/** n8n's engine, and what its nodes are written against. */
export const core: typeof import('n8n-core') = require('n8n-core');
export const n8n: typeof import('n8n-workflow') = require('n8n-workflow');
export const { version }: { version: string } = require('n8n-core/package.json');
