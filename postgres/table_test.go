package postgres_test

import (
	"testing"

	"github.com/seed-8e8abc8d/roster/internal/pgtest"
	"github.com/seed-8e8abc8d/roster/internal/sqltest"
	"github.com/seed-8e8abc8d/roster/postgres"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

func TestL4_TablesOfTheHost(t *testing.T) {
	t.Parallel()
	sqltest.Tables(t, sqlstore.PostgreSQL, open)
}

func BenchmarkTable(b *testing.B) {
	db, err := postgres.Open(b.Context(), pgtest.Database(b), sqlstore.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	sqltest.BenchmarkTable(b, sqlstore.PostgreSQL, db)
}

func TestG16_CollisionsHaveAPolicy(t *testing.T) {
	t.Parallel()
	sqltest.Collisions(t, open)
}

func TestL21_NamesAreCheckedAtStart(t *testing.T) {
	t.Parallel()
	sqltest.Catalogue(t, sqlstore.PostgreSQL, open)
}

func TestR14_AConditionAsSQL(t *testing.T) {
	t.Parallel()
	sqltest.Where(t, sqlstore.PostgreSQL, open)
}

func TestG10_PagesGoOnAboveAnyText(t *testing.T) {
	t.Parallel()
	sqltest.Pages(t, sqlstore.PostgreSQL, open)
}

func TestG2_UnknownIsNeverZero(t *testing.T) {
	t.Parallel()
	sqltest.Unknown(t, sqlstore.PostgreSQL, open)
}

func TestG23_TriggersAreTold(t *testing.T) {
	t.Parallel()
	sqltest.Meddled(t, sqlstore.PostgreSQL, open)
}

func TestG10_TablesAreFoundByIndex(t *testing.T) {
	t.Parallel()
	sqltest.Plans(t, engine())
}

func TestL4_APageMovesAsARange(t *testing.T) {
	t.Parallel()
	sqltest.Ranges(t, engine())
}
