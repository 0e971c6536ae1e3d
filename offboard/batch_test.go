package offboard_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/offboard"
	"github.com/seed-8e8abc8d/roster/storetest"
)

// gives deletes a user by giving everything to another.
func gives(from, to roster.UserID) roster.Request {
	return roster.Request{Leaver: from, Authors: to, Rules: []roster.Rule{
		{Do: roster.GiveTo, To: []roster.UserID{to}}, {Kind: "integration", Do: roster.SwitchOff},
	}}
}

// confirm assesses requests together and confirms them, blocked or not.
func (f *firm) confirm(a roster.Actor, reqs ...roster.Request) (all []offboard.Confirmed) {
	f.t.Helper()
	plans, err := f.desk.AssessAll(f.t.Context(), a, reqs...)
	f.must(err)
	for _, p := range plans {
		all = append(all, offboard.Confirmed{Request: p.Request, Digest: p.Digest})
	}
	return all
}

// leaving lists who is leaving.
func (f *firm) leaving() (ids []roster.UserID) {
	f.t.Helper()
	for u, err := range f.Users(f.t.Context(), roster.System("test"), roster.UserFilter{Status: roster.StatusLeaving}, "") {
		f.must(err)
		ids = append(ids, u.ID)
	}
	return ids
}

// TestL20_SeveralAreStartedAndEachIsToldOf deletes the head of a department with two of its people, some of whom
// hand rights on to whom the others name.
func TestL20_SeveralAreStartedAndEachIsToldOf(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 6)
	ada := roster.As("ada")
	leo := gives("leo", "sue")
	leo.HandOn = []roster.HandOn{{To: "ben", Rights: []string{"task:view", "task:edit"}}}
	sam := gives("sam", "ben")
	sam.Rules[0] = roster.Rule{Do: roster.GiveTo, To: []roster.UserID{"alan"}}
	sam.Authors = "ben" // who is another when leo's rights are handed on
	confirmed := f.confirm(ada, leo, gives("sid", "sue"), sam)
	results, err := f.desk.StartAll(t.Context(), ada, confirmed...)
	is.NoErr(err)
	is.Equal(f.leaving(), []roster.UserID{"leo", "sam", "sid"})
	again, err := f.desk.StartAll(t.Context(), ada, confirmed...)
	is.NoErr(err) // a second click
	if diff := cmp.Diff(results, again); diff != "" {
		t.Errorf("again (-want +got):\n%s", diff)
	}
	for i, id := range []roster.UserID{"leo", "sid", "sam"} {
		is.Equal(results[i].Leaver, id) // in the order of the confirmed
		is.NoErr(results[i].Err)
		is.Equal(f.work(results[i].Run.ID).State, roster.RunDone)
		is.Equal(f.user(id).Status, roster.StatusDeleted)
	}
	none, err := f.desk.StartAll(t.Context(), ada)
	is.NoErr(err)
	is.Equal(len(none), 0) // nobody is nobody
}

