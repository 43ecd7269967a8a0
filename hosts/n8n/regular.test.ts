import { afterAll, beforeAll } from 'vitest';
import { testConnector } from './connector-tests.ts';
import { type N8n, startN8n } from './n8n.ts';

let n8n: N8n;
beforeAll(async () => {
	n8n = await startN8n();
});
afterAll(() => n8n?.[Symbol.asyncDispose]());

testConnector('one process', () => n8n);
