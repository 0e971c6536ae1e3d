package offboard_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/offboard"
)

// TestG1_EveryKindIsSurveyedBeforeTheEnd refuses to bury from a desk that doesn't know every kind.
func TestG1_EveryKindIsSurveyedBeforeTheEnd(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 3)
	_, err := f.records["task"].Move(t.Context(), roster.MoveOrder{Tie: roster.Responsible, From: "leo", To: "sam", IDs: []string{"task-000000", "task-000001", "task-000002"}})
	is.NoErr(err)
	_, err = f.records["task"].Move(t.Context(), roster.MoveOrder{Tie: roster.Author, From: "leo", To: "sam", IDs: []string{"task-000000", "task-000001", "task-000002", "task-sam"}})
	is.NoErr(err)
	run := f.start(request()) // nothing to do about tasks
	all := f.order
	f.order = []string{"deal", "contact", "integration"}
	f.desk = f.newDesk(f.Roster)
	_, err = f.desk.Work(t.Context(), run.ID, nil)
	is.True(errors.Is(err, roster.ErrState)) // tasks weren't surveyed
	is.Equal(f.user("leo").Status, roster.StatusLeaving)
	f.order = all
	f.desk = f.newDesk(f.Roster)
	is.Equal(f.work(run.ID).State, roster.RunDone)
}

// lying are Holdings that claim to have moved what they left alone.
type lying struct{ roster.Holdings }

func (lying) Move(_ context.Context, o roster.MoveOrder) ([]roster.MoveResult, error) {
	results := make([]roster.MoveResult, len(o.IDs))
	for i := range results {
		results[i] = roster.MoveDone
	}
	return results, nil
}

// TestG11_WhatMovesClaimIsVerified surveys again after the moves: success that didn't happen is found, and
// nobody is buried.
func TestG11_WhatMovesClaimIsVerified(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 3)
	run := f.start(request())
	f.wrap = func(kind string, h roster.Holdings) roster.Holdings {
		if kind == "contact" {
			return lying{h}
		}
		return h
	}
	f.desk = f.newDesk(f.Roster)
	run, err := f.desk.Work(t.Context(), run.ID, nil)
	is.True(errors.Is(err, roster.ErrParked))
	is.Equal(run.Reason, "still the leaver's after 5 rounds: 3 of contact")
	is.Equal(f.user("leo").Status, roster.StatusLeaving) // not buried
	is.Equal(f.count("leo"), map[string]int{"contact": 3})
}

// TestL12_NobodysWorkGoesToATombstone takes the leaver off the departments they head.
func TestL12_NobodysWorkGoesToATombstone(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 3)
	f.system(roster.EditDepartment{Department: "support", Head: new(roster.UserID("leo"))})
	f.work(f.start(request()).ID)
	for d, err := range f.Departments(t.Context(), roster.As("ada")) {
		is.NoErr(err)
		is.True(d.Head != "leo") // sales keeps its head, support has none
		is.Equal(d.Head == "sid", d.ID == "sales")
	}
}

// TestL14_AnAdministratorsRunIsAnAdministratorsBusiness refuses others to lift or retry it.
func TestL14_AnAdministratorsRunIsAnAdministratorsBusiness(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 3)
	f.system(roster.GrantDeleteUsers{User: "sam"})
	run := f.start(roster.Request{Leaver: "alan"})
	_, err := f.desk.Lift(t.Context(), roster.As("sam"), run.ID, "")
	is.True(errors.Is(err, roster.ErrDenied)) // sam may delete users, but no administrator
	for _, reason := range []string{strings.Repeat("x", 1_001), "not \xff text", "two\nlines"} {
		_, err = f.desk.Lift(t.Context(), roster.As("ada"), run.ID, reason)
		is.True(errors.Is(err, roster.ErrInvalid)) // the trail keeps plain text, which verifies when it was exported
	}
	_, err = f.desk.Lift(t.Context(), roster.As("ada"), run.ID, "")
	is.NoErr(err)
	is.True(f.user("alan").Admin) // inactive, and still to be guarded as an administrator
	_, err = f.desk.Lift(t.Context(), roster.As("ada"), "nothing", "")
	is.True(errors.Is(err, roster.ErrNotFound)) // no such run
}

