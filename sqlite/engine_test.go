package sqlite_test

import (
	"flag"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/seed-8e8abc8d/roster/internal/sqltest"
	"github.com/seed-8e8abc8d/roster/sqlite"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

var races = flag.Int("races", 40, "rounds of every race")

// engine opens every database twice, as two processes do.
func engine() sqltest.Engine {
	return sqltest.Engine{
		Recorded: record, Dialect: sqlstore.SQLite, Rounds: *races,
		Indexes: `SELECT m.name, l.name, (SELECT name FROM pragma_index_info(l.name) WHERE seqno = 0)
			FROM sqlite_master m JOIN pragma_index_list(m.name) l WHERE m.type = 'table' AND m.name LIKE 'roster%'`,
		Ties: `SELECT name FROM sqlite_master WHERE type IN ('trigger', 'view') OR name = 'sqlite_sequence'
			UNION ALL SELECT 'a foreign key of ' || m.name FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) WHERE m.type = 'table'`,
		Explain: "EXPLAIN QUERY PLAN ", Scans: regexp.MustCompile("^SCAN ([^j]|j[^s])"), Searches: regexp.MustCompile("^SEARCH "),
		Open: func(t *testing.T) (one, two *sqlstore.DB) {
			path := filepath.Join(t.TempDir(), "roster.db")
			for _, db := range []**sqlstore.DB{&one, &two} {
				var err error
				if *db, err = sqlite.Open(t.Context(), path, sqlstore.Options{}); err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { (*db).Close() })
			}
			return one, two
		},
	}
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

// record opens a database whose statements are recorded, with settings like Open's.
func record(t *testing.T) (*sqlstore.DB, *sqltest.Recorder) {
	path := filepath.Join(t.TempDir(), "roster.db")
	made, err := sqlite.Open(t.Context(), path, sqlstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { made.Close() })
	sent, driver := new(sqltest.Recorder), made.Writer().Driver()
	writer := sent.Pool(driver, "file:"+path+"?_pragma=busy_timeout(5000)&_txlock=immediate")
	writer.SetMaxOpenConns(1)
	db, err := sqlstore.New(writer, sqlstore.SQLite, sqlstore.Options{Reader: sent.Pool(driver, "file:"+path+"?_pragma=busy_timeout(5000)&_pragma=query_only(1)")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db, sent
}

func TestL7_ChecksAndTheFenceTakeFewStatements(t *testing.T) {
	t.Parallel()
	sqltest.RoundTrips(t, engine())
}

func TestL21_TheAccountIsTheShardingKey(t *testing.T) {
	t.Parallel()
	sqltest.Sharding(t, engine())
}

func TestW1_ManyAppendToOneChain(t *testing.T) {
	t.Parallel()
	sqltest.Chain(t, engine())
}
