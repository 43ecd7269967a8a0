import type { RecordedExecution } from '@zihin/sandbox';
import { STARTED } from './journal.ts';
import type { StepRecord } from './step-record.ts';
import type { Aftermath } from './storm.ts';

/** All that is not as it was promised, in words; nothing when every promise was kept. */
export function brokenPromises({ steps, executions, journal }: Aftermath): readonly string[] {
	const startsOf = new Map<string, number>();
	for (const line of journal) startsOf.set(line, (startsOf.get(line) ?? 0) + 1);
	const known = new Set(steps.map(({ message }) => message));
	const strangers = executions.filter(({ message }) => !known.has(message));
	return [
		...steps.flatMap(step => {
			const own = executions.filter(({ message }) => message === step.message);
			return brokenFor(step, own, startsOf.get(`${STARTED}${step.id}`) ?? 0).map(
				promise => `${step.id}: ${promise} ${JSON.stringify({ step, own })}`,
			);
		}),
		...strangers.map(({ message }) => `An agent was asked what nobody asks: ${message}`),
	];
}

function brokenFor(step: StepRecord, executions: readonly RecordedExecution[], starts: number): string[] {
	const { result, message, manner, repeats } = step;
	const broken: string[] = [];
	const promise = (kept: boolean, otherwise: string) => void (kept || broken.push(otherwise));
	promise(executions.length <= 1, 'its agent ran more than once.');
	if (result === null) return [...broken, 'it is still waiting.'];
	const [execution] = executions;
	if (result.type === 'answer') {
		promise(result.content === `The answer to: ${message}`, 'it ended with an answer that is not its own.');
		promise(execution?.status === 'completed', 'it ended with an answer that no run of its own gave.');
		promise(execution?.id === result.executionId, "it ended with another run's id.");
		promise(manner !== 'fails' && manner !== 'outlasts', 'it ended with an answer that nobody could give.');
		return broken;
	}
	const { kind, effect, message: text, executionId } = result.error;
	promise(typeof kind === 'string' && kind !== 'config' && kind !== 'auth', 'its error has a wrong kind.');
	promise(typeof text === 'string' && text !== '', 'its error says nothing.');
	// An error speaks of its own start: one before it, which was killed and left no state, may have dispatched.
	const followsKilledStart = starts > repeats + 1;
	promise(
		effect === 'unknown' || executions.length === 0 || followsKilledStart,
		'its error denies a run that there was.',
	);
	promise(executionId === undefined || executionId === execution?.id, 'its error names a run of another.');
	return broken;
}
