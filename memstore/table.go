package memstore

import (
	"encoding/binary"
	"iter"
	"slices"
	"strings"
)

// table is rows in the order of their keys, with groups of them that can be listed without looking
// at the others. Rows are shared by all copies of a table and never changed: put a new one.
type table[V any] struct {
	rows   tree[*V]
	groups tree[struct{}] // keys are join(group, row's key)
}

// put adds or replaces a row. groups tells which groups a row is in; it must always say the same of
// the same row.
func (t *table[V]) put(tx uint64, key string, v *V, groups func(*V) []string) {
	var was []string
	if old, ok := t.rows.find(key); ok {
		was = groups(old)
	}
	t.regroup(tx, key, was, groups(v))
	t.rows.set(tx, key, v)
}

// remove removes a row, if it is there.
func (t *table[V]) remove(tx uint64, key string, groups func(*V) []string) {
	if old, ok := t.rows.find(key); ok {
		t.regroup(tx, key, groups(old), nil)
		t.rows.unset(tx, key)
	}
}

func (t *table[V]) regroup(tx uint64, key string, was, is []string) {
	if slices.Equal(was, is) {
		return
	}
	for _, g := range was {
		t.groups.unset(tx, join(g, key))
	}
	for _, g := range is {
		t.groups.set(tx, join(g, key), struct{}{})
	}
}

// all is the rows whose key is above after.
func (t table[V]) all(after string) iter.Seq[*V] {
	return func(yield func(*V) bool) {
		t.rows.scan(after, func(_ string, v *V) bool { return yield(v) })
	}
}

// in is the rows of a group whose key is above after.
func (t table[V]) in(group, after string) iter.Seq[*V] {
	prefix := join(group, "")
	return func(yield func(*V) bool) {
		t.groups.scan(prefix+after, func(key string, _ struct{}) bool {
			id, inside := strings.CutPrefix(key, prefix)
			if !inside {
				return false
			}
			v, _ := t.rows.find(id)
			return yield(v)
		})
	}
}

// ungrouped is for tables without groups.
func ungrouped[V any](*V) []string { return nil }

// every matches all rows.
func every[V any](*V) bool { return true }

// plain copies a row that holds neither maps nor slices.
func plain[V any](v *V) V { return *v }

// join makes one key of two texts, so that those with the same first sort by the second and no two
// pairs share a key.
func join(first, second string) string {
	b := make([]byte, 0, 4+len(first)+len(second))
	b = binary.BigEndian.AppendUint32(b, uint32(len(first)))
	return string(append(append(b, first...), second...))
}
