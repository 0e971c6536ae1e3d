package offboard_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/offboard"
)

// mover is a move over Holdings.
type mover func(context.Context, roster.Holdings, roster.MoveOrder) ([]roster.MoveResult, error)

// scripted are Holdings whose moves do something of the test's instead.
type scripted struct {
	roster.Holdings
	move mover
}

func (s scripted) Move(ctx context.Context, o roster.MoveOrder) ([]roster.MoveResult, error) {
	return s.move(ctx, s.Holdings, o)
}

// script has deals move by move from now on, at a new desk.
func (f *firm) script(move mover) {
	f.wrap = func(kind string, h roster.Holdings) roster.Holdings {
		if kind == "deal" {
			return scripted{h, move}
		}
		return h
	}
	f.desk = f.newDesk(f.Roster)
}

// toSam gives sam all that is leo's.
var toSam = roster.Request{Leaver: "leo", Authors: "sam", Rules: []roster.Rule{
	{Do: roster.GiveTo, To: []roster.UserID{"sam"}}, {Kind: "integration", Do: roster.SwitchOff},
}}

// TestL21_APieceOfAChunkFails has the second of a chunk's moves fail, in each way, or the context end before it: the entry stays
// open, with what the first one moved, and who goes on moves the rest and counts each record once.
func TestL21_APieceOfAChunkFails(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for name, fails := range map[string]struct {
		move mover
		want error // nil: any
	}{
		"before": {func(context.Context, roster.Holdings, roster.MoveOrder) ([]roster.MoveResult, error) {
			return nil, broken
		}, broken},
		"after": {func(ctx context.Context, h roster.Holdings, o roster.MoveOrder) ([]roster.MoveResult, error) {
			_, _ = h.Move(ctx, o)
			return nil, broken
		}, broken},
		"half": {func(ctx context.Context, h roster.Holdings, o roster.MoveOrder) ([]roster.MoveResult, error) {
			o.IDs = o.IDs[:len(o.IDs)/2]
			_, _ = h.Move(ctx, o)
			return nil, broken
		}, broken},
		"short": {func(ctx context.Context, h roster.Holdings, o roster.MoveOrder) ([]roster.MoveResult, error) {
			results, err := h.Move(ctx, o)
			return results[1:], err
		}, nil},
		"silent": {func(ctx context.Context, h roster.Holdings, o roster.MoveOrder) ([]roster.MoveResult, error) {
			return make([]roster.MoveResult, len(o.IDs)), nil
		}, nil},
		"long": {func(ctx context.Context, h roster.Holdings, o roster.MoveOrder) ([]roster.MoveResult, error) {
			results, err := h.Move(ctx, o)
			return append(results, roster.MoveDone), err
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			f := newFirm(t, 4_200) // 1,400 in each part
			var sizes []int
			f.script(func(ctx context.Context, h roster.Holdings, o roster.MoveOrder) ([]roster.MoveResult, error) {
				if sizes = append(sizes, len(o.IDs)); len(sizes) == 2 {
					return fails.move(ctx, h, o)
				}
				return h.Move(ctx, o)
			})
			id := f.start(toSam).ID
			_, err := f.desk.Work(t.Context(), id, nil)
			is.True(err != nil && (fails.want == nil || errors.Is(err, fails.want)))
			is.Equal(sizes, []int{700, 700}) // two moves of one chunk
			done, _ := f.journal(f.store, id)
			is.True(slices.Contains(done, false)) // the entry is open

			f.clock.forward(2 * time.Minute)
			run := f.work(id)
			is.Equal(run.State, roster.RunDone)
			is.Equal(f.count("sam")["deal"], 1+4_200) // one was hers
			moved := 0
			for e, err := range f.Runs().Journal(t.Context(), roster.System("test"), id) {
				is.NoErr(err)
				if e.Kind == "deal" && e.Tie == roster.Responsible {
					is.Equal([]int{len(e.IDs), e.Moved + e.Already, len(e.Skipped)}, []int{1_400, 1_400, 0})
					moved++
				}
			}
			is.Equal(moved, 3)
			for _, step := range run.Steps {
				is.True(step.Kind != "deal" || step.Tie != roster.Responsible || step.Moved == 1_400)
			}
		})
	}
}

