package memstore

import "slices"

// width is how many rows a node of a tree holds at most.
const width = 32

// tree is a sorted map from strings, in byte order, to values. A tree is a value: copying it is free,
// and a change by one transaction copies the few nodes on its way once, so that whoever holds an
// earlier copy goes on seeing what it was. The zero tree is empty.
type tree[V any] struct {
	root *node[V]
}

// node is a leaf, with a value for each key, or a branch, with a child for each: keys[i] is the least
// key that belongs into kids[i], save that kids[0] takes everything below keys[1]. No key in kids[0]
// is below keys[0]: set lowers it, so that a split of kids[0] stays in order.
type node[V any] struct {
	tx   uint64 // the transaction that made the node and may still change it
	keys []string
	vals []V
	kids []*node[V]
}

// find returns the value under key.
func (t tree[V]) find(key string) (v V, ok bool) {
	n := t.root
	for n != nil && n.kids != nil {
		n = n.kids[n.child(key)]
	}
	if n == nil {
		return v, false
	}
	i, ok := slices.BinarySearch(n.keys, key)
	if ok {
		v = n.vals[i]
	}
	return v, ok
}

// set puts v under key, in transaction tx.
func (t *tree[V]) set(tx uint64, key string, v V) {
	if t.root == nil {
		t.root = &node[V]{tx: tx}
	}
	left, right := t.root.set(tx, key, v)
	if right != nil {
		left = &node[V]{tx: tx, keys: []string{left.keys[0], right.keys[0]}, kids: []*node[V]{left, right}}
	}
	t.root = left
}

// unset removes key, in transaction tx; one that isn't there changes nothing.
func (t *tree[V]) unset(tx uint64, key string) {
	if _, ok := t.find(key); !ok {
		return
	}
	t.root = t.root.unset(tx, key)
	for t.root != nil && len(t.root.kids) == 1 {
		t.root = t.root.kids[0]
	}
}

// scan calls yield with every row whose key is above after, in ascending order, until yield returns
// false.
func (t tree[V]) scan(after string, yield func(key string, v V) bool) {
	if t.root != nil {
		t.root.scan(after, yield)
	}
}

// child is the index of the child that key belongs into.
func (n *node[V]) child(key string) int {
	i, found := slices.BinarySearch(n.keys, key)
	if found || i == 0 {
		return i
	}
	return i - 1
}

// own returns n itself where tx made it, else a copy that tx may change.
func (n *node[V]) own(tx uint64) *node[V] {
	if n.tx == tx {
		return n
	}
	return &node[V]{tx: tx, keys: slices.Clone(n.keys), vals: slices.Clone(n.vals), kids: slices.Clone(n.kids)}
}

// set returns what n becomes: itself, changed, and a new right half when it grew too wide.
func (n *node[V]) set(tx uint64, key string, v V) (left, right *node[V]) {
	n = n.own(tx)
	if n.kids != nil {
		i := n.child(key)
		if i == 0 {
			n.keys[0] = min(n.keys[0], key)
		}
		var split *node[V]
		if n.kids[i], split = n.kids[i].set(tx, key, v); split != nil {
			n.keys = slices.Insert(n.keys, i+1, split.keys[0])
			n.kids = slices.Insert(n.kids, i+1, split)
		}
	} else if i, found := slices.BinarySearch(n.keys, key); found {
		n.vals[i] = v
	} else {
		n.keys = slices.Insert(n.keys, i, key)
		n.vals = slices.Insert(n.vals, i, v)
	}
	if len(n.keys) <= width {
		return n, nil
	}
	return n.split()
}

// split halves n, which its transaction owns.
func (n *node[V]) split() (left, right *node[V]) {
	half := len(n.keys) / 2
	right = &node[V]{tx: n.tx, keys: slices.Clone(n.keys[half:])}
	clear(n.keys[half:])
	n.keys = n.keys[:half]
	if n.kids != nil {
		right.kids = slices.Clone(n.kids[half:])
		clear(n.kids[half:])
		n.kids = n.kids[:half]
	} else {
		right.vals = slices.Clone(n.vals[half:])
		clear(n.vals[half:])
		n.vals = n.vals[:half]
	}
	return n, right
}

// unset returns what n becomes without key, which is in it; nil when nothing is left. Narrow nodes
// are left narrow: keys come and go in the same places, and an empty node goes.
func (n *node[V]) unset(tx uint64, key string) *node[V] {
	n = n.own(tx)
	if n.kids == nil {
		i, _ := slices.BinarySearch(n.keys, key)
		n.keys, n.vals = slices.Delete(n.keys, i, i+1), slices.Delete(n.vals, i, i+1)
	} else {
		i := n.child(key)
		if n.kids[i] = n.kids[i].unset(tx, key); n.kids[i] == nil {
			n.keys, n.kids = slices.Delete(n.keys, i, i+1), slices.Delete(n.kids, i, i+1)
		}
	}
	if len(n.keys) == 0 {
		return nil
	}
	return n
}

func (n *node[V]) scan(after string, yield func(string, V) bool) bool {
	if n.kids != nil {
		for _, kid := range n.kids[n.child(after):] {
			if !kid.scan(after, yield) {
				return false
			}
		}
		return true
	}
	i, found := slices.BinarySearch(n.keys, after)
	if found {
		i++
	}
	for ; i < len(n.keys); i++ {
		if !yield(n.keys[i], n.vals[i]) {
			return false
		}
	}
	return true
}
