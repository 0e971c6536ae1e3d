package storetest_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/storetest"
)

// lonely is one of two handles on a model whose lock is the handle's own: a mutex in the process.
func lonely() roster.Store {
	a, b := newModel("one after another"), newModel("one after another")
	both := &sync.Mutex{}
	return storetest.Shared(&alone{model: a, all: a, mu: both}, &alone{model: b, all: a, mu: both})
}

// alone runs its own Updates one after another, and those of the other handle when they come.
type alone struct {
	*model        // whose lock it takes
	all    *model // whose rows it has
	mu     *sync.Mutex
}

func (x *alone) View(ctx context.Context, f func(roster.Tx) error) error { return x.all.View(ctx, f) }

func (x *alone) Update(ctx context.Context, f func(roster.Tx) error) error {
	if err := x.wait(ctx); err != nil {
		return err
	}
	defer func() { <-x.writing }()
	return x.all.Update(ctx, f)
}

// recalling is a handle that remembers the standings that it found until it changes something itself.
type recalling struct {
	*memstore.Store
	mu   sync.Mutex
	seen map[roster.UserID]*roster.Standing
}

func (r *recalling) Update(ctx context.Context, f func(roster.Tx) error) error {
	defer func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		clear(r.seen)
	}()
	return r.Store.Update(ctx, f)
}

func (r *recalling) Standing(ctx context.Context, id roster.UserID) (*roster.Standing, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s := r.seen[id]; s != nil && ctx.Err() == nil {
		return s, nil
	}
	s, err := r.Store.Standing(ctx, id)
	if err == nil {
		r.seen[id] = s
	}
	return s, err
}

// TestSuite_SharedCatchesWhatAProcessKeepsForItself runs the suite on handles that are fine by themselves, and wrong by two.
func TestSuite_SharedCatchesWhatAProcessKeepsForItself(t *testing.T) {
	t.Parallel()
	recalled := func() (a, b roster.Store) {
		s := new(memstore.Store)
		return &recalling{Store: s, seen: map[roster.UserID]*roster.Standing{}}, &recalling{Store: s, seen: map[roster.UserID]*roster.Standing{}}
	}
	for name, handles := range map[string]struct{ alone, shared func() roster.Store }{
		"a lock in the process": {
			alone:  func() roster.Store { m := newModel("one after another"); return &alone{model: m, all: m} },
			shared: lonely,
		},
		"a memory of checks in the process": {
			alone:  func() roster.Store { a, _ := recalled(); return a },
			shared: func() roster.Store { return storetest.Shared(recalled()) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			caught := func(open func() roster.Store) (names []string) {
				for _, c := range storetest.Cases() {
					if c.Check(t.Context(), open()) != nil {
						names = append(names, c.Name)
					}
				}
				return names
			}
			if names := caught(handles.alone); len(names) > 0 {
				t.Errorf("one handle by itself is caught by %q", names)
			}
			if names := caught(handles.shared); len(names) == 0 || slices.Contains(names, "kept as given") {
				t.Errorf("two handles are caught by %q", names)
			}
		})
	}
}