// TestL20_G21_ABatchIsValidatedAsAWhole starts nobody while anybody may not be started, and tells all reasons.
func TestL20_G21_ABatchIsValidatedAsAWhole(t *testing.T) {
	t.Parallel()
	ada := roster.As("ada")
	switchOff := roster.Rule{Kind: "integration", Do: roster.SwitchOff}
	handOn := func(r roster.Request, to roster.UserID) roster.Request {
		r.HandOn = []roster.HandOn{{To: to, Rights: []string{"*"}}}
		return r
	}
	for _, tc := range []struct {
		name  string
		actor roster.Actor
		reqs  []roster.Request
		then  func(f *firm, c []offboard.Confirmed) []offboard.Confirmed // between confirmation and start
		told  map[roster.UserID]error                                    // by leaver; nil for malformed
		is    error
	}{
		{"a successor leaves too", ada, []roster.Request{gives("leo", "sam"), gives("sam", "sue"), gives("sid", "sue")}, nil,
			map[roster.UserID]error{"leo": roster.ErrBlocked}, roster.ErrBlocked},
		{"a cycle", ada, []roster.Request{gives("leo", "sam"), gives("sam", "leo"), gives("sid", "sue")}, nil,
			map[roster.UserID]error{"leo": roster.ErrBlocked, "sam": roster.ErrBlocked}, roster.ErrBlocked},
		{"a longer cycle", ada, []roster.Request{gives("leo", "sam"), gives("sam", "sid"), gives("sid", "leo")}, nil,
			map[roster.UserID]error{"leo": roster.ErrBlocked, "sam": roster.ErrBlocked, "sid": roster.ErrBlocked}, roster.ErrBlocked},
		{"every administrator", roster.System("script"), []roster.Request{gives("ada", "sam"), gives("leo", "sue"), gives("alan", "sam")}, nil,
			map[roster.UserID]error{"ada": roster.ErrBlocked, "alan": roster.ErrBlocked}, roster.ErrBlocked},
		{"the actor", ada, []roster.Request{gives("leo", "sue"), gives("ada", "sam")}, nil,
			map[roster.UserID]error{"ada": roster.ErrSelf}, roster.ErrBlocked},
		{"stale and blocked", ada, []roster.Request{gives("leo", "sue"), {Leaver: "sam", Rules: []roster.Rule{switchOff}}, gives("sid", "sue")},
			func(f *firm, c []offboard.Confirmed) []offboard.Confirmed {
				f.must(f.records["deal"].Put(memstore.Record{ID: "late", Owner: "leo"}))
				return c
			},
			map[roster.UserID]error{"leo": roster.ErrStale, "sam": roster.ErrBlocked}, roster.ErrStale},
		{"who may not", ada, []roster.Request{gives("leo", "sue"), gives("sid", "sue")},
			func(f *firm, c []offboard.Confirmed) []offboard.Confirmed {
				f.system(roster.WithdrawAdministrator{User: "ada"})
				return c
			},
			map[roster.UserID]error{"leo": roster.ErrDenied, "sid": roster.ErrDenied}, roster.ErrDenied},
		{"the same twice", ada, []roster.Request{gives("leo", "sue")},
			func(_ *firm, c []offboard.Confirmed) []offboard.Confirmed { return append(c, c...) }, nil, roster.ErrInvalid},
		{"not assessed together", ada, []roster.Request{gives("leo", "sue")},
			func(f *firm, c []offboard.Confirmed) []offboard.Confirmed {
				return append(c, f.confirm(ada, gives("sid", "sue"))...)
			}, nil, roster.ErrInvalid},
		{"two hand on to one", ada, []roster.Request{handOn(gives("leo", "sue"), "ben"), handOn(gives("sid", "sue"), "ben")}, nil, nil, roster.ErrInvalid},
		{"no digest", ada, []roster.Request{gives("leo", "sue"), gives("sid", "sue")},
			func(_ *firm, c []offboard.Confirmed) []offboard.Confirmed { c[1].Digest = roster.Digest{}; return c },
			map[roster.UserID]error{"sid": roster.ErrInvalid}, roster.ErrInvalid},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			f := newFirm(t, 3)
			confirmed := f.confirm(tc.actor, tc.reqs...)
			if tc.then != nil {
				confirmed = tc.then(f, confirmed)
			}
			results, err := f.desk.StartAll(t.Context(), tc.actor, confirmed...)
			is.True(errors.Is(err, tc.is))
			is.Equal(len(f.leaving()), 0) // nobody has started
			for i, r := range results {
				want := tc.told[r.Leaver]
				is.Equal(r.Leaver, confirmed[i].Request.Leaver)
				is.True(errors.Is(r.Err, want))              // the reason of each
				is.True(want == nil || errors.Is(err, want)) // is in the error as well
			}
			is.Equal(len(results) > 0, tc.told != nil)
			refused := map[roster.UserID]bool{}
			for _, e := range f.events(roster.VerbRunFence) {
				is.Equal(e.Outcome, roster.OutcomeRefused)
				refused[e.User] = true
			}
			is.Equal(len(refused), len(tc.told)) // each refusal is in the trail
		})
	}
}

