//go:build gates

package memstore

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/seed-8e8abc8d/roster"
)

// heap is how many bytes are in use.
func heap() float64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // what the first one left to be swept
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

// crowd is 100,000 users with 1,000 roles of 40 rights; every tenth user has 4 rights of their own.
func crowd(t *testing.T) (s *roster.Schema, roles []roster.Role, users []roster.User) {
	rnd := rand.New(rand.NewPCG(1, 2))
	var kinds []roster.Kind
	var texts []string
	for k := range 8 {
		kind := roster.Kind{Name: fmt.Sprintf("kind%d", k)}
		for _, a := range []string{"view", "edit", "create", "delete", "export"} {
			kind.Actions = append(kind.Actions, roster.Action{Name: a})
			texts = append(texts, kind.Name+":"+a)
		}
		kinds = append(kinds, kind)
	}
	s, err := roster.NewSchema(kinds, nil)
	if err != nil {
		t.Fatal(err)
	}
	rights := func(n int) roster.Rights {
		r := roster.Rights{}
		for _, i := range rnd.Perm(len(texts))[:n] {
			r[texts[i]] = roster.Scope(1 + rnd.IntN(4))
		}
		return r
	}
	for i := range 1_000 {
		roles = append(roles, roster.Role{ID: roster.RoleID(fmt.Sprintf("role-%04d", i)), Rights: rights(40)})
	}
	for i := range 100_000 {
		u := roster.User{ID: roster.UserID(fmt.Sprintf("user-%06d", i)), Status: roster.StatusActive, Role: roles[rnd.IntN(len(roles))].ID}
		if i%10 == 0 {
			u.Rights = rights(4)
		}
		users = append(users, u)
	}
	return s, roles, users
}

// TestGate_Heap compares what 100,000 users cost beside their records so that checks are fast, the index,
// the standings' own fields and the resolved permissions, with the one-map floor: a Go map by user id
// to a table of two bits a right, behind an atomic pointer, shared with the role where a user has no
// own rights. Both use the records' ids.
func TestGate_Heap(t *testing.T) {
	schema, roles, users := crowd(t)
	before := heap()
	floor := buildFloor(roles, users)
	floorBytes := heap() - before
	runtime.KeepAlive(floor)

	store := new(Store)
	err := store.Update(t.Context(), func(tx roster.Tx) error {
		for _, r := range roles {
			if err := tx.AddRole(r); err != nil {
				return err
			}
		}
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
	r, err := roster.New(store, schema, roster.Config{})
	if err != nil {
		t.Fatal(err)
	}
	loaded := heap()
	for i := range users {
		if p, err := r.Permissions(t.Context(), users[i].ID); err != nil || p == nil {
			t.Fatal(p, err)
		}
	}
	asked := heap()
	for i := range store.standings.shards {
		store.standings.shards[i].Store(nil)
	}
	index := asked - heap()
	runtime.KeepAlive(r)
	runtime.KeepAlive(roles)
	runtime.KeepAlive(users)
	own := beside(len(users))
	ours := asked - loaded + index + own
	t.Logf("permission side of 100,000 users: %.2f MiB (resolved %.2f, index %.2f, standings %.2f), floor %.2f MiB: %.2f×, allowed 1.30",
		ours/(1<<20), (asked-loaded)/(1<<20), index/(1<<20), own/(1<<20), floorBytes/(1<<20), ours/floorBytes)
	if ours > 1.3*floorBytes {
		t.Error("more than allowed")
	}
}

// floorRights is a user of the floor.
type floorRights struct{ table atomic.Pointer[[2]uint64] }

func buildFloor(roles []roster.Role, users []roster.User) map[roster.UserID]*floorRights {
	shared := map[roster.RoleID]*[2]uint64{}
	for _, r := range roles {
		shared[r.ID] = new([2]uint64)
	}
	floor := map[roster.UserID]*floorRights{}
	for _, u := range users {
		f, table := new(floorRights), shared[u.Role]
		if u.Rights != nil {
			table = new([2]uint64)
		}
		f.table.Store(table)
		floor[u.ID] = f
	}
	return floor
}

// beside is what n standings take more than their n users.
func beside(n int) float64 {
	empty := heap()
	users := make([]*roster.User, n)
	for i := range users {
		users[i] = new(roster.User)
	}
	records := heap()
	runtime.KeepAlive(users)
	standings := make([]*roster.Standing, n)
	for i := range standings {
		standings[i] = roster.NewStanding(roster.User{}, nil, nil)
	}
	all := heap()
	runtime.KeepAlive(users)
	runtime.KeepAlive(standings)
	return all - records - (records - empty)
}
