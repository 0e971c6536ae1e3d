package roster_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
)

// company is a workload whose users are in a store, asked by user id, with the one-map floor beside it:
// an immutable Go map by user id, behind an atomic pointer so that it is safe to compare, to a table of
// two bits a right, behind another, shared with the role where a user has no own rights.
type company struct {
	*workload
	*roster.Roster
	store *memstore.Store
	ids   []roster.UserID
	floor atomic.Pointer[map[roster.UserID]*floorRights]
}

type floorRights struct{ table atomic.Pointer[[2]uint64] }

func newCompany(tb testing.TB, users, roles int) *company {
	tb.Helper()
	c := &company{workload: newWorkload(tb, users, roles), store: new(memstore.Store)}
	var err error
	if c.Roster, err = roster.New(c.store, c.schema, roster.Config{}); err != nil {
		tb.Fatal(err)
	}
	for i := range users {
		c.ids = append(c.ids, roster.UserID(fmt.Sprintf("user-%06d", i)))
	}
	floor := map[roster.UserID]*floorRights{}
	for id, table := range oneMap(c.workload, c.ids) {
		floor[id] = new(floorRights)
		floor[id].table.Store(table)
	}
	c.floor.Store(&floor)
	err = c.store.Update(tb.Context(), func(tx roster.Tx) error {
		for i, role := range c.roles {
			if err := tx.AddRole(roster.Role{ID: roleID(i), Rights: role}); err != nil {
				return err
			}
		}
		for i := range c.users {
			if err := tx.PutUser(c.user(i)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func roleID(i int) roster.RoleID { return roster.RoleID(fmt.Sprintf("role-%04d", i)) }

// user is the i-th user as stored.
func (c *company) user(i int) roster.User {
	return roster.User{ID: c.ids[i], Status: roster.StatusActive, Role: roleID(c.roleOf[i]), Rights: c.users[i].Individual}
}

// record is one whose responsible user is in a relation to the user of a request.
func (q *request) record(id roster.UserID) roster.Record {
	if q.rel == roster.Owner {
		return roster.Record{Owner: id}
	}
	return roster.Record{}
}

// ask asks the ring's questions n times; askFloor asks the floor the same.
func (c *company) ask(n int) {
	ctx, yes := context.Background(), 0
	for i := range n {
		q := &c.ring[i&ringMask]
		d, err := c.Can(ctx, c.ids[q.user], q.right, q.record(c.ids[q.user]))
		if err != nil {
			panic(err)
		}
		if d.Allowed {
			yes++
		}
	}
	sink = yes
}

func (c *company) askFloor(n int) {
	yes := 0
	for i := range n {
		q := &c.ring[i&ringMask]
		id := c.ids[q.user]
		rel := roster.Stranger
		if q.record(id).Owner == id {
			rel = roster.Owner
		}
		if allowed((*c.floor.Load())[id].table.Load()[:], q.number, rel) {
			yes++
		}
	}
	sink = yes
}

// askWhileWriting asks while a writer changes the rights of a user 100 times a second.
func (c *company) askWhileWriting(n int) {
	stop, over := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			case <-tick.C:
				c.change(i)
			}
		}
	}()
	c.ask(n)
	close(stop)
	<-over
}

// change changes one right of one user; which one, i tells.
func (c *company) change(i int) {
	u := c.user(i * 7919 % len(c.ids))
	u.Rights = rights{c.texts[i%len(c.texts)]: roster.Scope(1 + i%4)}
	err := c.store.Update(context.Background(), func(tx roster.Tx) error { return tx.PutUser(u) })
	if err != nil {
		panic(err)
	}
}

// TestCompany_FloorIsEqual holds the floor of the speed gates to the same answers.
func TestCompany_FloorIsEqual(t *testing.T) {
	t.Parallel()
	c := newCompany(t, 1_000, 20)
	for i := range 5_000 {
		q := &c.ring[i]
		id := c.ids[q.user]
		d, err := c.Can(t.Context(), id, q.right, q.record(id))
		rel := roster.Stranger
		if q.rel == roster.Owner {
			rel = roster.Owner
		}
		if want := allowed((*c.floor.Load())[id].table.Load()[:], q.number, rel); err != nil || d.Allowed != want {
			t.Fatalf("request %d: %v, %v; the floor says %t", i, d, err, want)
		}
	}
}

// BenchmarkCan is one check by user id: W1 with 1,000 users and 20 roles, W2 with 100,000 and 1,000,
// beside the one-map floor, and W5, while one writer changes rights.
func BenchmarkCan(b *testing.B) {
	for _, size := range []struct {
		name         string
		users, roles int
	}{{"W1", 1_000, 20}, {"W2", 100_000, 1_000}} {
		c := newCompany(b, size.users, size.roles)
		c.ask(ringMask)
		run := func(name string, f func(n int)) {
			b.Run(size.name+"/"+name, func(b *testing.B) {
				b.ReportAllocs()
				f(b.N)
			})
		}
		run("floor", c.askFloor)
		run("roster", c.ask)
		run("roster while writing", c.askWhileWriting)
	}
}

// BenchmarkVisible is a change of one user's rights, committed and seen by the next check. It must
// cost the same among few users and many.
func BenchmarkVisible(b *testing.B) {
	for _, users := range []int{1_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("users=%d", users), func(b *testing.B) {
			c := newCompany(b, users, 100)
			ctx := b.Context()
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				c.change(i)
				if _, err := c.Can(ctx, c.ids[i*7919%len(c.ids)], c.rights[0], roster.Record{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
