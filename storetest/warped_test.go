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

// narrow keeps 64 bytes of an id: a column that was made for short ones, in an engine that cuts.
type narrow struct{ roster.Tx }

func cut[K ~string](id K) K { return id[:min(len(id), 64)] }

func (x narrow) Department(id roster.DepartmentID) (roster.Department, error) {
	return x.Tx.Department(cut(id))
}

func (x narrow) PutDepartment(d roster.Department) error {
	d.ID = cut(d.ID)
	return x.Tx.PutDepartment(d)
}

// coarse keeps times in milliseconds.
type coarse struct{ roster.Tx }

func (x coarse) PutCounter(c roster.Counter) error {
	c.Since = c.Since.Truncate(time.Millisecond)
	return x.Tx.PutCounter(c)
}

// capped lists fewer than a thousand tokens at a time.
type capped struct{ roster.Tx }

func (x capped) ListTokens(f roster.TokenFilter, after roster.TokenID, limit int) ([]roster.Token, error) {
	return x.Tx.ListTokens(f, after, min(limit, 999))
}

// wild looks for parts of names by LIKE, without escaping its signs.
type wild struct{ undated }

func (x wild) ListUsers(f roster.UserFilter, after roster.UserID, limit int) ([]roster.User, error) {
	part := f.Text
	if part != "%" && part != "_" {
		return x.Tx.ListUsers(f, after, limit)
	}
	f.Text = ""
	return x.Tx.ListUsers(f, after, limit)
}

// broke goes on after a refusal no more, as a transaction of PostgreSQL's after an error of its own.
type broke struct {
	roster.Tx
	is *bool
}

func (x broke) AddRole(r roster.Role) error {
	err := x.Tx.AddRole(r)
	*x.is = *x.is || err != nil
	return err
}

func (x broke) PutUser(u roster.User) error {
	if *x.is {
		return fmt.Errorf("the transaction is aborted")
	}
	return x.Tx.PutUser(u)
}

// TestSuite_CatchesStoresOfOtherMakes runs the suite on stores that are wrong in ways that databases are.
func TestSuite_CatchesStoresOfOtherMakes(t *testing.T) {
	t.Parallel()
	for name, wrap := range map[string]func(roster.Tx) roster.Tx{
		"entries in the order of texts":         func(tx roster.Tx) roster.Tx { return textual{tx} },
		"numbers of events with a sign":         func(tx roster.Tx) roster.Tx { return signed{tx} },
		"no end date is a date long past":       func(tx roster.Tx) roster.Tx { return undated{tx} },
		"access ends after its end date":        func(tx roster.Tx) roster.Tx { return late{undated{tx}} },
		"ids cut at 64 bytes":                   func(tx roster.Tx) roster.Tx { return narrow{tx} },
		"times in milliseconds":                 func(tx roster.Tx) roster.Tx { return coarse{tx} },
		"pages of fewer than a thousand":        func(tx roster.Tx) roster.Tx { return capped{tx} },
		"LIKE without an escape":                func(tx roster.Tx) roster.Tx { return wild{undated{tx}} },
		"a refusal aborts the transaction":      func(tx roster.Tx) roster.Tx { return broke{tx, new(bool)} },
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
