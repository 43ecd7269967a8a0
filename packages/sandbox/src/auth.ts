import { timingSafeEqual } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import type { SandboxEnv } from './env.ts';
import { WireError } from './error-envelope.ts';
import { SANDBOX_KEYS } from './seed.ts';

export type Role = keyof typeof SANDBOX_KEYS;
export type Permission =
	| 'agents:read'
	| 'agents:chat'
	| 'sessions:read'
	| 'triggers:read'
	| 'triggers:write'
	| 'triggers:delete'
	| 'triggers:dispatch'
	| 'executions:read';

const MEMBER: readonly Permission[] = ['agents:read', 'agents:chat', 'sessions:read'];
const EDITOR: readonly Permission[] = [
	...MEMBER,
	'triggers:read',
	'triggers:write',
	'triggers:dispatch',
	'executions:read',
];
const ADMIN: readonly Permission[] = [...EDITOR, 'triggers:delete'];
const PERMISSIONS: Record<Role, readonly Permission[]> = {
	// What an owner may do beyond an admin lies outside these routes.
	owner: ADMIN,
	admin: ADMIN,
	editor: EDITOR,
	member: MEMBER,
};

const KNOWN_KEYS = (Object.keys(PERMISSIONS) as Role[]).map(role => ({
	role,
	bytes: Buffer.from(SANDBOX_KEYS[role]),
}));

/** Throws 401 without a valid key, 403 when its role may not do this. */
export function authorize(c: Context<SandboxEnv>, permission: Permission): void {
	const role = roleOf(c);
	if (!role) {
		throw new WireError(401, 'UNAUTHORIZED', 'Send a valid API key in the X-Api-Key header.', {
			...(keyOf(c) !== undefined && { flatCode: 'invalid_api_key' }),
		});
	}
	if (!PERMISSIONS[role].includes(permission)) {
		throw new WireError(403, 'FORBIDDEN', `A key with the role ${role} may not do this (${permission}).`, {
			details: { reason: 'INSUFFICIENT_PERMISSIONS' },
		});
	}
}

/** `authorize` as a middleware, for the routes where a key is the only way in. */
export function requires(permission: Permission): MiddlewareHandler<SandboxEnv> {
	return async (c, next) => {
		authorize(c, permission);
		await next();
	};
}

/** Whose key came with the request, if a valid one did. */
export function roleOf(c: Context<SandboxEnv>): Role | undefined {
	let role = c.get('role');
	if (role === undefined) {
		role = roleOfKey(keyOf(c)) ?? null;
		c.set('role', role);
	}
	return role ?? undefined;
}

function roleOfKey(key = ''): Role | undefined {
	const sent = Buffer.from(key);
	let found: Role | undefined;
	// No early exit: which key came close must not show in the time taken. How long a key is, is no secret.
	for (const { role, bytes } of KNOWN_KEYS) {
		if (bytes.length === sent.length && timingSafeEqual(bytes, sent)) found = role;
	}
	return found;
}

function keyOf(c: Context<SandboxEnv>): string | undefined {
	return c.req.header('x-api-key') ?? bearerToken(c.req.header('authorization'));
}

function bearerToken(authorization: string | undefined): string | undefined {
	return /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
}
