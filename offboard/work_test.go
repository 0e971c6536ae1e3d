package offboard_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/offboard"
)

// TestL21_LateWorkerChangesNothing lets a worker pause before its move: while its lease lasts nobody else may
// work; afterwards another worker finishes everything, and the late one's move and writes come to nothing.
func TestL21_LateWorkerChangesNothing(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	calm := newFirm(t, 60)
	calm.work(calm.start(request()).ID)

	f := newFirm(t, 60)
	run := f.start(request())
	other := f.newDesk(f.Roster)
	f.hold(func(kind string) {
		if kind != "deal" {
			return
		}
		_, err := other.Work(t.Context(), run.ID, nil)
		is.True(errors.Is(err, roster.ErrLease)) // one worker at a time
		_, err = f.desk.Lift(t.Context(), roster.As("ada"), run.ID, "")
		is.True(errors.Is(err, roster.ErrLease)) // lifting waits out the lease
		f.clock.forward(2 * time.Minute)
		_, err = other.Work(t.Context(), run.ID, nil)
		is.NoErr(err) // a silent worker's run is taken over
	})
	_, err := f.desk.Work(t.Context(), run.ID, nil)
	is.True(errors.Is(err, roster.ErrLease)) // the late worker is told
	if diff := cmp.Diff(calm.ending(), f.ending()); diff != "" {
		t.Errorf("ending (-want +got):\n%s", diff)
	}
}

// TestL21_ManyWorkersRace lets workers race for one run while leases end under them.
func TestL21_ManyWorkersRace(t *testing.T) {
	t.Parallel()
	calm := newFirm(t, 200)
	calm.work(calm.start(request()).ID)
	f := newFirm(t, 200)
	run := f.start(request())
	var wg sync.WaitGroup
	for range 4 {
		desk := f.newDesk(f.Roster).With(offboard.Settings{Chunk: 10, Attempts: 1_000_000})
		wg.Go(func() {
			for {
				_, err := desk.Work(context.Background(), run.ID, nil)
				if err == nil {
					return
				}
				if !errors.Is(err, roster.ErrLease) {
					t.Error(err)
					return
				}
				f.clock.forward(30 * time.Second)
			}
		})
	}
	wg.Wait()
	want, got := calm.ending(), f.ending()
	for i := range got.Steps { // how far the cursor was when a worker took over is chance
		want.Steps[i].Moved, got.Steps[i].Moved, want.Steps[i].Skipped, got.Steps[i].Skipped = 0, 0, 0, 0
		want.Steps[i].Shares, got.Steps[i].Shares = nil, nil
	}
	if !reflect.DeepEqual(want, got) {
		t.Errorf("ending (-want +got):\n%s", cmp.Diff(want, got))
	}
	if _, err := f.Verify(t.Context(), roster.Head{}); err != nil {
		t.Error(err)
	}
}

// cancelling is a store that cancels a context at its n-th transaction, before it or after it.
type cancelling struct {
	roster.Store
	mu     sync.Mutex
	left   int
	after  bool
	cancel func()
}

func (c *cancelling) count() func() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.left--; c.left != 0 {
		return func() {}
	}
	if !c.after {
		c.cancel()
		return func() {}
	}
	return c.cancel
}

func (c *cancelling) View(ctx context.Context, f func(roster.Tx) error) error {
	defer c.count()()
	return c.Store.View(ctx, f)
}

func (c *cancelling) Update(ctx context.Context, f func(roster.Tx) error) error {
	defer c.count()()
	return c.Store.Update(ctx, f)
}

