package storetest_test

import (
	"context"
	"errors"
	"testing"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/storetest"
)

var errGone = errors.New("the server has gone")

// refusing is a store whose Updates, or whose checks, fail.
type refusing struct {
	*memstore.Store
	updates, checks bool
}

func (r refusing) Update(ctx context.Context, f func(roster.Tx) error) error {
	if r.updates {
		return errGone
	}
	return r.Store.Update(ctx, f)
}

func (r refusing) Standing(ctx context.Context, id roster.UserID) (*roster.Standing, error) {
	if r.checks {
		return nil, errGone
	}
	return r.Store.Standing(ctx, id)
}

func (r refusing) Bearer(ctx context.Context, h roster.TokenHash) (*roster.Token, *roster.Standing, error) {
	if r.checks {
		return nil, nil, errGone
	}
	return r.Store.Bearer(ctx, h)
}

// TestL21_AStoreThatFailsIsTold runs every case on a store that fails: each ends, none by a panic, and those that can tell.
func TestL21_AStoreThatFailsIsTold(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		broken refusing
		told   int // cases at least
	}{
		"updates": {refusing{updates: true}, len(storetest.Cases()) / 2},
		"checks":  {refusing{checks: true}, 2},
	} {
		told := 0
		for _, one := range storetest.Cases() {
			c.broken.Store = new(memstore.Store)
			if one.Check(t.Context(), c.broken) != nil {
				told++
			}
		}
		if told < c.told {
			t.Errorf("%s that fail are told by %d cases of %d; want %d at least", name, told, len(storetest.Cases()), c.told)
		}
	}
}
