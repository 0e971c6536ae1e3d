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
func (db *DB) Prepare(ctx context.Context) error {
	err := db.Ready(ctx)
	for try := 0; err != nil && try < retries; try++ {
		if errors.Is(err, errNewer) {
			break
		}
		if err = db.migrate(ctx); err == nil || !Retryable(err) && !errors.Is(err, errRace) {
			break
		}
		if waited := pause(ctx, try); waited != nil {
			err = waited
			break
		}
	}
	return fail("prepare", err)
}

// SQL is what Prepare would do on an empty database, for those who keep their migrations elsewhere: run it in one
// transaction. It holds nothing but CREATE statements and the schema's number.
func (db *DB) SQL() string {
	var b strings.Builder
	b.WriteString(db.versions() + ";\n\n")
	for v := 1; v <= version; v++ {
		b.WriteString(db.migration(v) + "\n" + db.reached(v) + ";\n")
	}
	return b.String()
}

// Ready tells, without changing anything, whether the tables are there and of this version; else it is an ErrSchema.
func (db *DB) Ready(ctx context.Context) error {
	var is int
	err := db.writer.QueryRowContext(ctx, "SELECT version FROM "+db.table("schema")).Scan(&is)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return fail("ready", fmt.Errorf("%w: none were prepared", ErrSchema))
	case err != nil && (missingTable(err)):
		return fail("ready", fmt.Errorf("%w: none were prepared: %w", ErrSchema, err))
	case err != nil:
		return fail("ready", err)
	}
	return fail("ready", fits(is))
}

var (
	errNewer = fmt.Errorf("%w: they are newer", ErrSchema)
	errRace  = errors.New("somebody else is preparing the database")
)

// fits compares the number of the schema that is there with the one that should be.
func fits(is int) error {
	switch {
	case is > version:
		return fmt.Errorf("%w: %d, this is %d", errNewer, is, version)
	case is < version:
		return fmt.Errorf("%w: %d, this is %d: call Prepare", ErrSchema, is, version)
	}
	return nil
}

// versions makes the table that holds the schema's number, in its only row.
func (db *DB) versions() string {
	s := "CREATE TABLE IF NOT EXISTS " + db.table("schema") + " (one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL)"
	if db.schema != "" {
		s = "CREATE SCHEMA IF NOT EXISTS " + db.schema + ";\n" + s
	}
	return s
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
// first table at once may both be told that it isn't there and that it is: the loser tries again.
func (db *DB) migrate(ctx context.Context) error {
	tx, err := db.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	run := func(text string) error {
		for _, statement := range statements(text) {
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	}
	if err := run(db.versions()); err != nil {
		if state := sqlState(err); state == "23505" || state == "42P07" || state == "42P06" {
			return fmt.Errorf("%w: %w", errRace, err)
		}
		return err
	}
	if err := run(fmt.Sprintf("INSERT INTO %s (one, version) VALUES (1, 0) ON CONFLICT (one) DO UPDATE SET version = %[1]s.version", db.table("schema"))); err != nil {
		return err
	}
	var is int
	if err := tx.QueryRowContext(ctx, "SELECT version FROM "+db.table("schema")).Scan(&is); err != nil {
		return err
	}
	if is > version {
		return fits(is)
	}
	for v := is + 1; v <= version; v++ {
		if err := run(db.migration(v) + db.reached(v)); err != nil {
			return fmt.Errorf("version %d: %w", v, err)
		}
	}
	return tx.Commit()
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
