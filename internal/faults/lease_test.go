package faults_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/offboard"
)

// tallied are Holdings that count how often each deal really changed hands, and how many movers were at it at once; before is
// called before each move.
type tallied struct {
	*memstore.Records
	tally  *tally
	before func()
}

type tally struct {
	mu     sync.Mutex
	moved  map[string]int
	within atomic.Int32
	crowd  atomic.Int32 // the most that were at it at once
}

func (h tallied) Move(ctx context.Context, o roster.MoveOrder) ([]roster.MoveResult, error) {
	now := h.tally.within.Add(1)
	defer h.tally.within.Add(-1)
	for most := h.tally.crowd.Load(); now > most && !h.tally.crowd.CompareAndSwap(most, now); most = h.tally.crowd.Load() {
	}
	h.before()
	results, err := h.Records.Move(ctx, o)
	h.tally.mu.Lock()
	defer h.tally.mu.Unlock()
	for i, r := range results {
		if r == roster.MoveDone {
			h.tally.moved[o.IDs[i]]++
		}
	}
	return results, err
}

// rivals are two processes over two handles on one account, whose run has begun, and the deals that they count.
func rivals(t *testing.T, open handles, before ...func()) (w *world, first, second process, run roster.Run, count *tally) {
	t.Helper()
	a, b := open("acme")
	w = newWorld(t, a, b, nil)
	count = &tally{moved: map[string]int{}}
	plan, err := w.desk.Assess(t.Context(), roster.As("ada"), leoLeaves)
	must(t, err)
	run, err = w.desk.Start(t.Context(), roster.As("ada"), plan.Request, plan.Digest)
	must(t, err)
	first = newProcess(t, a, w.clock, tallied{w.deals, count, before[0]})
	second = newProcess(t, b, w.clock, tallied{w.deals, count, before[1]})
	first.desk = first.desk.With(offboard.Settings{Chunk: 2})
	second.desk = second.desk.With(offboard.Settings{Chunk: 2})
	return w, first, second, run, count
}

// once wants every deal to have changed hands exactly once, and the ending of an undisturbed deletion.
func (w *world) once(count *tally) {
	w.t.Helper()
	for id, times := range count.moved {
		if times != 1 {
			w.t.Errorf("%s changed hands %d times", id, times)
		}
	}
	if len(count.moved) != 5 {
		w.t.Errorf("%d of 5 deals changed hands", len(count.moved))
	}
	if diff := cmp.Diff(undisturbed(w.t), w.end()); diff != "" {
		w.t.Errorf("ending (-want +got):\n%s", diff)
	}
}

// TestL21_OneOfManyWorksAtATime lets six workers in two processes work on one run at once: one of them does, the others are told
// ErrLease, or that it is done.
func TestL21_OneOfManyWorksAtATime(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, open handles) {
		waiting := make(chan struct{})
		var held sync.Once
		hold := func() { held.Do(func() { <-waiting }) } // the first mover waits until all others were refused
		w, first, second, run, count := rivals(t, open, hold, hold)
		errs := make(chan error, 6)
		for i := range 6 {
			p := []process{first, second}[i%2]
			go func() {
				_, err := p.desk.Work(t.Context(), run.ID, nil)
				errs <- err
			}()
		}
		for range 5 {
			if err := <-errs; !errors.Is(err, roster.ErrLease) {
				t.Errorf("while another works: %v; want %v", err, roster.ErrLease)
			}
		}
		close(waiting)
		must(t, <-errs)
		if n := count.crowd.Load(); n != 1 {
			t.Errorf("%d moved at once", n)
		}
		w.once(count)
	})
}

// TestL21_WhoWasPausedPastTheirLeaseComesTooLate pauses a worker right before a move until its lease has ended and another has taken
// over: it wakes up when all is done, or while the other is about to move the same, and moves. No deal changes hands
// twice, not even one that somebody has given on since; what the sleeper writes is refused.
func TestL21_WhoWasPausedPastTheirLeaseComesTooLate(t *testing.T) {
	t.Parallel()
	for name, mid := range map[string]bool{"after the other is done": false, "while the other moves the same": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachStore(t, func(t *testing.T, open handles) {
				asleep, wake, woken := make(chan struct{}), make(chan struct{}), make(chan error, 1)
				var slept, roused sync.Once
				late := error(nil)
				rouse := func() { roused.Do(func() { close(wake); late = <-woken }) }
				before := func() {}
				if mid {
					before = rouse
				}
				w, first, second, run, count := rivals(t, open, func() { slept.Do(func() { close(asleep); <-wake }) }, before)
				go func() {
					_, err := first.desk.Work(t.Context(), run.ID, nil)
					woken <- err
				}()
				<-asleep
				w.clock.Advance(59 * time.Second)
				if _, err := second.desk.Work(t.Context(), run.ID, nil); !errors.Is(err, roster.ErrLease) {
					t.Errorf("within the lease: %v; want %v", err, roster.ErrLease)
				}
				w.clock.Advance(2 * time.Second)
				_, err := second.desk.Work(t.Context(), run.ID, nil)
				must(t, err)
				rouse()
				if !errors.Is(late, roster.ErrLease) {
					t.Errorf("the sleeper's work ends with %v; want %v", late, roster.ErrLease)
				}
				w.once(count)
				if _, err := first.desk.Work(t.Context(), run.ID, nil); err != nil {
					t.Errorf("once it is done: %v", err)
				}
			})
		})
	}
}

// TestL21_ALateMoveLeavesAloneWhatWasDecidedSince wakes the sleeper after the deals were handed over and one was given on.
func TestL21_ALateMoveLeavesAloneWhatWasDecidedSince(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, open handles) {
		asleep, wake := make(chan struct{}), make(chan struct{})
		var slept sync.Once
		w, first, second, run, count := rivals(t, open, func() { slept.Do(func() { close(asleep); <-wake }) }, func() {})
		woken := make(chan error, 1)
		go func() {
			_, err := first.desk.Work(t.Context(), run.ID, nil)
			woken <- err
		}()
		<-asleep
		w.clock.Advance(time.Hour)
		_, err := second.desk.Work(t.Context(), run.ID, nil)
		must(t, err)
		must(t, w.deals.Put(memstore.Record{ID: "deal 0", Owner: "ada", Open: true}))
		close(wake)
		if err := <-woken; !errors.Is(err, roster.ErrLease) {
			t.Errorf("the sleeper's work ends with %v; want %v", err, roster.ErrLease)
		}
		if d, _ := w.deals.Find("deal 0"); d.Owner != "ada" || count.moved["deal 0"] != 1 {
			t.Errorf("the deal that was given on is %s's, and the run moved it %d times", d.Owner, count.moved["deal 0"])
		}
	})
}
