package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/internal/pgtest"
	"github.com/seed-8e8abc8d/roster/internal/sqltest"
	"github.com/seed-8e8abc8d/roster/postgres"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// TestL21_NoPasswordInErrors opens what can't be opened, by strings that hold a password, some of them written wrongly.
func TestL21_NoPasswordInErrors(t *testing.T) {
	t.Parallel()
	const secret = "s3cr/et%zz:@ pw"
	nowhere := t.TempDir()
	for _, dsn := range []string{
		"postgres://app:" + secret + "@127.0.0.1:1/crm",
		"postgres://app:s3cr@127.0.0.1:1/crm?connect_timeout=1",
		"postgres://app:s3cr%zz@127.0.0.1/crm",
		"postgres://app:s3cr@127.0.0.1:notaport/crm",
		"postgres://app@127.0.0.1:1/crm?password=s3cr&sslmode=nonsense",
		"host=127.0.0.1 port=1 user=app password=s3cr dbname=crm",
		"host=127.0.0.1 port=none user=app password=s3cr dbname=crm",
		"host=127.0.0.1 user=app password='s3cr dbname=crm",
		"host=127.0.0.1 user=app password s3cr",
		"s3cr",
		"host=" + nowhere + " user=app password=s3cr dbname=crm",
		"host=127.0.0.1 port=1 user=app password=s3cr dbname=crm sslmode=verify-full sslrootcert=" + nowhere + "/missing.pem",
	} {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			db, err := postgres.Open(t.Context(), dsn, sqlstore.Options{})
			is.True(db == nil && err != nil) // refused
			for _, text := range []string{err.Error(), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", err)} {
				is.True(!strings.Contains(text, "s3cr")) // no part of the password, in any form
			}
			is.True(strings.HasPrefix(err.Error(), "postgres: open: ")) // who says so
		})
	}
}

// TestL21_OpenRefuses wants each error to name what is wrong.
func TestL21_OpenRefuses(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Database(t)
	server, _, _ := strings.Cut(dsn, " dbname=")
	other, err := postgres.Open(t.Context(), dsn, sqlstore.Options{Prefix: "other_"})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	done, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		name, dsn string
		ctx       context.Context
		options   sqlstore.Options
		want      error
		says      string
	}{
		{name: "no such server", dsn: "host=" + t.TempDir() + " user=app dbname=crm", says: "no such file"},
		{name: "no such database", dsn: server + " dbname=nowhere", says: `database "nowhere" does not exist`},
		{name: "no such user", dsn: dsn + " user=nobody", says: `role "nobody" does not exist`},
		{name: "no string", dsn: "postgres://[", want: roster.ErrInvalid, says: "dsn"},
		{name: "a reader", dsn: dsn, options: sqlstore.Options{Reader: other.Writer()}, want: roster.ErrInvalid, says: "reader"},
		{name: "a schema", dsn: dsn, options: sqlstore.Options{Schema: "No Schema"}, want: roster.ErrInvalid, says: "schema"},
		{name: "a context that is done", dsn: dsn, ctx: done, want: context.Canceled, says: "canceled"},
	} {
		t.Run(c.name, func(t *testing.T) {
			is := is.New(t)
			if c.ctx == nil {
				c.ctx = t.Context()
			}
			db, err := postgres.Open(c.ctx, c.dsn, c.options)
			is.True(db == nil && err != nil)                 // refused
			is.True(c.want == nil || errors.Is(err, c.want)) // the kind
			is.True(strings.Contains(err.Error(), c.says))   // why
		})
	}
}

// role makes a role that may log in, and do what else the statements say.
func role(t *testing.T, dsn string, statements ...string) (name string) {
	t.Helper()
	pool := places.Pool(t, dsn, "")
	if err := pool.QueryRowContext(t.Context(), "SELECT 'r_' || current_database()").Scan(&name); err != nil {
		t.Fatal(err)
	}
	for _, s := range append([]string{"CREATE ROLE {role} LOGIN"}, statements...) {
		if _, err := pool.ExecContext(t.Context(), strings.ReplaceAll(s, "{role}", name)); err != nil {
			t.Fatal(err)
		}
	}
	return name
}

