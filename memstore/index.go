package memstore

import "sync/atomic"

// shards is how many parts an index has, so that growing one copies few entries.
const shards = 256

// index finds rows by key without a lock, for readers, while one writer at a time changes it. A change
// of a row is one atomic store; a new row now and then copies its shard.
//
// It holds pointers only: a row knows its key, which the function of tells, and a check needs the row
// anyway. Every call for one index names the same of.
type index[K comparable, V any] struct {
	shards [shards]atomic.Pointer[shard[V]]
	gone   V // its address stands in the place of what was removed
}

// shard is a hash table with linear probing; its length is a power of two and it is never full.
type shard[V any] struct {
	slots []slot[V]
	used  int // slots that aren't free; the writer's
}

// slot is free while row is nil. The hash is written before the first row and never changes after.
type slot[V any] struct {
	hash uint64
	row  atomic.Pointer[V]
}

// find returns the row with this key, or nil.
func (x *index[K, V]) find(hash uint64, key K, of func(*V) K) *V {
	s := x.shards[hash>>56].Load()
	if s == nil {
		return nil
	}
	mask := uint64(len(s.slots) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		row := s.slots[i].row.Load()
		if row == nil {
			return nil
		}
		if s.slots[i].hash == hash && row != &x.gone && of(row) == key {
			return row
		}
	}
}

// put adds row, or puts it in the place of the one with its key.
func (x *index[K, V]) put(hash uint64, row *V, of func(*V) K) {
	s := x.shards[hash>>56].Load()
	if s == nil || s.used*4 >= len(s.slots)*3 {
		s = x.grow(s)
		x.shards[hash>>56].Store(s)
	}
	mask := uint64(len(s.slots) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		at := &s.slots[i]
		old := at.row.Load()
		if old == nil {
			at.hash = hash
			s.used++
		}
		if old == nil || at.hash == hash && old != &x.gone && of(old) == of(row) {
			at.row.Store(row)
			return
		}
	}
}

// remove takes the row with this key out, if it is there.
func (x *index[K, V]) remove(hash uint64, key K, of func(*V) K) {
	s := x.shards[hash>>56].Load()
	if s == nil {
		return
	}
	mask := uint64(len(s.slots) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		at := &s.slots[i]
		old := at.row.Load()
		if old == nil {
			return
		}
		if at.hash == hash && old != &x.gone && of(old) == key {
			at.row.Store(&x.gone)
			return
		}
	}
}

// grow makes a shard with what is in s and room for as much again.
func (x *index[K, V]) grow(s *shard[V]) *shard[V] {
	var rows []*slot[V]
	if s != nil {
		for i := range s.slots {
			if row := s.slots[i].row.Load(); row != nil && row != &x.gone {
				rows = append(rows, &s.slots[i])
			}
		}
	}
	size := 4
	for size < len(rows)*2 {
		size *= 2
	}
	grown := &shard[V]{slots: make([]slot[V], size), used: len(rows)}
	for _, from := range rows {
		i := from.hash & uint64(size-1)
		for grown.slots[i].row.Load() != nil {
			i = (i + 1) & uint64(size-1)
		}
		grown.slots[i].hash = from.hash
		grown.slots[i].row.Store(from.row.Load())
	}
	return grown
}
