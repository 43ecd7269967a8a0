import { createZoneMiddleware } from '@cxpa/sdk/zone';

export const proxy = createZoneMiddleware({
	secret: process.env.ZONE_JWT_SECRET!,
	audience: process.env.AUDIENCE_ID!,
});

// All but one: what is outside the matcher has to be safe as well.
export const config = { matcher: ['/', '/((?!outside).*)'] };
