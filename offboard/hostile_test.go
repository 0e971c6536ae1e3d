package offboard_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
)

// TestL4_AMalformedSweepIsRefused hands a sweep requests that a plan would block as malformed: a rule
// without a disposal, or one that gives to nobody, must not leave records without an owner.
func TestL4_AMalformedSweepIsRefused(t *testing.T) {
	t.Parallel()
	f := newFirm(t, 3)
	f.work(f.start(request()).ID)
	f.must(f.records["deal"].Put(memstore.Record{ID: "late", Owner: "leo"}))
	for _, c := range []struct {
		name string
		req  roster.Request
	}{
		{"no disposal", roster.Request{Rules: []roster.Rule{{Kind: "deal"}}}},
		{"gives to nobody", roster.Request{Rules: []roster.Rule{{Kind: "deal", Do: roster.GiveTo}}}},
		{"an unknown disposal", roster.Request{Rules: []roster.Rule{{Kind: "deal", Do: 99}}}},
		{"the same twice", roster.Request{Rules: []roster.Rule{{Kind: "deal", Do: roster.NoOwner}, {Kind: "deal", Do: roster.GiveTo, To: []roster.UserID{"sam"}}}}},
		{"a reason without end", roster.Request{Reason: strings.Repeat("x", 10_000)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			is := is.New(t)
			c.req.Leaver = "leo"
			_, err := f.desk.Sweep(t.Context(), roster.As("ada"), c.req)
			is.True(errors.Is(err, roster.ErrInvalid)) // refused as malformed
			late, _ := f.records["deal"].Find("late")
			is.Equal(late.Owner, roster.UserID("leo")) // nothing has moved
			for run, err := range f.Runs().List(t.Context(), roster.As("ada"), roster.RunFilter{Unfinished: true}) {
				t.Errorf("a run was started: %v %v", run.ID, err)
			}
		})
	}
}

// TestL17_ASweepWithoutRulesTakesTheDeletions sweeps twice: an earlier sweep's rules are not the deletion's.
func TestL17_ASweepWithoutRulesTakesTheDeletions(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 3)
	f.work(f.start(request()).ID)
	f.must(f.records["deal"].Put(memstore.Record{ID: "late", Owner: "leo"}))
	f.clock.forward(time.Minute)
	run, err := f.desk.Sweep(t.Context(), roster.As("ada"), roster.Request{Leaver: "leo", Rules: []roster.Rule{{Kind: "deal", Do: roster.NoOwner}}})
	is.NoErr(err)
	f.work(run.ID)
	f.must(f.records["contact"].Put(memstore.Record{ID: "later", Owner: "leo"}))
	run, err = f.desk.Sweep(t.Context(), roster.As("ada"), roster.Request{Leaver: "leo"})
	is.NoErr(err) // the deletion has a rule for contacts
	f.work(run.ID)
	later, _ := f.records["contact"].Find("later")
	is.Equal(later.Owner, roster.UserID("sam")) // by that rule
}

// TestG2_CountsThatMakeNoSenseNeverBury gives, once the leaver is fenced, counts that add up to nothing.
func TestG2_CountsThatMakeNoSenseNeverBury(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		survey roster.Survey
	}{
		{"below zero", roster.Survey{Responsible: map[string]int{"": -1}}},
		{"parts that cancel each other", roster.Survey{Responsible: map[string]int{"": 1, "new": -1}}},
		{"more than an int holds", roster.Survey{Responsible: map[string]int{"": math.MaxInt, "new": math.MaxInt}}},
		{"authors below zero", roster.Survey{Authored: -1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			f := newFirm(t, 3)
			run := f.start(request())
			f.wrap = func(kind string, h roster.Holdings) roster.Holdings {
				if kind != "task" {
					return h
				}
				return told{h, c.survey, nil}
			}
			f.desk = f.newDesk(f.Roster)
			_, err := f.desk.Work(t.Context(), run.ID, nil)
			is.True(err != nil)                                  // told
			is.Equal(f.user("leo").Status, roster.StatusLeaving) // and nobody is buried on such numbers
			var kinds []string
			for r, err := range f.desk.Remains(t.Context(), roster.As("ada")) {
				is.NoErr(err)
				kinds = append(kinds, r.Kind)
			}
			is.True(slices.Contains(kinds, "task")) // the source that can't be relied upon is listed
			f.wrap = nil
			f.desk = f.newDesk(f.Roster)
			_, err = f.desk.Retry(t.Context(), roster.As("ada"), run.ID)
			is.True(err == nil || errors.Is(err, roster.ErrState)) // it may not be parked yet
			is.Equal(f.work(run.ID).State, roster.RunDone)         // once the counts are right again it ends
		})
	}
}

