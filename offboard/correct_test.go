package offboard_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/offboard"
)

// left is a firm whose leo is deleted by request, but that contacts are left without an owner.
func left(t testing.TB, n int) (*firm, roster.Run) {
	t.Helper()
	f := newFirm(t, n)
	req := request()
	req.Rules[2] = roster.Rule{Kind: "contact", Do: roster.NoOwner}
	f.desk = f.desk.With(offboard.Settings{Chunk: 4})
	return f, f.work(f.start(req).ID)
}

// correct corrects and works.
func (f *firm) correct(c roster.Correction) roster.Run {
	f.t.Helper()
	run, err := f.desk.Correct(f.t.Context(), roster.As("ada"), c)
	f.must(err)
	return f.work(run.ID)
}

// moves lists what a run moved, by kind, from whom to whom, with how many.
func (f *firm) moves(id roster.RunID) map[string]int {
	f.t.Helper()
	counts := map[string]int{}
	for m, err := range f.desk.Moved(f.t.Context(), roster.As("ada"), id) {
		f.must(err)
		counts[fmt.Sprintf("%s %s %s %s-%s", m.Tie, m.Kind, m.Part, m.From, m.To)]++
	}
	return counts
}

// TestL15_B5_WhatARunMovedIsListedFromItsJournal needs neither the records nor the people.
func TestL15_B5_WhatARunMovedIsListedFromItsJournal(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f, run := left(t, 6)
	for _, records := range f.records {
		for rec := range records.All() {
			records.Delete(rec.ID)
		}
	}
	want := map[string]int{
		"responsible deal  leo-sam": 1, "responsible deal  leo-sue": 1, "responsible deal new leo-sam": 1, "responsible deal new leo-sue": 1,
		"responsible deal won leo-sid": 2, "responsible contact  leo-": 6, "responsible task  leo-sid": 6, "author task  leo-sam": 7,
		"responsible integration  leo-sue": 3,
	}
	if diff := cmp.Diff(want, f.moves(run.ID)); diff != "" {
		t.Errorf("moved (-want +got):\n%s", diff)
	}
	var ids []string
	for m, err := range f.desk.Moved(t.Context(), roster.As("ada"), run.ID) {
		is.NoErr(err)
		if m.Kind == "task" && m.Tie == roster.Responsible {
			ids = append(ids, m.ID)
		}
		if len(ids) == 3 {
			break // who has read enough stops
		}
	}
	is.Equal(ids, []string{"task-000000", "task-000001", "task-000002"}) // in the journal's order
	for _, actor := range []roster.UserID{"sam", "nobody"} {
		for _, err := range f.desk.Moved(t.Context(), roster.As(actor), run.ID) {
			is.True(errors.Is(err, roster.ErrDenied)) // it needs users:delete or users:manage
		}
	}
	for _, err := range f.desk.Moved(t.Context(), roster.As("ada"), "none") {
		is.True(errors.Is(err, roster.ErrNotFound))
	}
}

// TestL15_B5_CorrectionsMoveAgain corrects singly, in bulk, by successor and by run.
func TestL15_B5_CorrectionsMoveAgain(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		c    roster.Correction
		want map[string]int
		why  string
	}{
		{"one record", roster.Correction{Kind: "deal", Records: []string{dealID(2)}, To: "sue"},
			map[string]int{"responsible deal won sid-sue": 1}, "singly"},
		{"several", roster.Correction{Kind: "deal", Records: []string{dealID(5), dealID(0), dealID(1)}, To: "sid"},
			map[string]int{"responsible deal  sam-sid": 1, "responsible deal new sam-sid": 1}, "the won one is sid's already"},
		{"what sue got", roster.Correction{From: "sue", To: "sam"},
			map[string]int{"responsible deal  sue-sam": 1, "responsible deal new sue-sam": 1, "responsible integration  sue-sam": 3}, "of every kind, acting things too"},
		{"what nobody got", roster.Correction{Kind: "contact", To: "sam"},
			map[string]int{"responsible contact  -sam": 6}, "left without an owner on purpose"},
		{"all of it", roster.Correction{To: "sam"},
			map[string]int{"responsible deal  sue-sam": 1, "responsible deal new sue-sam": 1, "responsible deal won sid-sam": 2,
				"responsible contact  -sam": 6, "responsible task  sid-sam": 6, "responsible integration  sue-sam": 3}, "by run; authors stay"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			f, run := left(t, 6)
			before, tombstone := f.all(), f.user("leo")
			tc.c.Run, tc.c.Reason = run.ID, "the other team asked"
			again := f.correct(tc.c)
			is.Equal(again.State, roster.RunDone)
			if diff := cmp.Diff(tc.want, f.moves(again.ID)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.why, diff)
			}
			moved := 0
			for id, rec := range f.all() {
				if was := before[id]; was.Owner != rec.Owner {
					moved++
					is.Equal(rec.Owner, tc.c.To)
					was.Owner = rec.Owner
					before[id] = was
				}
			}
			sum := 0
			for n := range maps.Values(tc.want) {
				sum += n
			}
			is.Equal(moved, sum) // the journal tells the truth
			if diff := cmp.Diff(before, f.all()); diff != "" {
				t.Errorf("more than owners changed (-want +got):\n%s", diff)
			}
			is.Equal(f.user("leo"), tombstone) // the leaver is left alone
			events := f.events(roster.VerbRunCorrect)
			is.Equal(len(events), 2) // the intent, and the end
			is.Equal([]any{events[0].Actor, events[0].User, events[0].Object, events[0].Reason}, []any{roster.UserID("ada"), roster.UserID("leo"), string(again.ID), tc.c.Reason})
			is.Equal(events[1].Outcome, roster.OutcomeDone)
		})
	}
}

