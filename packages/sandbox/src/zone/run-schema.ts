import { z } from 'zod';
import { assumed, documented, inferred } from '../wire-marks.ts';
import { RUN_STATUSES } from './run-status.ts';
import type { ZoneRun } from './zone-runs.ts';
import { ORG, type Zone } from './zones.ts';

export const JsonObject = z.record(z.string(), z.unknown());
const Time = z.iso.datetime().nullable();

/** A run as a row of the platform's table; of its columns only a few are documented. */
export const WireRun = z
	.object({
		id: assumed(z.int()),
		agent_id: assumed(z.int()),
		org_id: assumed(z.uuid()),
		status: documented(z.enum(RUN_STATUSES)).describe('`waiting` is assumed.'),
		input_data: assumed(JsonObject.nullable()),
		output_data: documented(JsonObject.nullable()),
		outputs: documented(z.int().nullable()),
		error: documented(z.string().nullable()),
		metadata: assumed(JsonObject.nullable()),
		created_by: documented(z.uuid().nullable()),
		external_run_id: assumed(z.string().nullable()),
		created_at: assumed(z.iso.datetime()),
		started_at: assumed(Time),
		completed_at: assumed(Time),
		duration_ms: assumed(z.int().nullable()),
	})
	.meta({ id: 'ZoneRun' });

export const StartedRun = z.object({
	runId: documented(z.int()),
	status: documented(z.enum(RUN_STATUSES)),
});

export const WaitedRun = z.union([
	WireRun.extend({ timedOut: documented(z.literal(false)), runId: inferred(z.int()) }).meta({
		id: 'FinishedZoneRun',
	}),
	z.object({
		timedOut: documented(z.literal(true)),
		runId: documented(z.int()),
		status: assumed(z.enum(RUN_STATUSES)),
	}),
]);

export const TimeoutMs = z.int().min(1);

export function wireRun(run: ZoneRun, zone: Zone): z.infer<typeof WireRun> {
	const iso = (time: number | null) => (time === null ? null : new Date(time).toISOString());
	const { startedAt, completedAt } = run;
	return {
		id: run.id,
		agent_id: zone.agentId,
		org_id: ORG.id,
		status: run.status,
		input_data: run.input,
		output_data: run.output,
		outputs: run.outputs,
		error: run.error,
		metadata: run.metadata,
		created_by: run.createdBy,
		external_run_id: run.externalRunId,
		created_at: new Date(run.createdAt).toISOString(),
		started_at: iso(startedAt),
		completed_at: iso(completedAt),
		duration_ms: startedAt === null || completedAt === null ? null : Math.max(0, completedAt - startedAt),
	};
}
