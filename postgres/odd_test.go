package postgres_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/internal/pgtest"
	"github.com/seed-8e8abc8d/roster/postgres"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// TestL21_OddDatabases opens databases in which somebody has been at work: each is refused at the start, and says why.
func TestL21_OddDatabases(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	dsn := pgtest.Database(t)
	owner := opened(t, dsn)
	reader := role(t, dsn, "GRANT SELECT, INSERT, DELETE ON ALL TABLES IN SCHEMA public TO {role}", "GRANT UPDATE (updates) ON roster_accounts TO {role}",
		"GRANT UPDATE (version) ON roster_users TO {role}")
	_, err := postgres.Open(t.Context(), dsn+" user="+reader, sqlstore.Options{})
	is.True(err != nil && strings.Contains(err.Error(), "permission denied for table roster_users")) // one column is not all of them
	for _, c := range []struct{ statement, says string }{
		{"UPDATE roster_schema SET version = -3", "their number is -3"},
		{"UPDATE roster_schema SET version = 0", "they are there, and the number of their version isn't"},
		{"DELETE FROM roster_schema", "they are there, and the number of their version isn't"},
		{"DROP TABLE roster_schema", "they are there, and the number of their version isn't"},
	} {
		_, err := owner.Writer().ExecContext(t.Context(), c.statement)
		is.NoErr(err)
		_, err = postgres.Open(t.Context(), dsn, sqlstore.Options{})
		is.True(errors.Is(err, sqlstore.ErrSchema) && strings.Contains(err.Error(), c.says)) // no panic, and no other tables
	}
}

// TestG2_DatabasesHoldEveryText refuses a database in an encoding that hasn't all letters.
func TestG2_DatabasesHoldEveryText(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	dsn := pgtest.Database(t)
	owner := opened(t, dsn)
	_, err := owner.Writer().ExecContext(t.Context(), "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
	is.NoErr(err)
	defer func() {
		_, err := owner.Writer().ExecContext(t.Context(), "DROP DATABASE latin WITH (FORCE)")
		is.NoErr(err)
	}()
	_, err = postgres.Open(t.Context(), dsn+" dbname=latin", sqlstore.Options{})
	is.True(errors.Is(err, roster.ErrInvalid) && strings.Contains(err.Error(), "encoding is LATIN1, and must be UTF8"))
}
