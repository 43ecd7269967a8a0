/** Raised with every change of SCHEMA; a database with a higher number is refused. */
export const SCHEMA_VERSION = 1;

// Times are milliseconds since 1970. Lists are ordered by `seq`, not by time: a clock can go back.
// Text that a caller wrote, or that quotes it, is stored as a JSON string (message, input, response):
// as plain text SQLite would replace a lone surrogate, and what came in has to be shown as it came.
export const SCHEMA = `
CREATE TABLE sessions (
	seq INTEGER PRIMARY KEY,
	id TEXT NOT NULL UNIQUE,
	agent_id TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_agent ON sessions (agent_id, seq);

CREATE TABLE triggers (
	seq INTEGER PRIMARY KEY,
	id TEXT NOT NULL UNIQUE,
	agent_id TEXT NOT NULL,
	name TEXT NOT NULL,
	config TEXT NOT NULL,
	secret TEXT NOT NULL,
	enabled INTEGER NOT NULL,
	created_at INTEGER NOT NULL,
	updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE executions (
	seq INTEGER PRIMARY KEY,
	id TEXT NOT NULL UNIQUE,
	trigger_id TEXT,
	agent_id TEXT NOT NULL,
	session_id TEXT NOT NULL,
	status TEXT NOT NULL,
	message TEXT NOT NULL,
	input TEXT NOT NULL,
	model TEXT NOT NULL,
	response TEXT,
	sources TEXT NOT NULL DEFAULT '[]',
	tools_used TEXT NOT NULL DEFAULT '[]',
	input_tokens INTEGER,
	output_tokens INTEGER,
	error_code TEXT,
	error_message TEXT,
	created_at INTEGER NOT NULL,
	started_at INTEGER,
	completed_at INTEGER,
	callback_host TEXT,
	callback_status TEXT,
	callback_attempts INTEGER NOT NULL DEFAULT 0,
	callback_last_status INTEGER
) STRICT;
CREATE INDEX executions_by_trigger ON executions (trigger_id, seq);
CREATE INDEX executions_by_session ON executions (session_id, seq);
CREATE INDEX executions_unfinished ON executions (status) WHERE status IN ('pending', 'running');

CREATE TABLE idempotency_keys (
	trigger_id TEXT NOT NULL,
	key TEXT NOT NULL,
	body_hash TEXT NOT NULL,
	execution_id TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	PRIMARY KEY (trigger_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
`;
