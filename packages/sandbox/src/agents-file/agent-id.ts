import { createHash } from 'node:crypto';

/** So that an agent without an id keeps the one it has, wherever and whenever its file is read: a UUID of version 8. */
export function agentIdFor(name: string): string {
	const digest = createHash('sha256').update(`zihin-sandbox agent ${name}`).digest('hex');
	const variant = '89ab'[Number.parseInt(digest[16] ?? '0', 16) % 4];
	const groups = [
		digest.slice(0, 8),
		digest.slice(8, 12),
		`8${digest.slice(13, 16)}`,
		`${variant}${digest.slice(17, 20)}`,
		digest.slice(20, 32),
	];
	return groups.join('-');
}
