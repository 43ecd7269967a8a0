import { z } from 'zod';
import { WireError } from '../error-envelope.ts';
import type { Operation, OperationRoutes } from '../openapi/operation.ts';
import { assumed, documented, inferred } from '../wire-marks.ts';
import type { Callers } from './callers.ts';
import { checkedBody } from './checked-body.ts';
import { JsonObject, StartedRun, TimeoutMs, WaitedRun } from './run-schema.ts';
import { type RunStarter, waitedRun } from './run-starter.ts';
import { AgentPath } from './zone-routes.ts';
import { isMember } from './zones.ts';

const Trigger = z.object({
	input: documented(JsonObject.optional()),
	userId: documented(z.uuid().optional()).describe('One that is no member is dropped.'),
});
const TriggerAndWait = Trigger.extend({ timeoutMs: inferred(TimeoutMs.optional()) });

/** An agent with this tag makes a file: its answer is what the file contains. */
const MAKES_FILE = 'file-download';

const trigger = {
	method: 'post',
	path: '/api/agents/{agentId}/runs/trigger',
	summary: 'Starts a run of the agent from outside.',
	access: 'ingest-key',
	params: AgentPath,
	body: Trigger,
	answers: { 200: { 'application/json': StartedRun } },
} as const satisfies Operation;

const triggerAndWait = {
	...trigger,
	path: '/api/agents/{agentId}/runs/trigger-and-wait',
	summary: 'Starts a run and answers when it is over, or when the wait is.',
	body: TriggerAndWait,
	answers: { 200: { 'application/json': WaitedRun } },
} as const satisfies Operation;

const triggerAndDownload = {
	...triggerAndWait,
	path: '/api/agents/{agentId}/runs/trigger-and-download',
	summary: `Starts a run of an agent that makes a file (one with the tag ${MAKES_FILE}), and answers with the file.`,
	answers: { 200: { 'text/plain': assumed(z.string()) } },
} as const satisfies Operation;

/** What starts runs from outside, with the agent's ingest key. */
export function agentRunRoutes(
	routes: OperationRoutes,
	{ callers, starter }: { callers: Callers; starter: RunStarter },
): void {
	const wanted = ({ input = {}, userId, timeoutMs }: z.infer<typeof TriggerAndWait>) => ({
		input,
		createdBy: isMember(userId) ? userId : null,
		timeoutMs,
	});

	routes.raw(trigger, async c => {
		const zone = callers.reporter(c);
		const { input, createdBy } = wanted(await checkedBody(c, Trigger));
		const { runId } = starter.start(c, zone, input, createdBy);
		return c.json({ runId, status: 'queued' });
	});

	routes.raw(triggerAndWait, async c => {
		const zone = callers.reporter(c);
		const body = await checkedBody(c, TriggerAndWait);
		return c.json(waitedRun(await starter.startAndWait(c, zone, wanted(body)), zone));
	});

	routes.raw(triggerAndDownload, async c => {
		const zone = callers.reporter(c);
		const body = await checkedBody(c, TriggerAndWait);
		if (!zone.agent.tags.includes(MAKES_FILE)) {
			throw new WireError(422, 'VALIDATION_ERROR', 'This agent makes no files (output_kind).');
		}
		const run = await starter.startAndWait(c, zone, wanted(body));
		const file = run.output?.response;
		if (run.status === 'completed' && typeof file !== 'string') return c.json(run.output, 502);
		if (typeof file !== 'string') {
			throw new WireError(502, 'PROVIDER_ERROR', run.error ?? `The run is ${run.status} and made no file.`);
		}
		c.header('Content-Disposition', `attachment; filename="run-${run.id}.txt"`);
		return c.text(file);
	});
}
