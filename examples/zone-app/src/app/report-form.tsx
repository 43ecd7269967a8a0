'use client';

import { useActionState } from 'react';
import { generateReport, startReport } from '../lib/actions';
import { asked } from '../lib/asked';
import type { Report } from '../lib/report';
import { Progress } from './progress';
import { Failure, ReportView } from './report-view';

/** What became of the form: a report, a run to look after, or a failure. */
interface Outcome {
	readonly report?: Report;
	readonly runId?: number;
	readonly error?: string;
}

async function submitted(_: Outcome, form: FormData): Promise<Outcome> {
	const topic = String(form.get('topic'));
	return asked<Outcome>(form.get('how') === 'wait' ? generateReport(topic) : startReport(topic));
}

export function ReportForm() {
	const [outcome, submit, isPending] = useActionState(submitted, {});
	return (
		<section aria-labelledby="report">
			<h2 id="report">A new report</h2>
			<form action={submit}>
				<label>
					Topic
					<input name="topic" required maxLength={200} autoComplete="off" />
				</label>
				{/* Disabled while one is asked for, because two clicks would be two runs. */}
				<button type="submit" name="how" value="follow" disabled={isPending}>
					Start and follow
				</button>
				<button type="submit" name="how" value="wait" disabled={isPending}>
					Generate and wait
				</button>
			</form>
			{isPending && <p role="status">Asking the agent …</p>}
			{!isPending && outcome.error !== undefined && <Failure>{outcome.error}</Failure>}
			{!isPending && outcome.report && <ReportView report={outcome.report} />}
			{!isPending && outcome.runId !== undefined && <Progress key={outcome.runId} runId={outcome.runId} />}
		</section>
	);
}
