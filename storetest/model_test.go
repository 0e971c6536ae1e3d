package storetest_test

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/seed-8e8abc8d/roster"
)

// model is a Store as naive as can be: maps, copied as a whole for each transaction, every list by
// looking at all rows. It is what memstore is compared with, and, with a fault, what proves the suite.
type model struct {
	fault   string        // breaks the rule of the case of this name; empty: none
	writing chan struct{} // full while an Update runs
	mu      sync.Mutex    // guards now
	now     *tables
	burnt   map[roster.TokenHash]bool // fault "token hashes": hashes of deleted tokens
}

type tables struct {
	users       map[roster.UserID]roster.User
	departments map[roster.DepartmentID]roster.Department
	roles       map[roster.RoleID]roster.Role
	credentials map[roster.UserID]roster.Credential
	tokens      map[roster.TokenID]roster.Token
	letters     map[roster.LetterID]roster.Letter
	counters    map[string]roster.Counter
	runs        map[roster.RunID]roster.Run
	entries     map[roster.RunID]map[int]roster.Entry
	events      []roster.Event
}

func newModel(fault string) *model {
	return &model{fault: fault, writing: make(chan struct{}, 1), burnt: map[roster.TokenHash]bool{}, now: &tables{
		users: map[roster.UserID]roster.User{}, departments: map[roster.DepartmentID]roster.Department{},
		roles: map[roster.RoleID]roster.Role{}, credentials: map[roster.UserID]roster.Credential{},
		tokens: map[roster.TokenID]roster.Token{}, letters: map[roster.LetterID]roster.Letter{},
		counters: map[string]roster.Counter{}, runs: map[roster.RunID]roster.Run{},
		entries: map[roster.RunID]map[int]roster.Entry{},
	}}
}

// clone copies everything.
func (t *tables) clone() *tables {
	c := &tables{
		users: map[roster.UserID]roster.User{}, departments: maps.Clone(t.departments), roles: map[roster.RoleID]roster.Role{},
		credentials: maps.Clone(t.credentials), tokens: maps.Clone(t.tokens), letters: maps.Clone(t.letters), counters: maps.Clone(t.counters),
		runs: map[roster.RunID]roster.Run{}, entries: map[roster.RunID]map[int]roster.Entry{},
	}
	for id, u := range t.users {
		c.users[id] = u.Clone()
	}
	for id, r := range t.roles {
		c.roles[id] = r.Clone()
	}
	for id, r := range t.runs {
		c.runs[id] = r.Clone()
	}
	for id, entries := range t.entries {
		c.entries[id] = map[int]roster.Entry{}
		for n, e := range entries {
			c.entries[id][n] = e.Clone()
		}
	}
	for _, e := range t.events {
		c.events = append(c.events, e.Clone())
	}
	return c
}

// snapshot copies what is committed.
func (m *model) snapshot() *tables {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now.clone()
}

func (m *model) View(ctx context.Context, f func(roster.Tx) error) error {
	if ctx.Err() != nil && m.fault != "a context that is done" {
		return ctx.Err()
	}
	now := m.snapshot()
	t := &modelTx{m: m, ctx: ctx, view: true, at: func() *tables { return now }}
	if m.fault == "one instant" {
		t.at = m.snapshot
	}
	defer func() { t.ended = true }()
	err := f(t)
	if err != nil && m.fault == "errors of a View" {
		return errors.New("the View failed")
	}
	return err
}

func (m *model) Update(ctx context.Context, f func(roster.Tx) error) error {
	if ctx.Err() != nil && m.fault != "a context that is done" {
		return ctx.Err()
	}
	if m.fault != "one after another" {
		if err := m.wait(ctx); err != nil {
			return err
		}
		defer func() { <-m.writing }()
	}
	base := m.snapshot()
	draft := base.clone()
	t := &modelTx{m: m, ctx: ctx, at: func() *tables { return draft }, head: headOf(draft)}
	returned, panicked := false, false
	var err error
	defer func() {
		t.ended = true
		if m.keeps(ctx, err, returned, panicked) {
			m.commit(base, draft)
		}
	}()
	defer func() {
		if p := recover(); p != nil {
			panicked = true
			panic(p)
		}
	}()
	err = f(t)
	returned = true
	if err == nil && ctx.Err() != nil && m.fault != "a context that is done" {
		err = ctx.Err()
	}
	return err
}

