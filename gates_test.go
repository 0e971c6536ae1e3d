//go:build gates

package roster_test

import (
	"runtime"
	"testing"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/internal/gate"
)

// The gates take seconds each and want a quiet machine: go test -tags gates -run Gate -v .

func TestGateDecide(t *testing.T) {
	w := newWorkload(t, 1_000, 20)
	list := w.permissions()
	gate.Compare(t, "decide, W1", 1.5, decideOurs(w, list), decideFloor(w, w.integers()))
	q := w.ring[0]
	if n := testing.AllocsPerRun(1000, func() { list[q.user].Decide(q.right, q.rel) }); n != 0 {
		t.Errorf("Decide allocates %v times", n)
	}
}

func TestGateWhich(t *testing.T) {
	w := newWorkload(t, 1_000, 20)
	list, asks := w.records(100_000), asker{"u7", "d7"}
	p := roster.Resolve(w.schema, roster.Grants{Role: rights{w.texts[0]: dept}})
	gate.Compare(t, "which of 100,000, W4", 1.3, whichOurs(p, w.rights[0], asks, list), whichFloor(asks, list))
}

// TestGateCondition wants a ready condition within a microsecond of nothing.
func TestGateCondition(t *testing.T) {
	s := crm(t)
	p := roster.Resolve(s, roster.Grants{Role: rights{"deal:view": dept, "deal:view@won": own}})
	view := s.MustRight("deal:view")
	gate.Within(t, "condition with a part", 1000, func(n int) {
		for range n {
			sink += len(p.Condition(view).Parts)
		}
	}, func(n int) {
		for range n {
			sink++
		}
	})
}

// TestGateMemory compares the permissions of 100,000 users, 1,000 roles with the one-map floor: a Go
// map by user id to a table of two bits a right, shared with the role where a user has no own rights.
func TestGateMemory(t *testing.T) {
	w := newWorkload(t, 100_000, 1_000)
	ids := make([]roster.UserID, len(w.users))
	for i := range ids {
		ids[i] = roster.UserID(string(rune('a'+i%26)) + string(rune(0x4e00+i/26)))
	}
	heap := func(build func() any) (any, float64) {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.GC() // what the first one left to be swept
		runtime.ReadMemStats(&before)
		kept := build()
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&after)
		return kept, float64(after.HeapAlloc) - float64(before.HeapAlloc)
	}
	floor, floorBytes := heap(func() any { return oneMap(w, ids) })
	ours, ourBytes := heap(func() any {
		m := map[roster.UserID]*roster.Permissions{}
		for i, p := range w.permissions() {
			m[ids[i]] = p
		}
		return m
	})
	runtime.KeepAlive(floor)
	runtime.KeepAlive(ours)
	runtime.KeepAlive(w)
	runtime.KeepAlive(ids)
	t.Logf("permissions of 100,000 users: %.2f MiB, floor %.2f MiB, %.2f×, allowed 1.30", ourBytes/(1<<20), floorBytes/(1<<20), ourBytes/floorBytes)
	if ourBytes > 1.3*floorBytes {
		t.Error("more than allowed")
	}
}
