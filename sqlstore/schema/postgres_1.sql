-- Version 1. {t} stands for a table's schema and prefix, {i} for an index's prefix.

-- One row an account. Every Update locks it first by raising updates.
CREATE TABLE {t}accounts (
	account TEXT COLLATE "C" NOT NULL,
	updates BIGINT NOT NULL,
	PRIMARY KEY (account)
);

-- Times are microseconds since 1970, UTC; rights, like every JSON here, are text.
CREATE TABLE {t}users (
	account TEXT COLLATE "C" NOT NULL,
	id TEXT COLLATE "C" NOT NULL,
	first_name TEXT COLLATE "C" NOT NULL,
	last_name TEXT COLLATE "C" NOT NULL,
	email TEXT COLLATE "C" NOT NULL,
	pending_email TEXT COLLATE "C" NOT NULL,
	issuer TEXT COLLATE "C" NOT NULL,
	subject TEXT COLLATE "C" NOT NULL,
	department TEXT COLLATE "C" NOT NULL,
	role TEXT COLLATE "C" NOT NULL,
	rights TEXT COLLATE "C" NOT NULL,
	admin BOOLEAN NOT NULL,
	free BOOLEAN NOT NULL,
	status BIGINT NOT NULL,
	epoch BIGINT NOT NULL,
	end_date BIGINT,
	created BIGINT,
	last_seen BIGINT,
	version BIGINT NOT NULL,
	name_folded TEXT COLLATE "C" NOT NULL,
	email_folded TEXT COLLATE "C" NOT NULL,
	email_key TEXT COLLATE "C",
	PRIMARY KEY (account, id)
);
CREATE UNIQUE INDEX {i}users_email ON {t}users (account, email_key);
CREATE UNIQUE INDEX {i}users_identity ON {t}users (account, issuer, subject) WHERE (issuer <> '' OR subject <> '') AND status <> 5;
CREATE INDEX {i}users_department ON {t}users (account, department, id);
CREATE INDEX {i}users_role ON {t}users (account, role, id);
CREATE INDEX {i}users_admin ON {t}users (account, id) WHERE admin;

CREATE TABLE {t}departments (
	account TEXT COLLATE "C" NOT NULL,
	id TEXT COLLATE "C" NOT NULL,
	name TEXT COLLATE "C" NOT NULL,
	head TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (account, id)
);

-- Rows are added and deleted, never changed.
CREATE TABLE {t}roles (
	account TEXT COLLATE "C" NOT NULL,
	id TEXT COLLATE "C" NOT NULL,
	name TEXT COLLATE "C" NOT NULL,
	rights TEXT COLLATE "C" NOT NULL,
	created BIGINT,
	made_by TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (account, id)
);

CREATE TABLE {t}credentials (
	account TEXT COLLATE "C" NOT NULL,
	user_id TEXT COLLATE "C" NOT NULL,
	hash TEXT COLLATE "C" NOT NULL,
	version BIGINT NOT NULL,
	set_by TEXT COLLATE "C" NOT NULL,
	set_at BIGINT,
	PRIMARY KEY (account, user_id)
);

-- hash is the SHA-256 of a secret that is kept nowhere.
CREATE TABLE {t}tokens (
	account TEXT COLLATE "C" NOT NULL,
	id TEXT COLLATE "C" NOT NULL,
	hash BYTEA NOT NULL,
	user_id TEXT COLLATE "C" NOT NULL,
	kind BIGINT NOT NULL,
	epoch BIGINT NOT NULL,
	family TEXT COLLATE "C" NOT NULL,
	integration TEXT COLLATE "C" NOT NULL,
	label TEXT COLLATE "C" NOT NULL,
	issued BIGINT,
	expires BIGINT,
	last_used BIGINT,
	spent BIGINT,
	revoked BIGINT,
	address BYTEA NOT NULL,
	PRIMARY KEY (account, id)
);
CREATE UNIQUE INDEX {i}tokens_hash ON {t}tokens (account, hash);
CREATE INDEX {i}tokens_user ON {t}tokens (account, user_id, id);
CREATE INDEX {i}tokens_family ON {t}tokens (account, family, id) WHERE family <> '';
CREATE INDEX {i}tokens_integration ON {t}tokens (account, integration, id) WHERE integration <> '';

