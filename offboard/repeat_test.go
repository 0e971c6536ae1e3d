package offboard_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
)

// TestL21_StartingTwiceStartsOnce repeats a start, from many goroutines and later, though records that may
// drift came in between.
func TestL21_StartingTwiceStartsOnce(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 3)
	req := request()
	req.Drift = map[string]int{"contact": 1}
	plan := f.assess(req)
	f.must(f.records["contact"].Put(memstore.Record{ID: "late", Owner: "leo"}))
	runs := make([]roster.Run, 8)
	var all sync.WaitGroup
	for i := range runs {
		all.Go(func() {
			var err error
			if runs[i], err = f.desk.Start(t.Context(), roster.As("ada"), req, plan.Digest); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, run := range runs {
		if diff := cmp.Diff(runs[0], run); diff != "" {
			t.Fatalf("another run (-first +this):\n%s", diff)
		}
	}
	is.Equal(len(f.events(roster.VerbRunFence)), 1) // fenced once

	_, err := f.desk.Start(t.Context(), roster.As("alan"), req, plan.Digest)
	is.True(errors.Is(err, roster.ErrBlocked)) // another's deletion isn't alan's
	other := request()
	other.Reason = "something else"
	_, err = f.desk.Start(t.Context(), roster.As("ada"), other, plan.Digest)
	is.True(errors.Is(err, roster.ErrStale)) // nor is another request confirmed by it
	done := f.work(runs[0].ID)
	again, err := f.desk.Start(t.Context(), roster.As("ada"), req, plan.Digest)
	is.NoErr(err)
	is.Equal(again, done)                               // what is over isn't started again, but told
	is.Equal(len(f.events(roster.VerbRunFence)), 1+1+1) // the fence, and two refusals
}
