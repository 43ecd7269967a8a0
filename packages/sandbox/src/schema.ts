/** Raised with every change of SCHEMA; a database with another number is refused. */
export const SCHEMA_VERSION = 4;

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
	context TEXT NOT NULL,
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
	-- The process whose run it is, and, for what was accepted with a 202, the time limit that another one needs to begin it.
	owner TEXT NOT NULL,
	accepted_deadline_ms INTEGER
) STRICT;
CREATE INDEX executions_by_trigger ON executions (trigger_id, seq) WHERE trigger_id IS NOT NULL;
CREATE INDEX executions_by_session ON executions (session_id, seq);
CREATE INDEX executions_unfinished ON executions (owner) WHERE status IN ('pending', 'running');

-- Every page of a list shows the total; counting would walk the whole index each time.
CREATE TABLE execution_counts (
	trigger_id TEXT PRIMARY KEY,
	n INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER executions_are_counted AFTER INSERT ON executions WHEN NEW.trigger_id IS NOT NULL BEGIN
	INSERT INTO execution_counts (trigger_id, n) VALUES (NEW.trigger_id, 1) ON CONFLICT (trigger_id) DO UPDATE SET n = n + 1;
END;

-- The outbox: one message for each accepted run that has a callback, made with the run, due with its result.
-- URL and secret are those of the moment of acceptance, whatever becomes of the trigger.
CREATE TABLE callbacks (
	seq INTEGER PRIMARY KEY,
	execution_id TEXT NOT NULL UNIQUE,
	url TEXT NOT NULL,
	receiver TEXT NOT NULL,
	secret TEXT NOT NULL,
	fault TEXT,
	status TEXT NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'pending', 'delivered', 'failed')),
	body TEXT,
	attempts INTEGER NOT NULL DEFAULT 0,
	-- Attempts since the message became due or was asked for again: the place in the schedule.
	tries INTEGER NOT NULL DEFAULT 0,
	last_status INTEGER,
	scheduled_at INTEGER,
	due_at INTEGER,
	owner TEXT
) STRICT;
CREATE INDEX callbacks_due ON callbacks (receiver, due_at) WHERE status = 'pending' AND owner IS NULL;
CREATE INDEX callbacks_scheduled ON callbacks (scheduled_at) WHERE status = 'pending' AND owner IS NULL;
CREATE INDEX callbacks_claimed ON callbacks (owner) WHERE owner IS NOT NULL;

CREATE TABLE callback_attempts (
	callback INTEGER NOT NULL,
	number INTEGER NOT NULL,
	started_at INTEGER NOT NULL,
	duration_ms INTEGER NOT NULL,
	status INTEGER,
	error TEXT,
	PRIMARY KEY (callback, number)
) STRICT, WITHOUT ROWID;

-- The leases: whose process is alive, and so whose runs and callbacks nobody else may touch.
CREATE TABLE processes (
	id TEXT PRIMARY KEY,
	host TEXT NOT NULL,
	pid INTEGER NOT NULL,
	alive_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Runs of cxpa. What an agent of the sandbox does about one stands in its execution; from status on, what was reported.
CREATE TABLE zone_runs (
	id INTEGER PRIMARY KEY,
	agent_id TEXT NOT NULL,
	execution_id TEXT,
	external_run_id TEXT,
	input TEXT NOT NULL,
	created_by TEXT,
	created_at INTEGER NOT NULL,
	status TEXT,
	output TEXT,
	outputs INTEGER,
	error TEXT,
	metadata TEXT,
	started_at INTEGER,
	completed_at INTEGER,
	UNIQUE (agent_id, external_run_id)
) STRICT;

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
