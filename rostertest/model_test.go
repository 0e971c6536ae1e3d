package rostertest_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/rostertest"
)

// model is a host's kind as naive as can be: a map, and every question by looking at all of it. With a
// fault it breaks the promise of the case of that name, in a way that hosts do.
type model struct {
	fault   string
	mu      sync.Mutex
	records map[string]memstore.Record
	deleted map[string]bool
	broken  bool
	counted map[roster.UserID]roster.Survey // fault "counts follow every change": kept until the next move
	served  int                             // fault "pages while records move": rows listed so far
}

var errClosed = errors.New("model: closed")

func newModel(fault string) *model {
	return &model{fault: fault, records: map[string]memstore.Record{}, deleted: map[string]bool{}, counted: map[roster.UserID]roster.Survey{}}
}

// source is a Source of which everything can be tried.
func (m *model) source() rostertest.Source {
	return rostertest.Source{Holdings: m, Put: m.put, Find: m.find, Delete: m.delete, Break: func() { m.broken = true }, Acting: true}
}

func (m *model) is(fault string) bool { return m.fault == fault }

func (m *model) key(id string) string {
	if m.is("ids are kept as they are") {
		return strings.TrimSpace(id)
	}
	return id
}

func (m *model) put(records ...memstore.Record) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, rec := range records {
		rec.Named = slices.Clone(rec.Named)
		m.records[m.key(rec.ID)] = rec
	}
	return nil
}

func (m *model) find(id string) (memstore.Record, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	rec, ok := m.records[m.key(id)]
	return rec, ok && !m.deleted[id]
}

func (m *model) delete(ids ...string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, id := range ids {
		m.deleted[id] = true
	}
}

// refusal is why a call can't be answered.
func (m *model) refusal(ctx context.Context) error {
	if m.broken && !m.is("unknown is never zero") {
		return errClosed
	}
	if m.is("a context that is done") {
		return nil
	}
	return ctx.Err()
}

// tied is whom a record names.
func tied(rec *memstore.Record, tie roster.Tie) *roster.UserID {
	if tie == roster.Author {
		return &rec.Author
	}
	return &rec.Owner
}

// same compares users.
func (m *model) same(a, b roster.UserID) bool {
	return a == b || m.is("users are told apart") && strings.EqualFold(string(a), string(b))
}