// TestL15_OnlyWhatStillIsThereMoves lets somebody else decide about records between the run and its correction.
func TestL15_OnlyWhatStillIsThereMoves(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f, run := left(t, 12)
	deals := f.records["deal"]
	f.must(deals.Put(memstore.Record{ID: dealID(2), Part: "won", Owner: "alan"})) // somebody else's by now
	f.must(deals.Put(memstore.Record{ID: dealID(5), Part: "won", Owner: "sue"}))  // sue's already, by hand
	deals.Delete(dealID(8))
	f.must(deals.Put(memstore.Record{ID: dealID(11), Part: "new", Owner: "sid"})) // in another part
	f.must(deals.Put(memstore.Record{ID: "sids", Part: "won", Owner: "sid"}))     // never leo's
	again := f.correct(roster.Correction{Run: run.ID, Kind: "deal", From: "sid", To: "sue"})
	o, err := f.desk.Outcome(t.Context(), roster.As("ada"), again.ID)
	is.NoErr(err)
	want := []roster.Skip{{ID: dealID(2), Reason: "elsewhere"}, {ID: dealID(8), Reason: "gone"}}
	if diff := cmp.Diff(want, o.Steps[0].Skips); diff != "" {
		t.Errorf("left alone (-want +got):\n%s", diff)
	}
	is.Equal(o.Steps[0].Given["sue"], 2) // the one in another part, and the one that was sue's already
	for id, owner := range map[string]roster.UserID{dealID(2): "alan", dealID(5): "sue", dealID(11): "sue", "sids": "sid"} {
		rec, _ := deals.Find(id)
		is.Equal(rec.Owner, owner)
	}
	// A correction is corrected in turn: back to sid.
	back := f.correct(roster.Correction{Run: again.ID, To: "sid"})
	if diff := cmp.Diff(map[string]int{"responsible deal won sue-sid": 2}, f.moves(back.ID)); diff != "" {
		t.Errorf("back again (-want +got):\n%s", diff)
	}
	third, err := f.desk.Correct(t.Context(), roster.As("ada"), roster.Correction{Run: run.ID, Kind: "deal", From: "sid", To: "sue"})
	is.NoErr(err) // by then they are where the first run put them once more
	is.Equal(f.work(third.ID).State, roster.RunDone)
}

// TestL15_L5_ARecordsPresentPartCounts gives won deals to one who may receive no others: those that are in
// another part by now stay where they are.
func TestL15_L5_ARecordsPresentPartCounts(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f, run := left(t, 12)
	f.system(roster.SetRights{User: "ben", Rights: roster.Rights{"deal:view@won": roster.All, "deal:edit@won": roster.All}})
	f.must(f.records["deal"].Put(memstore.Record{ID: dealID(5), Part: "new", Owner: "sid"}))
	_, err := f.desk.Correct(t.Context(), roster.As("ada"), roster.Correction{Run: run.ID, Kind: "deal", To: "ben"})
	var blocked *roster.BlockedError
	is.True(errors.As(err, &blocked))
	is.Equal(codes(blocked.Blockers), []string{roster.BlockSuccessorRights})
	is.Equal(len(blocked.Blockers), 2) // new ones, and those in no part
	again := f.correct(roster.Correction{Run: run.ID, Kind: "deal", From: "sid", To: "ben"})
	o, err := f.desk.Outcome(t.Context(), roster.As("ada"), again.ID)
	is.NoErr(err)
	is.Equal(o.Steps[0].Skips, []roster.Skip{{ID: dealID(5), Reason: "rights"}})
	is.Equal(f.count("ben")["deal"], 3)
	is.Equal(o.Steps[0].Given["ben"], 3)
}

