import { z } from 'zod';
import { WireError } from '../error-envelope.ts';
import type { Operation, OperationRoutes } from '../openapi/operation.ts';
import { documented } from '../wire-marks.ts';
import type { Callers } from './callers.ts';
import { ConnectionPath, Credential, credentialOf, IntegrationKey, integrationOf } from './credentials.ts';
import { isCredentialsToken } from './tokens.ts';
import { AgentPath } from './zone-routes.ts';

const byIntegration = {
	method: 'get',
	path: '/api/zones/agents/{agentId}/credentials/{integrationKey}',
	summary: 'What opens an integration of the agent. The path is assumed.',
	access: 'zone',
	params: AgentPath.extend({ integrationKey: IntegrationKey }),
	answers: { 200: { 'application/json': Credential } },
} as const satisfies Operation;

const byConnection = {
	method: 'get',
	path: '/api/credentials/{connectionId}/resolve',
	summary: "What opens a connection, for the agent's runtime.",
	access: 'agent-key',
	params: ConnectionPath,
	headers: z.object({ 'X-Credentials-Token': documented(z.string()) }),
	answers: { 200: { 'application/json': Credential } },
} as const satisfies Operation;

export function credentialRoutes(routes: OperationRoutes, callers: Callers): void {
	for (const path of [byIntegration.path, `${byIntegration.path}/resolve`]) {
		routes.raw({ ...byIntegration, path }, async c => {
			await callers.zoneApp(c);
			return c.json(credentialOf(c.req.param('integrationKey') ?? ''));
		});
	}

	routes.raw(byConnection, async c => {
		const zone = callers.runtime(c);
		const token = c.req.header('x-credentials-token');
		if (token === undefined) throw new WireError(401, 'UNAUTHORIZED', 'Send X-Credentials-Token.');
		if (!(await isCredentialsToken(token, zone))) {
			throw new WireError(403, 'FORBIDDEN', 'This credentials token has expired, or is for another agent.');
		}
		return c.json(credentialOf(integrationOf(c.req.param('connectionId') ?? '')));
	});
}
