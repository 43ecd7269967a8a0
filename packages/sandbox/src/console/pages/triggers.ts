import { SANDBOX_KEYS } from '../../seed.ts';
import type { Trigger } from '../../triggers.ts';
import { agentName, type ConsoleDependencies } from '../console.ts';
import { type Html, html } from '../html.ts';
import { badge, command, copyable, nothing } from '../parts.ts';

const MAX_TRIGGERS = 100;

export function triggersPage(given: ConsoleDependencies, origin: string): Html {
	return html`<p class="lead">Webhooks that run an agent. They are made by connectors, or with <code>POST /api/triggers</code>.</p>
<ul class="cards" data-live="triggers">${given.triggers.page(MAX_TRIGGERS, 0).map(trigger => triggerCard(given, trigger, origin))}</ul>
${nothing(html`<p>There is no trigger yet. Make one:</p>
${command(createLine(given.agents[0]?.id ?? '', origin), 'the command')}`)}`;
}

function triggerCard({ agents }: ConsoleDependencies, trigger: Trigger, origin: string): Html {
	const { id, name, agentId, enabled, config } = trigger;
	const url = `${origin}/api/triggers/webhook/${id}`;
	const [action, label] = enabled ? ['disable', 'Disable'] : ['enable', 'Enable'];
	return html`<li id="trigger-${id}">
<h2>${name}</h2>
<p>${badge(enabled ? 'enabled' : 'disabled', enabled ? 'good' : 'quiet')} ${badge(config.execution.mode, 'quiet')} runs ${agentName(agents, agentId)}</p>
<p>${copyable(url, 'the URL')}</p>
<details><summary>A call with curl</summary>${command(dispatchLine(trigger, url), 'the command')}</details>
<p class="actions">
<button type="button" data-call="POST /sandbox/api/triggers/${id}/${action}" aria-label="${label} ${name}">${label}</button>
<button type="button" class="danger" data-call="DELETE /sandbox/api/triggers/${id}" data-confirm="Delete the trigger “${name}”? Its runs stay." aria-label="Delete ${name}">Delete</button>
</p>
</li>`;
}

function createLine(agentId: string, origin: string): string {
	const body = { agent_id: agentId, name: 'My trigger', trigger_type: 'webhook' };
	return post(`${origin}/api/triggers`, [`X-Api-Key: ${SANDBOX_KEYS.editor}`], body);
}

function dispatchLine({ config: { auth, query_extraction: extraction } }: Trigger, url: string): string {
	const message = 'What is the sandbox for?';
	const body = extraction.mode === 'field' ? { [extraction.field]: message } : { message };
	switch (auth.type) {
		case 'none':
			return post(url, [], body);
		case 'api_key':
			return post(url, [`X-Api-Key: ${SANDBOX_KEYS.editor}`], body);
		case 'signature':
			return post(
				url,
				["X-Webhook-Signature: <hex HMAC-SHA256 of the body, with the trigger's secret>"],
				body,
			);
	}
}

function post(url: string, headers: readonly string[], body: unknown): string {
	const lines = ['Content-Type: application/json', ...headers].map(header => `-H ${quoted(header)}`);
	return [`curl ${url}`, ...lines, `-d ${quoted(JSON.stringify(body))}`].join(' \\\n  ');
}

/** For a shell: a trigger's field has the name that its maker gave it. */
function quoted(text: string): string {
	return `'${text.replaceAll("'", "'\\''")}'`;
}
