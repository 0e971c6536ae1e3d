package sqltest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/offboard"
	"github.com/seed-8e8abc8d/roster/rostertest"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// lateDeals are as many as the late worker's leaver has, lateChunk as many as move at once.
const lateDeals, lateChunk = 120, 50

// slowly are the settings of a late worker and of the one who doesn't wait for it.
var slowly = offboard.Settings{Chunk: lateChunk, Lease: 10 * time.Minute}

// LateWorker pauses a worker beyond its lease, before its first move and after it, by a clock that both have. A worker of
// another handle finishes the run, and a person gives on what moved: the late worker's move changes nothing then, and its
// writes are refused.
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
	newOffice(t, one, 1, lateDeals)
	clock := now()
	here, err := newProcess(t.Context(), one, clock.Now)
	must(t, err)
	here.leave(t, leaver(0))
	reached, goOn := make(chan struct{}), make(chan struct{})
	here.deals.pause(after, func() { close(reached); <-goOn })
	run, late := here.run(t, leaver(0)).ID, make(chan error, 1)
	go func() {
		_, err := here.desk.With(slowly).Work(t.Context(), run, nil)
		late <- err
	}()
	select {
	case <-reached:
	case err := <-late:
		t.Fatalf("it ends before its first move: %v", err)
	}
	there, err := newProcess(t.Context(), two, clock.Now)
	must(t, err)
	given := there.overtake(t, clock, func() {
		close(goOn)
		is(t, "the late worker", <-late, roster.ErrLease)
	})
	same(t, "what the late move told", toldLate(after, given), here.deals.first)
	same(t, "deals that moved", []int64{lateDeals}, []int64{here.deals.moved.Load() + there.deals.moved.Load()})
}

// LateProcess is LateWorker, the late one a process of the operating system.
func LateProcess(t *testing.T, p Places) {
	t.Helper()
	for part, after := range map[string]bool{"late before its move": false, "late after its move": true} {
		t.Run(part, func(t *testing.T) {
			t.Parallel()
			place := p.Place(t)
			db := p.open(t, place, sqlstore.Options{})
			newOffice(t, db, 1, lateDeals).leave(t, leaver(0))
			slow := start(t, place, part)
			before := slow.number(t) // it is at its first move
			clock := now()
			s, err := newProcess(t.Context(), db, clock.Now)
			must(t, err)
			late := 0
			s.overtake(t, clock, func() { late = slow.end(t) })
			want := map[bool]int{true: lateChunk}[after]
			same(t, "deals that the late process had moved when it was paused, and has in the end", []int{want, want}, []int{before, late})
			same(t, "deals that moved", []int{lateDeals}, []int{late + int(s.deals.moved.Load())})
		})
	}
}

// workLate is the late process: it takes up the run that is due, is paused at its first move, and tells there and in the end
// how many deals it moved. That it is too late it has to be told.
func workLate(after bool) func(*sqlstore.DB) error {
	return func(db *sqlstore.DB) error {
		ctx, goOn := listen()
		ctx = context.WithoutCancel(ctx) // it goes on though nothing is said to it but the end
		s, err := newProcess(ctx, db, nil)
		if err != nil {
			return err
		}
		due, err := db.Due(ctx, roster.Due{}, 1)
		if err != nil {
			return err
		}
		if len(due) == 0 {
			return errors.New("no run is due")
		}
		s.deals.pause(after, func() {
			fmt.Println(s.deals.moved.Load())
			<-goOn
		})
		run, err := s.desk.With(slowly).Work(ctx, due[0].Run, nil)
		if !errors.Is(err, roster.ErrLease) {
			return fmt.Errorf("the run is %s, error %v; want %w", run.State, err, roster.ErrLease)
		}
		fmt.Println(s.deals.moved.Load())
		return nil
	}
}

// now is a clock that tells the present time.
func now() *rostertest.Clock {
	clock := new(rostertest.Clock)
	clock.Advance(time.Since(clock.Now()))
	return clock
}

// pause has the first move wait, before it does anything or after it did all.
func (w *watched) pause(after bool, wait func()) {
	if after {
		w.meet = wait
	} else {
		w.begin = wait
	}
}

// overtake finishes the run whose worker is paused, once that one's lease has ended, and gives one of the deals on that it is
// at: after the late worker has gone on, to its end, everything is as it was. It tells the deal's place in the late chunk.
func (s *process) overtake(t *testing.T, clock *rostertest.Clock, goOn func()) (given int) {
	t.Helper()
	run := s.run(t, leaver(0))
	var chunk []string
	for m, err := range s.desk.Moved(t.Context(), roster.As("ada"), run.ID) {
		must(t, err)
		if m.Open {
			chunk = append(chunk, m.ID)
		}
	}
	same(t, "deals that the late worker is at", []int{lateChunk}, []int{len(chunk)})
	desk := s.desk.With(slowly)
	_, err := desk.Work(t.Context(), run.ID, nil)
	is(t, "working while another's lease lasts", err, roster.ErrLease)
	clock.Advance(slowly.Lease + time.Minute)
	run, err = desk.Work(t.Context(), run.ID, nil)
	must(t, err)
	same(t, "the run, finished by the other", []roster.RunState{roster.RunDone}, []roster.RunState{run.State})
	given = lateChunk / 2
	_, err = s.db.Writer().ExecContext(t.Context(), "UPDATE deals SET owner = 'ada' WHERE id = $1", chunk[given])
	must(t, err)
	before := s.everything(t)
	goOn()
	same(t, "everything, before the late worker went on and after", before, s.everything(t))
	s.journalIsEffect(t, lateDeals, chunk[given])
	whole(t, s.Roster)
	return given
}

// everything is every row of the account, and every deal.
func (s *process) everything(t *testing.T) []string {
	t.Helper()
	return append(rowsOf(t, s.db, "acme"), lines(t, s.db.Reader(), "SELECT id || ' is ' || coalesce(owner, 'nobody') || '''s' FROM deals ORDER BY id")...)
}

// toldLate is what a move tells that came before all others, or after everything was done and one of its deals was given on.
func toldLate(first bool, given int) []roster.MoveResult {
	results := make([]roster.MoveResult, lateChunk)
	for i := range results {
		results[i] = roster.MoveAlready
		if first {
			results[i] = roster.MoveDone
		} else if i == given {
			results[i] = roster.MoveElsewhere
		}
	}
	return results
}
