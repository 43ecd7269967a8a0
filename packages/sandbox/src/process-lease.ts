import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** How often a process says that it is alive. */
export const RENEWAL_MS = 3_000;
/** How long a process counts as alive without saying so. */
const LEASE_MS = 15_000;

/**
 * The claim of this process to the runs and callbacks that bear its id. Several sandboxes may share a database; what
 * belongs to a process that died, by kill -9 say, goes to whichever notices first.
 */
export class ProcessLease {
	readonly id = randomUUID();
	readonly #renew: StatementSync;
	readonly #all: StatementSync;
	readonly #delete: StatementSync;

	constructor(database: DatabaseSync) {
		this.#renew = database.prepare(
			`INSERT INTO processes (id, host, pid, alive_until) VALUES (?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET alive_until = excluded.alive_until`,
		);
		this.#all = database.prepare('SELECT id, host, pid, alive_until FROM processes');
		this.#delete = database.prepare('DELETE FROM processes WHERE id = ?');
	}

	renew(): void {
		this.#renew.run(this.id, hostname(), process.pid, Date.now() + LEASE_MS);
	}

	/** Forgets the processes that are dead. Within the transaction that takes their work over. */
	removeDead(): void {
		for (const { id, host, pid, alive_until: aliveUntil } of this.#all.all()) {
			if (!isAlive(String(host), Number(pid), Number(aliveUntil))) this.#delete.run(String(id));
		}
	}

	end(): void {
		this.#delete.run(this.id);
	}
}

/** Whether a sandbox, of this process or another one, is at work in this database. */
export function isInUse(database: DatabaseSync): boolean {
	return database
		.prepare('SELECT host, pid, alive_until FROM processes')
		.all()
		.some(row => isAlive(String(row.host), Number(row.pid), Number(row.alive_until)));
}

function isAlive(host: string, pid: number, aliveUntil: number): boolean {
	const now = Date.now();
	// Further ahead than a lease can be: the clock was set back since, and the row says nothing any more.
	if (aliveUntil <= now || aliveUntil > now + LEASE_MS) return false;
	// After a kill -9 nobody has to wait for the lease to run out. Elsewhere, in a container say, a pid means nothing.
	return host !== hostname() || isRunning(pid);
}

function isRunning(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return error instanceof Error && 'code' in error && error.code === 'EPERM';
	}
}
