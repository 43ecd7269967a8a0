export * from '../index.ts';
export type { ZoneClaims, ZoneRole } from './claims.ts';
export {
	type CreateAndWaitInput,
	type CreateRunInput,
	createZoneClient,
	type ZoneClient,
	type ZoneClientOptions,
	type ZonePaths,
} from './client.ts';
export { createZoneMiddleware, type ZoneMiddlewareOptions } from './middleware.ts';
export {
	getSession,
	getZoneToken,
	type SessionOptions,
	type ZoneSession,
	ZoneSessionError,
} from './session.ts';
export { verifyZoneToken, ZoneTokenError, type ZoneTokenOptions } from './verify-zone-token.ts';
export type { WaitForOptions } from './wait-for-run.ts';
export { zoneAction } from './zone-action.ts';
