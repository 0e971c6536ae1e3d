package main

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/seed-8e8abc8d/roster"
)

// deal is a record of the application's own.
type deal struct {
	ID     string        `json:"id"`
	Title  string        `json:"title"`
	Owner  roster.UserID `json:"owner"`          // who is responsible; empty for nobody
	Stage  string        `json:"stage,omitzero"` // the part of its kind
	Closed bool          `json:"closed"`
}

// record is what rights need to know of d.
func (d deal) record() roster.Record { return roster.Record{ID: d.ID, Owner: d.Owner, Part: d.Stage} }

// deals stand for a table.
type deals struct {
	mu   sync.Mutex
	rows map[string]deal
}

// newDeals makes a table of rows.
func newDeals(rows ...deal) *deals {
	t := &deals{rows: map[string]deal{}}
	for _, d := range rows {
		t.rows[d.ID] = d
	}
	return t
}

// find reads one deal.
func (t *deals) find(id string) (deal, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	d, ok := t.rows[id]
	return d, ok
}

// close closes a deal that still is as it was judged: UPDATE deals SET closed = TRUE WHERE id = … AND owner = …
// AND stage = ….
func (t *deals) close(judged deal) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	d, ok := t.rows[judged.ID]
	if !ok || d.record() != judged.record() {
		return false
	}
	d.Closed = true
	t.rows[d.ID] = d
	return true
}

// all lists the deals in the order of their ids.
func (t *deals) all() []deal {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.SortedFunc(maps.Values(t.rows), func(a, b deal) int {
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
}

// query lists the deals that meet a condition for a user. Here it goes row by row, with departments from the
// roster. In SQL it is the WHERE of a join with the table of users, on the owner: the Example of
// roster.Condition writes that text.
func (t *deals) query(ctx context.Context, r *roster.Roster, may roster.Condition, user roster.UserID) ([]deal, error) {
	departments := map[roster.UserID]roster.DepartmentID{}
	for u, err := range r.Users(ctx, roster.System("list of deals"), roster.UserFilter{Deleted: true}, "") {
		if err != nil {
			return nil, err
		}
		departments[u.ID] = u.Department
	}
	found := []deal{} // not nil: in JSON, a page maps over [] and fails on null
	for _, d := range t.all() {
		rec := d.record()
		rec.Department = departments[d.Owner]
		if may.Match(user, departments[user], rec) {
			found = append(found, d)
		}
	}
	return found, nil
}
