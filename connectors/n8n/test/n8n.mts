import 'reflect-metadata';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

// n8n reads these when it is loaded. Its folder stays until the tests begin anew: a worker of theirs may be killed.
const homes = fileURLToPath(new URL('../test-results/homes/', import.meta.url));
mkdirSync(homes, { recursive: true });
const home = mkdtempSync(homes);
process.env.N8N_USER_FOLDER = home;
process.env.N8N_ENCRYPTION_KEY = 'only-for-tests';
process.env.N8N_LOG_LEVEL = 'silent';
// CommonJS, as the node itself loads it: with a second copy of n8n-workflow `instanceof NodeApiError` lies.
const require = createRequire(import.meta.url);

/** n8n's engine, and what its nodes are written against. */
export const core: typeof import('n8n-core') = require('n8n-core');
export const n8n: typeof import('n8n-workflow') = require('n8n-workflow');
export const { version }: { version: string } = require('n8n-core/package.json');
