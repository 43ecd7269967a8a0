import type { Context } from 'hono';
import { Hono } from 'hono';
import type { SandboxEnv } from '../env.ts';
import type { Platform } from '../openapi/platform.ts';
import { answerWithFrames } from '../sse.ts';
import { asset } from './assets.ts';
import { agentName, type ConsoleDependencies } from './console.ts';
import { ExecutionLists } from './execution-lists.ts';
import type { DrawRow } from './feed.ts';
import { html } from './html.ts';
import { document, type Page } from './page.ts';
import { callbackRow, callbacksPage } from './pages/callbacks.ts';
import { chatPage } from './pages/chat.ts';
import { connectPage } from './pages/connect.ts';
import { faultsPage } from './pages/faults.ts';
import { operationsPage } from './pages/operations.ts';
import { requestDetail, requestRow, requestsPage } from './pages/requests.ts';
import { entryRow, runHead, runPage, runRow, runsPage } from './pages/runs.ts';
import { triggersPage } from './pages/triggers.ts';

const CONTENT_SECURITY_POLICY = [
	"default-src 'none'",
	"script-src 'self'",
	"style-src 'self'",
	"connect-src 'self'",
	"img-src 'self' data:",
	"form-action 'self'",
	"frame-ancestors 'none'",
	"base-uri 'none'",
].join('; ');

const MAX_LISTS = 10;
const MAX_SESSIONS = 20;

/** The pages for people, and what makes them live. */
export function consoleRoutes(given: ConsoleDependencies, platforms: readonly Platform[]): Hono<SandboxEnv> {
	const { agents, sessions, executions, activity, profile } = given;
	const { requests, runs, feed } = activity;
	const lists = new ExecutionLists(given.database);
	const routes = new Hono<SandboxEnv>();

	const answer = (c: Context<SandboxEnv>, page: Page, status: 200 | 404 = 200) => {
		c.header('Content-Security-Policy', CONTENT_SECURITY_POLICY);
		c.header('Referrer-Policy', 'no-referrer');
		return c.html(document(page, profile.name, feed.position), status);
	};
	const missing = (c: Context<SandboxEnv>, what: string) =>
		answer(c, { title: 'Not here', section: '/', body: html`<p>${what}</p>` }, 404);

	routes.get('/', c => {
		const body = requestsPage(given, originOf(c));
		return answer(c, { title: 'Requests', section: '/', body });
	});

	routes.get('/console/requests/:number{\\d+}', c => {
		const request = requests.get(Number(c.req.param('number')));
		if (!request) return missing(c, 'This request is not kept any more: the last 500 are.');
		const { number } = request;
		const body = html`<div data-live="request:${number}">${requestDetail(request)}</div>`;
		return answer(c, { title: `Request ${number}`, section: '/', body });
	});

	routes.get('/console/runs', c =>
		answer(c, { title: 'Runs', section: '/console/runs', body: runsPage(given, lists) }),
	);

	routes.get('/console/runs/:id', c => {
		const run = executions.get(c.req.param('id'));
		if (!run) return missing(c, 'There is no such run.');
		const title = `Run of ${agentName(agents, run.agentId)}`;
		return answer(c, { title, section: '/console/runs', body: runPage(given, run) });
	});

	routes.get('/console/chat', c => {
		const agent = agents.find(({ id }) => id === c.req.query('agent')) ?? agents[0];
		if (!agent) return missing(c, 'There is no agent.');
		const recent = sessions.ofAgent(agent.id, { limit: MAX_SESSIONS, offset: 0, includeExpired: false });
		const turns = lists.ofSession(c.req.query('session') ?? '').filter(({ agentId }) => agentId === agent.id);
		const sessionId = turns[0]?.sessionId;
		const body = chatPage({ agents, agent, sessions: recent, sessionId, turns });
		return answer(c, { title: 'Chat', section: '/console/chat', body, script: 'chat.js' });
	});

	routes.get('/console/triggers', c =>
		answer(c, { title: 'Triggers', section: '/console/triggers', body: triggersPage(given, originOf(c)) }),
	);
	routes.get('/console/callbacks', c =>
		answer(c, { title: 'Callbacks', section: '/console/callbacks', body: callbacksPage(given, lists) }),
	);
	routes.get('/console/faults', c =>
		answer(c, { title: 'Faults', section: '/console/faults', body: faultsPage(given) }),
	);
	routes.get('/console/connect', c =>
		answer(c, {
			title: 'Connect',
			section: '/console/connect',
			body: connectPage(originOf(c), given.zoneApps),
		}),
	);
	routes.get('/console/operations', c =>
		answer(c, { title: 'API', section: '/console/operations', body: operationsPage(platforms) }),
	);

	const draw: DrawRow = (list, id) => {
		if (list === 'requests' || list.startsWith('request:')) {
			const request = requests.get(Number(id));
			if (!request) return undefined;
			return list === 'requests' ? requestRow(given, request) : requestDetail(request);
		}
		if (list.startsWith('run:')) {
			const runId = list.slice('run:'.length);
			const entry = runs.entries(runId)?.[Number(id) - 1];
			return entry && entryRow(runId, entry);
		}
		const run = executions.get(id);
		if (!run) return undefined;
		if (list === 'callbacks') return callbackRow(given, run);
		return list === 'runs' ? runRow(given, run) : runHead(given, run);
	};

	routes.get('/sandbox/api/events', c => {
		const wanted = (c.req.query('lists') ?? '').split(',').slice(0, MAX_LISTS);
		// A browser that connects again by itself says where it was; a page that does, in its address.
		const position = c.req.header('last-event-id') ?? c.req.query('after') ?? '';
		const news = feed.follow(wanted, position, draw, c.req.raw.signal);
		return answerWithFrames(c, async sink => {
			for await (const frame of news) {
				if (sink.isClosed) break;
				await sink.write(frame);
			}
		});
	});

	routes.get('/console/:asset', c => {
		const found = asset(c.req.param('asset'));
		if (!found) return missing(c, 'There is no such page.');
		return c.body(found.text, 200, { 'Content-Type': found.type });
	});

	return routes;
}

/** As the browser reached the sandbox; its Host header has been checked. */
function originOf(c: Context<SandboxEnv>): string {
	return new URL(c.req.url).origin;
}
