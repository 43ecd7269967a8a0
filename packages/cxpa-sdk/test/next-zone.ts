import type { Sandbox } from '@zihin/sandbox';
import { vi } from 'vitest';
import { createZoneMiddleware } from '../src/zone/index.ts';
import { inNextRequest } from './next-request.ts';
import { platformToken, zoneInfo } from './sandbox.ts';

/** Lets an action run behind the middleware, as the zone of this agent, each time with a fresh token. */
export async function zoneOf(sandbox: Sandbox, agentId: number) {
	const { environment } = await zoneInfo(sandbox, agentId);
	for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
	const { ZONE_JWT_SECRET: secret, AUDIENCE_ID: audience } = environment;
	const middleware = createZoneMiddleware({ secret, audience });
	return async <T>(action: () => Promise<T>): Promise<T> => {
		const token = await platformToken(sandbox, agentId);
		const request = new Request('http://localhost:4000/', { headers: { 'x-zone-token': token } });
		const { headers } = await middleware(request);
		const names = headers.get('x-middleware-override-headers')?.split(',') ?? [];
		const passed = names.map((name): [string, string] => [
			name,
			headers.get(`x-middleware-request-${name}`) ?? '',
		]);
		return inNextRequest(new Headers(passed), action);
	};
}