// wait is an Update's wait for the one before it. The context ends it.
func (m *model) wait(ctx context.Context) error {
	if m.fault == "a wait that ends" {
		ctx = context.Background()
	}
	select {
	case m.writing <- struct{}{}: // though the context be done: that is for others to see
		return nil
	default:
	}
	select {
	case m.writing <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// commit makes a draft the account, or, with write skew, the rows that the draft changed.
func (m *model) commit(base, draft *tables) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fault == "one after another" {
		merge(m.now.users, base.users, draft.users)
		merge(m.now.counters, base.counters, draft.counters)
		draft.users, draft.counters = m.now.users, m.now.counters // of what else it holds the last one wins
	}
	m.now = draft
}

// merge copies what differs between two states of a table to a third.
func merge[K comparable, V any](to, was, is map[K]V) {
	for k, v := range is {
		if old, ok := was[k]; !ok || !reflect.DeepEqual(old, v) {
			to[k] = v
		}
	}
	for k := range was {
		if _, ok := is[k]; !ok {
			delete(to, k)
		}
	}
}

// keeps tells whether a draft becomes the account.
func (m *model) keeps(ctx context.Context, err error, returned, panicked bool) bool {
	switch {
	case panicked:
		return m.fault == "rollback on panic"
	case !returned:
		return m.fault == "rollback on exit"
	case err == nil:
		return true
	case ctx.Err() != nil:
		return m.fault == "a context that ends"
	}
	return m.fault == "rollback on error"
}

func headOf(t *tables) roster.Head {
	if len(t.events) == 0 {
		return roster.Head{}
	}
	last := t.events[len(t.events)-1]
	return roster.Head{Seq: last.Seq, Hash: last.Hash}
}

// modelTx is a transaction of a model.
type modelTx struct {
	m     *model
	ctx   context.Context
	at    func() *tables
	head  roster.Head // when the Update began
	view  bool
	ended bool
}

var errRefused = errors.New("model: no such call now")

func (t *modelTx) is(fault string) bool { return t.m.fault == fault }

func (t *modelTx) reading() error {
	if t.ended && !t.is("end of a transaction") {
		return errRefused
	}
	if t.is("a context that is done") {
		return nil
	}
	return t.ctx.Err()
}

func (t *modelTx) writing() (*tables, error) {
	if err := t.reading(); err != nil {
		return nil, err
	}
	if t.view && t.is("no change in a View") {
		return t.at().clone(), nil // lost
	}
	if t.view && !t.ended {
		return nil, errRefused
	}
	return t.at(), nil
}

// found is what a look-up returns.
func found[V any](t *modelTx, v V, ok bool) (none V, err error) {
	if err := t.reading(); err != nil {
		return none, err
	}
	if !ok {
		return none, roster.ErrNotFound
	}
	return v, nil
}

// listed is a page of those rows that match.
func listed[K cmp.Ordered, V any](t *modelTx, rows map[K]V, key func(V) K, after K, limit int, match func(V) bool) ([]V, error) {
	if err := t.reading(); err != nil {
		return nil, err
	}
	if limit < 1 {
		return nil, roster.ErrInvalid
	}
	if t.is("long lists") {
		limit = min(limit, 100)
	}
	var page []V
	for _, v := range slices.SortedFunc(maps.Values(rows), func(a, b V) int { return cmp.Compare(key(a), key(b)) }) {
		if key(v) > after && match(v) && len(page) < limit {
			page = append(page, v)
		}
	}
	var first K
	if t.is("pages") && after != first && len(page) < limit {
		return nil, nil
	}
	return page, nil
}

func all[V any](V) bool { return true }

// userKey is what users are kept under.
func (t *modelTx) userKey(id roster.UserID) roster.UserID {
	if t.is("identifiers") {
		return roster.UserID(strings.ToLower(strings.TrimSpace(string(id))))
	}
	return id
}