// TestL20_G21_OneFailureStopsNoOther fails each call of the store in turn: either nothing has started, or all but
// one at most, and each result tells what is so.
func TestL20_G21_OneFailureStopsNoOther(t *testing.T) {
	t.Parallel()
	ada := roster.As("ada")
	for _, how := range []storetest.Failure{{}, {After: true}} {
		t.Run(fmt.Sprintf("%+v", how), func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			failures := map[int]int{} // by index of who failed
			for n := 1; ; n++ {
				store := storetest.NewFaulty(new(memstore.Store))
				f := newFirmOn(t, store, 3, nil)
				confirmed := f.confirm(ada, gives("leo", "alan"), gives("sam", "alan"), gives("sid", "sue"))
				store.FailAt(n, how)
				results, err := f.desk.StartAll(t.Context(), ada, confirmed...)
				failed := store.FailedCall()
				store.FailAt(0, storetest.Failure{})
				if err != nil {
					is.Equal(len(f.leaving()), 0) // it failed while all were judged
					continue
				}
				started := map[roster.UserID]bool{}
				for i, r := range results {
					if started[r.Leaver] = r.Err == nil; r.Err != nil {
						failures[i]++
						is.Equal(r.Run.ID, roster.RunID("")) // no run to work on
					} else {
						is.Equal(f.work(r.Run.ID).State, roster.RunDone)
					}
				}
				for id, ok := range started {
					is.Equal(f.user(id).Status == roster.StatusDeleted, ok) // the results tell the truth
				}
				if failed == "" {
					break
				}
			}
			is.True(failures[0] > 0 && failures[1] > 0 && failures[2] > 0) // each was the one that failed
		})
	}
}

// surveyed are Holdings that call a function before each survey.
type surveyed struct {
	roster.Holdings
	before func(roster.UserID)
}

func (s surveyed) Survey(ctx context.Context, id roster.UserID) (roster.Survey, error) {
	s.before(id)
	return s.Holdings.Survey(ctx, id)
}

// TestL20_ASuccessorWhoLeavesInBetween is found by the fence that names them: the others have started.
func TestL20_ASuccessorWhoLeavesInBetween(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 3)
	confirmed := f.confirm(roster.As("ada"), gives("leo", "alan"), gives("sam", "sue"), gives("sid", "alan"))
	seen := 0
	f.wrap = func(kind string, h roster.Holdings) roster.Holdings {
		if kind != "deal" {
			return h
		}
		return surveyed{h, func(id roster.UserID) {
			if id == "leo" {
				if seen++; seen == 2 { // after all were judged
					f.system(roster.Deactivate{User: "sue"})
				}
			}
		}}
	}
	results, err := f.newDesk(f.Roster).StartAll(t.Context(), roster.As("ada"), confirmed...)
	is.NoErr(err)
	is.NoErr(results[0].Err)
	is.True(errors.Is(results[1].Err, roster.ErrStale) && errors.Is(results[1].Err, roster.ErrBlocked)) // sue is inactive by then
	is.NoErr(results[2].Err)
	is.Equal(f.leaving(), []roster.UserID{"leo", "sid"})
}

