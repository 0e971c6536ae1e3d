package memstore

import (
	"math/rand/v2"
	"sync"
	"testing"
)

// row is a row with a hash of its own choice.
type row struct{ key, hash uint64 }

func hashRow(r *row) uint64 { return r.hash }

// lookFor looks as checks do.
func lookFor(x *index[row], hash, key uint64) *row {
	return x.find(hash, func(r *row) bool { return r.key == key })
}

// TestIndex_EqualsAMap puts, replaces and removes beside a map, with hashes of every badness.
func TestIndex_EqualsAMap(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		hash func(key uint64) uint64
	}{
		{"good", func(key uint64) uint64 { return key * 0x9e3779b97f4a7c15 }},
		{"all the same", func(uint64) uint64 { return 42 }},
		{"one shard and group", func(key uint64) uint64 { return key & 0x7f }},
		{"neighbouring tags", func(key uint64) uint64 { return key & 1 }},
		{"one tag", func(key uint64) uint64 { return key << 7 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			rnd := rand.New(rand.NewPCG(1, 2))
			var x index[row]
			want := map[uint64]*row{}
			for range 6000 {
				key := rnd.Uint64N(700)
				h := c.hash(key)
				if old := want[key]; old != nil && rnd.IntN(2) == 0 {
					x.remove(h, old)
					delete(want, key)
				} else {
					r := &row{key, h}
					x.put(h, old, r, hashRow)
					want[key] = r
				}
				key = rnd.Uint64N(700)
				if got := lookFor(&x, c.hash(key), key); got != want[key] {
					t.Fatalf("key %d: %v; want %v", key, got, want[key])
				}
			}
			for key := range uint64(700) {
				if got := lookFor(&x, c.hash(key), key); got != want[key] {
					t.Errorf("key %d: %v; want %v", key, got, want[key])
				}
			}
		})
	}
}

// TestIndex_ReadersMissNothing reads rows that are there throughout while others come and go and shards
// grow around them.
func TestIndex_ReadersMissNothing(t *testing.T) {
	t.Parallel()
	var x index[row]
	hash := func(key uint64) uint64 { return key % 8 << 7 } // one shard, one tag, few groups
	kept := make([]*row, 50)
	for i := range kept {
		kept[i] = &row{uint64(i), hash(uint64(i))}
		x.put(kept[i].hash, nil, kept[i], hashRow)
	}
	over := make(chan struct{})
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for i := 0; ; i++ {
				k := kept[i%len(kept)]
				if got := lookFor(&x, k.hash, k.key); got == nil {
					t.Errorf("key %d isn't found", k.key)
					return
				}
				select {
				case <-over:
					return
				default:
				}
			}
		})
	}
	for round := range uint64(20) {
		var others []*row
		for i := range 300 + 100*round {
			r := &row{1000 + i, hash(1000 + i)}
			x.put(r.hash, nil, r, hashRow)
			others = append(others, r)
		}
		for _, k := range kept {
			again := &row{k.key, k.hash}
			old := lookFor(&x, k.hash, k.key)
			x.put(k.hash, old, again, hashRow)
		}
		for _, r := range others {
			x.remove(r.hash, r)
		}
	}
	close(over)
	readers.Wait()
}