// TestL21_MissingRight opens by a role that may do less than it needs to: it is told what, and given that, it works.
func TestL21_MissingRight(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	dsn := pgtest.Database(t)
	name := role(t, dsn, "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
	_, err := postgres.Open(t.Context(), dsn+" user="+name, sqlstore.Options{})
	is.True(errors.Is(err, sqlstore.ErrSchema))                                   // none were prepared
	is.True(strings.Contains(err.Error(), "DB.SQL"))                              // what to do
	is.True(strings.Contains(err.Error(), "permission denied for schema public")) // why
	_, err = postgres.Open(t.Context(), dsn+" user="+name, sqlstore.Options{Schema: "people"})
	is.True(err != nil && strings.Contains(err.Error(), "permission denied for database")) // no schema either

	owner, err := postgres.Open(t.Context(), dsn, sqlstore.Options{})
	is.NoErr(err) // somebody who may
	defer owner.Close()
	grant := func(s string) {
		_, err := owner.Writer().ExecContext(t.Context(), s+" TO "+name)
		is.NoErr(err) // the owner may
	}
	_, err = postgres.Open(t.Context(), dsn+" user="+name, sqlstore.Options{})
	is.True(err != nil && strings.Contains(err.Error(), "permission denied for table roster_schema")) // no right at all
	grant("GRANT SELECT ON ALL TABLES IN SCHEMA public")
	pool := places.Pool(t, dsn, name)
	reader, err := sqlstore.New(pool, sqlstore.PostgreSQL, sqlstore.Options{})
	is.NoErr(err)                                                                                       // a DB that reads
	is.NoErr(reader.Ready(t.Context()))                                                                 // is possible
	err = reader.Prepare(t.Context())                                                                   // but not enough for a host
	is.True(err != nil && strings.Contains(err.Error(), "permission denied for table roster_accounts")) // the first that can't be written
	store := reader.Account("acme")
	err = store.Update(t.Context(), func(roster.Tx) error { return nil })
	is.True(err != nil && strings.Contains(err.Error(), "permission denied for table roster_accounts")) // later, too
	is.NoErr(store.View(t.Context(), func(tx roster.Tx) error { _, err := tx.Head(); return err }))     // reading goes on
	grant("GRANT INSERT, UPDATE ON ALL TABLES IN SCHEMA public")
	err = reader.Prepare(t.Context()) // without DELETE a run's end would fail, when all its records have moved
	is.True(err != nil && strings.Contains(err.Error(), "DELETE FROM roster_departments") && strings.Contains(err.Error(), "permission denied"))
	grant("GRANT DELETE ON ALL TABLES IN SCHEMA public")
	is.NoErr(reader.Prepare(t.Context())) // only looks
	is.NoErr(store.Update(t.Context(), func(roster.Tx) error { return nil }))
}

// least are the rights that suffice, on tables that somebody else has made: the trail and the roles are only ever added to.
var least = []string{
	"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}",
	"GRANT INSERT ON ALL TABLES IN SCHEMA public TO {role}",
	"GRANT UPDATE ON roster_accounts, roster_users, roster_departments, roster_credentials, roster_tokens, roster_letters, roster_counters, roster_runs, roster_entries, roster_due TO {role}",
	"GRANT DELETE ON roster_departments, roster_roles, roster_credentials, roster_tokens, roster_letters, roster_counters, roster_due TO {role}",
	"REVOKE INSERT ON roster_schema FROM {role}",
	"REVOKE CREATE ON SCHEMA public FROM PUBLIC",
}

func TestL21_LeastRights(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Database(t)
	opened(t, dsn)
	sqltest.Contract(t, opened(t, dsn+" user="+role(t, dsn, least...)))
}

// opened opens a database until the end of t.
func opened(t *testing.T, dsn string) *sqlstore.DB {
	t.Helper()
	db, err := postgres.Open(t.Context(), dsn, sqlstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// TestL21_BehindPgBouncer uses the database as behind PgBouncer in transaction mode, where no statement stays prepared.
func TestL21_BehindPgBouncer(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := opened(t, pgtest.Database(t)+" default_query_exec_mode=exec")
	one, err := db.Writer().Conn(t.Context())
	is.NoErr(err) // a connection
	defer one.Close()
	var prepared int
	for range 2 { // what was prepared for the first is seen by the second
		is.NoErr(one.QueryRowContext(t.Context(), "SELECT count(*) FROM pg_prepared_statements").Scan(&prepared))
	}
	is.Equal(prepared, 0) // nothing was
	sqltest.Contract(t, db)
}

// TestL21_OverAPgxpool uses the pool that a host of pgx has.
func TestL21_OverAPgxpool(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	pool, err := pgxpool.New(t.Context(), pgtest.Database(t))
	is.NoErr(err) // the host's
	defer pool.Close()
	db, err := sqlstore.New(stdlib.OpenDBFromPool(pool), sqlstore.PostgreSQL, sqlstore.Options{})
	is.NoErr(err) // lent
	defer db.Close()
	is.NoErr(db.Prepare(t.Context())) // makes the tables
	r, err := roster.New(db.Account("acme"), roster.CRMSchema(), roster.Config{})
	is.NoErr(err) // a roster over it
	_, err = r.Apply(t.Context(), roster.System("test"), roster.CreateDepartment{ID: "sales", Name: "Sales"},
		roster.ImportUser{User: roster.User{ID: "anna", FirstName: "Anna", Department: "sales", Status: roster.StatusActive}})
	is.NoErr(err) // writes
	anna, err := r.User(t.Context(), roster.System("test"), "anna")
	is.NoErr(err)                              // reads
	is.Equal(anna.Status, roster.StatusActive) // what it wrote
	is.True(pool.Stat().AcquireCount() > 0)    // through the pool
}

func TestL21_OpenSetsItsPool(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	dsn := pgtest.Database(t)
	for given, want := range map[string]string{"": "roster", " application_name=crm": "crm"} {
		db := opened(t, dsn+given)
		var name string
		is.NoErr(db.Writer().QueryRowContext(t.Context(), "SHOW application_name").Scan(&name)) // it is set
		is.Equal(name, want)                                                                    // the host's own goes first
		is.Equal(db.Writer().Stats().MaxOpenConnections, 16)                                    // bounded
		is.True(db.Reader() == db.Writer())                                                     // one pool
	}
}
