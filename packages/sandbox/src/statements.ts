import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Prepares each text once, under its own name. */
export function prepareAll<Name extends string>(
	database: DatabaseSync,
	sql: Readonly<Record<Name, string>>,
): Readonly<Record<Name, StatementSync>> {
	const prepared: Partial<Record<Name, StatementSync>> = {};
	for (const name in sql) prepared[name] = database.prepare(sql[name]);
	return prepared as Record<Name, StatementSync>;
}