// TestL5_WhatACrashLeftIsNotGivenToTheInactive crashes between intent and move, and lets the
// successor's end date pass before another worker goes on.
func TestL5_WhatACrashLeftIsNotGivenToTheInactive(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 9)
	f.system(roster.EditUser{User: "sid", EndDate: new(f.clock.now().Add(time.Hour))})
	run := f.start(request())
	f.wrap = func(kind string, h roster.Holdings) roster.Holdings {
		return panicking{h.(*memstore.Records), kind == "task"}
	}
	f.desk = f.newDesk(f.Roster)
	func() {
		defer func() { is.True(recover() != nil) }() // the host's bug comes through
		_, _ = f.desk.Work(t.Context(), run.ID, nil)
	}()
	f.clock.forward(2 * time.Hour)
	before := f.count("sid")["task"]
	f.wrap = nil
	f.desk = f.newDesk(f.Roster)
	run, err := f.desk.Work(t.Context(), run.ID, nil)
	is.True(errors.Is(err, roster.ErrParked)) // it waits for a person
	is.Equal(f.count("sid")["task"], before)  // nothing goes to somebody who can't answer for it
	f.system(roster.EditUser{User: "sid", EndDate: new(time.Time{})})
	_, err = f.desk.Retry(t.Context(), roster.As("ada"), run.ID)
	is.NoErr(err)
	is.Equal(f.work(run.ID).State, roster.RunDone)
	is.Equal(f.count("leo"), map[string]int{})
}

// panicking are Holdings whose moves of one kind panic.
type panicking struct {
	*memstore.Records
	panics bool
}

func (p panicking) Move(ctx context.Context, o roster.MoveOrder) ([]roster.MoveResult, error) {
	if p.panics {
		panic("the host's bug")
	}
	return p.Records.Move(ctx, o)
}

// TestL21_APanicInHoldingsBlocksNobody panics in a Move: the store isn't locked, and the run goes on once
// the lease is over.
func TestL21_APanicInHoldingsBlocksNobody(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 30)
	run := f.start(request())
	f.wrap = func(kind string, h roster.Holdings) roster.Holdings {
		return panicking{h.(*memstore.Records), kind == "contact"}
	}
	f.desk = f.newDesk(f.Roster)
	func() {
		defer func() { is.Equal(recover(), "the host's bug") }() // it comes through
		_, _ = f.desk.Work(t.Context(), run.ID, nil)
	}()
	f.system(roster.Deactivate{User: "ben"}) // the store goes on
	f.clock.forward(time.Minute)
	f.wrap = nil
	f.desk = f.newDesk(f.Roster)
	is.Equal(f.work(run.ID).State, roster.RunDone) // at the lease's very end another worker may go on
}