// TestL3_TheBackupsAgeIsTold passes on what the host knows of its last verified backup.
func TestL3_TheBackupsAgeIsTold(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 3)
	is.True(f.assess(request()).Backup.IsZero()) // nobody told: unknown
	at := f.clock.now().Add(-time.Hour)
	var fails error
	r, err := roster.New(f.store, f.Schema(), roster.Config{Now: f.clock.now, Hasher: cheap{}, LastBackup: func(context.Context) (time.Time, error) { return at, fails }})
	is.NoErr(err)
	f.desk = f.newDesk(r)
	is.Equal(f.assess(request()).Backup, at)
	fails = errHoldings
	is.True(f.assess(request()).Backup.IsZero()) // what can't be found out is unknown
}

// TestL4_RulesAboutSingleRecordsReachPagesDeep finds a record on a later page, and blocks on one that isn't
// the leaver's.
func TestL4_RulesAboutSingleRecordsReachPagesDeep(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 2_500)
	req := request()
	req.Rules = append(req.Rules, roster.Rule{Kind: "contact", Records: []string{"contact-002400"}, Do: roster.GiveTo, To: []roster.UserID{"sid"}})
	run := f.start(req)
	f.desk = f.desk.With(offboard.Settings{Chunk: 1 << 20}) // as many as a page may hold
	f.work(run.ID)
	is.Equal(f.count("sid")["contact"], 1)
	is.Equal(f.count("sam")["contact"], 2_500) // the others, and sam's own
	f = newFirm(t, 3)
	req.Rules[len(req.Rules)-1].Records = []string{"contact-sam"}
	plan, err := f.desk.Assess(t.Context(), roster.As("ada"), req)
	is.NoErr(err)
	is.Equal(codes(plan.Blockers), []string{roster.BlockRuleRecord})
}

// TestL4_NamedRecordsAreWorkedInChunks names deals of three parts in one rule, in no order, and crashes in the
// middle: they are few steps, and each record goes where the rule says, once.
func TestL4_NamedRecordsAreWorkedInChunks(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 30)
	named := roster.Rule{Kind: "deal", Do: roster.SplitEvenly, To: []roster.UserID{"sid", "sue"}}
	for _, i := range []int{29, 3, 28, 6, 27, 9, 1, 4, 7, 10, 2, 5, 8} { // four of them won
		named.Records = append(named.Records, dealID(i))
	}
	req := request()
	req.Rules[0] = roster.Rule{Kind: "deal", Do: roster.GiveTo, To: []roster.UserID{"sam"}}
	req.Rules = append(req.Rules, named)
	run := f.start(req)
	is.Equal(len(run.Steps), 3+3+1+1+1+1) // a step for each part of what is named, of the rest, and for each other kind
	desk := f.desk.With(offboard.Settings{Chunk: 2})
	ctx, crash := context.WithCancel(t.Context())
	_, err := desk.Work(ctx, run.ID, func(p offboard.Progress) {
		if p.Moved == 6 {
			crash()
		}
	})
	is.True(errors.Is(err, context.Canceled)) // stopped after three chunks
	run, err = desk.Work(t.Context(), run.ID, nil)
	is.NoErr(err)
	got := map[roster.UserID]int{}
	for _, id := range named.Records {
		rec, _ := f.records["deal"].Find(id)
		got[rec.Owner]++
	}
	is.Equal(got, map[roster.UserID]int{"sid": 7, "sue": 6}) // shares differ by one over all parts
	is.Equal(f.count("sam")["deal"], 20-9+1)                 // the rest but the won ones, and sam's own
	for i, s := range run.Steps {
		is.Equal(s.Moved+s.Skipped, s.Count) // each record once
		is.True(i > 2 || len(s.Records) == s.Count)
	}
}