// TestL21_AContextEndsBetweenPieces has it end during the first move: nothing more moves.
func TestL21_AContextEndsBetweenPieces(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 4_200) // 1,400 in each part
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	f.script(func(ctx context.Context, h roster.Holdings, o roster.MoveOrder) ([]roster.MoveResult, error) {
		results, err := h.Move(ctx, o)
		cancel()
		return results, err
	})
	id := f.start(toSam).ID
	_, err := f.desk.Work(ctx, id, nil)
	is.True(errors.Is(err, context.Canceled))
	is.Equal(f.count("sam")["deal"], 1+700)
	is.Equal(f.work(id).State, roster.RunDone) // the lease was given back
	is.Equal(f.count("sam")["deal"], 1+4_200)  // one was hers
}

// TestL21_SlowMovesEnd hands over, and corrects, where each move takes a good part of the lease, by its records or whatever
// they are: a chunk may take many leases, each of its moves three quarters of one, and nobody else gets the run meanwhile.
func TestL21_SlowMovesEnd(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ call, each time.Duration }{
		{0, 20 * time.Millisecond}, {0, 44 * time.Millisecond}, {3 * time.Second, 0}, {40 * time.Second, 0},
	} {
		for _, rest := range []bool{false, true} {
			t.Run(fmt.Sprint(c, rest), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					var s *branch
					var id roster.RunID
					wait := c
					s = newBranch(t, func(h roster.Holdings) roster.Holdings {
						return scripted{h, func(ctx context.Context, h roster.Holdings, o roster.MoveOrder) ([]roster.MoveResult, error) {
							select {
							case <-time.After(wait.call + time.Duration(len(o.IDs))*wait.each):
							case <-ctx.Done():
								return nil, ctx.Err()
							}
							if _, _, err := s.Runs().Claim(t.Context(), id, time.Minute, 5); !errors.Is(err, roster.ErrLease) {
								t.Errorf("somebody else gets the run: %v", err)
							}
							return h.Move(ctx, o)
						}}
					})
					s.desk = s.desk.With(offboard.Settings{Rest: rest})
					id = s.leave("leo", 3_000)
					run, err := s.desk.Work(t.Context(), id, nil)
					is.NoErr(err)
					is.Equal(run.State, roster.RunDone)
					wait.call, wait.each = 0, 0 // now quick, in a long entry, which the correction has to move slowly
					id = s.leave("lea", 9_000)
					_, err = s.desk.Work(t.Context(), id, nil)
					is.NoErr(err)
					wait = c
					s.hire("sue", roster.User{Rights: roster.Rights{"deal:view": roster.All, "deal:edit": roster.All}})
					correct, err := s.desk.Correct(t.Context(), roster.As("ada"), roster.Correction{Run: id, To: "sue"})
					is.NoErr(err)
					id = correct.ID
					run, err = s.desk.Work(t.Context(), id, nil)
					is.NoErr(err)
					is.Equal(run.State, roster.RunDone)
					n, err := s.deals.Survey(t.Context(), "sue")
					is.NoErr(err)
					is.Equal(n.Total(), 9_000)
				})
			})
		}
	}
}

// TestL21_NoPieceMovesLate has a first move outlast the lease, whatever its context says, and the run be lifted meanwhile: no second
// one is asked for.
func TestL21_NoPieceMovesLate(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 4_200) // 1,400 in each part
	var id roster.RunID
	moves := 0
	f.script(func(ctx context.Context, h roster.Holdings, o roster.MoveOrder) ([]roster.MoveResult, error) {
		moves++
		f.clock.forward(2 * time.Minute)
		_, err := f.Runs().Lift(t.Context(), roster.As("ada"), id, "a mistake")
		is.NoErr(err)
		return h.Move(ctx, o)
	})
	id = f.start(toSam).ID
	_, err := f.desk.Work(t.Context(), id, nil)
	is.True(errors.Is(err, roster.ErrLease))
	is.Equal(moves, 1)
	is.Equal(f.count("sam")["deal"], 1+700)
}

