package postgres_test

import (
	"database/sql"
	"flag"
	"regexp"
	"sync"
	"testing"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/internal/pgtest"
	"github.com/seed-8e8abc8d/roster/internal/sqltest"
	"github.com/seed-8e8abc8d/roster/postgres"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

var races = flag.Int("races", 40, "rounds of every race")

// engine opens every database twice, as two processes do.
func engine() sqltest.Engine {
	return sqltest.Engine{
		Recorded: record,
		Indexes: `SELECT t.relname, i.relname, pg_get_indexdef(x.indexrelid, 1, true) FROM pg_index x
			JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid WHERE t.relname LIKE 'roster%'`,
		Ties: `SELECT conname::text FROM pg_constraint WHERE contype IN ('f', 't', 'x')
			UNION ALL SELECT tgname FROM pg_trigger
			UNION ALL SELECT relname FROM pg_class WHERE relkind IN ('S', 'v', 'm') AND relnamespace = 'public'::regnamespace`,
		Explain: "EXPLAIN ", Scans: regexp.MustCompile("Seq Scan on roster_"), Searches: regexp.MustCompile("^Index Cond: "),
		Dialect: sqlstore.PostgreSQL,
		Waiting: "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
		Rounds:  *races,
		Levels:  []sql.IsolationLevel{sql.LevelReadCommitted, sql.LevelRepeatableRead, sql.LevelSerializable},
		Open: func(t *testing.T) (one, two *sqlstore.DB) {
			dsn := pgtest.Database(t) + " options='-c deadlock_timeout=50ms'"
			for _, db := range []**sqlstore.DB{&one, &two} {
				var err error
				if *db, err = postgres.Open(t.Context(), dsn, sqlstore.Options{}); err != nil {
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

// record opens a database whose statements are recorded.
func record(t *testing.T) (*sqlstore.DB, *sqltest.Recorder) {
	dsn := pgtest.Database(t)
	made, err := postgres.Open(t.Context(), dsn, sqlstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { made.Close() })
	sent := new(sqltest.Recorder)
	db, err := sqlstore.New(sent.Pool(made.Writer().Driver(), dsn+" options='-c enable_seqscan=off'"), sqlstore.PostgreSQL, sqlstore.Options{})
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

// Whatever level the server has by default, who waited for the account's lock goes on: at SERIALIZABLE it would be given up, and
// begin again behind all others.
func TestL21_UpdatesHaveALevelOfTheirOwn(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Database(t) + " options='-c default_transaction_isolation=serializable'"
	first, sent := opened(t, dsn), new(sqltest.Recorder)
	second, err := sqlstore.New(sent.Pool(first.Writer().Driver(), dsn), sqlstore.PostgreSQL, sqlstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	holding, let, ended := make(chan struct{}), make(chan struct{}), make(chan error, 2)
	go func() {
		var once sync.Once
		ended <- first.Account("acme").Update(t.Context(), func(tx roster.Tx) error {
			once.Do(func() { close(holding) })
			<-let
			return tx.PutUser(roster.User{ID: "anna"})
		})
	}()
	<-holding
	go func() {
		ended <- second.Account("acme").Update(t.Context(), func(tx roster.Tx) error { return tx.PutUser(roster.User{ID: "ben"}) })
	}()
	for waiting := 0; waiting == 0 && len(ended) == 0; {
		if err := first.Reader().QueryRowContext(t.Context(), engine().Waiting).Scan(&waiting); err != nil {
			t.Fatal(err)
		}
	}
	close(let)
	for range 2 {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	begun := 0
	for _, s := range sent.Take() {
		if s.Query == "BEGIN" {
			begun++
		}
	}
	if begun != 1 {
		t.Errorf("the one that waited began %d times; want once", begun)
	}
}

func TestW1_ManyAppendToOneChain(t *testing.T) {
	t.Parallel()
	sqltest.Chain(t, engine())
}
