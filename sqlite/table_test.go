package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/seed-8e8abc8d/roster/internal/sqltest"
	"github.com/seed-8e8abc8d/roster/sqlite"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

func TestL4_TablesOfTheHost(t *testing.T) {
	t.Parallel()
	sqltest.Tables(t, sqlstore.SQLite, open)
}

func BenchmarkTable(b *testing.B) {
	db, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "roster.db"), sqlstore.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	sqltest.BenchmarkTable(b, sqlstore.SQLite, db)
}

func TestG16_CollisionsHaveAPolicy(t *testing.T) {
	t.Parallel()
	sqltest.Collisions(t, open)
}

func TestL21_NamesAreCheckedAtStart(t *testing.T) {
	t.Parallel()
	sqltest.Catalogue(t, sqlstore.SQLite, open)
}

func TestR14_AConditionAsSQL(t *testing.T) {
	t.Parallel()
	sqltest.Where(t, sqlstore.SQLite, open)
}

func TestG10_PagesGoOnAboveAnyText(t *testing.T) {
	t.Parallel()
	sqltest.Pages(t, sqlstore.SQLite, open)
}

func TestG2_UnknownIsNeverZero(t *testing.T) {
	t.Parallel()
	sqltest.Unknown(t, sqlstore.SQLite, open)
}

func TestG23_TriggersAreTold(t *testing.T) {
	t.Parallel()
	sqltest.Meddled(t, sqlstore.SQLite, open)
}

func TestG10_TablesAreFoundByIndex(t *testing.T) {
	t.Parallel()
	sqltest.Plans(t, engine())
}

func TestL4_APageMovesAsARange(t *testing.T) {
	t.Parallel()
	sqltest.Ranges(t, engine())
}
