//go:build unix

package faults_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-8e8abc8d/roster/internal/pgtest"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

var killsFlag = flag.Int("kills", 80, "kill -9 of a process that deletes a user: how many in all, over both engines; above 100 with 3,000 records each, and every second deletion at random instants")

// both runs a part of a test on each engine, in a database with the host's tables.
func both(t *testing.T, f func(t *testing.T, p place)) {
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		f(t, place{Engine: sqlstore.SQLite, DSN: filepath.Join(t.TempDir(), "roster.db")})
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		f(t, place{Engine: sqlstore.PostgreSQL, DSN: pgtest.Database(t)})
	})
}

// TestL21_KilledAtAnyMoment kills processes that delete a user, and lets a new one go on each time, until the user is
// deleted. After each kill, and at the end, everything is verified. Between some of the lives a person takes a record of a
// plain kind, or another one arrives. Half of the rounds, where there are few one in six, kill at random instants; the others at
// points that are aimed at, one in each state and one in the midst of a call.
func TestL21_KilledAtAnyMoment(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, p place) {
		k := &killer{random: rand.New(rand.NewPCG(4, uint64(p.Engine))), kills: map[state]int{}, blind: map[state]int{}}
		k.open(t, p)
		k.measure(t)
		for ; (k.total() < *killsFlag/2 || k.rarest() < 5) && k.rounds < *killsFlag && !t.Failed(); k.rounds++ {
			k.round(t)
		}
		t.Log(k)
		if k.rarest() < 5 {
			t.Error("fewer than 5 kills in some state")
		}
		if n := k.kills[stateParked]; n > 0 {
			t.Errorf("%d runs were parked", n)
		}
		if min(k.ranges, k.taken, k.added) == 0 {
			t.Error("no chunk moved as a range, or nobody took a record, or none arrived")
		}
	})
}

// killer kills one deletion after another on one engine.
type killer struct {
	place
	db     *sqlstore.DB // PostgreSQL's
	random *rand.Rand
	rounds int
	kills  map[state]int // by the state that was found afterwards
	blind  map[state]int // those of them at random instants
	taken  int           // records that a person took between two lives
	added  int           // and that arrived
	lined  int           // deletions whose children told their ranges
	ranges int           // that moved in those
	lasted time.Duration // how long an undisturbed child takes
	idle   time.Duration // and one that finds everything done
}

func (k *killer) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d kills in %d deletions; by the state found after the kill: all, at random instants, aimed", k.Engine, k.total(), k.rounds)
	for _, is := range states {
		fmt.Fprintf(&b, "\n  %-16s %4d %4d %4d", is, k.kills[is], k.blind[is], k.kills[is]-k.blind[is])
	}
	fmt.Fprintf(&b, "\nbetween two lives %d records were taken and %d arrived; in %d deletions, which told it, %d chunks moved as ranges", k.taken, k.added, k.lined, k.ranges)
	return b.String()
}

func (k *killer) total() (n int) {
	for _, kills := range k.kills {
		n += kills
	}
	return n
}

// rarest is how many kills the state with the fewest has. Nothing parks here.
func (k *killer) rarest() int {
	least := k.kills[stateBefore]
	for _, is := range states[:len(states)-1] {
		least = min(least, k.kills[is])
	}
	return least
}

// open makes the host's tables.
func (k *killer) open(t *testing.T, p place) {
	t.Helper()
	k.place = p
	if p.Engine == sqlstore.PostgreSQL {
		k.db, k.DSN = hosted(t, p), p.DSN+" application_name=leaver"
	}
}

// measure lets an undisturbed child delete a user, and another one find nothing to do.
func (k *killer) measure(t *testing.T) {
	t.Helper()
	at, b := k.newFirm(t, "undisturbed")
	for _, took := range []*time.Duration{&k.lasted, &k.idle} {
		start := time.Now()
		if killed, _ := run(t, deletion{place: at, Chunk: chunk()}, -1); killed {
			t.Fatal("killed by somebody else")
		}
		*took = time.Since(start)
	}
	if is := k.verify(t, at, b, "undisturbed"); is != stateBuried {
		t.Fatalf("an undisturbed deletion ends %q", is)
	}
}

// stock is how many records of each kind the leaver has, and chunk how many move at once.
func stock() int {
	if long() {
		return 600
	}
	return 16 // the race detector makes SQLite, written in C and translated, slow
}

func chunk() int { return max(4, stock()/6) }

// long says that there are many kills.
func long() bool { return *killsFlag > 100 }

// newFirm fills an account, on SQLite of a file of its own.
func (k *killer) newFirm(t *testing.T, name string) (place, before) {
	t.Helper()
	at := k.place
	at.Account, at.Kinds = name, k.Kinds
	db := k.db
	if db == nil {
		at.DSN = filepath.Join(filepath.Dir(at.DSN), name+".db")
		var err error
		if db, err = at.open(t.Context()); err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if err := host(t.Context(), at, db); err != nil {
			t.Fatal(err)
		}
	}
	f, err := at.on(t.Context(), db, settings{Idle: true})
	if err != nil {
		t.Fatal(err)
	}
	return at, f.settle(t, stock())
}

