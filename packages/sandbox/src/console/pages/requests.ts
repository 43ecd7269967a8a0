import { agentIdIn } from '../../faults/inject.ts';
import { SANDBOX_KEYS } from '../../seed.ts';
import type { ConsoleDependencies } from '../console.ts';
import type { Excerpt } from '../excerpt.ts';
import { type Html, html } from '../html.ts';
import { masked, maskedHeader } from '../mask.ts';
import { badge, command, duration, nothing, size, type Tone, time } from '../parts.ts';
import type { RecordedRequest } from '../request-log.ts';

/** The most that the page shows. */
const MAX_ROWS = 200;

export function requestsPage(given: ConsoleDependencies, origin: string): Html {
	const rows = given.activity.requests.newestFirst().slice(0, MAX_ROWS);
	return html`<p class="lead">Every call to the platform's wire, as it comes in.</p>
<table class="live">
<thead><tr><th scope="col">Time</th><th scope="col">From</th><th scope="col">Request</th><th scope="col">Answer</th><th scope="col" class="wide number">Took</th><th scope="col" class="wide">Key</th></tr></thead>
<tbody data-live="requests" data-max="${MAX_ROWS}">${rows.map(request => requestRow(given, request))}</tbody>
</table>
${nothing(html`<p>Nobody has called yet. Point a connector at <a href="/console/connect">this sandbox</a>, or try:</p>
${command(`curl ${origin}/api/v2/agents -H 'X-Api-Key: ${SANDBOX_KEYS.member}'`, 'the command')}`)}`;
}

export function requestRow({ agents, triggers }: ConsoleDependencies, request: RecordedRequest): Html {
	const { number, startedAt, caller, method, url, durationMs, role } = request;
	const path = masked(url);
	const agent = agents.find(({ id }) => id === agentIdIn(url, triggers));
	return html`<tr id="request-${number}" data-order="${number}" data-news="${method} ${path}: ${statusOf(request).text}"><td>${time(startedAt)}</td><td>${caller}</td><th scope="row" class="path"><a href="/console/requests/${number}"><b>${method}</b> ${path}</a>${agent && html` <small>${agent.name}</small>`}</th><td>${status(request)}</td><td class="wide number">${durationMs !== undefined && duration(durationMs)}</td><td class="wide">${role}</td></tr>`;
}

/** One request; the part of its page that changes while it is answered. */
export function requestDetail(request: RecordedRequest): Html {
	const { number, startedAt, caller, method, url, durationMs, role, executionId } = request;
	return html`<div id="request-detail-${number}">
<dl class="facts">
<div><dt>Request</dt><dd class="path"><b>${method}</b> ${masked(url)}</dd></div>
<div><dt>From</dt><dd>${caller}</dd></div>
<div><dt>Key</dt><dd>${role ?? 'none that is valid'}</dd></div>
<div><dt>At</dt><dd>${time(startedAt)}</dd></div>
<div><dt>Answer</dt><dd>${status(request)} ${durationMs !== undefined && html`after ${duration(durationMs)}`}</dd></div>
${executionId !== undefined && html`<div><dt>Began</dt><dd><a href="/console/runs/${executionId}">a run</a></dd></div>`}
</dl>
<div class="columns">
<section aria-labelledby="asked"><h2 id="asked">As it came in</h2>
${headerTable(pairs(request.rawHeaders), 'Headers of the request')}
${body(request.body, request.status === undefined ? 'Not read yet.' : 'No body, or answered without reading it.')}
</section>
<section aria-labelledby="answered"><h2 id="answered">The answer</h2>
${request.answerHeaders && headerTable([...request.answerHeaders], 'Headers of the answer')}
${durationMs === undefined ? html`<p>Under way.</p>` : body(request.answer, 'Empty.')}
</section>
</div>
</div>`;
}

function status(request: RecordedRequest): Html {
	const { text, tone } = statusOf(request);
	return badge(text, tone);
}

function statusOf({ status, durationMs, isComplete }: RecordedRequest): { text: string; tone: Tone } {
	if (durationMs === undefined)
		return { text: status === undefined ? 'waiting' : `${status} …`, tone: 'busy' };
	if (status === undefined) return { text: 'fault', tone: 'bad' };
	if (!isComplete) return { text: `${status}, broken off`, tone: 'bad' };
	return { text: String(status), tone: status < 400 ? 'good' : 'bad' };
}

function headerTable(headers: readonly (readonly [name: string, value: string])[], caption: string): Html {
	return html`<table class="headers"><caption class="unseen">${caption}</caption><tbody>${headers.map(
		([name, value]) => html`<tr><th scope="row">${name}</th><td>${maskedHeader(name, value)}</td></tr>`,
	)}</tbody></table>`;
}

function body(excerpt: Excerpt | undefined, otherwise: string): Html {
	if (!excerpt || excerpt.bytes === 0) return html`<p class="hint">${otherwise}</p>`;
	return html`<pre class="body" tabindex="0" aria-label="Body">${excerpt.text()}</pre>
<p class="hint">${size(excerpt.bytes)}${excerpt.isCut && ', of which the first 64 KiB are kept'}</p>`;
}

function pairs(rawHeaders: readonly string[]): [name: string, value: string][] {
	return rawHeaders.flatMap((name, index) => (index % 2 === 1 ? [] : [[name, rawHeaders[index + 1] ?? '']]));
}