// TestG10_CancelledAtAnyCall cancels the context at every transaction: the store stays consistent, the lease
// is given back, and going on at once finishes the deletion.
func TestG10_CancelledAtAnyCall(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	want := undisturbed(t, 60)
	for _, after := range []bool{false, true} {
		n := 1
		for ; ; n++ {
			inner := new(memstore.Store)
			store := &cancelling{Store: inner, after: after, cancel: func() {}}
			f, look := crashFirm(t, 60, inner, store, nil)
			f.desk = f.desk.With(offboard.Settings{Chunk: 20})
			run := f.start(crashRequest())
			ctx, cancel := context.WithCancel(t.Context())
			store.left, store.cancel = n, cancel
			_, err := f.desk.Work(ctx, run.ID, nil)
			cancel()
			look()
			if store.left > 0 {
				break
			}
			if err != nil {
				is.True(errors.Is(err, context.Canceled)) // nothing else went wrong
				f.work(run.ID)                            // the lease was given back: no waiting
			}
			if compareEndings(t, f, inner, want, fmt.Sprintf("call %d, after %v", n, after)); t.Failed() {
				return
			}
		}
		is.True(n > 20) // the walk went over a whole deletion
	}
}

// TestL17_LateArrivals lets records reach the leaver after the fence.
func TestL17_LateArrivals(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		late   memstore.Record
		parked string // the reason's beginning; empty: the run ends
		to     roster.UserID
		why    string
	}{
		{"its kind has a rule", memstore.Record{ID: "late", Part: "won", Owner: "leo"}, "", "sid", "it follows the rule of its part"},
		{"it sorts before all others", memstore.Record{ID: "a", Part: "won", Owner: "leo"}, "", "sid", "the cursor is past it, the next round isn't"},
		{"no rule covers its part", memstore.Record{ID: "late", Part: "archive", Owner: "leo"}, "deal in archive: 1 record that no rule covers", "leo", "the run parks and says why"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			f := newFirm(t, 9)
			req := request()
			req.Rules = req.Rules[1:]
			for _, part := range []string{"new", ""} {
				rule := roster.Rule{Kind: "deal", Part: part, Do: roster.SplitEvenly, To: []roster.UserID{"sam", "sue"}}
				if part == "" { // only single records: otherwise the rule would cover every part
					for i := 0; i < 9; i += 3 {
						req.Rules = append(req.Rules, roster.Rule{Kind: "deal", Records: []string{dealID(i)}, Do: roster.GiveTo, To: []roster.UserID{"sam"}})
					}
					continue
				}
				req.Rules = append(req.Rules, rule)
			}
			token := f.token("leo")
			run := f.start(req)
			f.hold(func(kind string) {
				if kind == "task" { // the deals are done by then
					f.must(f.records["deal"].Put(tc.late))
				}
			})
			run, err := f.desk.Work(t.Context(), run.ID, nil)
			found, _ := f.records["deal"].Find(tc.late.ID)
			is.Equal(found.Owner, tc.to) // where it went
			_, bad := f.Check(t.Context(), token)
			is.True(errors.Is(bad, roster.ErrToken)) // no token passes, parked or not
			if tc.parked == "" {
				is.NoErr(err)
				is.Equal(run.Round, 1) // one further round
				return
			}
			is.True(errors.Is(err, roster.ErrParked)) // told to the worker
			is.Equal(run.State, roster.RunParked)
			is.Equal(run.Reason, tc.parked)                      // and why
			is.Equal(f.user("leo").Status, roster.StatusLeaving) // the leaver stays fenced
			is.Equal(f.events(roster.VerbRunPark)[0].Reason, roster.BlockUncovered)
			_, err = f.desk.Work(t.Context(), run.ID, nil)
			is.True(errors.Is(err, roster.ErrParked)) // it waits for a person

			_, err = f.records["deal"].Move(t.Context(), roster.MoveOrder{Tie: roster.Responsible, From: "leo", To: "sue", IDs: []string{tc.late.ID}})
			is.NoErr(err) // the person decides about the record
			_, err = f.desk.Retry(t.Context(), roster.As("sam"), run.ID)
			is.True(errors.Is(err, roster.ErrDenied)) // not everybody may retry
			_, err = f.desk.Retry(t.Context(), roster.As("ada"), run.ID)
			is.NoErr(err)
			is.Equal(f.work(run.ID).State, roster.RunDone) // and the run ends
			_, err = f.desk.Retry(t.Context(), roster.As("ada"), run.ID)
			is.True(errors.Is(err, roster.ErrState)) // a run that is over can't be retried
		})
	}
}

