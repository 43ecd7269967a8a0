import type { RecordedExecution } from '../../executions.ts';
import { agentName, type ConsoleDependencies } from '../console.ts';
import type { ExecutionLists } from '../execution-lists.ts';
import { type Html, html } from '../html.ts';
import { masked } from '../mask.ts';
import { badge, duration, nothing, shortened, type Tone, time } from '../parts.ts';
import type { RunEntry } from '../run-log.ts';
import { attemptList, callbackBadge } from './callbacks.ts';

export function runsPage(given: ConsoleDependencies, lists: ExecutionLists): Html {
	return html`<p class="lead">What agents were asked, streamed or dispatched, and what came of it.</p>
<table class="live">
<thead><tr><th scope="col">Time</th><th scope="col">Agent</th><th scope="col">Message</th><th scope="col">Status</th><th scope="col" class="wide">From</th><th scope="col" class="wide number">Took</th></tr></thead>
<tbody data-live="runs" data-max="100">${lists.newestFirst().map(run => runRow(given, run))}</tbody>
</table>
${nothing(html`<p>No agent has been asked anything yet. <a href="/console/chat">Ask one.</a></p>`)}`;
}

export function runRow(given: ConsoleDependencies, run: RecordedExecution): Html {
	const agent = agentName(given.agents, run.agentId);
	return html`<tr id="run-${run.id}" data-order="${run.createdAt}" data-news="Run of ${agent}: ${run.status}"><td>${time(run.createdAt)}</td><td>${agent}</td><th scope="row" class="message"><a href="/console/runs/${run.id}">${shortened(masked(run.message), 140) || '(an empty message)'}</a></th><td>${runBadge(run)}</td><td class="wide">${origin(given, run)}</td><td class="wide number">${took(run)}</td></tr>`;
}

export function runPage(given: ConsoleDependencies, run: RecordedExecution): Html {
	const entries = given.activity.runs.entries(run.id);
	return html`<div data-live="run-head:${run.id}">${runHead(given, run)}</div>
<h2>What happened</h2>
${
	entries
		? html`<table class="live timeline">
<thead class="unseen"><tr><th scope="col">After</th><th scope="col">Event</th><th scope="col">What</th></tr></thead>
<tbody data-live="run:${run.id}" data-max="500">${entries.map(entry => entryRow(run.id, entry))}</tbody></table>
${nothing(html`<p>Nothing yet.</p>`)}`
		: html`<p class="hint">Events are kept in memory, for the last 200 runs. Those of this one are gone.</p>`
}`;
}

/** What a run is, and what came of it. */
export function runHead(given: ConsoleDependencies, run: RecordedExecution): Html {
	const request = given.activity.requests.ofExecution(run.id);
	const { usage, sources, callback } = run;
	return html`<div id="run-head-${run.id}">
<dl class="facts">
<div><dt>Status</dt><dd>${runBadge(run)} ${took(run) && html`after ${took(run)}`}</dd></div>
<div><dt>Agent</dt><dd>${agentName(given.agents, run.agentId)}</dd></div>
<div><dt>From</dt><dd>${origin(given, run)}${request && html`, <a href="/console/requests/${request.number}">request ${request.number}</a> of ${request.caller}`}</dd></div>
<div><dt>Session</dt><dd><a href="/console/chat?agent=${run.agentId}&amp;session=${run.sessionId}">${run.sessionId.slice(0, 8)}…</a></dd></div>
${usage && html`<div><dt>Tokens</dt><dd>${usage.inputTokens} in, ${usage.outputTokens} out</dd></div>`}
<div><dt>Model</dt><dd>${run.model}</dd></div>
</dl>
<h2>Message</h2>
<pre class="text" tabindex="0" aria-label="Message">${masked(run.message)}</pre>
${run.response !== null && html`<h2>Answer</h2><pre class="text" tabindex="0" aria-label="Answer">${masked(run.response)}</pre>`}
${sources.length > 0 && html`<ul class="sources" aria-label="Sources">${sources.map(({ file, line, heading }) => html`<li>${file}, line ${line}${heading !== null && `: ${heading}`}</li>`)}</ul>`}
${run.error && html`<p class="problem">${run.error.code}: ${run.error.message}</p>`}
${callback && html`<h2>Callback</h2><p>${callbackBadge(callback)} to ${callback.urlHost}</p>${attemptList(given.callbacks.attempts(run.id))}`}
</div>`;
}

export function entryRow(runId: string, { number, atMs, kind, text, tokens, isBad }: RunEntry): Html {
	return html`<tr id="entry-${runId}-${number}" class="${kind}${isBad === true && ' bad'}"><td class="number">+${duration(atMs)}</td><th scope="row">${kind}${tokens !== undefined && html` <small>× ${tokens}</small>`}</th><td class="said">${masked(text)}</td></tr>`;
}

function origin({ triggers }: ConsoleDependencies, { triggerId }: RecordedExecution): Html {
	if (triggerId === null) return html`stream`;
	return html`trigger ${triggers.find(triggerId)?.name ?? '(deleted)'}`;
}

function took({ startedAt, completedAt }: RecordedExecution): string {
	return startedAt !== null && completedAt !== null ? duration(completedAt - startedAt) : '';
}

const TONES: Readonly<Record<RecordedExecution['status'], Tone>> = {
	pending: 'busy',
	running: 'busy',
	completed: 'good',
	failed: 'bad',
	timeout: 'bad',
	cancelled: 'quiet',
};

function runBadge({ status }: RecordedExecution): Html {
	return badge(status, TONES[status]);
}
