package memstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sync"

	"github.com/seed-8e8abc8d/roster"
)

// Record is one record of a kind, or one acting thing, as Records keeps it.
type Record struct {
	ID      string          // not empty; compared byte by byte
	Part    string          // the part of its kind, or empty
	Owner   roster.UserID   // the responsible user, or empty for nobody
	Author  roster.UserID   // who wrote it, or empty
	Named   []roster.UserID // users it names in any other way: watchers, participants
	Open    bool            // not yet closed
	Off     bool            // an acting thing that is switched off (L10)
	Problem string          // what Probe tells of an acting thing that is on; empty: it works
}

// Records are roster.Holdings in memory: one kind's records, indexed by who answers for them and who
// wrote them. Counting a user's records costs no more for a million than for ten; a page or a move
// costs what its own records cost. The zero Records is empty and ready; all methods are safe for
// concurrent use. It must not be copied.
type Records struct {
	mu      sync.RWMutex
	records map[string]*Record
	owned   map[roster.UserID]*register
	written map[roster.UserID]*register
	named   map[roster.UserID]int
}

var (
	_ roster.Holdings = (*Records)(nil)
	_ roster.Prober   = (*Records)(nil)
)

// Put adds records, or replaces those with the same ids: all of them, or none when one has no id
// (ErrInvalid).
func (r *Records) Put(records ...Record) error {
	var faults roster.Faults
	for i, rec := range records {
		if rec.ID == "" {
			faults = append(faults, roster.Fault{Field: fmt.Sprintf("records[%d].id", i), Problem: "is required"})
		}
	}
	if len(faults) > 0 {
		return faults
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.records == nil {
		r.records = make(map[string]*Record, len(records))
		r.owned, r.written = map[roster.UserID]*register{}, map[roster.UserID]*register{}
		r.named = map[roster.UserID]int{}
	}
	for _, rec := range records {
		r.drop(rec.ID)
		rec.Named = slices.Clone(rec.Named)
		r.enter(&rec)
	}
	return nil
}

// Delete removes records; ids that aren't there are left out.
func (r *Records) Delete(ids ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, id := range ids {
		r.drop(id)
	}
}

// Find returns a copy of a record, and whether there is one.
func (r *Records) Find(id string) (Record, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	rec, ok := r.records[id]
	if !ok {
		return Record{}, false
	}
	return copyOf(rec), true
}

// Len is the number of records.
func (r *Records) Len() int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return len(r.records)
}

// All yields copies of the records in ascending byte order of their ids, as they were when the
// iteration began. No lock is held while it yields.
func (r *Records) All() iter.Seq[Record] {
	return func(yield func(Record) bool) {
		r.mu.RLock()
		all := make([]Record, 0, len(r.records))
		for rec := range maps.Values(r.records) {
			all = append(all, copyOf(rec))
		}
		r.mu.RUnlock()
		slices.SortFunc(all, func(a, b Record) int { return cmp.Compare(a.ID, b.ID) })
		for _, rec := range all {
			if !yield(rec) {
				return
			}
		}
	}
}

