package offboard_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
)

// dora is no administrator, but may manage and delete users. Of deals and tasks she sees her own alone.
func (f *firm) dora() roster.Actor {
	f.t.Helper()
	f.hire(roster.User{ID: "dora", Department: "support", Rights: roster.Rights{
		"users:manage": roster.All, "task:view": roster.Own, "task:edit": roster.Own, "deal:view": roster.Own, "deal:edit": roster.Own,
	}})
	f.system(roster.GrantDeleteUsers{User: "dora"})
	return roster.As("dora")
}

// latecomer makes the desk write a task for leo while integrations, the last kind, are handed over.
func (f *firm) latecomer() {
	f.hold(func(kind string) {
		if kind == "integration" {
			f.must(f.records["task"].Put(memstore.Record{ID: "late", Owner: "leo"}))
		}
	})
}

// TestR10_L17_WhatComesLateGoesToTheHeadOfThen lets dora make herself the head while an administrator's deletion is
// under way that gives tasks to the head: what arrives by then isn't hers to see. Who decides about the run again
// decides about the head as well.
func TestR10_L17_WhatComesLateGoesToTheHeadOfThen(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 3)
	dora := f.dora()
	becomeHead := func() {
		_, err := f.Apply(t.Context(), dora, roster.EditDepartment{Department: "sales", Head: new(roster.UserID("dora"))})
		is.NoErr(err) // heading a department is no right of itself
	}
	run := f.start(request())
	becomeHead()
	f.latecomer()
	is.Equal(f.work(run.ID).State, roster.RunDone)
	late, _ := f.records["task"].Find("late")
	is.Equal(late.Owner, roster.UserID("sid")) // who was the head when it was confirmed
	is.Equal(f.count("dora"), map[string]int{})

	f = newFirm(t, 3)
	dora = f.dora()
	f.system(roster.EditDepartment{Department: "sales", Head: new(roster.UserID(""))})
	for kind := range f.records["task"].All() {
		f.records["task"].Delete(kind.ID) // else the plan is blocked: there is no head
	}
	run = f.start(request())
	becomeHead()
	f.latecomer()
	parked, err := f.desk.Work(t.Context(), run.ID, nil)
	is.True(errors.Is(err, roster.ErrParked)) // there was no head
	is.Equal(parked.Head, roster.UserID(""))
	_, err = f.desk.Retry(t.Context(), dora, run.ID)
	is.True(errors.Is(err, roster.ErrDenied)) // not by herself
	_, err = f.desk.Retry(t.Context(), roster.As("ada"), run.ID)
	is.NoErr(err) // an administrator may decide so
	is.Equal(f.work(run.ID).State, roster.RunDone)
	is.Equal(f.count("dora"), map[string]int{"task": 1})
}

// TestR10_ARuleMayCoverWhatComesLate assesses a deletion by dora with rules that cover nothing at present: by what
// arrives after the fence she must not come to see more either.
func TestR10_ARuleMayCoverWhatComesLate(t *testing.T) {
	t.Parallel()
	give := func(kind, part string, to roster.UserID) roster.Rule {
		return roster.Rule{Kind: kind, Part: part, Do: roster.GiveTo, To: []roster.UserID{to}}
	}
	for _, tc := range []struct {
		name  string
		rules []roster.Rule
		want  []string // parts of deals that she would come to see
		why   string
	}{
		{"to herself", []roster.Rule{give("deal", "", "dora")}, []string{"", "new", "won"}, "any deal may arrive"},
		{"a part to herself", []roster.Rule{give("deal", "won", "dora")}, []string{"won"}, "no others"},
		{"but for parts", []roster.Rule{give("deal", "", "dora"), give("deal", "won", "sue"), give("deal", "new", "sue")}, []string{""}, "the rules for parts come first"},
		{"to others", []roster.Rule{give("deal", "", "sue")}, nil, "she doesn't see sue's"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			f := newFirm(t, 0)
			req := roster.Request{Leaver: "leo", Authors: "sam", Rules: append(tc.rules, give("", "", "sam"), give("integration", "", "sue"))}
			plan, err := f.desk.Assess(t.Context(), f.dora(), req)
			is.NoErr(err)
			var parts []string
			for _, b := range plan.Blockers {
				is.Equal([]any{b.Code, b.Kind, b.User}, []any{roster.BlockGainsSight, "deal", roster.UserID("dora")})
				parts = append(parts, b.Part)
			}
			if diff := cmp.Diff(tc.want, parts); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.why, diff)
			}
		})
	}
}

// TestL5_ASuccessorsEndDateIsntBroughtForward has a successor whose account ends in a year: while the run is
// unfinished it may end later, or never, but not sooner.
func TestL5_ASuccessorsEndDateIsntBroughtForward(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 3)
	year := f.clock.now().AddDate(1, 0, 0)
	f.system(roster.EditUser{User: "sid", EndDate: &year})
	run := f.start(request())
	for days, want := range map[int]error{-1: roster.ErrInUse, 1: roster.ErrInUse, 364: roster.ErrInUse, 366: nil} {
		end := f.clock.now().AddDate(0, 0, days)
		_, err := f.Preview(t.Context(), roster.As("ada"), roster.EditUser{User: "sid", EndDate: &end})
		is.True(errors.Is(err, want)) // sooner is taking activity away
	}
	_, err := f.Preview(t.Context(), roster.As("ada"), roster.EditUser{User: "sid", EndDate: new(time.Time)})
	is.NoErr(err) // never
	f.work(run.ID)
	tomorrow := f.clock.now().AddDate(0, 0, 1)
	f.system(roster.EditUser{User: "sid", EndDate: &tomorrow}) // afterwards it is nobody's business
}

// TestL20_L21_ABatchIsStartedAgainThoughOneIsDone loses the answer of a batch of which a worker has finished one.
func TestL20_L21_ABatchIsStartedAgainThoughOneIsDone(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 3)
	ada := roster.As("ada")
	confirmed := f.confirm(ada, gives("leo", "sue"), gives("sam", "sue"), gives("sid", "sue"))
	first, err := f.desk.StartAll(t.Context(), ada, confirmed[:3]...)
	is.NoErr(err)
	f.work(first[0].Run.ID)
	again, err := f.desk.StartAll(t.Context(), ada, confirmed...)
	is.NoErr(err)
	for i, want := range []roster.RunState{roster.RunDone, roster.RunWorking, roster.RunWorking} {
		is.NoErr(again[i].Err)
		is.Equal(again[i].Run.ID, first[i].Run.ID)
		is.Equal(again[i].Run.State, want)
	}
	is.Equal(len(f.events(roster.VerbRunFence)), 3) // each was fenced once
	_, err = f.desk.Lift(t.Context(), ada, first[1].Run.ID, "sam stays")
	is.NoErr(err)
	_, err = f.desk.StartAll(t.Context(), ada, confirmed...)
	is.True(errors.Is(err, roster.ErrStale)) // what somebody lifted needs a confirmation of its own
	is.Equal(f.user("sam").Status, roster.StatusInactive)
}

// TestL4_ASweepHandsNoRightsOn refuses a sweep that would keep whomever it names from deactivation.
func TestL4_ASweepHandsNoRightsOn(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 0)
	f.dangle(1)
	req := danglingTo("sam")
	req.HandOn = []roster.HandOn{{To: "alan", Rights: []string{"*"}}}
	_, err := f.desk.Sweep(t.Context(), f.dora(), req)
	var faults roster.Faults
	is.True(errors.As(err, &faults))
	is.Equal(faults[0].Field, "hand_on")
}
