import { randomUUID } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { WireError } from './error-envelope.ts';

/** How long after its last turn a session can be continued. */
const LIFETIME_MS = 24 * 60 * 60 * 1000;

export interface Session {
	readonly id: string;
	readonly createdAt: number;
	readonly updatedAt: number;
	readonly messageCount: number;
}

/** Conversations: which agent a session belongs to, and whether it can still be continued. */
export class Sessions {
	readonly #add: StatementSync;
	readonly #open: StatementSync;
	readonly #find: StatementSync;
	readonly #touch: StatementSync;
	readonly #list: StatementSync;

	constructor(database: DatabaseSync) {
		this.#add = database.prepare(
			'INSERT INTO sessions (id, agent_id, created_at, updated_at) VALUES (?, ?, ?, ?)',
		);
		this.#open = database.prepare(
			`INSERT INTO sessions (id, agent_id, created_at, updated_at) VALUES (?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET updated_at = excluded.updated_at`,
		);
		this.#find = database.prepare('SELECT agent_id, updated_at FROM sessions WHERE id = ?');
		this.#touch = database.prepare('UPDATE sessions SET updated_at = ? WHERE id = ?');
		this.#list = database.prepare(
			`SELECT id, created_at, updated_at,
				(SELECT count(*) + count(response) FROM executions WHERE session_id = sessions.id) AS messages
			FROM sessions WHERE agent_id = ? AND updated_at > ? ORDER BY seq DESC LIMIT ? OFFSET ?`,
		);
	}

	mint(agentId: string): string {
		const id = randomUUID();
		const now = Date.now();
		this.#add.run(id, agentId, now, now);
		return id;
	}

	/** Continues the session with this id, or starts it. Such a one never ends: its id is all that it is known by. */
	open(id: string, agentId: string): string {
		const now = Date.now();
		this.#open.run(id, agentId, now, now);
		return id;
	}

	/** Makes the session the agent's current one, or says why it cannot be continued. */
	continue(id: string, agentId: string): void {
		const row = this.#find.get(id);
		if (!row || Number(row.updated_at) <= expiredBefore()) {
			throw new WireError(404, 'NOT_FOUND', 'There is no such session, or it has expired.', {
				details: { reason: 'SESSION_NOT_FOUND' },
			});
		}
		if (row.agent_id !== agentId) {
			throw new WireError(409, 'CONFLICT', 'This session belongs to another agent.');
		}
		this.#touch.run(Date.now(), id);
	}

	/** Newest first. */
	ofAgent(agentId: string, page: { limit: number; offset: number; includeExpired: boolean }): Session[] {
		const since = page.includeExpired ? 0 : expiredBefore();
		return this.#list.all(agentId, since, page.limit, page.offset).map(row => ({
			id: String(row.id),
			createdAt: Number(row.created_at),
			updatedAt: Number(row.updated_at),
			messageCount: Number(row.messages),
		}));
	}
}

function expiredBefore(): number {
	return Date.now() - LIFETIME_MS;
}
