package memstore

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTree_EqualsAMapAndKeepsEarlierCopies runs random changes, by ever new transactions, beside a
// map: the tree holds the same rows in order, and no copy of it that was taken earlier moves.
func TestTree_EqualsAMapAndKeepsEarlierCopies(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(1, 2))
	type moment struct {
		tree tree[int]
		want map[string]int
	}
	var now tree[int]
	want := map[string]int{}
	var earlier []moment
	for tx := range uint64(400) {
		for range rnd.IntN(40) {
			key := strconv.Itoa(rnd.IntN(1500))
			if rnd.IntN(5) < 2 || tx > 250 && rnd.IntN(3) > 0 { // shrinks towards the end
				now.unset(tx+1, key)
				delete(want, key)
			} else {
				n := rnd.Int()
				now.set(tx+1, key, n)
				want[key] = n
			}
		}
		if tx%40 == 0 {
			earlier = append(earlier, moment{now, maps.Clone(want)})
		}
	}
	for i, m := range append(earlier, moment{now, want}) {
		if diff := cmp.Diff(m.want, asMap(t, m.tree)); diff != "" {
			t.Errorf("moment %d (-want +got):\n%s", i, diff)
		}
	}
	for key := range want {
		now.unset(500, key)
	}
	if now.root != nil {
		t.Error("an emptied tree holds nodes")
	}
}

// TestTree_KeysBelowTheLeast grows the leftmost leaf until it splits again and again.
func TestTree_KeysBelowTheLeast(t *testing.T) {
	t.Parallel()
	var x tree[int]
	want := map[string]int{}
	for i := 5000; i > 0; i-- {
		key := strconv.Itoa(100000 + i*7%5000)
		x.set(1, key, i)
		want[key] = i
	}
	for i := 9000; i > 5000; i-- {
		key := strconv.Itoa(10000 + i)
		x.set(2, key, i)
		want[key] = i
	}
	if diff := cmp.Diff(want, asMap(t, x)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// asMap reads a tree by scan and by find, and checks the order.
func asMap(t *testing.T, x tree[int]) map[string]int {
	t.Helper()
	var keys []string
	got := map[string]int{}
	x.scan("", func(key string, v int) bool {
		keys = append(keys, key)
		got[key] = v
		return true
	})
	if !slices.IsSorted(keys) {
		t.Errorf("keys out of order: %q", keys)
	}
	for key, v := range got {
		if found, ok := x.find(key); !ok || found != v {
			t.Errorf("find(%q) = %d, %t; want %d", key, found, ok, v)
		}
	}
	for i, after := range keys {
		var next string
		x.scan(after, func(key string, _ int) bool { next = key; return false })
		if i+1 < len(keys) && next != keys[i+1] || i+1 == len(keys) && next != "" {
			t.Errorf("after %q comes %q", after, next)
		}
	}
	return got
}

// TestTree_LosesNothingBelowItsFirstKey fills trees from above, so that every key comes into the
// first child of every branch: a first key that isn't lowered lets branches fall out of order.
func TestTree_LosesNothingBelowItsFirstKey(t *testing.T) {
	t.Parallel()
	for _, orders := range []string{"descending", "random"} {
		rnd := rand.New(rand.NewPCG(3, 4))
		var now tree[int]
		want := map[string]int{}
		for i := range 5000 {
			n := 9999 - i
			if orders == "random" {
				n = 1000 + rnd.IntN(9000)
			}
			key := strconv.Itoa(10000 + n)
			now.set(uint64(i+1), key, n)
			want[key] = n
		}
		if diff := cmp.Diff(want, asMap(t, now)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", orders, diff)
		}
	}
}
