package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/internal/sqltest"
	"github.com/seed-8e8abc8d/roster/sqlite"
	"github.com/seed-8e8abc8d/roster/sqlstore"
	"github.com/seed-8e8abc8d/roster/storetest"
)

// open opens a database in a new file.
func open(t *testing.T) *sqlstore.DB { t.Helper(); return openWith(t, sqlstore.Options{}) }

// openWith opens a database in a new file.
func openWith(t *testing.T, o sqlstore.Options) *sqlstore.DB {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "roster.db"), o)
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

func TestL21_Contract(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) roster.Store { return open(t).Account("acme") })
}

func TestL21_ContractUnderAPrefix(t *testing.T) {
	t.Parallel()
	sqltest.Names(t, openWith(t, sqlstore.Options{Prefix: "staff_"}), "staff_users")
}
