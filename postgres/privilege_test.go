package postgres_test

import (
	"database/sql"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/internal/pgtest"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

func TestL21_MissingPrivilegesAreToldAtStart(t *testing.T) {
	t.Parallel()
	pool, err := sql.Open("pgx", pgtest.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	pool.SetMaxOpenConns(1) // so that SET ROLE lasts
	for _, statement := range []string{
		"CREATE TABLE deals (id BIGINT PRIMARY KEY, owner TEXT, author TEXT)",
		"CREATE INDEX ON deals (owner, id)", "CREATE INDEX ON deals (author, id)",
		"CREATE ROLE clerk", "GRANT SELECT (id, owner) ON deals TO clerk", "SET ROLE clerk",
	} {
		if _, err := pool.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	db, err := sqlstore.New(pool, sqlstore.PostgreSQL, sqlstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Account("").Table(t.Context(), sqlstore.Table{Name: "deals", Key: "id", Owner: "owner", Author: "author"})
	got, _ := errors.AsType[roster.Faults](err)
	want := roster.Faults{
		{Field: "author", Problem: `this user of the database may not read the column author: GRANT SELECT ON "deals"`},
		{Field: "owner", Problem: `this user of the database may not change the column owner: GRANT UPDATE ON "deals"`},
		{Field: "author", Problem: `this user of the database may not change the column author: GRANT UPDATE ON "deals"`},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	for _, statement := range []string{"RESET ROLE", "DROP OWNED BY clerk", "DROP ROLE clerk"} {
		if _, err := pool.ExecContext(t.Context(), statement); err != nil {
			t.Errorf("%s: %v", statement, err)
		}
	}
}
