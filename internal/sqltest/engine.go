package sqltest

import (
	"context"
	"database/sql"
	"errors"
	"regexp"
	"testing"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/rostertest"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// Engine is what the suites need to know of an engine.
type Engine struct {
	// Open makes a new database, and opens it twice, as two processes do.
	Open func(t *testing.T) (one, two *sqlstore.DB)
	// Recorded opens a new database whose statements are recorded.
	Recorded func(t *testing.T) (*sqlstore.DB, *Recorder)

	// Queries of the catalogue: table, name and first column of each index; and all that ties tables together or counts.
	Indexes, Ties string
	// Explain begins a statement that tells a plan in its last column; lines that Scans matches read a whole table, those that
	// Searches matches find rows by index.
	Explain         string
	Scans, Searches *regexp.Regexp

	Dialect sqlstore.Dialect
	Levels  []sql.IsolationLevel // of a host's transactions; none for an engine with one writer at a time
	Waiting string               // counts those who wait for a lock; empty for an engine with one writer at a time
	Rounds  int                  // of a race
}

// begin begins a host's transaction that ends with t at the latest.
func begin(t *testing.T, db *sqlstore.DB, level sql.IsolationLevel) *sql.Tx {
	t.Helper()
	tx, err := db.Writer().BeginTx(context.WithoutCancel(t.Context()), &sql.TxOptions{Isolation: level})
	must(t, err)
	t.Cleanup(func() { _ = tx.Rollback() })
	return tx
}

// note is a host's own change, in a table of its own.
func note(t *testing.T, tx sqlstore.Tx, id int) {
	t.Helper()
	_, err := tx.ExecContext(t.Context(), "INSERT INTO notes (id) VALUES ($1)", id)
	must(t, err)
}

// notes are the host's rows.
func notes(t *testing.T, db *sqlstore.DB) (ids []int) {
	t.Helper()
	found, err := db.Reader().QueryContext(t.Context(), "SELECT id FROM notes ORDER BY id")
	must(t, err)
	defer found.Close()
	for found.Next() {
		ids = append(ids, 0)
		must(t, found.Scan(&ids[len(ids)-1]))
	}
	must(t, found.Err())
	return ids
}

// table makes a table of the host's.
func table(t *testing.T, db *sqlstore.DB, definition string) {
	t.Helper()
	_, err := db.Writer().ExecContext(t.Context(), "CREATE TABLE "+definition)
	must(t, err)
}

// staffed is an office in the account "acme", with the users of these names.
func staffed(t *testing.T, db *sqlstore.DB, users ...roster.UserID) *rostertest.Office {
	t.Helper()
	o := rostertest.NewOn(t, db.Account("acme"), roster.CRMSchema(), roster.Config{})
	for _, id := range users {
		o.Add(t, roster.AddUser{ID: id})
	}
	return o
}

// status is a user's status; none for one who isn't there.
func status(t *testing.T, s roster.Store, id roster.UserID) (is roster.Status) {
	t.Helper()
	must(t, s.View(t.Context(), func(tx roster.Tx) error {
		u, err := tx.User(id)
		if is = u.Status; errors.Is(err, roster.ErrNotFound) {
			err = nil
		}
		return err
	}))
	return is
}

// whole wants an account's trail to be an unbroken chain, and tells its length.
func whole(t *testing.T, r *roster.Roster) uint64 {
	t.Helper()
	head, err := r.Verify(t.Context(), roster.Head{})
	must(t, err)
	return head.Seq
}