// Survey counts what names the user. Its fingerprint doesn't depend on the order in which the
// records came.
func (r *Records) Survey(ctx context.Context, user roster.UserID) (roster.Survey, error) {
	if err := ctx.Err(); err != nil {
		return roster.Survey{}, err
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	s := roster.Survey{Responsible: map[string]int{}, Named: r.named[user]}
	if reg := r.owned[user]; reg != nil {
		s.Open, s.Fingerprint = reg.open, reg.fingerprint()
		for part, set := range reg.parts {
			s.Responsible[part] = set.size
		}
	}
	if s.Fingerprint == "" {
		s.Fingerprint = (&register{}).fingerprint()
	}
	if reg := r.written[user]; reg != nil {
		for _, set := range reg.parts {
			s.Authored += set.size
		}
	}
	return s, nil
}

// Page lists the records that q asks for. It copies no more than q.Limit records of each part.
func (r *Records) Page(ctx context.Context, q roster.Query) ([]roster.Record, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if q.Limit < 1 || q.Limit > 10_000 {
		return nil, roster.Faults{{Field: "limit", Problem: "must be 1 to 10,000"}}
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	index, err := r.index(q.Tie)
	if err != nil {
		return nil, err
	}
	reg := index[q.User]
	if reg == nil {
		return nil, nil
	}
	var found []*Record
	if q.IDs != nil {
		found = r.some(q)
	} else if q.AllParts {
		for _, set := range reg.parts {
			found = set.after(found, q.After, q.Limit)
		}
		slices.SortFunc(found, byID)
		found = found[:min(len(found), q.Limit)]
	} else if set := reg.parts[q.Part]; set != nil {
		found = set.after(found, q.After, q.Limit)
	}
	page := make([]roster.Record, len(found))
	for i, rec := range found {
		page[i] = roster.Record{ID: rec.ID, Owner: rec.Owner, Part: rec.Part}
	}
	return page, nil
}

// some finds those of q.IDs that q asks for.
func (r *Records) some(q roster.Query) (found []*Record) {
	for _, id := range slices.Compact(slices.Sorted(slices.Values(q.IDs))) {
		rec := r.records[id]
		if rec == nil || id <= q.After || len(found) == q.Limit {
			continue
		}
		tied := rec.Owner
		if q.Tie == roster.Author {
			tied = rec.Author
		}
		if tied == q.User && (q.AllParts || rec.Part == q.Part) {
			found = append(found, rec)
		}
	}
	return found
}

// Move carries out o in one step that no other call sees half done.
func (r *Records) Move(ctx context.Context, o roster.MoveOrder) ([]roster.MoveResult, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if o.Off && (o.Tie != roster.Responsible || o.To != "") {
		return nil, roster.Faults{{Field: "off", Problem: "goes with the responsible user becoming nobody"}}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, err := r.index(o.Tie); err != nil {
		return nil, err
	}
	results := make([]roster.MoveResult, len(o.IDs))
	for i, id := range o.IDs {
		results[i] = r.move(id, o)
	}
	return results, nil
}

// move moves one record. The caller holds the lock.
func (r *Records) move(id string, o roster.MoveOrder) roster.MoveResult {
	rec := r.records[id]
	if rec == nil {
		return roster.MoveGone
	}
	tied, index := &rec.Owner, r.owned
	if o.Tie == roster.Author {
		tied, index = &rec.Author, r.written
	}
	switch {
	case *tied == o.To && (!o.Off || rec.Off):
		return roster.MoveAlready
	case *tied != o.From:
		return roster.MoveElsewhere
	}
	registerOf(index, o.From).remove(rec)
	*tied, rec.Off = o.To, rec.Off || o.Off
	registerOf(index, o.To).add(rec)
	return roster.MoveDone
}

// Probe tells of each id whether the acting thing is there and works; one that is switched off works.
func (r *Records) Probe(ctx context.Context, ids []string) ([]error, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	told := make([]error, len(ids))
	for i, id := range ids {
		switch rec := r.records[id]; {
		case rec == nil:
			told[i] = roster.ErrNotFound
		case !rec.Off && rec.Problem != "":
			told[i] = errors.New(rec.Problem)
		}
	}
	return told, nil
}

// index is the register of a tie.
func (r *Records) index(t roster.Tie) (map[roster.UserID]*register, error) {
	switch t {
	case roster.Responsible:
		return r.owned, nil
	case roster.Author:
		return r.written, nil
	}
	return nil, roster.Faults{{Field: "tie", Problem: "must be responsible or author"}}
}

// enter puts rec into every index. The caller holds the lock and gives rec away.
func (r *Records) enter(rec *Record) {
	r.records[rec.ID] = rec
	registerOf(r.owned, rec.Owner).add(rec)
	registerOf(r.written, rec.Author).add(rec)
	r.name(rec, 1)
}

// drop takes a record out of every index.
func (r *Records) drop(id string) {
	rec := r.records[id]
	if rec == nil {
		return
	}
	delete(r.records, id)
	registerOf(r.owned, rec.Owner).remove(rec)
	registerOf(r.written, rec.Author).remove(rec)
	r.name(rec, -1)
}

// name counts a record, once, for each user whom it names. The caller holds the lock.
func (r *Records) name(rec *Record, by int) {
	for i, u := range rec.Named {
		if !slices.Contains(rec.Named[:i], u) {
			r.named[u] += by
		}
	}
}

// copyOf copies a record deeply.
func copyOf(rec *Record) Record {
	c := *rec
	c.Named = slices.Clone(rec.Named)
	return c
}
