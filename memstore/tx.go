package memstore

import (
	"context"
	"fmt"
	"iter"
	"sync/atomic"

	"github.com/seed-8e8abc8d/roster"
)

// tx is a transaction: a snapshot, or a draft that nobody else sees.
type tx struct {
	ctx      context.Context
	number   uint64 // tells this draft's own nodes from shared ones; 0 in a View
	readOnly bool
	ended    atomic.Bool
	state    state

	changedUsers  []roster.UserID // what the checks must be told at commit
	changedHashes []roster.TokenHash
}

// reading refuses a call after the end, or under a context that is done.
func (t *tx) reading() error {
	if t.ended.Load() {
		return fmt.Errorf("memstore: the transaction has ended: %w", roster.ErrState)
	}
	return t.ctx.Err()
}

// writing refuses what reading refuses, and changes in a View.
func (t *tx) writing() error {
	if err := t.reading(); err != nil {
		return err
	}
	if t.readOnly {
		return fmt.Errorf("memstore: a change inside View: %w", roster.ErrState)
	}
	return nil
}

// one finds a copy of a row.
func one[V, R any](t *tx, in table[V], key string, clone func(*V) R) (r R, err error) {
	if err := t.reading(); err != nil {
		return r, err
	}
	row, ok := in.rows.find(key)
	if !ok {
		return r, roster.ErrNotFound
	}
	return clone(row), nil
}

// list collects copies of the first rows that match, at most limit of them.
func list[V, R any](t *tx, rows iter.Seq[*V], limit int, match func(*V) bool, clone func(*V) R) ([]R, error) {
	if err := t.reading(); err != nil {
		return nil, err
	}
	if limit < 1 {
		return nil, fmt.Errorf("memstore: a page of %d: %w", limit, roster.ErrInvalid)
	}
	var page []R
	for v := range rows {
		if match(v) {
			page = append(page, clone(v))
		}
		if len(page) == limit {
			break
		}
	}
	return page, nil
}

func (t *tx) Department(id roster.DepartmentID) (roster.Department, error) {
	return one(t, t.state.departments, string(id), plain)
}

func (t *tx) PutDepartment(d roster.Department) error {
	if err := t.writing(); err != nil {
		return err
	}
	t.state.departments.put(t.number, string(d.ID), &d, ungrouped)
	return nil
}

func (t *tx) DeleteDepartment(id roster.DepartmentID) error {
	if err := t.writing(); err != nil {
		return err
	}
	t.state.departments.remove(t.number, string(id), ungrouped)
	return nil
}

func (t *tx) ListDepartments(after roster.DepartmentID, limit int) ([]roster.Department, error) {
	return list(t, t.state.departments.all(string(after)), limit, every, plain)
}

func (t *tx) Credential(id roster.UserID) (roster.Credential, error) {
	return one(t, t.state.credentials, string(id), plain)
}

func (t *tx) PutCredential(c roster.Credential) error {
	if err := t.writing(); err != nil {
		return err
	}
	t.state.credentials.put(t.number, string(c.User), &c, ungrouped)
	return nil
}

func (t *tx) DeleteCredential(id roster.UserID) error {
	if err := t.writing(); err != nil {
		return err
	}
	t.state.credentials.remove(t.number, string(id), ungrouped)
	return nil
}

func (t *tx) Counter(key string) (roster.Counter, error) {
	return one(t, t.state.counters, key, plain)
}

func (t *tx) PutCounter(c roster.Counter) error {
	if err := t.writing(); err != nil {
		return err
	}
	t.state.counters.put(t.number, c.Key, &c, ungrouped)
	return nil
}

func (t *tx) DeleteCounter(key string) error {
	if err := t.writing(); err != nil {
		return err
	}
	t.state.counters.remove(t.number, key, ungrouped)
	return nil
}

func (t *tx) ListCounters(after string, limit int) ([]roster.Counter, error) {
	return list(t, t.state.counters.all(after), limit, every, plain)
}
