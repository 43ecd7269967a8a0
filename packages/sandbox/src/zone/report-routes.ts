import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { transaction } from '../database.ts';
import type { Operation, OperationRoutes } from '../openapi/operation.ts';
import { documented, inferred } from '../wire-marks.ts';
import type { Callers } from './callers.ts';
import { checkedBody } from './checked-body.ts';
import { JsonObject, StartedRun } from './run-schema.ts';
import { RUN_STATUSES } from './run-status.ts';
import { CREDENTIALS_TOKEN_SECONDS, mintCredentialsToken } from './tokens.ts';
import { AgentPath, RunPath } from './zone-routes.ts';
import type { RunReport, ZoneRuns } from './zone-runs.ts';
import { isMember } from './zones.ts';

const MOST_ERROR_CHARS = 4_096;
const ExternalRunId = z.string().min(1).max(255);
const Count = z.int().min(0);

const Register = z.object({
	externalRunId: documented(ExternalRunId),
	input: documented(JsonObject.optional()),
	metadata: documented(JsonObject.optional()),
	userId: documented(z.uuid().optional()),
});

const Ingest = z.object({
	externalRunId: documented(ExternalRunId),
	status: documented(z.enum(RUN_STATUSES).exclude(['waiting'])),
	startedAt: documented(z.iso.datetime({ offset: true }).optional()),
	completedAt: documented(z.iso.datetime({ offset: true }).optional()),
	durationMs: documented(Count.optional()),
	output: documented(JsonObject.optional()),
	outputs: documented(Count.optional()),
	error: documented(z.string().max(MOST_ERROR_CHARS).optional()),
	metadata: documented(JsonObject.optional()),
	userId: documented(z.uuid().optional()).describe('Counts in the first call.'),
});

const CallbackError = z.object({
	name: documented(z.string().optional()),
	message: documented(z.string().optional()),
	stack: documented(z.string().optional()),
});

const Output = z
	.object({
		type: documented(z.literal('output')),
		output: documented(JsonObject.optional()),
		outputs: documented(Count.nullish()),
		complete: documented(z.boolean().optional()),
		failed: documented(z.boolean().optional()),
		error: CallbackError.optional(),
	})
	.refine(({ failed, error }) => !failed || error, { path: ['error'], error: 'Required when failed.' });

const Callback = z.discriminatedUnion('type', [
	z.object({ type: documented(z.literal('started')) }),
	Output,
	z.object({
		type: documented(z.literal('waiting')),
		tokenId: documented(z.string().min(1)),
		description: documented(z.string()),
		output: documented(JsonObject.optional()),
	}),
]);

const register = {
	method: 'post',
	path: '/api/agents/{agentId}/runs/register',
	summary: 'A run that somebody else has started; the same one again is the same run.',
	access: 'ingest-key',
	params: AgentPath,
	body: Register,
	answers: {
		200: {
			'application/json': z.object({
				runId: documented(z.int()),
				credentialsToken: documented(z.string()),
				expiresInSeconds: documented(z.int()),
			}),
		},
	},
} as const satisfies Operation;

const ingest = {
	...register,
	path: '/api/agents/{agentId}/runs/ingest',
	summary: 'What became of a run that the platform does not manage.',
	body: Ingest,
	answers: { 200: { 'application/json': StartedRun } },
} as const satisfies Operation;

const callback = {
	method: 'post',
	path: '/api/runs/{runId}/callback',
	summary: "What the agent's runtime says of its run.",
	access: 'agent-key',
	params: RunPath,
	body: Callback,
	answers: { 200: { 'application/json': inferred(StartedRun) } },
} as const satisfies Operation;

/** What others report of runs. */
export function reportRoutes(
	routes: OperationRoutes,
	{ callers, runs, database }: { callers: Callers; runs: ZoneRuns; database: DatabaseSync },
): void {
	routes.raw(register, async c => {
		const zone = callers.reporter(c);
		const { externalRunId, input = {}, metadata, userId } = await checkedBody(c, Register);
		const agentId = zone.agent.id;
		const createdBy = isMember(userId) ? userId : null;
		const runId = transaction(
			database,
			() =>
				runs.external(agentId, externalRunId)?.id ??
				runs.add({ agentId, externalRunId, input, metadata, createdBy, status: 'running' }),
		);
		const credentialsToken = await mintCredentialsToken(zone, runId);
		return c.json({ runId, credentialsToken, expiresInSeconds: CREDENTIALS_TOKEN_SECONDS });
	});

	routes.raw(ingest, async c => {
		const zone = callers.reporter(c);
		const { externalRunId, userId, startedAt, completedAt, durationMs, ...report } = await checkedBody(
			c,
			Ingest,
		);
		const agentId = zone.agent.id;
		const times = timesOf(startedAt, completedAt, durationMs);
		const known = transaction(database, () => {
			const run = runs.external(agentId, externalRunId);
			if (run) return run.id;
			const createdBy = isMember(userId) ? userId : null;
			runs.add({ agentId, externalRunId, input: {}, createdBy, ...report, ...times });
			return undefined;
		});
		const run =
			known === undefined
				? runs.external(agentId, externalRunId)
				: runs.report(known, agentId, { ...report, ...times });
		return c.json({ runId: run?.id, status: run?.status });
	});

	routes.raw(callback, async c => {
		const zone = callers.runtime(c);
		const said = await checkedBody(c, Callback);
		const run = runs.report(Number(c.req.param('runId')), zone.agent.id, reportOf(said));
		return c.json({ runId: run.id, status: run.status });
	});
}

function timesOf(startedAt?: string, completedAt?: string, durationMs?: number) {
	const completed = completedAt === undefined ? undefined : Date.parse(completedAt);
	const began = completed === undefined || durationMs === undefined ? undefined : completed - durationMs;
	return { startedAt: startedAt === undefined ? began : Date.parse(startedAt), completedAt: completed };
}

function reportOf(said: z.infer<typeof Callback>): RunReport {
	if (said.type === 'started') return { status: 'running' };
	if (said.type === 'waiting') {
		const { tokenId, description, output } = said;
		return { status: 'waiting', output, metadata: { waitpoint: { tokenId, description } } };
	}
	const { output, outputs, complete, failed, error } = said;
	const reported = { output, outputs: outputs ?? undefined };
	if (failed) {
		const reason = error?.message || error?.name || 'Run failed';
		return { ...reported, status: 'failed', error: reason.slice(0, MOST_ERROR_CHARS) };
	}
	return complete ? { ...reported, status: 'completed' } : reported;
}
