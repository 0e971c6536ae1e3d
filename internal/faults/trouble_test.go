package faults_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// often is how many faults an experiment makes.
func often(n int) int { return n * *much }

// trouble is a deletion in this process that meets faults.
type trouble struct {
	*firm
	t      *testing.T
	before before
	strike func(call string) // called before each call of the store and of the holdings, while armed

	striking sync.Mutex
	mu       sync.Mutex
	lives    int
	random   *rand.Rand
	armed    bool

	failures int // calls of Start and Work that failed
	parked   int // of those, by parking the run, which was then retried
	found    map[state]int
}

// newTrouble fills an account through calm, n records of each kind, which move in six chunks or more, and makes a firm over db, which may be the same database by another way.
func newTrouble(t *testing.T, p place, calm, db *sqlstore.DB, n int) *trouble {
	t.Helper()
	quiet, err := p.on(t.Context(), calm, settings{Idle: true})
	if err != nil {
		t.Fatal(err)
	}
	x := &trouble{t: t, before: quiet.settle(t, n), random: rand.New(rand.NewPCG(9, 9)), strike: func(string) {}, found: map[state]int{}}
	x.firm, err = p.on(t.Context(), db, settings{Chunk: n / 6, now: x.now, hook: x.hook})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// now is the clock: each life begins when the lease of the one before is over.
func (x *trouble) now() time.Time {
	x.mu.Lock()
	defer x.mu.Unlock()
	return began.Add(time.Duration(x.lives) * 2 * time.Minute)
}

func (x *trouble) hook(call string) func() {
	x.mu.Lock()
	armed := x.armed
	x.mu.Unlock()
	if armed {
		x.striking.Lock()
		defer x.striking.Unlock()
		x.strike(call)
	}
	return func() {}
}

// one says yes once in n times.
func (x *trouble) one(n int) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.random.IntN(n) == 0
}

// arm lets strikes begin, or end.
func (x *trouble) arm(armed bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.armed = armed
	x.lives++
}

// attempt begins the deletion, or goes on with it.
func (x *trouble) attempt(ctx context.Context) error {
	x.arm(true)
	defer x.arm(false)
	run, fenced, err := x.firm.found(ctx)
	if err == nil && !fenced {
		run.ID, err = x.begin(ctx)
	}
	if err != nil {
		return err
	}
	_, err = x.desk.Work(ctx, run.ID, nil)
	return err
}

// insist attempts until the leaver is deleted. Between two attempts it calls calm with the failure, and retries a run
// that is parked, as a person would.
func (x *trouble) insist(calm func(error)) {
	x.t.Helper()
	for range 10_000 {
		err := x.attempt(x.t.Context())
		if err == nil {
			return
		}
		x.failures++
		calm(err)
		if !errors.Is(err, roster.ErrParked) {
			continue
		}
		x.parked++
		run, _, err := x.firm.found(x.t.Context())
		if err == nil {
			_, err = x.desk.Retry(x.t.Context(), roster.As("ada"), run.ID)
		}
		if err != nil {
			x.t.Logf("retry: %v", err) // the next attempt finds it parked again
		}
	}
	x.t.Fatal("the deletion doesn't end")
}

// verify looks, when nobody works: through calm.
func (x *trouble) verify(calm *sqlstore.DB, where string) state {
	x.t.Helper()
	f, err := x.place.on(x.t.Context(), calm, settings{Idle: true})
	if err != nil {
		x.t.Fatal(err)
	}
	is, problems, err := f.look(x.t.Context(), x.before)
	if err != nil {
		x.t.Fatalf("%s: %v", where, err)
	}
	for _, p := range problems[:min(len(problems), 10)] {
		x.t.Errorf("%s, %s: %s", where, is, p)
	}
	x.found[is]++
	return is
}

// ended verifies the end.
func (x *trouble) ended(calm *sqlstore.DB) {
	x.t.Helper()
	if is := x.verify(calm, "at the end"); is != stateBuried {
		x.t.Errorf("at the end the run is %q", is)
	}
}

// counts tells counts by state.
func counts(found map[state]int) string {
	var b strings.Builder
	for _, is := range states {
		fmt.Fprintf(&b, "\n  %-16s %4d", is, found[is])
	}
	return b.String()
}