// TestL15_L5_WhatACrashLeftIsJudgedAgain crashes in the middle of a correction's move. Until it goes on, the deals
// that didn't move have come to a part in which ben may not receive them.
func TestL15_L5_WhatACrashLeftIsJudgedAgain(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f, run := left(t, 12)
	f.system(roster.SetRights{User: "ben", Rights: roster.Rights{"deal:view@won": roster.All, "deal:edit@won": roster.All}})
	f.wrap = func(_ string, h roster.Holdings) roster.Holdings {
		return halfway{h.(*memstore.Records), &faults{at: 1}}
	}
	f.desk = f.newDesk(f.Roster)
	again, err := f.desk.Correct(t.Context(), roster.As("ada"), roster.Correction{Run: run.ID, Kind: "deal", From: "sid", To: "ben"})
	is.NoErr(err)
	_, err = f.desk.Work(t.Context(), again.ID, nil)
	is.True(errors.Is(err, errHoldings))
	for rec := range f.records["deal"].All() {
		rec.Part = "new"
		f.must(f.records["deal"].Put(rec))
	}
	f.work(again.ID)
	o, err := f.desk.Outcome(t.Context(), roster.As("ada"), again.ID)
	is.NoErr(err)
	is.Equal(o.Steps[0].Skips, []roster.Skip{{ID: dealID(8), Reason: "rights"}, {ID: dealID(11), Reason: "rights"}})
	is.Equal([]int{f.count("ben")["deal"], o.Steps[0].Given["ben"]}, []int{2, 2}) // those that had moved before
	is.Equal(f.find(again.ID).Entries, 1)                                         // in one entry still
}

// TestL15_CorrectionsAreRefused tries what may not be, and finds each refusal in the trail and nothing changed.
func TestL15_CorrectionsAreRefused(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		actor roster.UserID
		c     roster.Correction
		is    error
		why   string
	}{
		{"who may not delete users", "sam", roster.Correction{To: "sam"}, roster.ErrDenied, "the same authority as a deletion"},
		{"malformed", "ada", roster.Correction{Records: []string{"1"}}, roster.ErrInvalid, "no kind, nobody to receive"},
		{"no such run", "ada", roster.Correction{Run: "none", To: "sam"}, roster.ErrNotFound, "nothing to correct"},
		{"a record that it didn't move", "ada", roster.Correction{Kind: "deal", Records: []string{dealID(2), "deal-sam"}, To: "sue"}, roster.ErrInvalid, "sam's own"},
		{"a record of another successor", "ada", roster.Correction{Kind: "deal", Records: []string{dealID(2)}, From: "sam", To: "sue"}, roster.ErrInvalid, "sid got it"},
		{"nothing of the kind", "ada", roster.Correction{Kind: "company", To: "sam"}, roster.ErrNotFound, "the run moved none"},
		{"nothing of that successor", "ada", roster.Correction{From: "alan", To: "sam"}, roster.ErrNotFound, "alan received nothing"},
		{"a successor without the rights", "ada", roster.Correction{Kind: "task", To: "ben"}, roster.ErrBlocked, "L5"},
		{"a successor who isn't there", "ada", roster.Correction{To: "nobody"}, roster.ErrBlocked, "L5"},
		{"the tombstone", "ada", roster.Correction{To: "leo"}, roster.ErrBlocked, "not active"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			f, run := left(t, 6)
			before := f.all()
			if tc.c.Run == "" {
				tc.c.Run = run.ID
			}
			_, err := f.desk.Correct(t.Context(), roster.As(tc.actor), tc.c)
			is.True(errors.Is(err, tc.is)) // tc.why
			events := f.events(roster.VerbRunCorrect)
			is.Equal(len(events), 1)
			is.Equal(events[0].Outcome, roster.OutcomeRefused)
			if diff := cmp.Diff(before, f.all()); diff != "" {
				t.Errorf("records moved (-want +got):\n%s", diff)
			}
		})
	}
}

