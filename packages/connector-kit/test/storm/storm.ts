import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ProfileName, type RecordedExecution, SANDBOX_KEYS, startSandbox } from '@zihin/sandbox';
import { startSandboxProcess } from '../../testing/sandbox-process.ts';
import { carryOut } from './platform.ts';
import { newStep, type StepRecord } from './step-record.ts';

/** What a storm left behind. */
export interface Aftermath {
	readonly steps: StepRecord[];
	/** What the sandbox recorded: every time that an agent was asked. */
	readonly executions: RecordedExecution[];
	/** Every fault and every kill, by name. */
	readonly journal: string[];
}

const AGENTS = fileURLToPath(new URL('agents.yaml', import.meta.url));
const AGENT_ID = '6e1f0a52-3b7d-4c8e-9f21-0d5a7c4b8e36';
const SPEED = 20;

/** Sends so many steps through a storm: a sandbox that does to each request what the seed says, and killed workers. */
export async function storm(profile: ProfileName, seed: string, count: number): Promise<Aftermath> {
	const folder = mkdtempSync(join(tmpdir(), 'zihin-storm-'));
	const database = join(folder, 'sandbox.db');
	try {
		const steps = await withSandbox(profile, database, sandboxUrl =>
			carryOut(
				Array.from({ length: count }, (_, index) => newStep(seed, `step-${index + 1}`)),
				{ seed, folder, sandboxUrl, apiKey: SANDBOX_KEYS.editor, agentId: AGENT_ID },
			),
		);
		const journal = readFileSync(join(folder, 'journal'), 'utf8').trimEnd().split('\n');
		return { steps, journal, executions: await executionsIn(database) };
	} finally {
		rmSync(folder, { recursive: true });
	}
}

async function withSandbox<T>(
	profile: ProfileName,
	database: string,
	work: (url: string) => Promise<T>,
): Promise<T> {
	const flags = { database, profile, agents: AGENTS, speed: SPEED, 'rate-limit': 1_000_000 };
	const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
	await using sandbox = await startSandboxProcess(...args);
	return await work(sandbox.url);
}

/** The sandbox's own record, read by another one when the first is gone. */
async function executionsIn(database: string): Promise<RecordedExecution[]> {
	const sandbox = await startSandbox({ port: 0, database, agents: AGENTS });
	try {
		return [...sandbox.executions()];
	} finally {
		await sandbox.close();
	}
}
