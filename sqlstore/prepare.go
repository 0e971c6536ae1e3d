package sqlstore

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"strings"
)

//go:embed schema/*.sql
var files embed.FS

// version is the schema that this package writes and reads. Migrations are numbered up to it.
const version = 1

// ErrSchema says that the tables in the database aren't those that this version of the package works with: a newer
// version made them, or nobody did.
var ErrSchema = errors.New("the tables in the database don't fit this version")

// Prepare makes the tables, or brings those of an earlier version up to date, and refuses a database that a newer
// version has prepared (ErrSchema). It may be called at every start, by many processes at once: one of them works, the
// others wait and find it done. It changes nothing when it fails. The database's user needs the right to create tables;
// hosts that don't give it run SQL themselves, after which Prepare only looks.
//
// Where the tables are there it makes sure that they can be used: that no column is missing or has another type (Ready),
// and that they may be written to. So a start finds what would fail later.
func (db *DB) Prepare(ctx context.Context) error {
	return fail("prepare", insist(ctx, func() error { return db.prepare(ctx) }))
}

// prepare is one try.
func (db *DB) prepare(ctx context.Context) error {
	err := db.look(ctx)
	if errors.Is(err, errNone) || errors.Is(err, errOlder) {
		if made := db.migrate(ctx); forbidden(made) {
			return fmt.Errorf("%w; the connection may not make them, so that somebody who may has to run what DB.SQL returns: %w", err, made)
		} else if made != nil {
			return made
		}
		err = db.look(ctx)
	}
	if err != nil {
		return err
	}
	return db.writable(ctx)
}

// forbidden reports whether a statement failed for want of a right, or because nothing can be written there.
func forbidden(err error) bool {
	state := sqlState(err)
	return state == "42501" || state == "25006" || sqliteCode(err)&0xff == 8 // SQLITE_READONLY
}

// SQL is what Prepare would do on an empty database, for those who keep their migrations elsewhere: run it in one
// transaction. It holds nothing but CREATE statements and the schema's number.
func (db *DB) SQL() string {
	var b strings.Builder
	if db.schema != "" {
		b.WriteString("CREATE SCHEMA IF NOT EXISTS " + db.dialect.quote(db.schema) + ";\n")
	}
	b.WriteString(db.versions() + ";\n\n")
	for v := 1; v <= version; v++ {
		b.WriteString(db.migration(v) + "\n" + db.reached(v) + ";\n")
	}
	return b.String()
}

var (
	errNone  = fmt.Errorf("%w: none were prepared", ErrSchema)
	errOlder = fmt.Errorf("%w: they are older", ErrSchema)
	errNewer = fmt.Errorf("%w: they are newer", ErrSchema)
	errRace  = errors.New("somebody else is preparing the database")
)

// fits compares the number of the schema that is there with the one that should be.
func fits(is int) error {
	switch {
	case is < 0:
		return fmt.Errorf("%w: their number is %d", ErrSchema, is)
	case is > version:
		return fmt.Errorf("%w: %d, this is %d", errNewer, is, version)
	case is < version:
		return fmt.Errorf("%w: %d, this is %d: call Prepare", errOlder, is, version)
	}
	return nil
}

// versions makes the table that holds the schema's number, in its only row.
func (db *DB) versions() string {
	return "CREATE TABLE IF NOT EXISTS " + db.table("schema") + " (one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL)"
}

// migration is the SQL that leads to a version from the one before it.
func (db *DB) migration(v int) string {
	text, err := files.ReadFile(fmt.Sprintf("schema/%s_%d.sql", db.engine.files, v))
	if err != nil {
		panic("sqlstore: a migration is missing: " + err.Error()) // a test reads all of them
	}
	return strings.NewReplacer("{t}", db.table(""), "{i}", db.prefix).Replace(string(text))
}

// reached writes down that a version is reached.
func (db *DB) reached(v int) string {
	return fmt.Sprintf("INSERT INTO %s (one, version) VALUES (1, %d) ON CONFLICT (one) DO UPDATE SET version = excluded.version", db.table("schema"), v)
}

// migrate does all that is missing in one transaction, the row of the schema's number locked. Two who make the very
// first table at once may be told both that it isn't there and that it, or its type, is: the loser tries again.
func (db *DB) migrate(ctx context.Context) error {
	tx, err := db.begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := db.place(ctx, tx); err != nil {
		switch sqlState(err) {
		case "23505", "42P06", "42P07", "42710": // a key, a schema, a table, a table's type: there now
			return fmt.Errorf("%w: %w", errRace, err)
		}
		return err
	}
	if err := run(ctx, tx, fmt.Sprintf("INSERT INTO %s (one, version) VALUES (1, 0) ON CONFLICT (one) DO UPDATE SET version = %[1]s.version", db.table("schema"))); err != nil {
		return err
	}
	var is int
	if err := tx.QueryRowContext(ctx, "SELECT version FROM "+db.table("schema")).Scan(&is); err != nil {
		return err
	}
	if is < 0 || is > version {
		return fits(is)
	}
	for v := is + 1; v <= version; v++ {
		if err := run(ctx, tx, db.migration(v)+db.reached(v)); sqlState(err) == "42P07" || sqliteCode(err)&0xff == 1 && strings.Contains(err.Error(), "already exists") {
			return fmt.Errorf("%w: they are there, and the number of their version isn't: %w", ErrSchema, err)
		} else if err != nil {
			return fmt.Errorf("version %d: %w", v, err)
		}
	}
	return tx.Commit()
}

// place makes the schema and the first table where they are missing. PostgreSQL wants the right to make a schema even for
// one that is there, so it is looked for.
func (db *DB) place(ctx context.Context, tx *sql.Tx) error {
	if db.schema != "" {
		there := 0
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM pg_catalog.pg_namespace WHERE nspname = $1", db.schema).Scan(&there); err != nil {
			return err
		}
		if there == 0 {
			if err := run(ctx, tx, "CREATE SCHEMA "+db.dialect.quote(db.schema)); err != nil {
				return err
			}
		}
	}
	return run(ctx, tx, db.versions())
}

// run runs statements, and names the one that fails.
func run(ctx context.Context, tx *sql.Tx, text string) error {
	for _, statement := range statements(text) {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			what, _, _ := strings.Cut(statement, " (")
			return fmt.Errorf("%s: %w", what, err)
		}
	}
	return nil
}

// statements cuts SQL of this package into its statements, comments left out: no text in it holds a semicolon.
func statements(text string) (list []string) {
	var lines []string
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "--") {
			lines = append(lines, line)
		}
	}
	for s := range strings.SplitSeq(strings.Join(lines, ""), ";") {
		if s = strings.TrimSpace(s); s != "" {
			list = append(list, s)
		}
	}
	return list
}
