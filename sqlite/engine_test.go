package sqlite_test

import (
	"flag"
	"path/filepath"
	"testing"

	"github.com/seed-8e8abc8d/roster/internal/sqltest"
	"github.com/seed-8e8abc8d/roster/sqlite"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

var races = flag.Int("races", 40, "rounds of every race")

// engine opens every database twice, as two processes do.
func engine() sqltest.Engine {
	return sqltest.Engine{Dialect: sqlstore.SQLite, Rounds: *races, Open: func(t *testing.T) (one, two *sqlstore.DB) {
		path := filepath.Join(t.TempDir(), "roster.db")
		for _, db := range []**sqlstore.DB{&one, &two} {
			var err error
			if *db, err = sqlite.Open(t.Context(), path, sqlstore.Options{}); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { (*db).Close() })
		}
		return one, two
	}}
}

func TestL21_InTheHostsTransaction(t *testing.T) {
	t.Parallel()
	sqltest.InTx(t, engine())
}

func TestL14_OneAdministratorRemains(t *testing.T) {
	t.Parallel()
	sqltest.LastAdministrator(t, engine())
}

func TestL17_L18_ReceivingIsABarrier(t *testing.T) {
	t.Parallel()
	sqltest.Receive(t, engine())
}

func TestL17_L18_NothingIsLeftWithALeaver(t *testing.T) {
	t.Parallel()
	sqltest.Assigning(t, engine())
}