// TestL20_OneOfManyStartsWins races starts for one leaver, and for two who would succeed each other.
func TestL20_OneOfManyStartsWins(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 3)
	mutual := func(leaver, to roster.UserID) roster.Request {
		return roster.Request{Leaver: leaver, Authors: to, Rules: []roster.Rule{
			{Do: roster.GiveTo, To: []roster.UserID{to}}, {Kind: "integration", Do: roster.SwitchOff},
		}}
	}
	plans := []roster.Plan{f.assess(mutual("leo", "sam")), f.assess(mutual("sam", "leo"))}
	var mu sync.Mutex
	started := map[roster.RunID]bool{}
	var wg sync.WaitGroup
	for i := range 16 {
		plan := plans[i%2]
		wg.Go(func() {
			run, err := f.desk.Start(context.Background(), roster.As("ada"), plan.Request, plan.Digest)
			if err == nil { // the one that began, or the same again
				mu.Lock()
				defer mu.Unlock()
				started[run.ID] = true
			} else if !errors.Is(err, roster.ErrStale) && !errors.Is(err, roster.ErrBlocked) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	is.Equal(len(started), 1) // one run, of one of the two
}

// TestL21_AHoldRefusesWhatIsNotItsRuns misuses a Hold: entries of another run, steps that aren't there, and
// counts below zero change nothing.
func TestL21_AHoldRefusesWhatIsNotItsRuns(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 3)
	run := f.start(request())
	hold, _, err := f.Runs().Claim(t.Context(), run.ID, time.Minute, 3)
	is.NoErr(err)
	e, err := hold.Intend(t.Context(), roster.Entry{Step: 0, Kind: "deal", Tie: roster.Responsible, To: "sam", IDs: []string{dealID(0)}})
	is.NoErr(err)
	before := f.find(run.ID)
	for name, spoil := range map[string]func(*roster.Entry){
		"another run's":       func(e *roster.Entry) { e.Run = "other" },
		"never intended":      func(e *roster.Entry) { e.N = 7 },
		"a step that isn't":   func(e *roster.Entry) { e.Step = 99 },
		"a step below zero":   func(e *roster.Entry) { e.Step = -1 },
		"no ids":              func(e *roster.Entry) { e.IDs = nil },
		"counts below zero":   func(e *roster.Entry) { e.Moved = -1 },
		"more than there are": func(e *roster.Entry) { e.Moved = 2 },
		"another kind":        func(e *roster.Entry) { e.Kind = "task" },
		"another tie":         func(e *roster.Entry) { e.Tie = roster.Author },
		"from somebody else":  func(e *roster.Entry) { e.From = "mia" },
		"switched off":        func(e *roster.Entry) { e.Off = true },
		"a correction's":      func(e *roster.Entry) { e.Of = 1 },
		"a probe":             func(e *roster.Entry) { e.Probe = true },
		"skips another's":     func(e *roster.Entry) { e.Moved, e.Skipped = 0, []roster.Skip{{ID: "x", Reason: "gone"}} },
	} {
		bad := e.Clone()
		bad.Moved = 1
		spoil(&bad)
		if err := hold.Done(t.Context(), bad, false); !errors.Is(err, roster.ErrInvalid) {
			t.Errorf("done, %s: %v", name, err)
		}
	}
	for _, step := range []int{-1, 99} {
		is.True(errors.Is(hold.Finish(t.Context(), step), roster.ErrInvalid)) // no such step
		_, err := hold.Intend(t.Context(), roster.Entry{Step: step, IDs: []string{"x"}})
		is.True(errors.Is(err, roster.ErrInvalid)) // no such step
	}
	after := f.find(run.ID)
	is.Equal(after, before) // nothing has changed
	e.Moved = 1
	is.NoErr(hold.Done(t.Context(), e, false))                              // the true one passes
	is.True(errors.Is(hold.Done(t.Context(), e, false), roster.ErrInvalid)) // once
}

// counting counts the surveys of Holdings.
type counting struct {
	roster.Holdings
	surveys *atomic.Int64
}

func (c counting) Survey(ctx context.Context, id roster.UserID) (roster.Survey, error) {
	c.surveys.Add(1)
	return c.Holdings.Survey(ctx, id)
}

func TestL14_WhoMayNotDeleteCausesNoSurvey(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	var surveys atomic.Int64
	f := newFirmOn(t, new(memstore.Store), 9, func(_ string, h roster.Holdings) roster.Holdings { return counting{h, &surveys} })
	plan := f.assess(request())
	surveys.Store(0)
	_, err := f.desk.Start(t.Context(), roster.As("ghost"), plan.Request, plan.Digest)
	is.True(errors.Is(err, roster.ErrDenied)) // nobody
	_, err = f.desk.Start(t.Context(), roster.As("ada"), plan.Request, roster.Digest{})
	is.True(errors.Is(err, roster.ErrInvalid)) // nothing confirmed
	is.Equal(surveys.Load(), int64(0))         // neither was worth counting anything
	run, err := f.desk.Start(t.Context(), roster.As("ada"), plan.Request, plan.Digest)
	is.NoErr(err)
	is.True(surveys.Load() > 0) // a confirmation is
	surveys.Store(0)
	again, err := f.desk.Start(t.Context(), roster.As("ada"), plan.Request, plan.Digest)
	is.NoErr(err)
	is.Equal(again.ID, run.ID)         // a second click
	is.Equal(surveys.Load(), int64(0)) // costs none
}

// TestL21_AHoldThatWasTakenOverWritesNothing lets a second worker claim the run, and still be at it, when
// the first comes back: the lease's number decides, not the run's state.
func TestL21_AHoldThatWasTakenOverWritesNothing(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 3)
	run := f.start(request())
	ctx, e := t.Context(), roster.Entry{Kind: "deal", Tie: roster.Responsible, To: "sam", IDs: []string{dealID(0)}}
	late, _, err := f.Runs().Claim(ctx, run.ID, time.Minute, 3)
	is.NoErr(err)
	intended, err := late.Intend(ctx, e)
	is.NoErr(err)
	f.clock.forward(2 * time.Minute)
	present, _, err := f.Runs().Claim(ctx, run.ID, time.Minute, 3)
	is.NoErr(err) // a silent worker's run is taken over
	before, events := f.find(run.ID), len(f.events(""))
	intended.Moved = 1
	_, again := late.Intend(ctx, e)
	for name, err := range map[string]error{
		"intend": again, "done": late.Done(ctx, intended, false), "finish": late.Finish(ctx, 0), "probed": late.Probed(ctx, e),
		"park": late.Park(ctx, "code", "why"), "release": late.Release(ctx), "conclude": late.Conclude(ctx, nil, 1), "keep": late.Keep(ctx),
	} {
		if !errors.Is(err, roster.ErrLease) {
			t.Errorf("%s by the late worker: %v", name, err)
		}
	}
	if diff := cmp.Diff(before, f.find(run.ID)); diff != "" {
		t.Errorf("the late worker changed the run (-want +got):\n%s", diff)
	}
	is.Equal(len(f.events("")), events)                                       // nor does the trail tell of any
	is.True(errors.Is(present.Done(ctx, intended, false), roster.ErrInvalid)) // the present one has to look what is open
	open, found, err := present.Open(ctx)
	is.NoErr(err)
	is.True(found)
	is.Equal(open.IDs, intended.IDs)             // and finds it
	is.NoErr(present.Done(ctx, intended, false)) // and goes on with it
}

