import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { HERE, nodeBinary } from './binaries.ts';
import { run } from './process.ts';
import type { Result } from './result.ts';

/** The part of the reporter's file that is read. */
interface Report {
	readonly testResults: readonly {
		readonly name: string;
		readonly status: string;
		readonly message: string;
		readonly assertionResults: readonly {
			readonly fullName: string;
			readonly status: string;
			readonly failureMessages?: readonly string[];
		}[];
	}[];
}

/** All tests of the client, on this Node; their sandbox runs on the Node that runs this. */
export async function runSuite(major: number): Promise<Result> {
	const file = join(HERE, 'test-results', `node-${major}.json`);
	await rm(file, { force: true });
	const vitest = join(HERE, 'node_modules', 'vitest', 'vitest.mjs');
	const args = [vitest, 'run', '--reporter=json', `--outputFile=${file}`];
	const { status, stderr } = await run(nodeBinary(major), args, {
		cwd: HERE,
		env: { ZIHIN_SANDBOX_NODE: process.execPath, NO_COLOR: '1' },
		timeoutMs: 400_000,
	});
	return resultOf(file, status, stderr);
}

/** What vitest wrote of its run into this file. */
export async function resultOf(file: string, status: number | null, stderr: string): Promise<Result> {
	const text = await readFile(file, 'utf8').catch(() => undefined);
	if (text === undefined) return { passed: 0, failures: [`the runner ended with ${status}: ${stderr}`] };
	const report: Report = JSON.parse(text);
	const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults);
	const broken = report.testResults.filter(
		({ status, assertionResults }) => status === 'failed' && !assertionResults.some(isFailed),
	);
	const failures = [
		...tests.filter(isFailed).map(test => `${test.fullName}: ${firstLine(test.failureMessages?.[0])}`),
		...broken.map(({ name, message }) => `${name}: ${firstLine(message)}`),
	];
	if (status !== 0 && failures.length === 0) failures.push(`the runner ended with ${status}: ${stderr}`);
	return {
		passed: tests.filter(test => test.status === 'passed').length,
		failures,
		skipped: tests.filter(({ status }) => status === 'skipped' || status === 'pending').map(t => t.fullName),
	};
}

const isFailed = ({ status }: { readonly status: string }) => status === 'failed';
/** The reporter writes no better reason for a test that ran out of time. */
const firstLine = (text = '') => text.split('\n')[0]?.replace('STACK_TRACE_ERROR', 'out of time') ?? '';
