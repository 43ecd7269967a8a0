import type { CallbackAttempt } from '../../callback-outbox.ts';
import type { CallbackState, RecordedExecution } from '../../executions.ts';
import { agentName, type ConsoleDependencies } from '../console.ts';
import type { ExecutionLists } from '../execution-lists.ts';
import { type Html, html } from '../html.ts';
import { masked } from '../mask.ts';
import { badge, duration, nothing, time } from '../parts.ts';

/** More than these are on the run's own page. */
const SHOWN_ATTEMPTS = 3;

export function callbacksPage(given: ConsoleDependencies, lists: ExecutionLists): Html {
	return html`<p class="lead">The results of asynchronous runs, on their way to who asked for them.</p>
<table class="live">
<thead><tr><th scope="col">Time</th><th scope="col">To</th><th scope="col">Status</th><th scope="col">Attempts</th><th scope="col"><span class="unseen">Send again</span></th></tr></thead>
<tbody data-live="callbacks" data-max="100">${lists.withCallback().map(run => callbackRow(given, run))}</tbody>
</table>
${nothing(html`<p>No callback yet. One is sent for each run of a trigger with <code>"execution": {"mode": "async", "callback": {"url": "…"}}</code>.</p>`)}`;
}

/** `undefined` for a run without a callback. */
export function callbackRow(given: ConsoleDependencies, run: RecordedExecution): Html | undefined {
	const { callback } = run;
	if (!callback) return undefined;
	const attempts = given.callbacks.attempts(run.id);
	const earlier = attempts.length - SHOWN_ATTEMPTS;
	return html`<tr id="callback-${run.id}" data-order="${run.createdAt}" data-news="Callback to ${callback.urlHost}: ${callback.status}"><td>${time(run.createdAt)}</td><th scope="row" class="path">${masked(given.outbox.get(run.id)?.url ?? callback.urlHost)}<br><small><a href="/console/runs/${run.id}">Run of ${agentName(given.agents, run.agentId)}</a></small></th><td>${callbackBadge(callback)}</td><td>${earlier > 0 && html`<p class="hint">${earlier} earlier</p>`}${attemptList(attempts.slice(-SHOWN_ATTEMPTS))}</td><td class="actions"><button type="button" data-call="POST /sandbox/api/callbacks/${run.id}/resend">Send again</button></td></tr>`;
}

export function attemptList(attempts: readonly CallbackAttempt[]): Html {
	if (attempts.length === 0) return html`<p class="hint">None yet.</p>`;
	return html`<ul class="attempts">${attempts.map(
		({ number, startedAt, durationMs, status, error }) =>
			html`<li>${number}. ${time(startedAt)} <b>${status ?? 'no answer'}</b> ${duration(durationMs)}${error !== null && html` <span class="problem">${error}</span>`}</li>`,
	)}</ul>`;
}

export function callbackBadge({ status }: CallbackState): Html {
	return badge(status, status === 'delivered' ? 'good' : status === 'failed' ? 'bad' : 'busy');
}
