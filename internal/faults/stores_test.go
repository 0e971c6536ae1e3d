package faults_test

import (
	"flag"
	"path/filepath"
	"testing"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/internal/pgtest"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/postgres"
	"github.com/seed-8e8abc8d/roster/sqlite"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// much makes the random tests long: go test ./internal/faults -args -much=50.
var much = flag.Int("much", 1, "how many times as many histories, scripts and races as by default")

// handles gives two handles on one account, as two processes have it; on a store in memory they are one.
type handles func(account string) (a, b roster.Store)

// eachStore runs f on the reference store and on both engines, each as a parallel subtest.
func eachStore(t *testing.T, f func(t *testing.T, open handles)) {
	t.Helper()
	t.Run("memstore", func(t *testing.T) {
		t.Parallel()
		f(t, func(string) (a, b roster.Store) {
			s := new(memstore.Store)
			return s, s
		})
	})
	eachEngine(t, f)
}

// eachEngine runs f on both engines, each as a parallel subtest.
func eachEngine(t *testing.T, f func(t *testing.T, open handles)) {
	t.Helper()
	for name, database := range map[string]func(*testing.T) func() *sqlstore.DB{"SQLite": lite, "PostgreSQL": post} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			open := database(t)
			first, second := open(), open()
			f(t, func(account string) (a, b roster.Store) { return first.Account(account), second.Account(account) })
		})
	}
}

// lite makes a SQLite file; what it returns opens it, with pools of its own each time.
func lite(t *testing.T) func() *sqlstore.DB {
	path := filepath.Join(t.TempDir(), "roster.db")
	return func() *sqlstore.DB { return liteAt(t, path) }
}

// liteAt opens a SQLite file.
func liteAt(t *testing.T, path string) *sqlstore.DB {
	t.Helper()
	db, err := sqlite.Open(t.Context(), path, sqlstore.Options{})
	return opened(t, db, err)
}

// post makes a PostgreSQL database; what it returns opens it, with a pool of its own each time.
func post(t *testing.T) func() *sqlstore.DB {
	dsn := pgtest.Database(t)
	return func() *sqlstore.DB { return postAt(t, dsn) }
}

// postAt opens a PostgreSQL database.
func postAt(t *testing.T, dsn string) *sqlstore.DB {
	t.Helper()
	db, err := postgres.Open(t.Context(), dsn, sqlstore.Options{})
	return opened(t, db, err)
}

func opened(t *testing.T, db *sqlstore.DB, err error) *sqlstore.DB {
	t.Helper()
	must(t, err)
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// must stops a test at an error.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