CREATE TABLE {t}letters (
	account TEXT COLLATE "C" NOT NULL,
	id TEXT COLLATE "C" NOT NULL,
	user_id TEXT COLLATE "C" NOT NULL,
	kind BIGINT NOT NULL,
	created BIGINT,
	due BIGINT,
	attempts BIGINT NOT NULL,
	sent BIGINT,
	void BOOLEAN NOT NULL,
	problem TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (account, id)
);
CREATE INDEX {i}letters_user ON {t}letters (account, user_id, id);
CREATE INDEX {i}letters_open ON {t}letters (account, id) WHERE sent IS NULL AND NOT void;

CREATE TABLE {t}counters (
	account TEXT COLLATE "C" NOT NULL,
	id TEXT COLLATE "C" NOT NULL,
	count BIGINT NOT NULL,
	since BIGINT,
	event BIGINT NOT NULL,
	PRIMARY KEY (account, id)
);

CREATE TABLE {t}runs (
	account TEXT COLLATE "C" NOT NULL,
	id TEXT COLLATE "C" NOT NULL,
	leaver TEXT COLLATE "C" NOT NULL,
	actor TEXT COLLATE "C" NOT NULL,
	system TEXT COLLATE "C" NOT NULL,
	state BIGINT NOT NULL,
	reason TEXT COLLATE "C" NOT NULL,
	request TEXT COLLATE "C" NOT NULL,
	head TEXT COLLATE "C" NOT NULL,
	sweep BOOLEAN NOT NULL,
	correction TEXT COLLATE "C" NOT NULL,
	confirmed TEXT COLLATE "C" NOT NULL,
	kinds TEXT COLLATE "C" NOT NULL,
	steps TEXT COLLATE "C" NOT NULL,
	entries BIGINT NOT NULL,
	round BIGINT NOT NULL,
	attempts BIGINT NOT NULL,
	lease BIGINT NOT NULL,
	lease_until BIGINT,
	started BIGINT,
	ended BIGINT,
	successors TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (account, id)
);
CREATE INDEX {i}runs_leaver ON {t}runs (account, leaver, id);
CREATE INDEX {i}runs_unfinished ON {t}runs (account, id) WHERE state IN (1, 2);

-- The journal. ids are packed: see pack.go.
CREATE TABLE {t}entries (
	account TEXT COLLATE "C" NOT NULL,
	run TEXT COLLATE "C" NOT NULL,
	n BIGINT NOT NULL,
	step BIGINT NOT NULL,
	kind TEXT COLLATE "C" NOT NULL,
	tie BIGINT NOT NULL,
	from_user TEXT COLLATE "C" NOT NULL,
	to_user TEXT COLLATE "C" NOT NULL,
	off BOOLEAN NOT NULL,
	ids BYTEA NOT NULL,
	of_entry BIGINT NOT NULL,
	probe BOOLEAN NOT NULL,
	done BOOLEAN NOT NULL,
	moved BIGINT NOT NULL,
	already BIGINT NOT NULL,
	skipped TEXT COLLATE "C" NOT NULL,
	time BIGINT,
	PRIMARY KEY (account, run, n)
);

-- The trail. Rows are only ever added.
CREATE TABLE {t}events (
	account TEXT COLLATE "C" NOT NULL,
	seq BIGINT NOT NULL,
	time BIGINT,
	actor TEXT COLLATE "C" NOT NULL,
	system TEXT COLLATE "C" NOT NULL,
	verb TEXT COLLATE "C" NOT NULL,
	user_id TEXT COLLATE "C" NOT NULL,
	object TEXT COLLATE "C" NOT NULL,
	outcome BIGINT NOT NULL,
	reason TEXT COLLATE "C" NOT NULL,
	fields TEXT COLLATE "C" NOT NULL,
	count BIGINT NOT NULL,
	hash BYTEA NOT NULL,
	PRIMARY KEY (account, seq)
);
CREATE INDEX {i}events_user ON {t}events (account, user_id, seq);
CREATE INDEX {i}events_actor ON {t}events (account, actor, seq);

-- The one table that is read over all accounts: unfinished runs, and from when somebody may take them up, which is NULL
-- for a parked one.
CREATE TABLE {t}due (
	account TEXT COLLATE "C" NOT NULL,
	run TEXT COLLATE "C" NOT NULL,
	at BIGINT,
	started BIGINT,
	PRIMARY KEY (account, run)
);
CREATE INDEX {i}due_at ON {t}due (account, at, run) WHERE at IS NOT NULL;
