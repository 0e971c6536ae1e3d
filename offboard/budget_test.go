package offboard_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/offboard"
)

// slow are Holdings whose moves take a while for each record, and which note how many records each moved and when it came.
type slow struct {
	*memstore.Records
	each  func(moved int) time.Duration
	moved int
	sizes []int
	began []time.Duration
	from  time.Time
}

func (s *slow) Move(ctx context.Context, o roster.MoveOrder) ([]roster.MoveResult, error) {
	s.sizes, s.began = append(s.sizes, len(o.IDs)), append(s.began, time.Since(s.from))
	<-time.After(time.Duration(len(o.IDs)) * s.each(s.moved))
	s.moved += len(o.IDs)
	return s.Records.Move(ctx, o)
}

func TestG10_MovesFitTheirBudget(t *testing.T) {
	t.Parallel()
	const µs = time.Microsecond
	always := func(d time.Duration) func(int) time.Duration { return func(int) time.Duration { return d } }
	for _, c := range []struct {
		name string
		set  offboard.Settings
		n    int
		each func(moved int) time.Duration
		want []int // what each move moved
		down []int // what each entry of the journal holds
		why  string
	}{
		{"at no cost", offboard.Settings{}, 20_000, always(0), []int{1000, 1000, 2000, 2000, 4000, 4000, 6000}, []int{2000, 4000, 8000, 6000}, "twice as many each time"},
		{"up to Chunk", offboard.Settings{Chunk: 3_600}, 10_000, always(0), []int{1000, 1000, 1800, 1800, 1800, 1800, 800}, []int{2000, 3600, 3600, 800}, "and no further"},
		{"up to the budget", offboard.Settings{}, 6_000, always(20 * µs), []int{1000, 1000, 1250, 1250, 1500}, []int{2000, 2500, 1500}, "1,250 take 25 ms, and a quarter more may rather than be a rest"},
		{"slower at once", offboard.Settings{}, 5_000, func(moved int) time.Duration {
			if moved < 2_000 {
				return 20 * µs
			}
			return 200 * µs
		}, []int{1000, 1000, 1250, 139, 139, 139, 139, 139, 139, 139, 139, 138, 125, 125, 125, 125}, []int{2000, 2500, 250, 250}, "250 ms for 1,250 are 25 ms for 125"},
		{"hopelessly slow", offboard.Settings{}, 1_300, always(time.Second), []int{650, 109, 109, 108, 108, 108, 108}, []int{1300}, "never below 100"},
		{"small by itself", offboard.Settings{Chunk: 30}, 100, always(time.Second), []int{30, 30, 30, 10}, []int{30, 30, 30, 10}, "never below Chunk"},
		{"another budget", offboard.Settings{Budget: time.Second}, 2_100, always(time.Millisecond), []int{1000, 1000, 100}, []int{2000, 100}, "it is used up"},
		{"without a budget", offboard.Settings{Chunk: 700, Budget: -1}, 1_800, always(time.Second), []int{700, 700, 400}, []int{700, 700, 400}, "as large as Chunk"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := newFirm(t, 0)
				deals := &slow{Records: f.records["deal"], each: c.each}
				for i := range c.n {
					f.must(deals.Put(memstore.Record{ID: fmt.Sprintf("%06d", i), Owner: "leo"}))
				}
				f.wrap = func(kind string, h roster.Holdings) roster.Holdings {
					if kind == "deal" {
						return deals
					}
					return h
				}
				c.set.Lease = time.Hour
				f.desk = f.newDesk(f.Roster).With(c.set)
				run := f.work(f.start(toSam).ID)
				var down []int
				for e, err := range f.Runs().Journal(t.Context(), roster.System("test"), run.ID) {
					f.must(err)
					if e.Kind == "deal" {
						down = append(down, len(e.IDs))
					}
				}
				if diff := cmp.Diff(c.down, down); diff != "" {
					t.Errorf("entries of the journal (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(c.want, deals.sizes); diff != "" {
					t.Errorf("moves, since %s (-want +got):\n%s", c.why, diff)
				}
			})
		})
	}
}

// TestL21_AnyLeaseWillDo works with leases beyond all times and below any.
func TestL21_AnyLeaseWillDo(t *testing.T) {
	t.Parallel()
	for _, lease := range []time.Duration{math.MinInt64, -1, 1 << 62, math.MaxInt64} {
		f := newFirm(t, 3)
		f.desk = f.newDesk(f.Roster).With(offboard.Settings{Lease: lease})
		f.work(f.start(request()).ID)
	}
}

// tired are deals whose moves take 10 s, and pages 44; another worker looks at the end of each page whether the run can be had.
type tired struct {
	*memstore.Records
	claim func()
}

func (r tired) Move(ctx context.Context, o roster.MoveOrder) ([]roster.MoveResult, error) {
	<-time.After(10 * time.Second)
	return r.Records.Move(ctx, o)
}

func (r tired) Page(ctx context.Context, q roster.Query) ([]roster.Record, error) {
	<-time.After(44 * time.Second)
	r.claim()
	return r.Records.Page(ctx, q)
}

// TestL21_WhoRestsKeepsTheLease goes on after a worker that died: a move, a rest
// and a page are longer than a lease of a minute, which nobody else gets all the same.
func TestL21_WhoRestsKeepsTheLease(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		var s *branch
		var id roster.RunID
		pages := 0
		s = newBranch(t, func(h roster.Holdings) roster.Holdings {
			return tired{h.(*memstore.Records), func() {
				_, _, err := s.Runs().Claim(t.Context(), id, time.Minute, 5)
				if pages++; !errors.Is(err, roster.ErrLease) {
					t.Errorf("page %d: %v; want it held", pages, err)
				}
			}}
		})
		id = s.leave("leo", 20)
		dead, _, err := s.Runs().Claim(t.Context(), id, time.Minute, 5)
		is.NoErr(err)
		_, err = dead.Intend(t.Context(), roster.Entry{Kind: "deal", Tie: roster.Responsible, To: "sam", IDs: []string{"leo-0000"}})
		is.NoErr(err)
		<-time.After(time.Minute)
		run, err := s.desk.With(offboard.Settings{Rest: true, Chunk: 10}).Work(t.Context(), id, nil)
		is.NoErr(err)
		is.Equal(run.State, roster.RunDone)
		is.True(pages >= 2)
	})
}

// TestG10_OthersHaveAsMuchTime pauses after each move as long as it took, where the host wants that, within a chunk too.
func TestG10_OthersHaveAsMuchTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFirm(t, 4_200)
		deals := &slow{Records: f.records["deal"], each: func(int) time.Duration { return time.Millisecond }, from: time.Now()}
		f.wrap = func(kind string, h roster.Holdings) roster.Holdings {
			if kind == "deal" {
				return deals
			}
			return h
		}
		f.desk = f.newDesk(f.Roster).With(offboard.Settings{Rest: true})
		req := request()
		req.Rules[0] = roster.Rule{Kind: "deal", Do: roster.GiveTo, To: []roster.UserID{"sam"}}
		f.work(f.start(req).ID)
		var want []time.Duration
		at := time.Duration(0)
		for _, n := range deals.sizes {
			want = append(want, at)
			at += 2 * time.Duration(n) * time.Millisecond
		}
		if diff := cmp.Diff(want, deals.began); diff != "" || len(want) < 3 {
			t.Errorf("moves began (-want +got):\n%s", diff)
		}
	})
}
