// In Next 15 this file is middleware.ts, and the export is called middleware.
import { createZoneMiddleware } from '@cxpa/sdk/zone';

export const proxy = createZoneMiddleware({
	secret: process.env.ZONE_JWT_SECRET!,
	audience: process.env.AUDIENCE_ID!,
});

export const config = { matcher: ['/:path*'] };