// TestL17_ArrivalsThatNeverCeasePark bounds the rounds.
func TestL17_ArrivalsThatNeverCeasePark(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 3)
	run := f.start(request())
	f.wrap = func(kind string, h roster.Holdings) roster.Holdings {
		n := 0
		return watched{h, func() {
			if n++; kind == "contact" {
				f.must(f.records[kind].Put(memstore.Record{ID: fmt.Sprint("late", n), Owner: "leo"}))
			}
		}}
	}
	f.desk = f.newDesk(f.Roster).With(offboard.Settings{Rounds: 3})
	run, err := f.desk.Work(t.Context(), run.ID, nil)
	is.True(errors.Is(err, roster.ErrParked))
	is.Equal(run.Round, 3) // so many rounds, and no more
	is.Equal(f.events(roster.VerbRunPark)[0].Reason, "rounds")
	f.wrap = nil
	f.desk = f.newDesk(f.Roster)
	_, err = f.desk.Retry(t.Context(), roster.As("ada"), run.ID)
	is.NoErr(err)
	is.Equal(f.work(run.ID).State, roster.RunDone) // once they cease a retry ends it
}

// TestG8_AttemptsAreCapped parks a run that fails again and again, and counts anew once it gets on.
func TestG8_AttemptsAreCapped(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 30)
	run := f.start(request())
	broken := true
	f.wrap = func(kind string, h roster.Holdings) roster.Holdings {
		if kind != "task" {
			return h
		}
		return refusing{h, &broken}
	}
	f.desk = f.newDesk(f.Roster).With(offboard.Settings{Attempts: 3})
	for i := range 4 { // the first gets deals and contacts done, the three after it nothing
		_, err := f.desk.Work(t.Context(), run.ID, nil)
		is.True(errors.Is(err, errHoldings))                       // the cause is told
		is.Equal(f.find(run.ID).State == roster.RunParked, i == 3) // three times nothing done: parked
	}
	_, err := f.desk.Work(t.Context(), run.ID, nil)
	is.True(errors.Is(err, roster.ErrParked))
	broken = false
	_, err = f.desk.Retry(t.Context(), roster.As("ada"), run.ID)
	is.NoErr(err)
	is.Equal(f.work(run.ID).State, roster.RunDone)
}

// refusing are Holdings whose moves fail while broken.
type refusing struct {
	roster.Holdings
	broken *bool
}

func (r refusing) Move(ctx context.Context, o roster.MoveOrder) ([]roster.MoveResult, error) {
	if *r.broken {
		return nil, errHoldings
	}
	return r.Holdings.Move(ctx, o)
}

// TestG8_CrashingWorkersAreCapped parks a run whose workers die without a word.
func TestG8_CrashingWorkersAreCapped(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 3)
	run := f.start(request())
	for range 3 {
		_, _, err := f.Runs().Claim(t.Context(), run.ID, time.Minute, 3)
		is.NoErr(err)
		f.clock.forward(2 * time.Minute)
	}
	_, err := f.desk.With(offboard.Settings{Attempts: 3}).Work(t.Context(), run.ID, nil)
	is.True(errors.Is(err, roster.ErrParked)) // the fourth finds that three died
	is.Equal(f.find(run.ID).State, roster.RunParked)
	is.Equal(f.events(roster.VerbRunPark)[0].Reason, "attempts")
}

