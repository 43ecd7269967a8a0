import { FAULTS } from '../../faults/fault.ts';
import type { ArmedFault } from '../../faults/registry.ts';
import { agentName, type ConsoleDependencies } from '../console.ts';
import { type Html, html } from '../html.ts';
import { nothing, prose } from '../parts.ts';

export function faultsPage(given: ConsoleDependencies): Html {
	return html`<p class="lead">Whatever can go wrong between a workflow and an agent, on a switch.</p>
<form class="panel" data-call="POST /sandbox/api/faults" aria-labelledby="new-fault">
<h2 id="new-fault">Switch one on</h2>
<p><label for="agent">For</label><select id="agent" name="agent_id"><option value="">everything</option>${given.agents.map(({ id, name }) => html`<option value="${id}">${name}</option>`)}</select></p>
<p><label for="fault">Fault</label><select id="fault" name="name">${FAULTS.map(({ name }) => html`<option>${name}</option>`)}</select></p>
<p><label for="value">Value <small>where it takes one</small></label><input id="value" name="value" autocomplete="off"></p>
<p><label for="times">Times <small>empty: until it is switched off</small></label><input id="times" name="times" type="number" min="1" max="1000000" inputmode="numeric"></p>
<p class="actions"><button type="submit">Switch on</button></p>
</form>
<h2>On now</h2>
<ul class="rows" data-live="faults">${given.faults.list().map(armed => armedRow(given, armed))}</ul>
${nothing(html`<p>Nothing is switched on.</p>`)}
<h2>What there is</h2>
<table><thead><tr><th scope="col">Fault</th><th scope="col">What it does</th></tr></thead><tbody>${FAULTS.map(
		({ name, about }) => html`<tr><th scope="row"><code>${name}</code></th><td>${prose(about)}</td></tr>`,
	)}</tbody></table>
<p class="hint">One request alone: the header <code>X-Sandbox-Fault: 429=30</code>.</p>`;
}

function armedRow({ agents }: ConsoleDependencies, { agentId, fault, remaining }: ArmedFault): Html {
	const whom = agentId === null ? 'everything' : agentName(agents, agentId);
	const query = agentId === null ? '' : `?agent_id=${agentId}`;
	const value = 'value' in fault && fault.value !== undefined ? ` = ${fault.value}` : '';
	return html`<li id="fault-${fault.name}-${agentId ?? 'all'}"><span><b>${fault.name}${value}</b> for ${whom}, ${remaining === null ? 'until switched off' : `${remaining} more`}</span> <button type="button" data-call="DELETE /sandbox/api/faults/${fault.name}${query}" aria-label="Switch off ${fault.name} for ${whom}">Switch off</button></li>`;
}
