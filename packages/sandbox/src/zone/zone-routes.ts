import { z } from 'zod';
import type { Operation, OperationRoutes } from '../openapi/operation.ts';
import { assumed, documented, inferred } from '../wire-marks.ts';
import type { Callers } from './callers.ts';
import { checkedBody } from './checked-body.ts';
import { JsonObject, StartedRun, TimeoutMs, WaitedRun, WireRun, wireRun } from './run-schema.ts';
import { type RunStarter, waitedRun } from './run-starter.ts';
import type { ZoneRuns } from './zone-runs.ts';

export const AgentPath = z.object({ agentId: documented(z.string().regex(/^\d+$/)) });
export const RunPath = z.object({ runId: documented(z.string().regex(/^\d+$/)) });

const Payload = z.object({
	payload: inferred(JsonObject.optional()),
	input: assumed(JsonObject.optional()).describe('Another name for `payload`.'),
});
const oneOfThem = ({ payload, input }: z.infer<typeof Payload>) =>
	payload === undefined || input === undefined;
const ONE_OF_THEM = { error: 'Send payload or input, not both.' };
const CreateRun = Payload.refine(oneOfThem, ONE_OF_THEM);
const CreateAndWait = Payload.extend({ timeoutMs: inferred(TimeoutMs.optional()) }).refine(
	oneOfThem,
	ONE_OF_THEM,
);

const RUNS = '/api/zones/agents/{agentId}/runs';

const create = {
	method: 'post',
	path: RUNS,
	summary: 'Starts a run of the agent.',
	access: 'zone',
	params: AgentPath,
	body: CreateRun,
	answers: { 200: { 'application/json': StartedRun } },
} as const satisfies Operation;

const createAndWait = {
	...create,
	path: `${RUNS}/create-and-wait`,
	summary: 'Starts a run and answers when it is over, or when the wait is. The end of the path is assumed.',
	body: CreateAndWait,
	answers: { 200: { 'application/json': WaitedRun } },
} as const satisfies Operation;

const get = {
	method: 'get',
	path: `${RUNS}/{runId}`,
	summary: 'A run of the agent.',
	access: 'zone',
	params: AgentPath.extend(RunPath.shape),
	answers: { 200: { 'application/json': WireRun } },
} as const satisfies Operation;

/** What a zone app calls with the token of its own request. */
export function zoneRoutes(
	routes: OperationRoutes,
	{ callers, runs, starter }: { callers: Callers; runs: ZoneRuns; starter: RunStarter },
): void {
	routes.raw(create, async c => {
		const { zone, userId } = await callers.zoneApp(c);
		const { payload, input } = await checkedBody(c, CreateRun);
		const { runId } = starter.start(c, zone, payload ?? input ?? {}, userId);
		return c.json({ runId, status: 'queued' });
	});

	for (const path of [createAndWait.path, `${RUNS}/trigger-and-wait`]) {
		routes.raw({ ...createAndWait, path }, async c => {
			const { zone, userId } = await callers.zoneApp(c);
			const { payload, input, timeoutMs } = await checkedBody(c, CreateAndWait);
			const wanted = { input: payload ?? input ?? {}, createdBy: userId, timeoutMs };
			return c.json(waitedRun(await starter.startAndWait(c, zone, wanted), zone));
		});
	}

	routes.raw(get, async c => {
		const { zone } = await callers.zoneApp(c);
		return c.json(wireRun(runs.get(Number(c.req.param('runId')), zone.agent.id), zone));
	});
}