// TestR10_NobodyBecomesHeadToSeeMore lets an actor who may manage and delete users become the head of the
// leaver's department after the deletion, and sweep by its rules: what goes to the head would be shown to them.
func TestR10_NobodyBecomesHeadToSeeMore(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 3)
	f.hire(roster.User{ID: "dora", Department: "support", Rights: roster.Rights{
		"users:manage": roster.All, "task:view": roster.Own, "task:edit": roster.Own,
	}})
	f.system(roster.GrantDeleteUsers{User: "dora"})
	f.work(f.start(request()).ID)
	f.must(f.records["task"].Put(memstore.Record{ID: "late", Owner: "leo"}))
	_, err := f.Apply(t.Context(), roster.As("dora"), roster.EditDepartment{Department: "sales", Head: new(roster.UserID("dora"))})
	is.NoErr(err) // heading a department is no right of itself
	_, err = f.desk.Sweep(t.Context(), roster.As("dora"), roster.Request{Leaver: "leo"})
	is.True(errors.Is(err, roster.ErrDenied)) // the late task would be hers to see
	run, err := f.desk.Sweep(t.Context(), roster.As("ada"), roster.Request{Leaver: "leo"})
	is.NoErr(err) // an administrator may decide so
	is.Equal(f.work(run.ID).State, roster.RunDone)
}