// round deletes one leaver, and kills on the way.
func (k *killer) round(t *testing.T) {
	t.Helper()
	k.Kinds = [][]string{slices.Concat(plain, traced), slices.Concat(traced, plain)}[k.rounds/2%2]
	at, b := k.newFirm(t, fmt.Sprint("round", k.rounds))
	aims, blind := k.aims(), k.rounds%6 == 2
	if long() {
		blind = k.rounds/4%2 == 1
	}
	haste := 1 + k.random.Int64N(4)
	lined, arrived := k.rounds%3 == 0, false
	if lined {
		k.lined++
	}
	for life := 0; life < 1_000; life++ {
		d, after := deletion{place: at, Life: life, Chunk: chunk(), Hand: k.rounds%2 == 1, Line: lined}, time.Duration(-1)
		switch {
		case blind: // the more in haste the oftener
			after = time.Duration(k.random.Int64N(int64(k.idle) + max(0, int64(k.lasted-k.idle))/haste))
		default: // the last one again where another round came before
			d.Die = aims[min(life, len(aims)-1)]
		}
		killed, said := run(t, d, after)
		k.ranges += strings.Count(said, "range\n")
		where := fmt.Sprintf("round %d, life %d, %v, %v", k.rounds, life, d.Die, after)
		is := k.verify(t, at, b, where)
		if t.Failed() {
			return
		}
		if killed {
			k.kills[is]++
			if blind {
				k.blind[is]++
			}
		} else if is != stateBuried {
			t.Errorf("%s: the child ended, and the run is %q", where, is)
		}
		if is == stateBuried {
			return
		}
		switch n := k.random.IntN(4); {
		case is == stateBefore:
		case n == 0 && k.byHand(t, at, b, (*firm).take):
			k.taken++
		case n == 1 && !arrived && k.byHand(t, at, b, (*firm).add): // each may take a round of the run's, and those are counted
			arrived = true
			k.added++
		}
	}
}

// byHand changes something in a firm that no process works on. On SQLite that opens the file as the next child would.
func (k *killer) byHand(t *testing.T, at place, b before, change byHand) bool {
	t.Helper()
	db := k.db
	if db == nil {
		var err error
		if db, err = at.open(t.Context()); err != nil {
			t.Fatal(err)
		}
		defer db.Close()
	}
	f, err := at.on(t.Context(), db, settings{Idle: true})
	must(t, err)
	changed, err := change(f, t.Context(), b, k.random.IntN)
	must(t, err)
	return changed
}

// aims are points of one deletion, in its order, one in each state.
func (k *killer) aims() []point {
	between := func(low, high int) int { return low + k.random.IntN(high-low+1) }
	aims := []point{
		{Call: "start Survey", N: between(1, 2*len(k.kinds())), After: between(0, 1) == 1},
		{Call: "work Page", N: 1},
		{Call: "work Move", N: between(1, 4)},
		{Call: "work Move", N: between(1, 4), After: true},
		{Call: "work Close", N: 1},
		{Call: "work Survey", N: between(1, len(k.kinds())), After: between(0, 1) == 1},
		{Call: "bury Update", N: 1, After: true},
	}
	somewhere := point{Call: "work Move", N: between(1, 4), Delay: time.Duration(k.random.IntN(3_000)) * time.Microsecond}
	return slices.Insert(aims, between(2, 5), somewhere) // in the call, or in what follows it
}

// run runs a child, kills it after a time unless that is negative, and tells whether it was killed, and what it said.
func run(t *testing.T, d deletion, after time.Duration) (killed bool, told string) {
	t.Helper()
	cmd := child(t, "leave", d)
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if after >= 0 {
		defer time.AfterFunc(after, func() { cmd.Process.Kill() }).Stop()
	}
	err := cmd.Wait()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() && status.Signal() == syscall.SIGKILL {
			return true, said.String()
		}
	}
	if err != nil {
		t.Fatalf("%v: %s", err, &said)
	}
	return false, said.String()
}

// verify looks at what a child left. On SQLite it looks at a copy, so that the next child opens what the dead one left.
func (k *killer) verify(t *testing.T, at place, b before, where string) state {
	t.Helper()
	is, problems, err := k.look(t.Context(), t, at, b)
	if err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	for _, p := range problems[:min(len(problems), 10)] {
		t.Errorf("%s, %s: %s", where, is, p)
	}
	return is
}

func (k *killer) look(ctx context.Context, t *testing.T, at place, b before) (state, []string, error) {
	db := k.db
	if db == nil {
		copied := filepath.Join(t.TempDir(), "copy.db")
		if err := errors.Join(copyFile(at.DSN, copied), copyFile(at.DSN+"-wal", copied+"-wal")); err != nil {
			return "", nil, err
		}
		at.DSN = copied
		var err error
		if db, err = at.open(ctx); err != nil {
			return "", nil, err
		}
		defer db.Close()
	}
	f, err := at.on(ctx, db, settings{Idle: true})
	for left := 1; err == nil && left > 0 && k.db != nil; { // what the dead child had sent may still be on its way
		err = db.Writer().QueryRowContext(ctx, "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'leaver' AND datname = current_database()").Scan(&left)
	}
	if err != nil {
		return "", nil, err
	}
	return f.look(ctx, b)
}

// copyFile copies a file that nobody has open; one that isn't there is left out.
func copyFile(from, to string) error {
	in, err := os.Open(from)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