// TestL20_CyclesOverSeparateRuns lets whoever comes second be refused, whoever is first, at the same time too.
func TestL20_CyclesOverSeparateRuns(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for round := range 30 {
		f := newFirm(t, 3)
		pairs := []roster.Request{gives("leo", "sam"), gives("sam", "leo")}
		var digests []roster.Digest
		for _, req := range pairs {
			digests = append(digests, f.assess(req).Digest) // each by itself is fine
		}
		errs := make([]error, 2)
		start := func(i int) { _, errs[i] = f.desk.Start(t.Context(), roster.As("ada"), pairs[i], digests[i]) }
		switch round {
		case 0:
			start(0)
			start(1)
		case 1:
			start(1)
			start(0)
		default:
			var wg sync.WaitGroup
			for i := range 2 {
				wg.Go(func() { start(i) })
			}
			wg.Wait()
		}
		is.True((errs[0] == nil) != (errs[1] == nil)) // one of them
		first, second := 0, 1
		if errs[0] != nil {
			first, second = 1, 0
		}
		is.True(round > 1 || first == round)
		is.True(errors.Is(errs[second], roster.ErrStale) && errors.Is(errs[second], roster.ErrBlocked)) // both reasons are told
		plan, err := f.desk.Assess(t.Context(), roster.As("ada"), pairs[second])
		is.NoErr(err)
		is.Equal(codes(plan.Blockers), []string{roster.BlockLeaverSucceeds, roster.BlockSuccessorLeaving})
	}
}

// TestL20_SuccessorsAreKeptUntilTheLastRun names sam in two unfinished runs.
func TestL20_SuccessorsAreKeptUntilTheLastRun(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 3)
	f.must(f.records["deal"].Put(memstore.Record{ID: "sids", Owner: "sid"}))
	runs := []roster.Run{f.start(gives("leo", "sam")), f.start(gives("sid", "sam"))}
	end := f.clock.now().AddDate(0, 1, 0)
	changes := map[string]roster.Change{
		"deactivated":                   roster.Deactivate{User: "sam"},
		"without the role":              roster.SetRole{User: "sam"},
		"denied what the role gives":    roster.SetRights{User: "sam", Rights: roster.Rights{"deal:edit": roster.Denied}},
		"given an end date":             roster.EditUser{User: "sam", EndDate: &end},
		"moved to a role with less":     roster.SetRole{User: "sam", Role: "helper"},
		"moved by replacing their role": roster.ReplaceRole{Role: "seller", ID: "poorer", Name: "Poorer", Rights: supportRights},
	}
	kept := func() {
		t.Helper()
		for name, change := range changes {
			if _, err := f.Preview(t.Context(), roster.As("ada"), change); !errors.Is(err, roster.ErrInUse) {
				t.Errorf("%s: %v", name, err)
			}
		}
		plan, err := f.desk.Assess(t.Context(), roster.As("ada"), gives("sam", "sue"))
		is.NoErr(err)
		is.Equal(codes(plan.Blockers), []string{roster.BlockLeaverSucceeds})
	}
	kept()
	f.work(runs[0].ID)
	kept() // the other run still names them
	f.work(runs[1].ID)
	for name, change := range changes {
		if _, err := f.Preview(t.Context(), roster.As("ada"), change); err != nil {
			t.Errorf("%s, after both: %v", name, err)
		}
	}
	is.NoErr(f.assess(gives("sam", "sue")).Err())
}

// TestBatch_IsBounded asks for more than are judged together: each would name all others.
func TestBatch_IsBounded(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 0)
	_, err := f.desk.AssessAll(t.Context(), roster.As("ada"), make([]roster.Request, 1001)...)
	faults, ok := errors.AsType[roster.Faults](err)
	is.True(ok)
	is.Equal(faults, roster.Faults{{Field: "requests", Problem: "1001: at most 1000"}})
	_, err = f.desk.StartAll(t.Context(), roster.As("ada"), make([]offboard.Confirmed, 1001)...)
	faults, ok = errors.AsType[roster.Faults](err)
	is.True(ok)
	is.Equal(faults, roster.Faults{{Field: "confirmed", Problem: "1001: at most 1000"}})
	_, err = f.desk.AssessAll(t.Context(), roster.As("ada"), make([]roster.Request, 1000)...)
	faults, _ = errors.AsType[roster.Faults](err)
	is.Equal(faults[0].Field, "requests[1].leaver") // as many are looked at: all have the same leaver
}
