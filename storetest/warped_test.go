package storetest_test

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/storetest"
)

// warped is a memstore whose transactions are wrapped: the way that a store of another make is wrong.
type warped struct {
	memstore.Store
	wrap func(roster.Tx) roster.Tx
}

func (w *warped) View(ctx context.Context, f func(roster.Tx) error) error {
	return w.Store.View(ctx, func(tx roster.Tx) error { return f(w.wrap(tx)) })
}

func (w *warped) Update(ctx context.Context, f func(roster.Tx) error) error {
	return w.Store.Update(ctx, func(tx roster.Tx) error { return f(w.wrap(tx)) })
}

// textual numbers its entries in texts, so that the tenth comes before the ninth.
type textual struct{ roster.Tx }

func (x textual) ListEntries(run roster.RunID, after, limit int) ([]roster.Entry, error) {
	all, err := x.Tx.ListEntries(run, 0, 1_000_000)
	if err != nil || limit < 1 {
		return x.Tx.ListEntries(run, after, limit)
	}
	text := func(n int) string { return fmt.Sprint(n) }
	slices.SortFunc(all, func(a, b roster.Entry) int { return strings.Compare(text(a.N), text(b.N)) })
	all = slices.DeleteFunc(all, func(e roster.Entry) bool { return after > 0 && text(e.N) <= text(after) })
	return all[:min(len(all), limit)], nil
}

// signed keeps numbers of events in 63 bits and a sign.
type signed struct{ roster.Tx }

func (s signed) ListEvents(f roster.EventFilter, after uint64, limit int) ([]roster.Event, error) {
	if after > math.MaxInt64 {
		after = 0
	}
	return s.Tx.ListEvents(f, after, limit)
}

// clinging has an index of tokens by user that forgets nobody: a token that was given to somebody else is listed still.
type clinging struct {
	roster.Tx
	known *sync.Map // from token to its first user
}

func (c clinging) PutToken(k roster.Token) error {
	err := c.Tx.PutToken(k)
	if err == nil && k.User == "u" {
		c.known.Store(k.ID, true)
	}
	return err
}

func (c clinging) ListTokens(f roster.TokenFilter, after roster.TokenID, limit int) ([]roster.Token, error) {
	page, err := c.Tx.ListTokens(f, after, limit)
	if err != nil || f != (roster.TokenFilter{User: "u"}) {
		return page, err
	}
	rest, err := c.Tx.ListTokens(roster.TokenFilter{}, after, 1_000_000)
	for _, k := range rest {
		if _, was := c.known.Load(k.ID); was && k.User != "u" {
			page = append(page, k)
		}
	}
	slices.SortFunc(page, func(a, b roster.Token) int { return cmp.Compare(a.ID, b.ID) })
	return page[:min(len(page), limit)], err
}

// undated takes users without an end date for ones whose access has ended: a comparison with the zero time.
type undated struct{ roster.Tx }

func (x undated) ListUsers(f roster.UserFilter, after roster.UserID, limit int) ([]roster.User, error) {
	by := f.EndedBy
	f.EndedBy = time.Time{}
	return x.only(f, after, limit, func(u roster.User) bool { return by.IsZero() || !u.EndDate.After(by) })
}

// only lists the users that f and also select.
func (x undated) only(f roster.UserFilter, after roster.UserID, limit int, also func(roster.User) bool) ([]roster.User, error) {
	if limit < 1 {
		return x.Tx.ListUsers(f, after, limit)
	}
	page, err := x.Tx.ListUsers(f, after, 1_000_000)
	page = slices.DeleteFunc(page, func(u roster.User) bool { return !also(u) })
	return page[:min(len(page), limit)], err
}

// late lets access end after the instant of the end date, not at it.
type late struct{ undated }

func (x late) ListUsers(f roster.UserFilter, after roster.UserID, limit int) ([]roster.User, error) {
	return x.only(f, after, limit, func(u roster.User) bool { return f.EndedBy.IsZero() || u.EndDate.Before(f.EndedBy) })
}

// TestSuite_CatchesStoresOfOtherMakes runs the suite on stores that are wrong in ways that databases are.
func TestSuite_CatchesStoresOfOtherMakes(t *testing.T) {
	t.Parallel()
	for name, wrap := range map[string]func(roster.Tx) roster.Tx{
		"entries in the order of texts":         func(tx roster.Tx) roster.Tx { return textual{tx} },
		"numbers of events with a sign":         func(tx roster.Tx) roster.Tx { return signed{tx} },
		"no end date is a date long past":       func(tx roster.Tx) roster.Tx { return undated{tx} },
		"access ends after its end date":        func(tx roster.Tx) roster.Tx { return late{undated{tx}} },
		"an index of tokens that never forgets": nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			caught := false
			for _, c := range storetest.Cases() {
				store := &warped{wrap: wrap}
				if wrap == nil {
					known := new(sync.Map)
					store.wrap = func(tx roster.Tx) roster.Tx { return clinging{tx, known} }
				}
				caught = caught || c.Check(t.Context(), store) != nil
			}
			if !caught {
				t.Error("no case catches it")
			}
		})
	}
}
