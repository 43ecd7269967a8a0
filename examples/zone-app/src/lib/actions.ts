'use server';

import { createZoneClient, getSession, zoneAction } from '@cxpa/sdk/zone';
import { contactsOf } from './hubspot';
import { reportOf } from './report';

// Whatever a page needs of the platform is asked for in here, on the server: the session's token stays here. Each
// call is a request of its own, so it comes with a fresh token; what it throws reaches the page as `{ error }`.

const platform = async () => createZoneClient(await getSession());

/** How long the page is kept waiting for a report before it goes on by looking after it. */
const PATIENCE_MS = 5_000;

/** Starts a report and does not wait for it. */
export const startReport = zoneAction(async (topic: string) => {
	const cxpa = await platform();
	const { runId } = await cxpa.runs.create({ payload: { topic } });
	return { runId };
});

/** Where a report is by now. */
export const readReport = zoneAction(async (runId: number) => {
	const cxpa = await platform();
	const run = await cxpa.runs.get(runId);
	switch (run.status) {
		case 'completed':
			return { report: reportOf(run.output_data) };
		case 'failed':
		case 'cancelled':
			return { error: run.error ?? `The run was ${run.status}.` };
		default:
			return { status: run.status };
	}
});

/** Starts a report and waits for it; one that takes longer is `pending`, and `readReport` has it later. */
export const generateReport = zoneAction(async (topic: string) => {
	const cxpa = await platform();
	const run = await cxpa.runs.createAndWait({ payload: { topic }, timeoutMs: PATIENCE_MS });
	if (run.timedOut) return { pending: true as const, runId: run.runId };
	if (run.status === 'completed') return { report: reportOf(run.output_data) };
	return { error: run.error ?? `The run was ${run.status}.` };
});

/** The newest contacts in the HubSpot account that the agent is connected with. */
export const listContacts = zoneAction(async () => {
	const cxpa = await platform();
	const hubspot = await cxpa.credentials.get('hubspot');
	if (hubspot.type !== 'oauth') throw new Error('HubSpot has to be connected by OAuth.');
	return { contacts: await contactsOf(hubspot.access_token) };
});
