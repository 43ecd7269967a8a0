import { randomBytes, randomUUID } from 'node:crypto';
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import { WireError } from './error-envelope.ts';
import type { TriggerConfig } from './trigger-schema.ts';

export interface Trigger {
	readonly id: string;
	readonly agentId: string;
	/** Not unique: the platform does not see to it either. */
	readonly name: string;
	readonly config: TriggerConfig;
	readonly secret: string;
	readonly enabled: boolean;
	readonly createdAt: number;
	readonly updatedAt: number;
}

export type TriggerChange = Partial<Pick<Trigger, 'name' | 'config' | 'enabled'>>;

/** Triggers as they are stored. */
export class Triggers {
	readonly #add: StatementSync;
	readonly #find: StatementSync;
	readonly #page: StatementSync;
	readonly #count: StatementSync;
	readonly #update: StatementSync;
	readonly #delete: StatementSync;

	constructor(database: DatabaseSync) {
		this.#add = database.prepare(
			`INSERT INTO triggers (id, agent_id, name, config, secret, enabled, created_at, updated_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		);
		this.#find = database.prepare('SELECT * FROM triggers WHERE id = ?');
		this.#page = database.prepare('SELECT * FROM triggers ORDER BY seq DESC LIMIT ? OFFSET ?');
		this.#count = database.prepare('SELECT count(*) AS n FROM triggers');
		this.#update = database.prepare(
			'UPDATE triggers SET name = ?, config = ?, enabled = ?, updated_at = ? WHERE id = ?',
		);
		this.#delete = database.prepare('DELETE FROM triggers WHERE id = ?');
	}

	add(trigger: Pick<Trigger, 'agentId' | 'name' | 'config' | 'enabled'>): Trigger {
		const now = Date.now();
		const secret = `whs_${randomBytes(24).toString('hex')}`;
		const added: Trigger = { ...trigger, id: randomUUID(), secret, createdAt: now, updatedAt: now };
		const { id, agentId, name, config, enabled } = added;
		this.#add.run(id, agentId, name, JSON.stringify(config), secret, Number(enabled), now, now);
		return added;
	}

	find(id: string): Trigger | undefined {
		const row = this.#find.get(id);
		return row && fromRow(row);
	}

	get(id: string): Trigger {
		const trigger = this.find(id);
		if (!trigger) throw new WireError(404, 'TRIGGER_NOT_FOUND', 'There is no such trigger.');
		return trigger;
	}

	/** Newest first. */
	page(limit: number, offset: number): Trigger[] {
		return this.#page.all(limit, offset).map(fromRow);
	}

	count(): number {
		return Number(this.#count.get()?.n);
	}

	update(id: string, change: TriggerChange): Trigger {
		const { name, config, enabled } = { ...this.get(id), ...change };
		this.#update.run(name, JSON.stringify(config), Number(enabled), Date.now(), id);
		return this.get(id);
	}

	delete(id: string): void {
		this.get(id);
		this.#delete.run(id);
	}
}

function fromRow(row: Record<string, SQLOutputValue>): Trigger {
	return {
		id: String(row.id),
		agentId: String(row.agent_id),
		name: String(row.name),
		config: JSON.parse(String(row.config)),
		secret: String(row.secret),
		enabled: row.enabled === 1,
		createdAt: Number(row.created_at),
		updatedAt: Number(row.updated_at),
	};
}
