import type { Agent } from '../../agents.ts';
import type { RecordedExecution } from '../../executions.ts';
import { SANDBOX_KEYS } from '../../seed.ts';
import type { Session } from '../../sessions.ts';
import { type Html, html } from '../html.ts';
import { nothing, time } from '../parts.ts';

export interface Chat {
	readonly agents: readonly Agent[];
	readonly agent: Agent;
	/** The agent's latest. */
	readonly sessions: readonly Session[];
	/** The one that is open. */
	readonly sessionId: string | undefined;
	readonly turns: readonly RecordedExecution[];
}

export function chatPage({ agents, agent, sessions, sessionId, turns }: Chat): Html {
	return html`<form class="choose" method="get" action="/console/chat">
<p><label for="agent">Agent</label><select id="agent" name="agent">${agents.map(
		({ id, name }) => html`<option value="${id}"${id === agent.id && html` selected`}>${name}</option>`,
	)}</select></p>
<p><label for="session">Conversation</label><select id="session" name="session"><option value="">new</option>${sessions.map(
		({ id, updatedAt, messageCount }) =>
			html`<option value="${id}"${id === sessionId && html` selected`}>${new Date(updatedAt).toISOString().slice(0, 16).replace('T', ' ')}, ${messageCount} messages</option>`,
	)}</select></p>
<button type="submit">Open</button>
</form>
<p class="hint">${agent.bio}</p>
<ol class="turns" id="turns" aria-label="Turns">${turns.map(turn)}</ol>
${nothing(html`<p>Say something to ${agent.name}. The message goes over the wire like any other, faults and limits included.</p>`)}
<form id="chat" class="say" data-url="/api/v2/agents/${agent.id}/stream" data-agent="${agent.id}" data-key="${SANDBOX_KEYS.member}" data-session="${sessionId}">
<label for="message" class="unseen">Message</label><textarea id="message" name="message" rows="2" required placeholder="Message to ${agent.name}"></textarea>
<p class="actions"><button type="submit">Send</button><button type="button" id="stop" hidden>Stop</button></p>
</form>`;
}

function turn({ id, message, response, sources, toolsUsed, error, createdAt }: RecordedExecution): Html {
	return html`<li class="you"><p class="said">${message}</p><p class="hint">${time(createdAt)} <a href="/console/runs/${id}">run</a></p></li>
<li class="agent">${toolsUsed.length > 0 && html`<p class="hint">Tools: ${toolsUsed.join(', ')}</p>`}<p class="said">${response}</p>${
		sources.length > 0 &&
		html`<ul class="sources" aria-label="Sources">${sources.map(({ file, line }) => html`<li>${file}, line ${line}</li>`)}</ul>`
	}${error && html`<p class="problem">${error.code}: ${error.message}</p>`}</li>`;
}
