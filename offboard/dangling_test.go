package offboard_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
)

// dangle writes n deals for "gone", whom nobody knows.
func (f *firm) dangle(n int) {
	f.t.Helper()
	for i := range n {
		f.must(f.records["deal"].Put(memstore.Record{ID: "gone-" + dealID(i), Part: []string{"", "new", "won"}[i%3], Owner: "gone", Author: "gone"}))
	}
}

// danglingTo gives everything of the dangling owner to somebody.
func danglingTo(id roster.UserID) roster.Request {
	return roster.Request{Leaver: "gone", Reason: "imported", Rules: []roster.Rule{{Do: roster.GiveTo, To: []roster.UserID{id}}}}
}

// TestA2_DanglingOwnersAreHandedOver hands over what names an id that no user has, as a run like any other.
func TestA2_DanglingOwnersAreHandedOver(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 3)
	f.dangle(7)
	run, err := f.desk.Sweep(t.Context(), roster.As("ada"), danglingTo("sam"))
	is.NoErr(err)
	is.Equal(f.work(run.ID).State, roster.RunDone)
	is.Equal(f.count("sam")["deal"], 8) // the seven, and sam's own
	is.Equal(len(f.count("gone")), 0)
	var told []string
	for _, e := range f.events(roster.VerbRunSweep) {
		told = append(told, string(e.Actor)+" "+e.Outcome.String()+" "+string(e.User)+" "+e.Object)
	}
	want := []string{"ada intent gone " + string(run.ID), "ada done gone " + string(run.ID)}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("the trail (-want +got):\n%s", diff)
	}
	o, err := f.desk.Outcome(t.Context(), roster.As("ada"), run.ID)
	is.NoErr(err)
	given := 0
	for _, s := range o.Steps {
		given += s.Given["sam"]
	}
	is.Equal(given, 7) // the journal tells what went where
	_, err = f.desk.Sweep(t.Context(), roster.As("ada"), danglingTo("sam"))
	is.True(errors.Is(err, roster.ErrNotFound)) // nothing names the id any more
}

// TestA2_DanglingOwnersNeedWhatADeletionNeeds tries what a sweep refuses, and finds each refusal in the trail.
func TestA2_DanglingOwnersNeedWhatADeletionNeeds(t *testing.T) {
	t.Parallel()
	nothing := danglingTo("sam")
	nothing.Leaver = "nobody"
	present := danglingTo("sam")
	present.Leaver = "leo"
	noRules := danglingTo("sam")
	noRules.Rules = nil
	toHead := danglingTo("sam")
	toHead.Rules = []roster.Rule{{Do: roster.ToHead}}
	for _, tc := range []struct {
		name  string
		actor roster.UserID
		req   roster.Request
		is    error
		why   string
	}{
		{"who may not delete users", "sam", danglingTo("sam"), roster.ErrDenied, "the same authority as a deletion"},
		{"a successor without the rights", "ada", danglingTo("ben"), roster.ErrBlocked, "L5"},
		{"a successor who isn't there", "ada", danglingTo("nobody"), roster.ErrBlocked, "L5"},
		{"to themselves", "ada", danglingTo("gone"), roster.ErrBlocked, "nobody is there"},
		{"no rules", "ada", noRules, roster.ErrBlocked, "there was no deletion whose rules could apply"},
		{"to the head", "ada", toHead, roster.ErrBlocked, "nobody knows the department"},
		{"a user who is there", "ada", present, roster.ErrState, "deleting is another verb"},
		{"an id that nothing names", "ada", nothing, roster.ErrNotFound, "no texts for the trail"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			f := newFirm(t, 0)
			f.dangle(3)
			before := f.all()
			_, err := f.desk.Sweep(t.Context(), roster.As(tc.actor), tc.req)
			is.True(errors.Is(err, tc.is)) // tc.why
			events := f.events(roster.VerbRunSweep)
			is.Equal(len(events), 1)
			is.Equal(events[0].Outcome, roster.OutcomeRefused)
			is.True(events[0].User == "" || events[0].User == "leo") // a refusal names only who is there
			if diff := cmp.Diff(before, f.all()); diff != "" {
				t.Errorf("records moved (-want +got):\n%s", diff)
			}
		})
	}
}

// TestA2_AnUnfinishedSweepKeepsTheId lets nobody join under the id of a dangling owner meanwhile: their first
// records would be taken away. Lifting ends it.
func TestA2_AnUnfinishedSweepKeepsTheId(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 0)
	f.dangle(3)
	run, err := f.desk.Sweep(t.Context(), roster.As("ada"), danglingTo("sam"))
	is.NoErr(err)
	_, err = f.desk.Sweep(t.Context(), roster.As("ada"), danglingTo("sue"))
	is.True(errors.Is(err, roster.ErrState)) // one run an owner
	join := roster.ImportUser{User: roster.User{ID: "gone", FirstName: "G", LastName: "One", Email: "g@example.com", Department: "sales", Status: roster.StatusInactive}}
	_, err = f.Apply(t.Context(), roster.System("import"), join)
	is.True(errors.Is(err, roster.ErrInUse)) // while the run is unfinished
	_, err = f.desk.Lift(t.Context(), roster.As("ada"), run.ID, "they come after all")
	is.NoErr(err)
	_, err = f.Apply(t.Context(), roster.System("import"), join)
	is.NoErr(err)
	is.Equal(f.count("gone")["deal"], 3) // and have what was theirs
}
