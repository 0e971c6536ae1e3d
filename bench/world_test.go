package bench

import (
	"context"
	"flag"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/internal/pgtest"
	"github.com/seed-8e8abc8d/roster/offboard"
	"github.com/seed-8e8abc8d/roster/postgres"
	"github.com/seed-8e8abc8d/roster/sqlite"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

var (
	records = flag.Int("records", 20_000, "records that a leaver hands over")
	chunk   = flag.Int("chunk", 0, "records in a chunk at most; 0: the default")
	budget  = flag.Duration("budget", 0, "time of a move; 0: the default")
)

// world is a host on one engine: a roster and a table of deals in one database.
type world struct {
	testing.TB
	db     *sqlstore.DB
	store  *sqlstore.Store
	roster *roster.Roster
	desk   *offboard.Desk
	deals  roster.Holdings
	stages []string // the parts that the deals are in, equally many in each; none: they have no parts
	people int      // how many users there are
	lite   bool
}

// engines are the ways to open an empty database whose commits last.
var engines = map[string]func(testing.TB) *sqlstore.DB{
	"SQLite": func(t testing.TB) *sqlstore.DB {
		db, err := sqlite.Open(context.Background(), filepath.Join(t.TempDir(), "bench.db"), sqlstore.Options{})
		must(t, err)
		return db
	},
	// A server that has run for a while finds its segments of WAL made, 16 MiB of zeros each; a new one would make everybody
	// wait for them.
	"PostgreSQL": func(t testing.TB) *sqlstore.DB {
		server, err := pgtest.Start("shared_buffers=1GB", "max_wal_size=4GB", "wal_init_zero=off", "autovacuum=off")
		pgtest.Need(t, err)
		t.Cleanup(func() { must(t, server.Close()) })
		db, err := postgres.Open(context.Background(), server.Database(t), sqlstore.Options{})
		must(t, err)
		return db
	},
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// newWorld fills a database: own deals are u0's, others' belong to a hundred other users, mixed among them. With stages
// the deals take turns in them, in a column that the owners' index has before the key, and they are the parts of the kind;
// without there is no such column, and the kind has no parts.
func newWorld(t testing.TB, engine string, own, others int, stages ...string) *world {
	t.Helper()
	w := &world{TB: t, db: engines[engine](t), lite: engine == "SQLite", stages: stages}
	t.Cleanup(func() { must(t, w.db.Close()) })
	numbers, bytewise := "FROM generate_series(1, %[3]d) i", `COLLATE "C"`
	if w.lite {
		numbers, bytewise = "FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %[3]d) SELECT i FROM n)", ""
	}
	w.exec("CREATE TABLE deals (id BIGINT PRIMARY KEY, owner TEXT " + bytewise + ", title TEXT NOT NULL)")
	w.exec(fmt.Sprintf("INSERT INTO deals SELECT i, CASE WHEN CAST(i AS BIGINT) * %[1]d / %[2]d > (CAST(i AS BIGINT) - 1) * %[1]d / %[2]d THEN 'u0' ELSE 'other' || (i %% 97) END, 'deal number ' || i "+numbers, own, own+others, own+others))
	if len(stages) > 0 {
		w.exec("ALTER TABLE deals ADD COLUMN stage TEXT " + bytewise)
		for i, stage := range stages {
			w.exec(w.args("UPDATE deals SET stage = ? WHERE id / ? % ? = ?"), stage, 1+others/own, len(stages), i)
		}
		w.exec("CREATE INDEX deals_owner ON deals (owner, stage, id)")
	} else {
		w.exec("CREATE INDEX deals_owner ON deals (owner, id)")
	}
	w.tidy()
	w.open()
	return w
}

func (w *world) exec(statement string, args ...any) {
	w.Helper()
	_, err := w.db.Writer().Exec(statement, args...)
	must(w, err)
}

// tidy writes the table anew, so that each side of a comparison finds the same: what an earlier side left of its pages would
// cost the next one more or less.
func (w *world) tidy() {
	if w.lite {
		w.exec("VACUUM")
		w.exec("ANALYZE")
		w.exec("PRAGMA wal_checkpoint(TRUNCATE)")
		return
	}
	w.exec("VACUUM FULL ANALYZE deals")
	w.exec("CHECKPOINT")
}

// open makes the roster, with the first ten of its users.
func (w *world) open() {
	ctx := context.Background()
	actions := []roster.Action{{Name: "view"}, {Name: "edit", Needs: []string{"view"}}}
	kind, table := roster.Kind{Name: "deal", Actions: actions}, sqlstore.Table{Name: "deals", Key: "id", Owner: "owner"}
	if len(w.stages) > 0 {
		kind.Parted, table.Part = true, "stage"
		for _, stage := range w.stages {
			kind.Parts = append(kind.Parts, roster.Part{Name: stage})
		}
	}
	schema, err := roster.NewSchema([]roster.Kind{kind}, nil)
	must(w, err)
	w.store = w.db.Account("bench")
	w.roster, err = roster.New(w.store, schema, roster.Config{})
	must(w, err)
	_, err = w.roster.Apply(ctx, roster.System("bench"), roster.CreateDepartment{ID: "d", Name: "D"},
		roster.CreateRole{ID: "r", Name: "R", Rights: roster.Rights{"deal:view": roster.All, "deal:edit": roster.All}})
	must(w, err)
	w.hire(10)
	w.deals, err = w.store.Table(ctx, table)
	must(w, err)
	desk, err := offboard.New(w.roster, offboard.Kind{Name: "deal", Holdings: w.deals})
	must(w, err)
	w.desk = desk.With(offboard.Settings{Chunk: *chunk, Budget: *budget})
}

// hire makes users until there are n: u0, u1, … hand the deals on from one to the next, and each hand-over takes one.
func (w *world) hire(n int) {
	w.Helper()
	for ; w.people < n; w.people++ {
		hired := roster.User{ID: user(w.people), FirstName: "U", Department: "d", Role: "r", Status: roster.StatusActive}
		_, err := w.roster.Apply(context.Background(), roster.System("bench"), roster.ImportUser{User: hired})
		must(w, err)
	}
}

func user(i int) roster.UserID { return roster.UserID(fmt.Sprint("u", i)) }

// handOver offboards the user who has the deals, by default settings, and makes another have them.
func (w *world) handOver(ctx context.Context, from, to roster.UserID) time.Duration {
	w.Helper()
	host := roster.System("bench")
	req := roster.Request{Leaver: from, Rules: []roster.Rule{{Kind: "deal", Do: roster.GiveTo, To: []roster.UserID{to}}}}
	plan, err := w.desk.Assess(ctx, host, req)
	must(w, err)
	run, err := w.desk.Start(ctx, host, req, plan.Digest)
	must(w, err)
	start := time.Now()
	run, err = w.desk.Work(ctx, run.ID, nil)
	must(w, err)
	if run.State != roster.RunDone {
		w.Fatalf("the run is %v: %s", run.State, run.Reason)
	}
	return time.Since(start)
}

// args writes a statement's arguments as the engine wants them.
func (w *world) args(statement string) string {
	if w.lite {
		return statement
	}
	for n := '1'; strings.Contains(statement, "?"); n++ {
		statement = strings.Replace(statement, "?", "$"+string(n), 1)
	}
	return statement
}
