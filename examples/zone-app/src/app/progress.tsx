'use client';

import { useEffect, useState } from 'react';
import { readReport } from '../lib/actions';
import { asked } from '../lib/asked';
import type { Report } from '../lib/report';
import { Failure, ReportView } from './report-view';

const PAUSE_MS = 1_000;

interface State {
	readonly status?: string;
	readonly report?: Report;
	readonly error?: string;
}

/** Looks after a run until it is over, each time by a request of its own: so each comes with a fresh token. */
export function Progress({ runId }: { readonly runId: number }) {
	const [{ status, report, error }, setState] = useState<State>({ status: 'queued' });
	useEffect(() => {
		let timer: ReturnType<typeof setTimeout> | undefined;
		let isGone = false;
		async function read() {
			const state: State = await asked(readReport(runId));
			if (isGone) return;
			setState(state);
			if (state.status !== undefined) timer = setTimeout(read, PAUSE_MS);
		}
		void read();
		return () => {
			isGone = true;
			clearTimeout(timer);
		};
	}, [runId]);

	if (error !== undefined) return <Failure>{error}</Failure>;
	if (report) return <ReportView report={report} />;
	return (
		<p role="status">
			<progress aria-label={`Run ${runId}`} /> Run {runId} is {status} …
		</p>
	);
}
