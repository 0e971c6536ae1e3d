package offboard_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/offboard"
)

// scripted are Holdings whose moves and pages do something first.
type scripted struct {
	roster.Holdings
	page func(ctx context.Context, q roster.Query) error
	move func() error
}

func (s scripted) Page(ctx context.Context, q roster.Query) ([]roster.Record, error) {
	if err := s.page(ctx, q); err != nil {
		return nil, err
	}
	return s.Holdings.Page(ctx, q)
}

func (s scripted) Move(ctx context.Context, o roster.MoveOrder) ([]roster.MoveResult, error) {
	if err := s.move(); err != nil {
		return nil, err
	}
	return s.Holdings.Move(ctx, o)
}

// scriptedFirm is a firm whose deals go to sam in chunks of three, and a run that has begun.
func scriptedFirm(t *testing.T, page func(context.Context, roster.Query) error, move func() error) (*firm, roster.RunID) {
	t.Helper()
	f := newFirm(t, 9)
	f.wrap = func(kind string, h roster.Holdings) roster.Holdings {
		if kind == "deal" {
			return scripted{h, page, move}
		}
		return h
	}
	f.desk = f.newDesk(f.Roster).With(offboard.Settings{Chunk: 3})
	req := request()
	req.Rules[0] = roster.Rule{Kind: "deal", Do: roster.GiveTo, To: []roster.UserID{"sam"}}
	return f, f.start(req).ID
}

// TestL17_APageIsReadWhileAChunkMoves has the first move wait until the page behind it is asked for.
func TestL17_APageIsReadWhileAChunkMoves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		asked, waited := make(chan string, 100), ""
		f, id := scriptedFirm(t,
			func(_ context.Context, q roster.Query) error {
				if q.After != "" {
					asked <- q.After
				}
				return nil
			},
			func() error {
				if waited == "" {
					waited = <-asked
				}
				return nil
			})
		f.work(id)
		if waited == "" {
			t.Error("no page was read ahead")
		}
	})
}

// TestL21_NoPageOutlivesItsWork has a move fail, or the context end, while the page behind it never comes: the call
// returns at once, and nothing is read any more.
func TestL21_NoPageOutlivesItsWork(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for _, c := range []struct {
		name string
		move func(cancel func()) error
		want error
	}{
		{"a move fails", func(func()) error { return broken }, broken},
		{"the context ends", func(cancel func()) error { cancel(); return nil }, context.Canceled},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				var reading atomic.Int32
				f, id := scriptedFirm(t,
					func(ctx context.Context, q roster.Query) error {
						reading.Add(1)
						defer reading.Add(-1)
						if q.After != "" {
							<-ctx.Done()
						}
						return ctx.Err()
					},
					func() error { synctest.Wait(); return c.move(cancel) })
				begun := time.Now()
				_, err := f.desk.Work(ctx, id, nil)
				if n := reading.Load(); !errors.Is(err, c.want) || time.Since(begun) > 0 || n > 0 {
					t.Errorf("after %v, with %d pages being read: %v, not %v", time.Since(begun), n, err, c.want)
				}
			})
		})
	}
}

// TestL21_APanicOfAPageAheadIsItsCallers has Page panic while a chunk moves: who called Work gets the panic, after the move
// was written down, and another worker can go on at once.
func TestL21_APanicOfAPageAheadIsItsCallers(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	panics := true
	f, id := scriptedFirm(t,
		func(_ context.Context, q roster.Query) error {
			if q.After != "" && panics {
				panics = false
				panic("no page")
			}
			return nil
		},
		func() error { return nil })
	func() {
		defer func() { is.Equal(recover(), "no page") }()
		_, _ = f.desk.Work(t.Context(), id, nil)
	}()
	is.Equal(f.count("sam")["deal"] > 0, true) // the chunk before it was moved
	done, _ := f.journal(f.store, id)
	is.Equal(done, []bool{true}) // and written down
	is.Equal(f.work(id).State, roster.RunDone)
}
