package faults_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/storetest"
)

// survives wants the ending of a deletion that something failed in to be that of an undisturbed one.
func (w *world) survives(want ending, err error, where string) {
	w.t.Helper()
	if err != nil {
		w.insist()
	}
	if diff := cmp.Diff(want, w.end()); diff != "" {
		w.t.Fatalf("%s: %v (-want +got):\n%s", where, err, diff)
	}
}

// TestL21_EveryCallMayFailOnEveryStore fails the n-th call of the store in a deletion, before its effect and after it, alone and
// with all later ones; memstore's is walked to the last call in package offboard's own tests.
func TestL21_EveryCallMayFailOnEveryStore(t *testing.T) {
	t.Parallel()
	want := undisturbed(t)
	eachEngine(t, func(t *testing.T, open handles) {
		every, walked := max(1, stride / *much), 0
		for i, how := range []storetest.Failure{{}, {After: true}, {Down: true}, {After: true, Down: true}} {
			for n := 1 + i; ; n += every {
				store, whole := open(fmt.Sprint(i, " ", n))
				faulty := storetest.NewFaulty(store)
				w := newWorld(t, faulty, whole, nil)
				faulty.FailAt(n, how)
				err := w.attempt(t.Context())
				failed := faulty.FailedCall()
				faulty.FailAt(0, storetest.Failure{})
				if failed == "" {
					break
				}
				walked++
				w.survives(want, err, fmt.Sprintf("%+v, call %d (%s)", how, n, failed))
			}
		}
		if walked*every < 300 {
			t.Errorf("%d calls failed; that is no whole deletion", walked)
		}
	})
}

var errHost = errors.New("the host's table is away")

// brittleHoldings fail one call of theirs, before its effect or after it, or half-way.
type brittleHoldings struct {
	*memstore.Records
	mu        sync.Mutex
	calls, at int
	mode      string
}

func (b *brittleHoldings) turn() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls++
	return b.calls == b.at
}

func (b *brittleHoldings) Survey(ctx context.Context, user roster.UserID) (roster.Survey, error) {
	if b.turn() {
		return roster.Survey{}, errHost
	}
	return b.Records.Survey(ctx, user)
}

func (b *brittleHoldings) Page(ctx context.Context, q roster.Query) ([]roster.Record, error) {
	if b.turn() {
		return nil, errHost
	}
	return b.Records.Page(ctx, q)
}

func (b *brittleHoldings) Move(ctx context.Context, o roster.MoveOrder) ([]roster.MoveResult, error) {
	if !b.turn() {
		return b.Records.Move(ctx, o)
	}
	switch b.mode {
	case "before":
		return nil, errHost
	case "half":
		o.IDs = o.IDs[:len(o.IDs)/2]
	}
	_, err := b.Records.Move(ctx, o)
	return nil, errors.Join(err, errHost)
}

// TestL21_EveryCallOfHoldingsMayFailOnEveryStore fails the n-th call of the holdings in a deletion.
func TestL21_EveryCallOfHoldingsMayFailOnEveryStore(t *testing.T) {
	t.Parallel()
	want := undisturbed(t)
	eachEngine(t, func(t *testing.T, open handles) {
		walked := 0
		for _, mode := range []string{"before", "after", "half"} {
			for n := 1; ; n += thin {
				store, whole := open(fmt.Sprint(mode, " ", n))
				host := new(brittleHoldings)
				w := newWorld(t, store, whole, func(h roster.Holdings) roster.Holdings {
					host.Records, host.at, host.mode = h.(*memstore.Records), n, mode
					return host
				})
				err := w.attempt(t.Context())
				if host.calls < n {
					break
				}
				walked++
				w.survives(want, err, fmt.Sprintf("%s, call %d", mode, n))
			}
		}
		if walked*thin < 25 {
			t.Errorf("%d calls failed; that is no whole deletion", walked)
		}
	})
}