// TestL5_NoPieceMovesToWhoLeft has the successor stop being active during a chunk's first move, a long one, as an end date makes them:
// the rest stays the leaver's, and is told.
func TestL5_NoPieceMovesToWhoLeft(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 4_200) // 1,400 in each part
	moves := 0
	f.script(func(ctx context.Context, h roster.Holdings, o roster.MoveOrder) ([]roster.MoveResult, error) {
		moves++
		f.clock.forward(10 * time.Second)
		sam := f.user("sam")
		sam.Status = roster.StatusInactive
		is.NoErr(f.store.Update(t.Context(), func(tx roster.Tx) error { return tx.PutUser(sam) }))
		return h.Move(ctx, o)
	})
	id := f.start(toSam).ID
	run, err := f.desk.Work(t.Context(), id, nil)
	is.True(errors.Is(err, roster.ErrParked))
	is.Equal(moves, 1)
	is.Equal(f.count("sam")["deal"], 1+700)
	var e roster.Entry // the last
	for e, err = range f.Runs().Journal(t.Context(), roster.System("test"), id) {
		is.NoErr(err)
	}
	is.True(e.Done)
	is.Equal([]int{e.Moved, e.Already, len(e.Skipped)}, []int{700, 0, 700})
	is.Equal(e.Skipped[0].Reason, "inactive")
	is.Equal(run.State, roster.RunParked)
}

// TestL15_ACorrectionWaitsForItsSuccessor has it happen to a correction, which no last survey follows: the entry stays open and the run is
// parked, and once the successor is active again it goes on with the rest.
func TestL15_ACorrectionWaitsForItsSuccessor(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 4_200) // 1,400 in each part
	be := func(status roster.Status) {
		sue := f.user("sue")
		sue.Status = status
		is.NoErr(f.store.Update(t.Context(), func(tx roster.Tx) error { return tx.PutUser(sue) }))
	}
	moves, leaves := 0, false
	f.script(func(ctx context.Context, h roster.Holdings, o roster.MoveOrder) ([]roster.MoveResult, error) {
		if moves++; leaves {
			f.clock.forward(10 * time.Second)
			be(roster.StatusInactive)
		}
		return h.Move(ctx, o)
	})
	was, hers := f.work(f.start(toSam).ID), f.count("sue")["deal"]
	moves, leaves = 0, true
	run, err := f.desk.Correct(t.Context(), roster.As("ada"), roster.Correction{Run: was.ID, To: "sue"})
	is.NoErr(err)
	_, err = f.desk.Work(t.Context(), run.ID, nil)
	is.True(errors.Is(err, roster.ErrParked))
	is.Equal(moves, 1)
	is.Equal(f.count("sue")["deal"], hers+700)
	be(roster.StatusActive)
	leaves = false
	_, err = f.desk.Retry(t.Context(), roster.As("ada"), run.ID)
	is.NoErr(err)
	is.Equal(f.work(run.ID).State, roster.RunDone)
	is.Equal(f.count("sue")["deal"], hers+4_200)
}

// TestL21_APieceIsItsMoves has a Holdings use the room behind the ids that it is given: there is none.
func TestL21_APieceIsItsMoves(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 4_200)
	f.script(func(ctx context.Context, h roster.Holdings, o roster.MoveOrder) ([]roster.MoveResult, error) {
		_ = append(o.IDs, string(o.From), string(o.To)) // the arguments of a statement, say
		return h.Move(ctx, o)
	})
	is.Equal(f.work(f.start(toSam).ID).State, roster.RunDone)
	is.Equal(f.count("sam")["deal"], 1+4_200)
}

// lookedAt are Holdings whose moves and surveys take a while.
type lookedAt struct {
	roster.Holdings
	surveyed, moved func()
}

func (l lookedAt) Survey(ctx context.Context, u roster.UserID) (roster.Survey, error) {
	defer l.surveyed()
	return l.Holdings.Survey(ctx, u)
}

func (l lookedAt) Move(ctx context.Context, o roster.MoveOrder) ([]roster.MoveResult, error) {
	defer l.moved()
	return l.Holdings.Move(ctx, o)
}

// TestL21_SurveysMayTakeManyLeases has each kind's survey take most of a lease after the last move: nobody else gets the run.
func TestL21_SurveysMayTakeManyLeases(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 3)
	var id roster.RunID
	f.wrap = func(_ string, h roster.Holdings) roster.Holdings {
		return lookedAt{h, func() {
			if id == "" {
				return
			}
			f.clock.forward(44 * time.Second)
			_, _, err := f.Runs().Claim(t.Context(), id, time.Minute, 5)
			is.True(errors.Is(err, roster.ErrLease))
		}, func() { f.clock.forward(14 * time.Second) }}
	}
	f.desk = f.newDesk(f.Roster)
	started := f.start(toSam).ID
	id = started
	is.Equal(f.work(id).State, roster.RunDone)
}
