import { z } from 'zod';
import type { DispatchDependencies } from '../dispatch.ts';
import { OperationRoutes } from '../openapi/operation.ts';
import type { Platform } from '../openapi/platform.ts';
import { documented } from '../wire-marks.ts';
import { agentRunRoutes } from './agent-run-routes.ts';
import { Callers } from './callers.ts';
import { credentialRoutes } from './credential-routes.ts';
import { reportRoutes } from './report-routes.ts';
import { RunStarter, type ZoneLimits } from './run-starter.ts';
import { zoneRoutes } from './zone-routes.ts';
import { ZoneRuns } from './zone-runs.ts';
import type { Zone } from './zones.ts';

export interface CxpaDependencies extends DispatchDependencies {
	readonly zoneLimits?: ZoneLimits;
}

/** What the cxpa platform offers to zones, to those who start runs from outside, and to runtimes. */
export function cxpaWire(dependencies: CxpaDependencies, zones: readonly Zone[]): Platform {
	const { database, executions, zoneLimits } = dependencies;
	const routes = new OperationRoutes();
	const callers = new Callers(zones);
	const runs = new ZoneRuns(database, executions);
	const starter = new RunStarter(dependencies, runs, zoneLimits);

	zoneRoutes(routes, { callers, runs, starter });
	agentRunRoutes(routes, { callers, starter });
	reportRoutes(routes, { callers, runs, database });
	credentialRoutes(routes, callers);

	return {
		name: 'cxpa',
		about: 'Runs and credentials of the cxpa platform, carried out by the same agents.',
		paths: ['/api/zones/*', '/api/agents/*', '/api/runs/*', '/api/credentials/*'],
		rateLimited: false,
		routes: routes.hono,
		operations: routes.operations,
		components: {},
		failure: {
			id: 'ZoneFailure',
			description: 'Anything else: what is wrong, for people to read.',
			content: { 'application/json': { schema: z.object({ error: documented(z.string()) }) } },
		},
		errorAnswer: (c, { message, status }) => c.json({ error: message }, status),
	};
}
