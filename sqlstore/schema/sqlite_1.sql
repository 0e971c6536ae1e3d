-- Version 1. {t} stands for a table's schema and prefix, {i} for an index's prefix.

-- One row an account. Every Update locks it first by raising updates.
CREATE TABLE {t}accounts (
	account TEXT NOT NULL,
	updates INTEGER NOT NULL,
	PRIMARY KEY (account)
) STRICT, WITHOUT ROWID;

-- Times are microseconds since 1970, UTC; rights, like every JSON here, are text.
CREATE TABLE {t}users (
	account TEXT NOT NULL,
	id TEXT NOT NULL,
	first_name TEXT NOT NULL,
	last_name TEXT NOT NULL,
	email TEXT NOT NULL,
	pending_email TEXT NOT NULL,
	issuer TEXT NOT NULL,
	subject TEXT NOT NULL,
	department TEXT NOT NULL,
	role TEXT NOT NULL,
	rights TEXT NOT NULL,
	admin INTEGER NOT NULL,
	free INTEGER NOT NULL,
	status INTEGER NOT NULL,
	epoch INTEGER NOT NULL,
	end_date INTEGER,
	created INTEGER,
	last_seen INTEGER,
	version INTEGER NOT NULL,
	name_folded TEXT NOT NULL,
	email_folded TEXT NOT NULL,
	email_key TEXT,
	PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX {i}users_email ON {t}users (account, email_key);
CREATE UNIQUE INDEX {i}users_identity ON {t}users (account, issuer, subject) WHERE (issuer <> '' OR subject <> '') AND status <> 5;
CREATE INDEX {i}users_department ON {t}users (account, department, id);
CREATE INDEX {i}users_role ON {t}users (account, role, id);
CREATE INDEX {i}users_admin ON {t}users (account, id) WHERE admin;

CREATE TABLE {t}departments (
	account TEXT NOT NULL,
	id TEXT NOT NULL,
	name TEXT NOT NULL,
	head TEXT NOT NULL,
	PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;

-- Rows are added and deleted, never changed.
CREATE TABLE {t}roles (
	account TEXT NOT NULL,
	id TEXT NOT NULL,
	name TEXT NOT NULL,
	rights TEXT NOT NULL,
	created INTEGER,
	made_by TEXT NOT NULL,
	PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE {t}credentials (
	account TEXT NOT NULL,
	user_id TEXT NOT NULL,
	hash TEXT NOT NULL,
	version INTEGER NOT NULL,
	set_by TEXT NOT NULL,
	set_at INTEGER,
	PRIMARY KEY (account, user_id)
) STRICT, WITHOUT ROWID;

-- hash is the SHA-256 of a secret that is kept nowhere.
CREATE TABLE {t}tokens (
	account TEXT NOT NULL,
	id TEXT NOT NULL,
	hash BLOB NOT NULL,
	user_id TEXT NOT NULL,
	kind INTEGER NOT NULL,
	epoch INTEGER NOT NULL,
	family TEXT NOT NULL,
	integration TEXT NOT NULL,
	label TEXT NOT NULL,
	issued INTEGER,
	expires INTEGER,
	last_used INTEGER,
	spent INTEGER,
	revoked INTEGER,
	address BLOB NOT NULL,
	PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX {i}tokens_hash ON {t}tokens (account, hash);
CREATE INDEX {i}tokens_user ON {t}tokens (account, user_id, id);
CREATE INDEX {i}tokens_family ON {t}tokens (account, family, id) WHERE family <> '';
CREATE INDEX {i}tokens_integration ON {t}tokens (account, integration, id) WHERE integration <> '';

CREATE TABLE {t}letters (
	account TEXT NOT NULL,
	id TEXT NOT NULL,
	user_id TEXT NOT NULL,
	kind INTEGER NOT NULL,
	created INTEGER,
	due INTEGER,
	attempts INTEGER NOT NULL,
	sent INTEGER,
	void INTEGER NOT NULL,
	problem TEXT NOT NULL,
	PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX {i}letters_user ON {t}letters (account, user_id, id);
CREATE INDEX {i}letters_open ON {t}letters (account, id) WHERE sent IS NULL AND NOT void;

CREATE TABLE {t}counters (
	account TEXT NOT NULL,
	id TEXT NOT NULL,
	count INTEGER NOT NULL,
	since INTEGER,
	event INTEGER NOT NULL,
	PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE {t}runs (
	account TEXT NOT NULL,
	id TEXT NOT NULL,
	leaver TEXT NOT NULL,
	actor TEXT NOT NULL,
	system TEXT NOT NULL,
	state INTEGER NOT NULL,
	reason TEXT NOT NULL,
	request TEXT NOT NULL,
	head TEXT NOT NULL,
	sweep INTEGER NOT NULL,
	correction TEXT NOT NULL,
	confirmed TEXT NOT NULL,
	kinds TEXT NOT NULL,
	steps TEXT NOT NULL,
	entries INTEGER NOT NULL,
	round INTEGER NOT NULL,
	attempts INTEGER NOT NULL,
	lease INTEGER NOT NULL,
	lease_until INTEGER,
	started INTEGER,
	ended INTEGER,
	successors TEXT NOT NULL,
	PRIMARY KEY (account, id)
) STRICT;
CREATE INDEX {i}runs_leaver ON {t}runs (account, leaver, id);
CREATE INDEX {i}runs_unfinished ON {t}runs (account, id) WHERE state IN (1, 2);

-- The journal. ids are packed: see pack.go.
CREATE TABLE {t}entries (
	account TEXT NOT NULL,
	run TEXT NOT NULL,
	n INTEGER NOT NULL,
	step INTEGER NOT NULL,
	kind TEXT NOT NULL,
	tie INTEGER NOT NULL,
	from_user TEXT NOT NULL,
	to_user TEXT NOT NULL,
	off INTEGER NOT NULL,
	ids BLOB NOT NULL,
	of_entry INTEGER NOT NULL,
	probe INTEGER NOT NULL,
	done INTEGER NOT NULL,
	moved INTEGER NOT NULL,
	already INTEGER NOT NULL,
	skipped TEXT NOT NULL,
	time INTEGER,
	PRIMARY KEY (account, run, n)
) STRICT;

-- The trail. Rows are only ever added.
CREATE TABLE {t}events (
	account TEXT NOT NULL,
	seq INTEGER NOT NULL,
	time INTEGER,
	actor TEXT NOT NULL,
	system TEXT NOT NULL,
	verb TEXT NOT NULL,
	user_id TEXT NOT NULL,
	object TEXT NOT NULL,
	outcome INTEGER NOT NULL,
	reason TEXT NOT NULL,
	fields TEXT NOT NULL,
	count INTEGER NOT NULL,
	hash BLOB NOT NULL,
	PRIMARY KEY (account, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX {i}events_user ON {t}events (account, user_id, seq);
CREATE INDEX {i}events_actor ON {t}events (account, actor, seq);

-- The one table that is read over all accounts: unfinished runs, and from when somebody may take them up, which is NULL
-- for a parked one.
CREATE TABLE {t}due (
	account TEXT NOT NULL,
	run TEXT NOT NULL,
	at INTEGER,
	started INTEGER,
	PRIMARY KEY (account, run)
) STRICT, WITHOUT ROWID;
CREATE INDEX {i}due_at ON {t}due (account, at, run) WHERE at IS NOT NULL;
