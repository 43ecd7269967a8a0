import { createHash } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { WireError } from './error-envelope.ts';

const REMEMBERED_MS = 24 * 60 * 60 * 1000;
const MAX_KEY_CHARS = 255;

/** Which dispatch an `Idempotency-Key` stands for. Assumed: the platform documents the header for another call only. */
export class IdempotencyKeys {
	readonly #find: StatementSync;
	readonly #add: StatementSync;
	readonly #forget: StatementSync;

	constructor(database: DatabaseSync) {
		this.#find = database.prepare(
			'SELECT body_hash, execution_id FROM idempotency_keys WHERE trigger_id = ? AND key = ?',
		);
		this.#add = database.prepare(
			`INSERT INTO idempotency_keys (trigger_id, key, body_hash, execution_id, created_at) VALUES (?, ?, ?, ?, ?)`,
		);
		this.#forget = database.prepare('DELETE FROM idempotency_keys WHERE created_at <= ?');
	}

	/** The execution that this key already has, if it has one; with another body the key is refused. */
	executionFor(triggerId: string, key: string, body: Uint8Array): string | undefined {
		if (key === '' || key.length > MAX_KEY_CHARS) {
			throw new WireError(400, 'VALIDATION_ERROR', `Idempotency-Key: 1 to ${MAX_KEY_CHARS} characters.`);
		}
		this.#forget.run(Date.now() - REMEMBERED_MS);
		const row = this.#find.get(triggerId, key);
		if (!row) return undefined;
		if (row.body_hash !== hashOf(body)) {
			throw new WireError(409, 'CONFLICT', 'This Idempotency-Key was used with another body.');
		}
		return String(row.execution_id);
	}

	remember(triggerId: string, key: string, body: Uint8Array, executionId: string): void {
		this.#add.run(triggerId, key, hashOf(body), executionId, Date.now());
	}
}

function hashOf(body: Uint8Array): string {
	return createHash('sha256').update(body).digest('hex');
}
