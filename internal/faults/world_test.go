package faults_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/offboard"
	"github.com/seed-8e8abc8d/roster/rostertest"
)

// world is a small firm whose leo, with a token and five deals that sam and sue shall have, leaves while something fails.
type world struct {
	process
	t      *testing.T
	store  roster.Store // which may fail
	whole  roster.Store // the same account, which doesn't
	clock  *rostertest.Clock
	deals  *memstore.Records
	host   roster.Holdings // deals, as the desk has them
	intact *roster.Roster  // over whole
	token  string
}

// newWorld makes the firm in an empty account.
func newWorld(t *testing.T, store, whole roster.Store, wrap func(roster.Holdings) roster.Holdings) *world {
	t.Helper()
	w := &world{t: t, store: store, whole: whole, clock: new(rostertest.Clock), deals: new(memstore.Records)}
	for i := range 5 {
		must(t, w.deals.Put(memstore.Record{ID: fmt.Sprint("deal ", i), Owner: "leo", Open: true}))
	}
	w.host = w.deals
	if wrap != nil {
		w.host = wrap(w.deals)
	}
	first := newProcess(t, whole, w.clock, w.deals)
	w.intact = first.Roster
	changes := []roster.Change{roster.CreateDepartment{ID: "sales", Name: "Sales"}}
	for _, id := range []roster.UserID{"ada", "leo", "sam", "sue"} {
		u := roster.User{
			ID: id, FirstName: "First", LastName: "Last", Email: string(id) + "@example.com", Department: "sales",
			Status: roster.StatusActive, Admin: id == "ada", Rights: roster.Rights{"deal:view": roster.All, "deal:edit": roster.All},
		}
		changes = append(changes, roster.ImportUser{User: u, Hash: "$cheap$x"})
	}
	_, err := first.Apply(t.Context(), system, changes...)
	must(t, err)
	issued, err := first.Issue(t.Context(), roster.As("leo"), roster.TokenOrder{Kind: roster.TokenPersonal})
	must(t, err)
	w.token = issued.Secret.Reveal()
	w.restart()
	return w
}

// restart is another process over the store that may fail.
func (w *world) restart() {
	w.t.Helper()
	w.process = newProcess(w.t, w.store, w.clock, w.host)
	w.desk = w.desk.With(offboard.Settings{Chunk: 2})
}

// leoLeaves is what is asked for.
var leoLeaves = roster.Request{Leaver: "leo", Reason: "left", Rules: []roster.Rule{{Kind: "deal", Do: roster.SplitEvenly, To: []roster.UserID{"sam", "sue"}}},
	HandOn: []roster.HandOn{{To: "sam", Rights: []string{"deal:view"}}}}

// attempt goes on with leo's run, or starts it.
func (w *world) attempt(ctx context.Context) error {
	ada := roster.As("ada")
	for run, err := range w.Runs().List(ctx, ada, roster.RunFilter{Leaver: "leo"}) {
		if err == nil {
			_, err = w.desk.Work(ctx, run.ID, nil)
		}
		return err
	}
	plan, err := w.desk.Assess(ctx, ada, leoLeaves)
	if err == nil {
		err = plan.Err()
	}
	if err != nil {
		return err
	}
	run, err := w.desk.Start(ctx, ada, plan.Request, plan.Digest)
	if err == nil {
		_, err = w.desk.Work(ctx, run.ID, nil)
	}
	return err
}

// insist attempts until it succeeds, in another process and past every lease each time.
func (w *world) insist() {
	w.t.Helper()
	var err error
	for range 6 {
		w.clock.Advance(2 * time.Minute)
		w.restart()
		if err = w.attempt(w.t.Context()); err == nil {
			return
		}
	}
	w.t.Errorf("the deletion doesn't end: %v", err)
}

// ending is what a deletion leaves behind, whatever happened on the way.
type ending struct {
	Users   []roster.User
	Deals   []memstore.Record
	Steps   []roster.Step
	States  []roster.RunState
	Round   int
	Moved   map[string]int // by deal: in how many entries that are done
	Verbs   map[roster.Verb]int
	Trouble []string
}

// end reads the ending, from the store that doesn't fail.
func (w *world) end() ending {
	w.t.Helper()
	e := ending{Deals: slices.Collect(w.deals.All()), Moved: map[string]int{}, Verbs: map[roster.Verb]int{}}
	trouble := func(what string, err error) {
		if err != nil {
			e.Trouble = append(e.Trouble, fmt.Sprint(what, ": ", err))
		}
	}
	for u, err := range w.intact.Users(w.t.Context(), system, roster.UserFilter{Deleted: true}, "") {
		trouble("users", err)
		e.Users = append(e.Users, u)
	}
	for run, err := range w.intact.Runs().List(w.t.Context(), system, roster.RunFilter{}) {
		trouble("runs", err)
		e.Steps, e.States, e.Round = run.Steps, append(e.States, run.State), run.Round
		for entry, err := range w.intact.Runs().Journal(w.t.Context(), system, run.ID) {
			trouble("journal", err)
			if !entry.Done || entry.Moved+entry.Already != len(entry.IDs) {
				trouble("journal", fmt.Errorf("entry %d says %d of %d moved, done: %v", entry.N, entry.Moved+entry.Already, len(entry.IDs), entry.Done))
			}
			for _, id := range entry.IDs {
				e.Moved[id]++
			}
		}
	}
	for event, err := range w.intact.Events(w.t.Context(), system, roster.EventFilter{Outcome: roster.OutcomeDone}, 0) {
		trouble("events", err)
		e.Verbs[event.Verb]++
	}
	_, err := w.intact.Verify(w.t.Context(), roster.Head{})
	trouble("the chain", err)
	if _, err := w.intact.Check(w.t.Context(), w.token); !errors.Is(err, roster.ErrToken) {
		trouble("the leaver's token", fmt.Errorf("is answered %v", err))
	}
	return e
}

// undisturbed is the ending when nothing fails.
func undisturbed(t *testing.T) ending {
	t.Helper()
	s := new(memstore.Store)
	w := newWorld(t, s, s, nil)
	must(t, w.attempt(t.Context()))
	e := w.end()
	for deal, times := range e.Moved {
		if times != 1 {
			t.Errorf("%s moved %d times", deal, times)
		}
	}
	if len(e.Moved) != 5 || len(e.Trouble) > 0 || !slices.Equal(e.States, []roster.RunState{roster.RunDone}) {
		t.Fatalf("the undisturbed deletion ends as %+v", e)
	}
	return e
}
