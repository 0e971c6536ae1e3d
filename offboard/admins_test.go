package offboard_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/offboard"
)

// duel is two administrators, and nobody else, who act on each other at the same moment.
type duel struct {
	*roster.Roster
	desk  *offboard.Desk
	store *crossing
}

// crossing is a store that notices when the first two Updates since it was armed are under way at once.
type crossing struct {
	roster.Store
	entered, inside atomic.Int32
	crossed         atomic.Bool
}

func (c *crossing) Update(ctx context.Context, f func(roster.Tx) error) error {
	if c.entered.Add(1) > 2 {
		return c.Store.Update(ctx, f)
	}
	if c.inside.Add(1) == 2 {
		c.crossed.Store(true)
	}
	defer c.inside.Add(-1)
	return c.Store.Update(ctx, func(tx roster.Tx) error {
		runtime.Gosched() // let the other one come as far as the store's door
		return f(tx)
	})
}

// newDuel sets two administrators up.
func newDuel(t *testing.T, schema *roster.Schema, store roster.Store) duel {
	t.Helper()
	d := duel{store: &crossing{Store: store}}
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	var err error
	if d.Roster, err = roster.New(d.store, schema, roster.Config{Now: func() time.Time { return now }, Hasher: cheap{}}); err != nil {
		t.Fatal(err)
	}
	if d.desk, err = offboard.New(d.Roster, exempt(schema)...); err != nil {
		t.Fatal(err)
	}
	changes := []roster.Change{roster.CreateDepartment{ID: "office", Name: "Office"}}
	for _, id := range []roster.UserID{"ada", "alan"} {
		changes = append(changes, roster.ImportUser{User: roster.User{
			ID: id, FirstName: "A", LastName: "B", Email: string(id) + "@example.com", Department: "office", Admin: true, Status: roster.StatusActive,
		}})
	}
	if _, err := d.Apply(t.Context(), roster.System("test"), changes...); err != nil {
		t.Fatal(err)
	}
	d.store.entered.Store(0)
	return d
}

// A blow takes an administrator away; it is prepared first and dealt after the barrier.
type blow func(t *testing.T, d duel, by roster.Actor, on roster.UserID) (deal func() error)

// blows are the ways to lose an administrator.
var blows = []blow{
	func(t *testing.T, d duel, by roster.Actor, on roster.UserID) func() error {
		plan, err := d.desk.Assess(t.Context(), by, roster.Request{Leaver: on})
		if err != nil || plan.Err() != nil {
			t.Fatal(err, plan.Err())
		}
		return func() error {
			_, err := d.desk.Start(context.Background(), by, plan.Request, plan.Digest)
			return err
		}
	},
	func(_ *testing.T, d duel, by roster.Actor, on roster.UserID) func() error {
		return func() error {
			_, err := d.Apply(context.Background(), by, roster.WithdrawAdministrator{User: on})
			return err
		}
	},
	func(_ *testing.T, d duel, by roster.Actor, on roster.UserID) func() error {
		return func() error {
			_, err := d.Apply(context.Background(), by, roster.Deactivate{User: on})
			return err
		}
	},
}

// administrators counts those who are active.
func (d duel) administrators(t *testing.T) (n int) {
	t.Helper()
	err := d.store.View(t.Context(), func(tx roster.Tx) error {
		users, err := tx.ListUsers(roster.UserFilter{Admins: true, Status: roster.StatusActive}, "", 10)
		n = len(users)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// fight lets two administrators act on each other, or the host on both, round after round until enough
// rounds crossed or nobody was left, and tells how many rounds did either.
func fight(t *testing.T, enough int, open func() roster.Store) (crossed, lockedOut int) {
	t.Helper()
	schema := roster.CRMSchema()
	for round := 0; crossed < enough && lockedOut == 0; round++ {
		if round > 50*enough {
			t.Fatalf("only %d of %d rounds crossed", crossed, round)
		}
		d := newDuel(t, schema, open())
		one, two := roster.As("ada"), roster.As("alan")
		if round%2 == 1 {
			one, two = roster.System("host"), roster.System("host")
		}
		deals := [2]func() error{
			blows[round/2%3](t, d, one, "alan"), blows[round/6%3](t, d, two, "ada"),
		}
		var errs [2]error
		var wg sync.WaitGroup
		barrier := make(chan struct{})
		for i, deal := range deals {
			wg.Go(func() { <-barrier; errs[i] = deal() })
		}
		close(barrier)
		wg.Wait()
		left := d.administrators(t)
		switch {
		case left == 0:
			lockedOut++
		case errs[0] == nil && errs[1] == nil, errs[0] != nil && errs[1] != nil:
			t.Fatalf("%d administrators left after %v and %v", left, errs[0], errs[1])
		}
		for _, err := range errs {
			if err != nil && !errors.Is(err, roster.ErrDenied) && !errors.Is(err, roster.ErrLastAdministrator) {
				t.Fatal(err)
			}
		}
		if d.store.crossed.Load() {
			crossed++
		}
	}
	return crossed, lockedOut
}

// TestL14_OneAdministratorRemainsUnderConcurrency lets two administrators delete, deactivate and withdraw
// each other at the same moment, until a thousand attempts have crossed.
func TestL14_OneAdministratorRemainsUnderConcurrency(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	crossed, lockedOut := fight(t, 1_000, func() roster.Store { return new(memstore.Store) })
	is.True(crossed >= 1_000) // so many pairs were under way at once
	is.Equal(lockedOut, 0)    // and an administrator always remained
}

// checkThenAct is a broken store: what an Update checked may have changed before it acts.
type checkThenAct struct{ roster.Store }

// errDryRun rolls the check back.
var errDryRun = errors.New("dry run")

// noted is a Tx that notes which users were put.
type noted struct {
	roster.Tx
	users *[]roster.User
}

func (n noted) PutUser(u roster.User) error {
	*n.users = append(*n.users, u)
	return n.Tx.PutUser(u)
}

// Update checks in one transaction and acts in another.
func (c checkThenAct) Update(ctx context.Context, f func(roster.Tx) error) error {
	var users []roster.User
	err := c.Store.Update(ctx, func(tx roster.Tx) error {
		users = nil
		if err := f(noted{tx, &users}); err != nil {
			return err
		}
		return errDryRun
	})
	if !errors.Is(err, errDryRun) {
		return err
	}
	runtime.Gosched()
	return c.Store.Update(ctx, func(tx roster.Tx) error {
		for _, u := range users {
			if err := tx.PutUser(u); err != nil {
				return err
			}
		}
		return nil
	})
}

// planted is a store that is sound until it is armed, so that people can be set up.
type planted struct {
	roster.Store
	broken checkThenAct
	left   atomic.Int32 // Updates until it breaks
}

func (p *planted) Update(ctx context.Context, f func(roster.Tx) error) error {
	if p.left.Add(-1) >= 0 {
		return p.Store.Update(ctx, f)
	}
	return p.broken.Update(ctx, f)
}

// TestL14_ThePlantedRaceIsFound proves that the test above can fail: it finds a store whose Updates check and act
// in two transactions.
func TestL14_ThePlantedRaceIsFound(t *testing.T) {
	t.Parallel()
	_, lockedOut := fight(t, 1_000, func() roster.Store {
		inner := new(memstore.Store)
		p := &planted{Store: inner, broken: checkThenAct{inner}}
		p.left.Store(1) // the change that sets the people up
		return p
	})
	is.New(t).True(lockedOut > 0) // nobody was left, and the test saw it
}