// TestL15_OneRunALeaver lets a correction wait for what is unfinished, and others for a correction.
func TestL15_OneRunALeaver(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 6)
	run := f.start(request())
	c := roster.Correction{Run: run.ID, Kind: "deal", From: "sid", To: "sue"}
	_, err := f.desk.Correct(t.Context(), roster.As("ada"), c)
	is.True(errors.Is(err, roster.ErrState)) // the run isn't finished
	f.work(run.ID)
	first, err := f.desk.Correct(t.Context(), roster.As("ada"), c)
	is.NoErr(err)
	_, err = f.desk.Correct(t.Context(), roster.As("ada"), c)
	is.True(errors.Is(err, roster.ErrState)) // the first correction isn't
	_, err = f.desk.Sweep(t.Context(), roster.As("ada"), roster.Request{Leaver: "leo"})
	is.True(errors.Is(err, roster.ErrState)) // nor may a sweep begin
	_, err = f.Apply(t.Context(), roster.As("ada"), roster.Deactivate{User: "sue"})
	is.True(errors.Is(err, roster.ErrInUse)) // whom an unfinished correction names is kept
	_, err = f.desk.Lift(t.Context(), roster.As("ada"), first.ID, "not after all")
	is.NoErr(err)
	is.Equal(f.user("leo").Status, roster.StatusDeleted) // lifting a correction brings nobody back
	is.Equal(f.correct(c).State, roster.RunDone)
	f.must(f.records["deal"].Put(memstore.Record{ID: "late", Part: "won", Owner: "leo"}))
	sweep, err := f.desk.Sweep(t.Context(), roster.As("ada"), roster.Request{Leaver: "leo"}) // by the deletion's rules, not the correction's
	is.NoErr(err)
	f.work(sweep.ID)
	late, _ := f.records["deal"].Find("late")
	is.Equal(late.Owner, roster.UserID("sid"))
	is.Equal(f.moves(f.correct(roster.Correction{Run: sweep.ID, To: "sam"}).ID), map[string]int{"responsible deal won sid-sam": 1}) // sweeps are corrected too
	history := map[roster.RunState]int{}
	for run, err := range f.Runs().List(t.Context(), roster.As("ada"), roster.RunFilter{Leaver: "leo"}) {
		is.NoErr(err)
		history[run.State]++
	}
	is.Equal(history, map[roster.RunState]int{roster.RunDone: 4, roster.RunLifted: 1}) // all in the leaver's history
}

// TestL15_L17_WhatALiftedRunMovedGoesBack reactivates somebody whose deletion was lifted, and gives them what it
// had moved, what was intended and never told included.
func TestL15_L17_WhatALiftedRunMovedGoesBack(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 12)
	before := f.all()
	x := &faults{at: 3} // the third move is carried out in part
	f.wrap = func(_ string, h roster.Holdings) roster.Holdings { return halfway{h.(*memstore.Records), x} }
	f.desk = f.newDesk(f.Roster).With(offboard.Settings{Chunk: 2})
	run := f.start(request())
	_, err := f.desk.Work(t.Context(), run.ID, nil)
	is.True(errors.Is(err, errHoldings))
	_, err = f.desk.Lift(t.Context(), roster.As("ada"), run.ID, "they stay")
	is.NoErr(err)
	f.system(roster.Reactivate{User: "leo"})
	open := 0
	for m, err := range f.desk.Moved(t.Context(), roster.As("ada"), run.ID) {
		is.NoErr(err)
		if m.Open {
			open++
		}
	}
	is.Equal(open, 2) // told apart: nobody knows whether these two moved
	again := f.correct(roster.Correction{Run: run.ID, To: "leo"})
	is.Equal(again.State, roster.RunDone)
	if diff := cmp.Diff(before, f.all()); diff != "" {
		t.Errorf("not everything came back (-want +got):\n%s", diff)
	}
}

// placed are Holdings that note the part of each order.
type placed struct {
	roster.Holdings
	parts *[]string
}

func (p placed) Move(ctx context.Context, o roster.MoveOrder) ([]roster.MoveResult, error) {
	*p.parts = append(*p.parts, o.Part)
	return p.Holdings.Move(ctx, o)
}

// TestL15_ACorrectionSaysNoPart hands deals over part by part, and moves them again: where they were when the earlier run moved them
// isn't where they are.
func TestL15_ACorrectionSaysNoPart(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 6)
	var parts []string
	f.wrap = func(kind string, h roster.Holdings) roster.Holdings {
		if kind != "deal" {
			return h
		}
		return placed{h, &parts}
	}
	f.desk = f.newDesk(f.Roster)
	run := f.work(f.start(request()).ID)
	var want []string
	for _, s := range run.Steps {
		if s.Kind == "deal" {
			want = append(want, s.Part)
		}
	}
	is.True(slices.ContainsFunc(want, func(part string) bool { return part != "" })) // some are in parts
	is.Equal(slices.Compact(slices.Clone(parts)), slices.Compact(want))              // each order says its step's
	parts = nil
	f.correct(roster.Correction{Run: run.ID, Kind: "deal", To: "sue"})
	is.True(len(parts) > 0)
	is.True(!slices.ContainsFunc(parts, func(part string) bool { return part != "" })) // none
}

// halfway are Holdings whose n-th move is carried out in part and then fails.
type halfway struct {
	*memstore.Records
	*faults
}

func (x halfway) Move(ctx context.Context, o roster.MoveOrder) ([]roster.MoveResult, error) {
	if !x.hit() {
		return x.Records.Move(ctx, o)
	}
	o.IDs = o.IDs[:len(o.IDs)/2]
	if _, err := x.Records.Move(ctx, o); err != nil {
		return nil, err
	}
	return nil, errHoldings
}
