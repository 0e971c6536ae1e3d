package postgres_test

import (
	"database/sql"
	"errors"
	"strings"
	"testing"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/internal/pgtest"
	"github.com/seed-8e8abc8d/roster/postgres"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// A policy hides rows without a word: at start it is a fault, and one that comes later fails every survey.
func TestG2_RowsThatAreHiddenAreUnknown(t *testing.T) {
	t.Parallel()
	pool, err := sql.Open("pgx", pgtest.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	pool.SetMaxOpenConns(1) // so that SET ROLE lasts
	exec := func(statements ...string) {
		for _, statement := range statements {
			if _, err := pool.ExecContext(t.Context(), statement); err != nil {
				t.Errorf("%s: %v", statement, err)
			}
		}
	}
	exec("CREATE TABLE deals (id BIGINT PRIMARY KEY, owner TEXT)", "CREATE INDEX ON deals (owner, id)",
		"INSERT INTO deals VALUES (1, 'leo')", "CREATE ROLE veiled", "GRANT SELECT, UPDATE ON deals TO veiled", "SET ROLE veiled")
	defer exec("RESET ROLE", "DROP OWNED BY veiled", "DROP ROLE veiled")
	db, err := sqlstore.New(pool, sqlstore.PostgreSQL, sqlstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	deals := sqlstore.Table{Name: "deals", Key: "id", Owner: "owner"}
	h, err := db.Account("").Table(t.Context(), deals)
	if err != nil {
		t.Fatal(err)
	}
	exec("RESET ROLE", "ALTER TABLE deals ENABLE ROW LEVEL SECURITY", "SET ROLE veiled")
	if s, err := h.Survey(t.Context(), "leo"); err == nil || !strings.Contains(err.Error(), "row-level security") {
		t.Errorf("a survey: %d, %v; want an error: leo has a deal that this user of the database doesn't see", s.Total(), err)
	}
	if _, err := db.Account("").Table(t.Context(), deals); err == nil || !strings.Contains(err.Error(), "row-level security") {
		t.Errorf("at start: %v; want a fault", err)
	}
}

// Texts are UTF-8 on every connection: on another the server would take them for others, which nobody finds.
func TestG2_TextsAreUTF8(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Database(t) + " client_encoding=LATIN1"
	db, err := postgres.Open(t.Context(), dsn, sqlstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var length int
	if err := db.Reader().QueryRowContext(t.Context(), "SELECT length($1)", "Лёв").Scan(&length); err != nil || length != 3 {
		t.Errorf("a text of three letters has %d, %v", length, err)
	}
	pool, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if db, err = sqlstore.New(pool, sqlstore.PostgreSQL, sqlstore.Options{}); err != nil {
		t.Fatal(err)
	}
	if err := db.Prepare(t.Context()); !errors.Is(err, roster.ErrInvalid) || !strings.Contains(err.Error(), "client_encoding is LATIN1") {
		t.Errorf("a pool of LATIN1: %v; want it refused", err)
	}
}

// A host that clears a pooled connection takes away statements that the driver believes prepared there.
func TestL21_DiscardedStatementsArePreparedAgain(t *testing.T) {
	t.Parallel()
	db := open(t)
	db.Writer().SetMaxOpenConns(1)
	change := func() error {
		return db.Account("acme").Update(t.Context(), func(tx roster.Tx) error { return tx.PutUser(roster.User{ID: "anna"}) })
	}
	if err := change(); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Writer().ExecContext(t.Context(), "DISCARD ALL"); err != nil {
		t.Fatal(err)
	}
	if err := change(); err != nil {
		t.Errorf("after DISCARD ALL: %v", err)
	}
}
