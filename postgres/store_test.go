package postgres_test

import (
	"testing"

	"github.com/seed-8e8abc8d/roster/internal/pgtest"
	"github.com/seed-8e8abc8d/roster/internal/sqltest"
	"github.com/seed-8e8abc8d/roster/postgres"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// open opens a new database.
func open(t *testing.T) *sqlstore.DB { t.Helper(); return openWith(t, sqlstore.Options{}) }

// openWith opens a new database.
func openWith(t *testing.T, o sqlstore.Options) *sqlstore.DB {
	t.Helper()
	db, err := postgres.Open(t.Context(), pgtest.Database(t), o)
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
	sqltest.Contract(t, open(t))
}

// TestL21_ContractUnderAPrefixAndInASchema has the tables in a schema whose name is a word of SQL's.
func TestL21_ContractUnderAPrefixAndInASchema(t *testing.T) {
	t.Parallel()
	sqltest.Names(t, openWith(t, sqlstore.Options{Prefix: "staff_", Schema: "user"}), `"user".staff_users`)
}
