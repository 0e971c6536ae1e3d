package sqltest

import (
	"context"
	"testing"
	"time"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/offboard"
	"github.com/seed-8e8abc8d/roster/rostertest"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// paused are holdings whose first move waits, before it does anything or after it did all.
type paused struct {
	roster.Holdings
	after   bool
	reached chan struct{} // closed when it waits
	goOn    chan struct{}
	waits   bool
}

func (p *paused) Move(ctx context.Context, o roster.MoveOrder) (results []roster.MoveResult, err error) {
	first := p.waits
	p.waits = false
	if first && p.after {
		results, err = p.Holdings.Move(ctx, o)
	}
	if first {
		close(p.reached)
		<-p.goOn
	}
	if first && p.after {
		return results, err
	}
	return p.Holdings.Move(ctx, o)
}

// LateWorker pauses a worker beyond its lease, before a move and after one. A worker of another process finishes the run,
// and a person moves on what is finished: the late worker's move changes nothing then, and its writes are refused.
func LateWorker(t *testing.T, e Engine) {
	t.Helper()
	for name, after := range map[string]bool{"before its move": false, "after its move": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lateWorker(t, e, after)
		})
	}
}

func lateWorker(t *testing.T, e Engine, after bool) {
	one, two := e.Open(t)
	here := newOffice(t, one, 1, 120)
	there, err := newProcess(t.Context(), two)
	must(t, err)
	clock := new(rostertest.Clock)
	clock.Advance(time.Since(clock.Now())) // the office was opened now
	var slow *paused
	for _, s := range []*process{here, there} {
		r, err := roster.New(s.store, roster.CRMSchema(), roster.Config{Now: clock.Now, Hasher: rostertest.Hasher{}})
		must(t, err)
		deals, err := s.store.Table(t.Context(), sqlstore.Table{Name: "deals", Key: "id", Owner: "owner"})
		must(t, err)
		var holdings roster.Holdings = deals
		if s == here {
			slow = &paused{Holdings: deals, after: after, waits: true, reached: make(chan struct{}), goOn: make(chan struct{})}
			holdings = slow
		}
		desk, err := deskOf(r, holdings)
		must(t, err)
		s.Roster, s.desk = r, desk.With(offboard.Settings{Chunk: 50, Lease: 10 * time.Minute})
	}
	here.leave(t, leaver(0))
	id := here.run(t, leaver(0)).ID
	late := make(chan error, 1)
	go func() {
		_, err := here.desk.Work(t.Context(), id, nil)
		late <- err
	}()
	<-slow.reached
	_, err = there.desk.Work(t.Context(), id, nil)
	is(t, "working while another's lease lasts", err, roster.ErrLease)
	clock.Advance(11 * time.Minute)
	run, err := there.desk.Work(t.Context(), id, nil)
	must(t, err)
	same(t, "the run, finished by the other", []roster.RunState{roster.RunDone}, []roster.RunState{run.State})
	close(slow.goOn)
	is(t, "the late worker", <-late, roster.ErrLease)
	here.journalIsEffect(t, 120)
	found := there.run(t, leaver(0))
	same(t, "entries and lease, as the other left them", []int{run.Entries, int(run.Lease.Number)}, []int{found.Entries, int(found.Lease.Number)})
	whole(t, here.Roster)
}