// TestL17_LiftEndsAsInactive lifts a run half way.
func TestL17_LiftEndsAsInactive(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 30)
	token := f.token("leo")
	run := f.start(request())
	broken := true
	f.wrap = func(kind string, h roster.Holdings) roster.Holdings {
		if kind != "task" {
			return h
		}
		return refusing{h, &broken}
	}
	f.desk = f.newDesk(f.Roster)
	_, err := f.desk.Work(t.Context(), run.ID, nil)
	is.True(errors.Is(err, errHoldings))
	_, err = f.desk.Lift(t.Context(), roster.As("ben"), run.ID, "")
	is.True(errors.Is(err, roster.ErrDenied)) // not everybody may lift
	run, err = f.desk.Lift(t.Context(), roster.As("ada"), run.ID, "kept on after all")
	is.NoErr(err)
	is.Equal(run.State, roster.RunLifted)
	is.Equal(f.user("leo").Status, roster.StatusInactive)                  // L22: by its own name, and nothing more
	is.Equal(f.count("leo"), map[string]int{"task": 30, "integration": 3}) // what was handed over stays there
	is.Equal(f.events(roster.VerbRunLift)[1].Reason, "kept on after all")
	_, err = f.desk.Work(t.Context(), run.ID, nil)
	is.NoErr(err) // a lifted run is over: nothing happens
	_, err = f.desk.Lift(t.Context(), roster.As("ada"), run.ID, "")
	is.True(errors.Is(err, roster.ErrState)) // and can't be lifted twice
	f.system(roster.Reactivate{User: "leo"})
	_, err = f.Check(t.Context(), token)
	is.True(errors.Is(err, roster.ErrToken)) // L22: coming back revives no token
	_, err = f.SignIn(t.Context(), "leo@example.com", "correct horse battery staple")
	is.True(errors.Is(err, roster.ErrSignIn)) // nor the password
	broken = false
	is.Equal(f.work(f.start(request()).ID).State, roster.RunDone) // a new deletion is possible
}

// TestL5_SuccessorsOfAnUnfinishedRunStayFit refuses to take from successors what the run needs.
func TestL5_SuccessorsOfAnUnfinishedRunStayFit(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 9)
	run := f.start(request())
	for _, change := range []roster.Change{
		roster.Deactivate{User: "sam"},
		roster.SetRights{User: "sam", Rights: roster.Rights{"deal:edit": roster.Denied}},
		roster.EditUser{User: "sid", EndDate: new(f.clock.now().Add(time.Hour))},
	} {
		_, err := f.Apply(t.Context(), roster.As("ada"), change)
		is.True(errors.Is(err, roster.ErrInUse)) // the run needs them
	}
	plan, err := f.desk.Assess(t.Context(), roster.As("ada"), roster.Request{Leaver: "sam"})
	is.NoErr(err)
	_, err = f.desk.Start(t.Context(), roster.As("ada"), plan.Request, plan.Digest)
	is.True(errors.Is(err, roster.ErrBlocked)) // nor can a successor be fenced
	f.work(run.ID)
	f.system(roster.Deactivate{User: "sam"}) // afterwards they are free again
}

// TestL5_SuccessorWhoseEndDateComesParksTheRun meets an end date that was set before the run.
func TestL5_SuccessorWhoseEndDateComesParksTheRun(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 9)
	f.system(roster.EditUser{User: "sid", EndDate: new(f.clock.now().Add(time.Hour))})
	run := f.start(request())
	f.clock.forward(2 * time.Hour)
	run, err := f.desk.Work(t.Context(), run.ID, nil)
	is.True(errors.Is(err, roster.ErrParked))
	is.Equal(f.events(roster.VerbRunPark)[0].Reason, roster.BlockSuccessorInactive)
	is.Equal(f.count("sid"), map[string]int{}) // nothing went to somebody who can't answer for it
	f.system(roster.EditUser{User: "sid", EndDate: new(time.Time{})})
	_, err = f.desk.Retry(t.Context(), roster.As("ada"), run.ID)
	is.NoErr(err)
	is.Equal(f.work(run.ID).State, roster.RunDone)
}
