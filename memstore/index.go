package memstore

import (
	"math/bits"
	"sync/atomic"
)

const (
	shards = 256 // parts of an index: growing one copies few rows
	places = 8   // rows a group

	ones = 0x0101_0101_0101_0101 // a one in each byte
	tops = ones << 7             // the highest bit of each byte
)

// index finds rows by hash without a lock, for readers, while one writer at a time changes it. A change
// of a row is one atomic store; a new row now and then copies its shard.
//
// It holds pointers and one byte of each row's hash only: rows know their keys, and a check needs the
// row anyway.
type index[V any] struct {
	shards [shards]atomic.Pointer[shard[V]]
	gone   V // its address stands in the place of what was removed
}

// shard is a hash table of groups, a power of two of them, with linear probing. One place in eight is
// free at least.
type shard[V any] struct {
	groups []group[V]
	used   int // places that aren't free; the writer's
}

// group holds rows with a tag each: 0 for a free place, else seven bits of the row's hash under a set
// one. A row is stored before its tag, which then never changes.
type group[V any] struct {
	tags atomic.Uint64
	rows [places]atomic.Pointer[V]
}

// find returns the row that is the one looked for, or nil. It calls is with every row whose hash looks
// like this one, all in one pass over one shard: between two passes rows could change places.
func (x *index[V]) find(hash uint64, is func(*V) bool) *V {
	s := x.shards[hash>>56].Load()
	if s == nil {
		return nil
	}
	groups, want := s.groups, tag(hash)*ones
	for at := hash >> 7; ; at++ {
		g := &groups[at&uint64(len(groups)-1)]
		tags := g.tags.Load()
		for hits := zeros(tags ^ want); hits != 0; hits &= hits - 1 {
			row := g.rows[bits.TrailingZeros64(hits)/8].Load()
			if row != &x.gone && is(row) {
				return row
			}
		}
		if zeros(tags) != 0 { // a free place: whatever has this hash came before it
			return nil
		}
	}
}

// tag is what a group keeps of a hash: the bits that choose neither shard nor group.
func tag(hash uint64) uint64 { return hash&0x7f | 0x80 }

// zeros marks the bytes of x that are zero by their highest bits. Above the lowest of them it may mark
// a byte that is one as well; of tags that is another row's at worst, never a free place.
func zeros(x uint64) uint64 { return (x - ones) &^ x & tops }

// put puts row in the place of old, which has the same hash, or adds it where old is nil. hashOf tells
// the hash of a row.
func (x *index[V]) put(hash uint64, old, row *V, hashOf func(*V) uint64) {
	s := x.shards[hash>>56].Load()
	if old != nil {
		s.place(hash, old).Store(row)
		return
	}
	if s == nil || s.used+1 > len(s.groups)*(places-1) {
		s = x.grow(s, hashOf)
		x.shards[hash>>56].Store(s)
	}
	s.add(hash, row)
}

// remove takes a row out.
func (x *index[V]) remove(hash uint64, old *V) {
	x.shards[hash>>56].Load().place(hash, old).Store(&x.gone)
}

// place finds where a row is, which must be there.
func (s *shard[V]) place(hash uint64, row *V) *atomic.Pointer[V] {
	for at := hash >> 7; ; at++ {
		g := &s.groups[at&uint64(len(s.groups)-1)]
		for i := range g.rows {
			if g.rows[i].Load() == row {
				return &g.rows[i]
			}
		}
	}
}

// add puts a row into the first free place on the way of its hash.
func (s *shard[V]) add(hash uint64, row *V) {
	for at := hash >> 7; ; at++ {
		g := &s.groups[at&uint64(len(s.groups)-1)]
		tags := g.tags.Load()
		if free := zeros(tags); free != 0 {
			i := bits.TrailingZeros64(free) / 8
			g.rows[i].Store(row)
			g.tags.Store(tags | tag(hash)<<(8*i))
			s.used++
			return
		}
	}
}

// grow makes a shard with what is in s and room for at least a quarter more.
func (x *index[V]) grow(s *shard[V], hashOf func(*V) uint64) *shard[V] {
	var rows []*V
	if s != nil {
		for i := range s.groups {
			for j := range s.groups[i].rows {
				if row := s.groups[i].rows[j].Load(); row != nil && row != &x.gone {
					rows = append(rows, row)
				}
			}
		}
	}
	size := 1
	for size*(places-1)*4 <= len(rows)*5 {
		size *= 2
	}
	grown := &shard[V]{groups: make([]group[V], size)}
	for _, row := range rows {
		grown.add(hashOf(row), row)
	}
	return grown
}