func (m *model) Survey(ctx context.Context, user roster.UserID) (roster.Survey, error) {
	if err := m.refusal(ctx); err != nil {
		return roster.Survey{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	s := roster.Survey{Responsible: map[string]int{}}
	if m.broken {
		return s, nil
	}
	var set []string
	for id, rec := range m.records {
		if m.deleted[id] {
			continue
		}
		if m.same(rec.Owner, user) {
			if m.is("parts are told apart") {
				rec.Part = strings.ToLower(rec.Part)
			}
			s.Responsible[rec.Part]++
			set = append(set, fmt.Sprintf("%q %q", id, rec.Part))
			if rec.Open {
				s.Open++
			}
		}
		if rec.Author == user && (!m.is("counts are exact") || rec.Owner == user) {
			s.Authored++
		}
		if slices.Contains(rec.Named, user) {
			s.Named++
		}
	}
	if m.is("counts may be large") {
		s.Authored = min(s.Authored, 1_000)
	}
	slices.Sort(set)
	s.Fingerprint = strings.Join(set, ",") + "."
	if m.is("fingerprints tell sets apart") {
		s.Fingerprint = fmt.Sprint(len(set))
	}
	if m.is("counts follow every change") {
		if kept, ok := m.counted[user]; ok {
			s.Responsible = kept.Responsible
		}
		m.counted[user] = s
	}
	return s, nil
}

// sorted are the records that q asks for, in the order of the model's database.
func (m *model) sorted(q roster.Query) (found []memstore.Record) {
	for _, rec := range m.records {
		listed := !m.deleted[rec.ID] && m.same(*tied(&rec, q.Tie), q.User) && (q.AllParts || rec.Part == q.Part)
		listed = listed && (q.IDs == nil || m.is("a page of some") || slices.Contains(q.IDs, rec.ID))
		if listed && (q.User != "" || !m.is("records of nobody")) {
			found = append(found, rec)
		}
	}
	slices.SortFunc(found, func(a, b memstore.Record) int {
		x, errX := strconv.Atoi(a.ID)
		y, errY := strconv.Atoi(b.ID)
		if m.is("pages in one order") && errX == nil && errY == nil && x != y {
			return x - y
		}
		return strings.Compare(a.ID, b.ID)
	})
	return found
}

func (m *model) Page(ctx context.Context, q roster.Query) ([]roster.Record, error) {
	if err := m.refusal(ctx); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.is("pages may be long") {
		q.Limit = min(q.Limit, 500)
	}
	inPart := q
	if m.is("pages are complete") {
		q.AllParts = true
	}
	found := m.sorted(q)
	switch {
	case m.broken:
		found = nil
	case m.is("pages while records move"): // counts what it listed, instead of looking at the key
		if q.After == "" {
			m.served = 0
		}
		found = found[min(m.served, len(found)):]
	default:
		found = slices.DeleteFunc(found, func(rec memstore.Record) bool { return rec.ID <= q.After })
	}
	found = found[:min(len(found), q.Limit)]
	m.served += len(found)
	var page []roster.Record
	for _, rec := range found {
		if !inPart.AllParts && rec.Part != inPart.Part {
			continue // fault "pages are complete": chosen after the limit
		}
		r := roster.Record{ID: rec.ID, Owner: rec.Owner, Part: rec.Part}
		if m.is("a page tells owner and part") && q.AllParts {
			r.Part = ""
		}
		page = append(page, r)
	}
	return page, nil
}

func (m *model) Move(ctx context.Context, o roster.MoveOrder) ([]roster.MoveResult, error) {
	if err := m.refusal(ctx); err != nil {
		return nil, err
	}
	switch {
	case m.is("no ids") && len(o.IDs) == 0:
		return nil, errors.New(`model: syntax error near "()"`)
	case m.is("a move may be large") && len(o.IDs) > 999:
		return nil, errors.New("model: too many parameters")
	case m.is("results come in the order of the ids"):
		o.IDs = slices.Sorted(slices.Values(o.IDs))
	case m.is("an id twice"):
		o.IDs = slices.Compact(slices.Clone(o.IDs))
	}
	results := make([]roster.MoveResult, len(o.IDs))
	if m.broken {
		return results, nil
	}
	racing := m.is("of two movers one wins")
	m.mu.Lock()
	clear(m.counted)
	was := maps.Clone(m.records)
	if racing { // looks, and writes later
		m.mu.Unlock()
		for range 50 {
			runtime.Gosched()
		}
		m.mu.Lock()
	}
	defer m.mu.Unlock()
	for i, id := range o.IDs {
		if ctx.Err() != nil && !m.is("a context that is done") {
			if m.is("a context that ends") {
				return results, nil
			}
			return nil, ctx.Err()
		}
		rec, ok := m.records[m.key(id)]
		if racing {
			rec, ok = was[id]
		}
		if m.deleted[id] && !m.is("deleted records are gone") {
			ok = false
		}
		if m.is("a part decides nothing") && o.Part != "" && rec.Part != o.Part {
			ok = false
		}
		results[i] = m.move(rec, ok, o)
	}
	if m.is("a second move changes nothing") && len(o.IDs) > 0 && len(slices.Compact(slices.Clone(results))) == 1 && results[0] == roster.MoveAlready {
		return nil, errors.New("model: no rows affected")
	}
	return results, nil
}

// move moves one record.
func (m *model) move(rec memstore.Record, ok bool, o roster.MoveOrder) roster.MoveResult {
	at := tied(&rec, o.Tie)
	there := *at == o.To && (!o.Off || rec.Off)
	switch {
	case !ok:
		return roster.MoveGone
	case there && (!m.is("nobody is an owner like another") || o.To != "" || o.Off):
		return roster.MoveAlready
	case !m.same(*at, o.From) && !m.is("a move compares and sets"):
		return roster.MoveElsewhere
	}
	*at = o.To
	if m.is("responsible and author are two ties") {
		if rec.Author == o.From {
			rec.Author = o.To
		}
		rec.Owner = o.To
	}
	if m.is("a move changes nothing else") {
		rec.Open = true
	}
	rec.Off = rec.Off || o.Off && !m.is("acting things are switched off")
	m.records[m.key(rec.ID)] = rec
	return roster.MoveDone
}

func (m *model) Probe(ctx context.Context, ids []string) ([]error, error) {
	if err := m.refusal(ctx); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var told []error
	for _, id := range ids {
		if rec := m.records[id]; rec.Problem != "" {
			told = append(told, errors.New(rec.Problem))
		} else if !m.is("acting things are probed one by one") {
			told = append(told, nil)
		}
	}
	return told, nil
}
