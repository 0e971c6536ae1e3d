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
	"syscall"
	"testing"
	"time"

	"github.com/seed-8e8abc8d/roster/internal/pgtest"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

var killsFlag = flag.Int("kills", 80, "kill -9 of a process that deletes a user: how many in all, over both engines; above 100 with 3,000 records each")

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
// deleted. After each kill, and at the end, everything is verified. Most rounds kill at
// points that are aimed at, one in each state and one in the midst of a call; the others kill whenever they like.
func TestL21_KilledAtAnyMoment(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, p place) {
		k := &killer{random: rand.New(rand.NewPCG(4, uint64(p.Engine))), kills: map[state]int{}}
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
	})
}

// killer kills one deletion after another on one engine.
type killer struct {
	place
	db     *sqlstore.DB // PostgreSQL's
	random *rand.Rand
	rounds int
	kills  map[state]int // by the state that was found afterwards
	lasted time.Duration // how long an undisturbed child takes
}

func (k *killer) String() string {
	return fmt.Sprintf("%s: %d kills in %d deletions, by the state found after the kill:%s", k.Engine, k.total(), k.rounds, counts(k.kills))
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

// measure lets an undisturbed child delete a user.
func (k *killer) measure(t *testing.T) {
	t.Helper()
	at, b := k.newFirm(t, "undisturbed")
	start := time.Now()
	if killed := run(t, deletion{place: at, Chunk: chunk()}, -1); killed {
		t.Fatal("killed by somebody else")
	}
	k.lasted = time.Since(start)
	if is := k.verify(t, at, b, "undisturbed"); is != stateBuried {
		t.Fatalf("an undisturbed deletion ends %q", is)
	}
}

// stock is how many records of each kind the leaver has, and chunk how many move at once.
func stock() int {
	if *killsFlag > 100 {
		return 1_000
	}
	return 24 // the race detector makes SQLite, written in C and translated, slow
}

func chunk() int { return stock() / 6 }

// newFirm fills an account, on SQLite of a file of its own.
func (k *killer) newFirm(t *testing.T, name string) (place, before) {
	t.Helper()
	at := k.place
	at.Account = name
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
	f, err := at.on(t.Context(), db, settings{Hand: true})
	if err != nil {
		t.Fatal(err)
	}
	return at, f.settle(t, stock())
}

// round deletes one leaver, and kills on the way.
func (k *killer) round(t *testing.T) {
	t.Helper()
	at, b := k.newFirm(t, fmt.Sprint("round", k.rounds))
	aims := k.aims()
	for life := 0; life < 1_000; life++ {
		d, after := deletion{place: at, Life: life, Chunk: chunk(), Hand: k.rounds%2 == 1}, time.Duration(-1)
		switch {
		case k.rounds%6 == 2:
			after = time.Duration(k.random.Int64N(int64(k.lasted)))
		case life < len(aims):
			d.Die = aims[life]
		}
		killed := run(t, d, after)
		where := fmt.Sprintf("round %d, life %d, %v", k.rounds, life, d.Die)
		is := k.verify(t, at, b, where)
		if t.Failed() {
			return
		}
		if killed {
			k.kills[is]++
		} else if is != stateBuried {
			t.Errorf("%s: the child ended, and the run is %q", where, is)
		}
		if is == stateBuried {
			return
		}
	}
}

// aims are points of one deletion, in its order, one in each state.
func (k *killer) aims() []point {
	between := func(low, high int) int { return low + k.random.IntN(high-low+1) }
	aims := []point{
		{Call: "start Survey", N: between(1, 2*len(kinds)), After: between(0, 1) == 1},
		{Call: "work Page", N: 1},
		{Call: "work Move", N: between(1, 3)},
		{Call: "work Move", N: between(1, 3), After: true},
		{Call: "work Close", N: 1},
		{Call: "work Survey", N: between(1, len(kinds)), After: between(0, 1) == 1},
		{Call: "bury Update", N: 1, After: true},
	}
	somewhere := point{Call: "work Move", N: between(1, 3), Delay: time.Duration(k.random.IntN(3_000)) * time.Microsecond}
	return slices.Insert(aims, between(2, 5), somewhere) // in the call, or in what follows it
}

// run runs a child, kills it after a time unless that is negative, and tells whether it was killed.
func run(t *testing.T, d deletion, after time.Duration) (killed bool) {
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
			return true
		}
	}
	if err != nil {
		t.Fatalf("%v: %s", err, &said)
	}
	return false
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
	f, err := at.on(ctx, db, settings{Hand: true})
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
