package roster_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
)

// errGap says that a feed saw an event before an earlier one.
var errGap = errors.New("gap")

// follow is one round of a feed: the events after the number, each the next.
func follow(ctx context.Context, r *roster.Roster, after uint64) (uint64, error) {
	for e, err := range r.Events(ctx, roster.System("feed"), roster.EventFilter{}, after) {
		if err != nil {
			return after, err
		}
		if e.Seq != after+1 {
			return after, fmt.Errorf("%w: %d after %d", errGap, e.Seq, after)
		}
		after = e.Seq
	}
	return after, nil
}

// TestW1_AFeedSeesEveryEventOnceAndInOrder lets a feed follow the trail while many write, woken by the
// observer alone. A feed that ran before the last commit sees the rest when it is woken by that one.
func TestW1_AFeedSeesEveryEventOnceAndInOrder(t *testing.T) {
	t.Parallel()
	const writers, each = 8, 60
	is := is.New(t)
	o := newOffice(t)
	wake := make(chan struct{}, 1) // holds one call to look: the next round sees all that came before it
	o.reopen(o.store, func(c *roster.Config) {
		c.Observe = func(context.Context, roster.Event) {
			select {
			case wake <- struct{}{}:
			default:
			}
		}
	})
	want := uint64(len(o.events()) + writers*each)
	ctx := t.Context()
	var all sync.WaitGroup
	errs := make(chan error, writers*each)
	for w := range writers {
		all.Go(func() {
			for i := range each {
				id := roster.DepartmentID(fmt.Sprint("d", w, "-", i))
				_, err := o.Apply(ctx, roster.System("writer"), roster.CreateDepartment{ID: id, Name: string(id)})
				errs <- err
			}
		})
	}
	var last uint64
	for rounds := 0; last < want; rounds++ {
		var err error
		last, err = follow(ctx, o.Roster, last)
		if err != nil {
			t.Fatal(err)
		}
		if last < want {
			<-wake
		}
	}
	all.Wait()
	close(errs)
	for err := range errs {
		is.NoErr(err) // every write passes
	}
	is.Equal(last, want) // and nothing else was told
}

// late is a store that shows the last event of its trail before the one that came before it, as one does
// that numbers events before they are committed.
type late struct{ roster.Store }

func (l late) View(ctx context.Context, f func(roster.Tx) error) error {
	return l.Store.View(ctx, func(tx roster.Tx) error { return f(lateTx{tx}) })
}

type lateTx struct{ roster.Tx }

func (l lateTx) ListEvents(f roster.EventFilter, after uint64, limit int) ([]roster.Event, error) {
	page, err := l.Tx.ListEvents(f, after, limit)
	if n := len(page); n > 1 {
		page = append(page[:n-2], page[n-1])
	}
	return page, err
}

// TestW1_AFeedTellsAGap shows that the feed of the tests above isn't blind.
func TestW1_AFeedTellsAGap(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.reopen(late{o.store}, nil)
	_, err := follow(t.Context(), o.Roster, 0)
	is.True(errors.Is(err, errGap))
}

// TestW4_LatestIsTheTrailBackwards reads the trail from the newest event on, whole, filtered, and in pages.
func TestW4_LatestIsTheTrailBackwards(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	all := o.busy(2500) // more than two pages
	for _, c := range []struct {
		name   string
		filter roster.EventFilter
		before uint64
		take   int
		why    string
	}{
		{"whole", roster.EventFilter{}, 0, 5000, "0 is the end"},
		{"filtered", roster.EventFilter{Verb: "user."}, 0, 5000, "the filter of Events"},
		{"a page", roster.EventFilter{}, 2000, 50, "what is below a number"},
		{"nothing", roster.EventFilter{}, 1, 50, "nothing is below the first"},
		{"beyond", roster.EventFilter{}, 1 << 60, 3, "a number above all is the end"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var want, got []uint64
			for i := len(all) - 1; i >= 0 && len(want) < c.take; i-- {
				if (c.before == 0 || all[i].Seq < c.before) && c.filter.Match(all[i]) {
					want = append(want, all[i].Seq)
				}
			}
			for e, err := range o.Latest(t.Context(), roster.System("test"), c.filter, c.before) {
				if err != nil {
					t.Fatal(err)
				}
				if got = append(got, e.Seq); len(got) == c.take {
					break
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.why, diff)
			}
		})
	}
}

// TestW4_ReadingTheLatestIsRecorded has a reader who may and one who may not; neither sees their own reading.
func TestW4_ReadingTheLatestIsRecorded(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.hire("ben", "sales", nil)
	for _, from := range []uint64{0, 1 << 60} {
		before := o.last()
		seen := 0
		for e, err := range o.Latest(t.Context(), roster.As("ada"), roster.EventFilter{}, from) {
			is.NoErr(err)
			is.Equal(e, before) // the last one before the reading
			seen++
			break
		}
		is.Equal(seen, 1)
	}
	is.Equal(o.last().Verb, roster.VerbTrailRead)
	for _, err := range o.Latest(t.Context(), roster.As("ben"), roster.EventFilter{}, 0) {
		is.True(errors.Is(err, roster.ErrDenied)) // he may not
	}
	is.Equal(o.last().Outcome, roster.OutcomeRefused)
}
