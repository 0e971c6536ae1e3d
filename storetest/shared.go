package storetest

import (
	"context"
	"sync/atomic"

	"github.com/seed-8e8abc8d/roster"
)

// Shared is one account by two handles, as two processes have it, in one: Updates go to the one or the other, in an order
// that is always the same, and what looks goes to the one that didn't make the last change. A store for many processes must pass the suite through it:
//
//	storetest.Run(t, func(t *testing.T) roster.Store { return storetest.Shared(open(t, path), open(t, path)) })
//
// That finds locks and memories that a process keeps for itself. It is a roster.Checker when both are. All methods are safe
// for concurrent use if the handles' are.
func Shared(a, b roster.Store) roster.Store {
	s := &shared{handles: [2]roster.Store{a, b}}
	first, one := a.(roster.Checker)
	second, other := b.(roster.Checker)
	if one && other {
		return &sharedChecker{s, [2]roster.Checker{first, second}}
	}
	return s
}

type shared struct {
	handles [2]roster.Store
	updates atomic.Uint64 // begun so far
}

// turn is the handle of the n-th Update: one right after the other's, and two running, so that the other has missed one.
func turn(n uint64) int { return [...]int{0, 1, 1, 0, 1, 0, 0}[n%7] }

// looking is the handle that the last Update didn't go through.
func (s *shared) looking() int {
	if n := s.updates.Load(); n > 0 {
		return 1 - turn(n-1)
	}
	return 0
}

// View looks through the handle that the last Update didn't go through.
func (s *shared) View(ctx context.Context, f func(roster.Tx) error) error {
	return s.handles[s.looking()].View(ctx, f)
}

// Update goes through the handle whose turn it is.
func (s *shared) Update(ctx context.Context, f func(roster.Tx) error) error {
	return s.handles[turn(s.updates.Add(1)-1)].Update(ctx, f)
}

type sharedChecker struct {
	*shared
	checkers [2]roster.Checker
}

// Standing checks through the handle that the last Update didn't go through.
func (s *sharedChecker) Standing(ctx context.Context, id roster.UserID) (*roster.Standing, error) {
	return s.checkers[s.looking()].Standing(ctx, id)
}

// Bearer checks through the handle that the last Update didn't go through.
func (s *sharedChecker) Bearer(ctx context.Context, h roster.TokenHash) (*roster.Token, *roster.Standing, error) {
	return s.checkers[s.looking()].Bearer(ctx, h)
}
