package offboard_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
)

// scripted are Holdings whose moves do something of the test's instead.
type scripted struct {
	roster.Holdings
	move func(context.Context, roster.Holdings, roster.MoveOrder) ([]roster.MoveResult, error)
}

func (s scripted) Move(ctx context.Context, o roster.MoveOrder) ([]roster.MoveResult, error) {
	return s.move(ctx, s.Holdings, o)
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
		move func(context.Context, roster.Holdings, roster.MoveOrder) ([]roster.MoveResult, error)
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
			f.wrap = func(kind string, h roster.Holdings) roster.Holdings {
				if kind != "deal" {
					return h
				}
				return scripted{h, func(ctx context.Context, h roster.Holdings, o roster.MoveOrder) ([]roster.MoveResult, error) {
					if sizes = append(sizes, len(o.IDs)); len(sizes) == 2 {
						return fails.move(ctx, h, o)
					}
					return h.Move(ctx, o)
				}}
			}
			f.desk = f.newDesk(f.Roster)
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
	f.wrap = func(kind string, h roster.Holdings) roster.Holdings {
		if kind != "deal" {
			return h
		}
		return scripted{h, func(ctx context.Context, h roster.Holdings, o roster.MoveOrder) ([]roster.MoveResult, error) {
			results, err := h.Move(ctx, o)
			cancel()
			return results, err
		}}
	}
	f.desk = f.newDesk(f.Roster)
	id := f.start(toSam).ID
	_, err := f.desk.Work(ctx, id, nil)
	is.True(errors.Is(err, context.Canceled))
	is.Equal(f.count("sam")["deal"], 1+700)
	is.Equal(f.work(id).State, roster.RunDone) // the lease was given back
	is.Equal(f.count("sam")["deal"], 1+4_200)  // one was hers
}
