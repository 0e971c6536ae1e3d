package memstore

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/seed-8e8abc8d/roster"
)

// register is what one user answers for, or wrote: by part and in key order, with running sums, so
// that a survey reads sums and no records.
type register struct {
	parts  map[string]*ordered
	open   int
	lo, hi uint64 // sums of the records' hashes: they don't depend on order, and taking one away undoes adding it
}

// registerOf finds or makes a user's register.
func registerOf(index map[roster.UserID]*register, user roster.UserID) *register {
	reg := index[user]
	if reg == nil {
		reg = &register{parts: map[string]*ordered{}}
		index[user] = reg
	}
	return reg
}

// add enters a record that isn't there.
func (g *register) add(rec *Record) {
	set := g.parts[rec.Part]
	if set == nil {
		set = &ordered{}
		g.parts[rec.Part] = set
	}
	set.insert(rec)
	lo, hi := imprint(rec)
	g.lo, g.hi = g.lo+lo, g.hi+hi
	if rec.Open {
		g.open++
	}
}

// remove takes a record out.
func (g *register) remove(rec *Record) {
	set := g.parts[rec.Part]
	set.remove(rec)
	if set.size == 0 {
		delete(g.parts, rec.Part)
	}
	lo, hi := imprint(rec)
	g.lo, g.hi = g.lo-lo, g.hi-hi
	if rec.Open {
		g.open--
	}
}

// fingerprint is the sums as text.
func (g *register) fingerprint() string { return fmt.Sprintf("%016x%016x", g.hi, g.lo) }

// imprint hashes what a fingerprint must notice: id and part.
func imprint(rec *Record) (lo, hi uint64) {
	b := make([]byte, 0, 96)
	b = binary.BigEndian.AppendUint64(b, uint64(len(rec.ID)))
	b = append(append(b, rec.ID...), rec.Part...)
	h := sha256.Sum256(b)
	return binary.BigEndian.Uint64(h[:8]), binary.BigEndian.Uint64(h[8:16])
}

// runLength is the most records in one run of an ordered set.
const runLength = 512

// ordered is a set of records in ascending byte order of their ids, kept in runs of at most
// runLength, so that neither adding nor removing one of a million moves more than a few thousand words.
type ordered struct {
	runs [][]*Record // none empty
	size int
}

// byID orders records.
func byID(a, b *Record) int { return cmp.Compare(a.ID, b.ID) }

// run finds the run that id belongs in: the last one that doesn't begin above it, or the first.
func (s *ordered) run(id string) int {
	i, found := slices.BinarySearchFunc(s.runs, id, func(run []*Record, id string) int { return cmp.Compare(run[0].ID, id) })
	if found || i == 0 {
		return i
	}
	return i - 1
}

// insert adds a record whose id isn't in the set.
func (s *ordered) insert(rec *Record) {
	s.size++
	if len(s.runs) == 0 {
		s.runs = [][]*Record{{rec}}
		return
	}
	n := s.run(rec.ID)
	run := s.runs[n]
	at, _ := slices.BinarySearchFunc(run, rec, byID)
	if len(run) < runLength {
		s.runs[n] = slices.Insert(run, at, rec)
		return
	}
	if at == len(run) { // ascending ids fill run after run
		s.runs = slices.Insert(s.runs, n+1, []*Record{rec})
		return
	}
	upper := slices.Clone(run[runLength/2:])
	clear(run[runLength/2:])
	s.runs[n] = run[:runLength/2]
	s.runs = slices.Insert(s.runs, n+1, upper)
	if at > runLength/2 {
		n, at = n+1, at-runLength/2
	}
	s.runs[n] = slices.Insert(s.runs[n], at, rec)
}

// remove takes out a record that is in the set.
func (s *ordered) remove(rec *Record) {
	s.size--
	n := s.run(rec.ID)
	run := s.runs[n]
	at, _ := slices.BinarySearchFunc(run, rec, byID)
	if at == 0 { // a hand-over takes from the front: nothing need move
		run[0] = nil
		run = run[1:]
	} else {
		run = slices.Delete(run, at, at+1)
	}
	if s.runs[n] = run; len(run) == 0 {
		s.runs = slices.Delete(s.runs, n, n+1)
	}
}

// after appends to found at most limit records whose ids are above id.
func (s *ordered) after(found []*Record, id string, limit int) []*Record {
	if s.size == 0 {
		return found
	}
	first := s.run(id)
	for n := first; n < len(s.runs) && limit > 0; n++ {
		run := s.runs[n]
		if n == first {
			at, exact := slices.BinarySearchFunc(run, id, func(rec *Record, id string) int { return cmp.Compare(rec.ID, id) })
			if exact {
				at++
			}
			run = run[at:]
		}
		run = run[:min(len(run), limit)]
		found, limit = append(found, run...), limit-len(run)
	}
	return found
}
