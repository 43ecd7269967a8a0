import { SANDBOX_KEYS } from '../../seed.ts';
import { placeOf, type ZoneApp } from '../../zone/zone-proxy.ts';
import { environmentOf } from '../../zone/zones.ts';
import { type Html, html } from '../html.ts';
import { command, copyable } from '../parts.ts';

const ROLES = {
	owner: 'everything',
	admin: 'everything here: agents, triggers, executions',
	editor: 'everything but deleting',
	member: 'lists agents and talks to them; nothing about triggers',
} as const;

const PLATFORMS = [
	{ name: 'n8n', where: 'Credentials → Zihin API' },
	{ name: 'Activepieces', where: 'Connections → Zihin Account' },
	{ name: 'Zapier', where: 'Connected accounts → Zihin' },
] as const;

export function connectPage(origin: string, zoneApps: readonly ZoneApp[]): Html {
	return html`<p class="lead">The keys are the same in every sandbox, and open nothing else.</p>
<h2>Keys</h2>
<ul class="cards">${Object.entries(ROLES).map(([role, may]) => {
		const key = SANDBOX_KEYS[role as keyof typeof ROLES];
		return html`<li><h3>${role}</h3><p>${may}</p><p>${copyable(key, `the ${role} key`)}</p></li>`;
	})}</ul>
<h2>Platforms</h2>
<p>The connection has the same fields on each of them. “Allow HTTP” is what lets a key go to this machine without TLS.</p>
<ul class="cards">${PLATFORMS.map(
		({ name, where }) => html`<li><h3>${name}</h3><p>${where}</p>
<dl class="facts">
<div><dt>API Key</dt><dd>${copyable(SANDBOX_KEYS.editor, `the API key for ${name}`)}</dd></div>
<div><dt>Base URL</dt><dd>${copyable(origin, `the base URL for ${name}`)}</dd></div>
<div><dt>Allow HTTP</dt><dd>on</dd></div>
</dl></li>`,
	)}</ul>
<p class="hint">The sandbox answers on this machine only. A platform in a container has to share its network: <code>docker run --network host …</code></p>
<h2>The client</h2>
${command(
	[
		"import { createClient } from '@zihin/agent-client';",
		'',
		'const zihin = createClient({',
		`  apiKey: '${SANDBOX_KEYS.editor}',`,
		`  baseUrl: '${origin}',`,
		'  allowHttp: true,',
		'});',
	].join('\n'),
	'the code',
)}
<h2>Zones</h2>
${
	zoneApps.length === 0
		? html`<p>A zone app, started by yourself, is served here once the sandbox is started with <code>--zone ${'<agent>=<url>'}</code>.</p>`
		: html`<ul class="cards">${zoneApps.map(app => zoneCard(app, origin))}</ul>`
}`;
}

function zoneCard(app: ZoneApp, origin: string): Html {
	const { pages } = placeOf(app);
	const environment = Object.entries(environmentOf(app.zone, origin)).map(
		([name, value]) => `${name}=${value}`,
	);
	return html`<li><h3>${app.zone.agent.name}</h3><p><a href="${pages}">${pages}</a>, from <code>${app.origin}</code></p>
${command(environment.join('\n'), `the environment of the zone of ${app.zone.agent.name}`)}</li>`;
}
