import { KILLED, STARTED } from './journal.ts';
import type { StepRecord } from './step-record.ts';
import type { Aftermath } from './storm.ts';

/** How often each came. */
type Counts = Readonly<Record<string, number>>;

/** What came of a storm, in figures. */
export function summarise({ steps, executions, journal }: Aftermath): Readonly<Record<string, Counts>> {
	return {
		steps: count(steps.map(way)),
		answers: count(steps.filter(({ result }) => result?.type === 'answer').map(way)),
		endings: count(steps.map(ending)),
		'agent executions': count(executions.map(({ status }) => status)),
		kills: count(journal.filter(line => line.startsWith(KILLED))),
		faults: count(journal.filter(line => !line.startsWith(KILLED) && !line.startsWith(STARTED))),
	};
}

/** How a step waits. */
function way({ wakes, saves }: StepRecord): string {
	return `${wakes}, stored with ${saves}`;
}

function ending({ result }: StepRecord): string {
	if (result === null) return 'none';
	if (result.type === 'answer') return 'answer';
	const { kind, code, effect } = result.error;
	return `error ${code ?? kind}, effect ${effect}`;
}

function count(names: readonly string[]): Counts {
	const counts: Record<string, number> = {};
	for (const name of [...names].sort()) counts[name] = (counts[name] ?? 0) + 1;
	return counts;
}

export function table(title: string, summary: Readonly<Record<string, Counts>>): string {
	const lines = Object.entries(summary).flatMap(([topic, counts]) => {
		const all = Object.values(counts).reduce((a, b) => a + b, 0);
		return [
			`${String(all).padStart(8)}  ${topic}`,
			...Object.entries(counts).map(([name, n]) => `${String(n).padStart(16)}  ${name}`),
		];
	});
	return [title, ...lines, ''].join('\n');
}
