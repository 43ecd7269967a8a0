'use client';

import { useState } from 'react';
import { generateReport, pollRun, triggerRun } from '../lib/actions';
import { callProvider, failing } from '../lib/more-actions';

/** A button for each call of the user's page, and what came back. */
export default function Page() {
	const [answer, setAnswer] = useState('');
	const [runId, setRunId] = useState(0);
	const show = (work: Promise<unknown>) => {
		setAnswer('');
		work.then(
			value => setAnswer(JSON.stringify(value)),
			error => setAnswer(JSON.stringify(String(error))),
		);
	};
	const start = async () => {
		const started = await triggerRun({ url: 'https://example.com' });
		if ('runId' in started) setRunId(started.runId);
		return started;
	};
	const calls: Record<string, () => Promise<unknown>> = {
		triggerRun: start,
		pollRun: () => pollRun(runId),
		generateReport: () => generateReport('bees'),
		generateLongReport: () => generateReport('a long story'),
		generateFailingReport: () => generateReport('fail'),
		callProvider,
		failing,
	};
	return (
		<main>
			{Object.entries(calls).map(([name, call]) => (
				<button key={name} type="button" onClick={() => show(call())}>
					{name}
				</button>
			))}
			<output>{answer}</output>
		</main>
	);
}
