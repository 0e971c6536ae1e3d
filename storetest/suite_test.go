package storetest_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/storetest"
)

// faults says what is wrong with a store that breaks the rule of each case, and of that case alone.
var faults = []struct{ name, fault string }{
	{"not found", "an unknown hash finds an empty token"},
	{"kept as given", "a time that isn't set is made up"},
	{"deleted", "a deleted letter stays while there are others"},
	{"own changes", "a transaction sees the head of the trail as it was when it began"},
	{"identifiers", "folded identifiers: a user's id in another case, or with spaces, is the same"},
	{"no identifiers", "a role's id ends at NUL, as a C string does"},
	{"copies", "aliasing: a user's rights are the caller's own map"},
	{"addresses", "a deleted user's address stays taken"},
	{"identities", "a deleted user's identity stays taken"},
	{"token hashes", "a deleted token's hash stays taken"},
	{"roles", "adding the same role again is no error"},
	{"trail", "numbers may be left out"},
	{"failed calls", "effect, then error: a role is replaced before its id is found to be taken"},
	{"pages", "lost last page: it is empty unless it is full"},
	{"newest first", "a page of the events before a number begins with the oldest of all"},
	{"long lists", "no page has more than a hundred rows, whatever is asked for"},
	{"long rows", "a journal's entry keeps its first thousand ids"},
	{"filters", "events at the end of a span of time are in it"},
	{"rollback on error", "no rollback: what was done before an error is kept"},
	{"rollback on panic", "what was done before a panic is kept"},
	{"rollback on exit", "what was done before the goroutine ended is kept"},
	{"one after another", "write skew: two Updates decide on what neither has changed yet"},
	{"one instant", "torn View: each look is at what is committed then"},
	{"no change in a View", "a change inside a View is lost without an error"},
	{"end of a transaction", "a transaction goes on after its function returned"},
	{"errors of a View", "the error of a View's function is replaced"},
	{"a context that is done", "ignored context: calls go on"},
	{"a wait that ends", "an Update waits for another, whatever becomes of its context"},
	{"a context that ends", "what was done before the context ended is kept"},
	{"checks agree", "a deleted user has no standing"},
	{"checks see commits", "one standing is kept for each user, and changed"},
	{"checks see one commit", "a token comes with the user as of a moment before"},
}

// broken makes the store with the fault of a case.
func broken(name string) roster.Store {
	switch name {
	case "checks agree", "checks see commits", "checks see one commit":
		return &brokenChecker{Store: new(memstore.Store), fault: name, kept: map[roster.UserID]*roster.Standing{}}
	}
	return newModel(name)
}

// TestSuite_EachFaultIsCaughtByItsOwnCase runs the whole suite on one broken store after another: each
// is caught by the case that it was broken for, and by no other.
func TestSuite_EachFaultIsCaughtByItsOwnCase(t *testing.T) {
	t.Parallel()
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			var caught []string
			for _, c := range storetest.Cases() {
				if err := c.Check(t.Context(), broken(f.name)); err != nil {
					caught = append(caught, c.Name)
					t.Logf("%s: %.600s", c.Name, err)
				}
			}
			if diff := cmp.Diff([]string{f.name}, caught); diff != "" {
				t.Errorf("cases that catch %q (-want +got):\n%s", f.fault, diff)
			}
		})
	}
}

// TestSuite_EveryCaseIsProved wants a fault for each case of the suite.
func TestSuite_EveryCaseIsProved(t *testing.T) {
	t.Parallel()
	var want, got []string
	for _, c := range storetest.Cases() {
		want = append(want, c.Name)
		if c.Rule == "" {
			t.Errorf("%s has no rule", c.Name)
		}
	}
	for _, f := range faults {
		got = append(got, f.name)
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("cases with a fault (-want +got):\n%s", diff)
	}
}

// TestSuite_AcceptsTheModel runs the suite on the model without a fault, which is no Checker.
func TestSuite_AcceptsTheModel(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(*testing.T) roster.Store { return newModel("") })
}

// TestScript_MemstoreEqualsTheModel runs the same random scripts on memstore and on the model.
func TestScript_MemstoreEqualsTheModel(t *testing.T) {
	t.Parallel()
	for seed := range uint64(12) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			want, err := storetest.Script(t.Context(), newModel(""), seed, 250)
			if err != nil {
				t.Fatal(err)
			}
			got, err := storetest.Script(t.Context(), new(memstore.Store), seed, 250)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("answers (-model +memstore):\n%.4000s", diff)
			}
		})
	}
}

// TestScript_TellsADifference shows that the comparison isn't blind.
func TestScript_TellsADifference(t *testing.T) {
	t.Parallel()
	for _, fault := range []string{"addresses", "failed calls", "filters", "pages", "rollback on error", "roles"} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			want, err := storetest.Script(t.Context(), newModel(""), 1, 600)
			is.NoErr(err) // the model
			got, err := storetest.Script(t.Context(), newModel(fault), 1, 600)
			is.NoErr(err)                     // the broken one
			is.True(!slices.Equal(want, got)) // the fault shows
		})
	}
}

// brokenChecker answers checks wrongly.
type brokenChecker struct {
	*memstore.Store
	fault string
	mu    sync.Mutex
	kept  map[roster.UserID]*roster.Standing
}

func (b *brokenChecker) Standing(ctx context.Context, id roster.UserID) (*roster.Standing, error) {
	s, err := b.Store.Standing(ctx, id)
	if err != nil || b.fault == "checks see one commit" {
		return s, err
	}
	if b.fault == "checks agree" {
		if s.User.Status == roster.StatusDeleted {
			return nil, roster.ErrNotFound
		}
		return s, nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.kept[id] == nil {
		b.kept[id] = roster.NewStanding(s.User, s.Role, nil)
	}
	b.kept[id].User, b.kept[id].Role = s.User, s.Role
	return b.kept[id], nil
}

// Bearer, with the last fault, waits a little between the user and the token.
func (b *brokenChecker) Bearer(ctx context.Context, h roster.TokenHash) (*roster.Token, *roster.Standing, error) {
	before, s, err := b.Store.Bearer(ctx, h)
	for range 2000 {
		if err != nil || b.fault != "checks see one commit" {
			break
		}
		runtime.Gosched()
		var later *roster.Standing
		if before, later, err = b.Store.Bearer(ctx, h); later != s {
			break
		}
	}
	return before, s, err
}
