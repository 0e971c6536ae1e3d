package memstore_test

import (
	"context"
	"errors"
	"runtime"
	"testing"

	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
)

// put adds users in one Update.
func put(t *testing.T, s roster.Store, users ...roster.User) {
	t.Helper()
	err := s.Update(t.Context(), func(tx roster.Tx) error {
		for _, u := range users {
			if err := tx.PutUser(u); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// holds reports whether a user is stored, by View and by check alike.
func holds(t *testing.T, s *memstore.Store, id roster.UserID) bool {
	t.Helper()
	err := s.View(t.Context(), func(tx roster.Tx) error {
		_, err := tx.User(id)
		return err
	})
	_, checked := s.Standing(t.Context(), id)
	if errors.Is(err, roster.ErrNotFound) != errors.Is(checked, roster.ErrNotFound) {
		t.Errorf("View says %v and Standing %v of %s", err, checked, id)
	}
	return err == nil
}

func TestUpdate_GoexitLeavesNothingAndBlocksNobody(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	var s memstore.Store
	over := make(chan struct{})
	go func() {
		defer close(over)
		s.Update(context.Background(), func(tx roster.Tx) error {
			if err := tx.PutUser(roster.User{ID: "half"}); err != nil {
				return err
			}
			runtime.Goexit()
			return nil
		})
	}()
	<-over
	put(t, &s, roster.User{ID: "whole"})
	is.True(!holds(t, &s, "half")) // dropped with the goroutine
	is.True(holds(t, &s, "whole")) // the next Update wasn't blocked
}

func TestUpdate_WaitEndsWithTheContext(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	var s memstore.Store
	ctx, cancel := context.WithCancel(t.Context())
	waited := make(chan error)
	err := s.Update(t.Context(), func(tx roster.Tx) error {
		go func() { waited <- s.Update(ctx, func(roster.Tx) error { return nil }) }()
		cancel()
		is.True(errors.Is(<-waited, context.Canceled)) // the second ends while the first still runs
		return nil
	})
	is.NoErr(err) // the first isn't disturbed
}

func TestTx_IsDeadAfterItsFunction(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	var s memstore.Store
	var kept roster.Tx
	is.NoErr(s.Update(t.Context(), func(tx roster.Tx) error { kept = tx; return nil })) // an empty Update
	is.True(errors.Is(kept.PutUser(roster.User{ID: "late"}), roster.ErrState))          // a late change
	_, err := kept.User("late")
	is.True(errors.Is(err, roster.ErrState)) // a late look-up
	is.True(!holds(t, &s, "late"))           // nothing came of it
	is.NoErr(s.View(t.Context(), func(tx roster.Tx) error {
		is.True(errors.Is(tx.PutUser(roster.User{ID: "late"}), roster.ErrState)) // a change inside View
		return nil
	}))
}

// TestChecker_FollowsTheRole shows that a standing's role is the stored one, shared by its holders,
// even when a role comes or goes under them.
func TestChecker_FollowsTheRole(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	var s memstore.Store
	put(t, &s, roster.User{ID: "a", Role: "sales"}, roster.User{ID: "b", Role: "sales"})
	role := func(id roster.UserID) *roster.RoleStanding {
		standing, err := s.Standing(t.Context(), id)
		is.NoErr(err) // the user is there
		return standing.Role
	}
	is.Equal(role("a"), nil) // no such role yet
	is.NoErr(s.Update(t.Context(), func(tx roster.Tx) error {
		return tx.AddRole(roster.Role{ID: "sales", Rights: roster.Rights{"deal:view": roster.Own}})
	}))
	is.Equal(role("a").Role.ID, roster.RoleID("sales")) // it came
	is.True(role("a") == role("b"))                     // one for both
	is.NoErr(s.Update(t.Context(), func(tx roster.Tx) error { return tx.DeleteRole("sales") }))
	is.Equal(role("b"), nil) // it went
}

func TestChecker_AllocatesNothing(t *testing.T) {
	is := is.New(t)
	var s memstore.Store
	put(t, &s, roster.User{ID: "anna"})
	h := roster.TokenHash{1, 2, 3}
	is.NoErr(s.Update(t.Context(), func(tx roster.Tx) error {
		return tx.PutToken(roster.Token{ID: "t", Hash: h, User: "anna"})
	}))
	ctx := t.Context()
	is.Equal(testing.AllocsPerRun(100, func() { s.Standing(ctx, "anna") }), 0.0)   // by user id
	is.Equal(testing.AllocsPerRun(100, func() { s.Standing(ctx, "nobody") }), 0.0) // by an unknown id
	is.Equal(testing.AllocsPerRun(100, func() { s.Bearer(ctx, h) }), 0.0)          // by token
}
