import { readFileSync } from 'node:fs';
import { z } from 'zod';

const read = (name: string) =>
	JSON.parse(readFileSync(new URL(`cases/${name}.json`, import.meta.url), 'utf8'));

const Input = z.looseObject({
	host: z.string().optional(),
	raw: z.string().optional(),
	rawHeaders: z.array(z.string()).optional(),
	method: z.string().optional(),
	url: z.string().optional(),
});

const SandboxCase = z.object({
	id: z.string(),
	group: z.enum(['bind', 'host', 'browser', 'auth', 'input', 'persistence']),
	name: z.string(),
	input: z.union([Input, z.string(), z.null()]),
	expect: z.string(),
	strength: z.enum(['must', 'should']),
});
export type SandboxCase = z.infer<typeof SandboxCase>;

export const sandboxCases = z.object({ cases: z.array(SandboxCase) }).parse(read('sandbox-cases')).cases;

/** What is expected of whoever sends callbacks; the rest of the file is about their receivers. */
export const senderPoints = z
	.object({ testPoints: z.array(z.object({ id: z.string(), area: z.string(), statement: z.string() })) })
	.parse(read('webhook-cases'))
	.testPoints.filter(({ area }) => area === 'send');

/** Whether a test of this title stands in that file of this folder. */
export function isTested(file: string, title: string): boolean {
	return readFileSync(new URL(file, import.meta.url), 'utf8').includes(title);
}
