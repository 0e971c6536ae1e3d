package offboard_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/offboard"
)

// TestW1_ARunIsObserved carries a deletion out from a desk of its own: the observer is told of each of its
// events, once and in order.
func TestW1_ARunIsObserved(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 9)
	before := len(f.events(""))
	var seen []roster.Event
	r, err := roster.New(f.store, f.Schema(), roster.Config{
		Now: f.clock.now, Hasher: cheap{}, Observe: func(_ context.Context, e roster.Event) { seen = append(seen, e) },
	})
	is.NoErr(err)
	desk, ctx, ada := f.newDesk(r), t.Context(), roster.As("ada")
	_, err = desk.Assess(ctx, roster.As("ben"), roster.Request{Leaver: "leo"})
	is.True(err != nil) // ben may not, and the trail tells
	req := roster.Request{Leaver: "leo", Authors: "sam", Rules: []roster.Rule{
		{Do: roster.GiveTo, To: []roster.UserID{"sam"}}, {Kind: "integration", Do: roster.SwitchOff},
	}}
	plan, err := desk.Assess(ctx, ada, req)
	is.NoErr(err)
	run, err := desk.Start(ctx, ada, req, plan.Digest)
	is.NoErr(err)
	run, err = desk.Work(ctx, run.ID, nil)
	is.NoErr(err)
	is.Equal(run.State, roster.RunDone)
	if diff := cmp.Diff(f.events("")[before:], seen); diff != "" {
		t.Errorf("what was told (-trail +observer):\n%s", diff)
	}
	is.Equal(seen[len(seen)-1].Verb, roster.VerbUserDelete) // the burial
}

// TestG8_AnObserverThatPanicsMakesNothingCountTwice lets the observer panic at each event of a run in turn, right after
// the commit: the counts are those of a run that nothing disturbed.
func TestG8_AnObserverThatPanicsMakesNothingCountTwice(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	const never = 1_000_000
	counts := func(at int) (steps []roster.Step, told int) {
		f := newFirm(t, 9)
		plan := f.assess(request())
		run, err := f.desk.Start(t.Context(), roster.As("ada"), plan.Request, plan.Digest)
		is.NoErr(err)
		r, err := roster.New(f.store, f.Schema(), roster.Config{Now: f.clock.now, Hasher: cheap{}, Observe: func(context.Context, roster.Event) {
			if told++; told == at {
				panic("no room")
			}
		}})
		is.NoErr(err)
		desk := f.newDesk(r).With(offboard.Settings{Chunk: 1, Budget: -1}) // what is last is found out by one page more
		func() {
			defer func() { is.Equal(recover() != nil, told == at) }()
			_, err = desk.Work(t.Context(), run.ID, nil)
		}()
		run, err = desk.Work(t.Context(), run.ID, nil)
		is.NoErr(err)
		is.Equal(run.State, roster.RunDone)
		return run.Steps, told
	}
	want, events := counts(never)
	is.True(events > 5)
	for n := range events {
		got, _ := counts(n + 1)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("a panic at event %d (-want +got):\n%s", n+1, diff)
		}
	}
}
