package postgres_test

import (
	"database/sql"
	"testing"

	"github.com/seed-8e8abc8d/roster/internal/pgtest"
	"github.com/seed-8e8abc8d/roster/internal/sqltest"
	"github.com/seed-8e8abc8d/roster/postgres"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

func TestMain(m *testing.M) { sqltest.Main(m, postgres.Open) }

var places = sqltest.Places{
	Dialect: sqlstore.PostgreSQL,
	Place:   pgtest.Database,
	Open:    postgres.Open,
	Pool: func(t testing.TB, place, role string) *sql.DB {
		t.Helper()
		if role != "" {
			place += " user=" + role
		}
		db, err := sql.Open("pgx", place)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
		return db
	},
}

func TestL21_Prepare(t *testing.T) {
	t.Parallel()
	sqltest.Prepare(t, places)
}

func TestL21_BadInput(t *testing.T) {
	t.Parallel()
	sqltest.BadInput(t, places)
}
