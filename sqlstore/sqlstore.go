package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/seed-8e8abc8d/roster"
)

// Options are how a DB keeps its tables. The zero Options are complete.
type Options struct {
	// Prefix begins the name of every table and index: small letters, digits and underscores, 32 at most,
	// a letter first; empty: "roster_".
	Prefix string
	// Schema is PostgreSQL's schema that holds the tables, named like a Prefix, and made by Prepare when it is
	// missing; empty: the connection's own. SQLite has none.
	Schema string
	// Reader is a second pool, on the same database, for Views and checks; nil: the first one. SQLite wants one,
	// since its first pool has a single connection. It must see each commit at once: a replica doesn't.
	Reader *sql.DB
	// Now is the clock of Receive, Due and Backlog; nil: time.Now. Nothing else here knows the time.
	Now func() time.Time
}

// DB is a database that holds accounts: Account gives the store of one. It keeps nothing but its pools, so any number
// of processes may have one over the same database. All methods are safe for concurrent use.
type DB struct {
	writer, reader *sql.DB
	dialect        Dialect
	engine         *engine
	prefix, schema string
	now            func() time.Time
	nouns          nouns
	checks         checks
}

// plainName is what a prefix and a schema may be called.
var plainName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,31}$`)

// New makes a DB over a pool of the host's own, with a driver whose errors tell the engine's codes: by a method
// SQLState() string, as those of PostgreSQL's drivers pgx and lib/pq have, or Code() int, as those of modernc.org/sqlite
// have. By any other, mattn/go-sqlite3 for one, it isn't supported: Prepare can't tell a missing table from what is wrong.
// New asks the database nothing. Its error is a roster.Faults that lists everything wrong.
func New(db *sql.DB, d Dialect, o Options) (*DB, error) {
	var faults roster.Faults
	fault := func(field, problem string) { faults = append(faults, roster.Fault{Field: field, Problem: problem}) }
	if db == nil {
		fault("db", "is required")
	}
	if d.engine() == nil {
		fault("dialect", "must be SQLite or PostgreSQL")
	}
	if o.Prefix == "" {
		o.Prefix = "roster_"
	}
	if !plainName.MatchString(o.Prefix) {
		fault("prefix", "must be a letter and at most 31 more small letters, digits and underscores")
	}
	if o.Schema != "" && !plainName.MatchString(o.Schema) {
		fault("schema", "must be a letter and at most 31 more small letters, digits and underscores")
	}
	if o.Schema != "" && d == SQLite {
		fault("schema", "SQLite has none")
	}
	if err := faults.Err(); err != nil {
		return nil, fail("new", err)
	}
	if o.Reader == nil {
		o.Reader = db
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	made := &DB{writer: db, reader: o.Reader, dialect: d, engine: d.engine(), prefix: o.Prefix, schema: o.Schema, now: o.Now}
	made.nouns = made.bind()
	made.checks = made.joined()
	return made, nil
}

// Account is the store of one account, and of nothing else: no query, goroutine or cache comes with it. The id is the
// host's own name for the account, compared byte by byte: UTF-8 without NUL, 128 bytes at most; with any other id every
// call of the store is a roster.ErrInvalid. A host with a single account may leave it empty. Different ids share nothing but the
// list of runs that Due reads.
func (db *DB) Account(id string) *Store {
	return &Store{db: db, account: id, refused: fail("account", accountProblem(id))}
}

// accountProblem refuses an id that an engine would refuse, cut short or take for another.
func accountProblem(id string) error {
	switch {
	case len(id) > 128:
		return fmt.Errorf("%w: an id of %d bytes, 128 at most", roster.ErrInvalid, len(id))
	case !utf8.ValidString(id):
		return fmt.Errorf("%w: the id isn't UTF-8", roster.ErrInvalid)
	case strings.Contains(id, "\x00"):
		return fmt.Errorf("%w: the id holds NUL", roster.ErrInvalid)
	}
	return nil
}

// Writer is the pool that changes go through. On SQLite a host whose tables are in the same file uses it for its own
// changes: one connection is a queue, and two would fight for the file's lock.
func (db *DB) Writer() *sql.DB { return db.writer }

// Reader is the pool that Views and checks go through, and the host's own questions may.
func (db *DB) Reader() *sql.DB { return db.reader }

// Close closes both pools, for those whom Open of an engine's package gave the DB.
func (db *DB) Close() error {
	err := db.writer.Close()
	if db.reader != db.writer {
		err = errors.Join(err, db.reader.Close())
	}
	return err
}

// begin begins a transaction that changes something, whatever level the server or the database's user has by default: above READ
// COMMITTED whoever waited for the account's lock would have to be given up.
func (db *DB) begin(ctx context.Context) (*sql.Tx, error) {
	return db.writer.BeginTx(ctx, &sql.TxOptions{Isolation: db.engine.change})
}

// table is a table's name as statements say it.
func (db *DB) table(name string) string {
	if db.schema != "" {
		return db.dialect.quote(db.schema) + "." + db.prefix + name // it may be a word of SQL's: "user", "order"
	}
	return db.prefix + name
}

// Tx is what this package needs of a transaction of the host's: *sql.Tx is one, and so is a *sql.Conn in whose
// transaction the host is.
type Tx interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// fail names the verb of an error.
func fail(op string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("sqlstore: %s: %w", op, err)
}
