// Package memstore keeps an account in memory: the reference store, for tests, for small tools, and
// for services that load their users at start. It is exact: every promise of roster.Store holds,
// storetest.Run proves it, and nothing survives the process.
//
// Views never wait for Updates nor hold them up. Checks by user id and by token (roster.Checker) take
// no lock and allocate nothing. Listing users by administrators, role or department, and tokens by
// user, family or integration, looks only at those; other filters look at all rows.
package memstore

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/seed-8e8abc8d/roster"
)

// Store is one account in memory. The zero Store is empty and ready; it must not be copied. It
// implements roster.Store and roster.Checker. All methods are safe for concurrent use.
type Store struct {
	once    sync.Once
	writing chan struct{} // holds one element while an Update runs
	updates uint64        // the number of the last Update that began; guarded by writing
	fork    bool          // made by Fork: checks look into committed, and the indexes stay empty

	committed atomic.Pointer[state]
	standings index[roster.Standing]
	bearers   index[roster.Token]
}

var (
	_ roster.Store   = (*Store)(nil)
	_ roster.Checker = (*Store)(nil)
)

// state is everything at one instant. Copying it makes a draft: its trees copy what they change.
type state struct {
	number      uint64 // of the Update that committed it: no node in its trees has a higher one
	users       table[roster.Standing]
	emails      tree[roster.UserID] // by folded address, of users who aren't deleted
	identities  tree[roster.UserID] // by issuer and subject, of users who aren't deleted
	departments table[roster.Department]
	roles       table[roster.RoleStanding]
	credentials table[roster.Credential]
	tokens      table[roster.Token]
	hashes      tree[*roster.Token]
	letters     table[roster.Letter]
	counters    table[roster.Counter]
	runs        table[roster.Run]
	entries     tree[*roster.Entry] // by join(run, ordinal)
	// events is only ever appended to, by one Update at a time. A draft may overwrite what a failed
	// one left behind the committed end, which no View looks at.
	events []roster.Event
}

// View runs f on the account as the last commit left it. It neither waits nor makes others wait.
func (s *Store) View(ctx context.Context, f func(roster.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	t := &tx{ctx: ctx, readOnly: true}
	if now := s.committed.Load(); now != nil {
		t.state = *now
	}
	defer t.ended.Store(true)
	return f(t)
}

// Update runs f once, on a draft that becomes the account when f and the context agree. Whatever else
// ends f, a panic or runtime.Goexit included, the draft is dropped. A context that ends while another
// Update runs ends the wait.
func (s *Store) Update(ctx context.Context, f func(roster.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.once.Do(func() { s.writing = make(chan struct{}, 1) })
	select {
	case s.writing <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-s.writing }()
	s.updates++
	t := &tx{ctx: ctx, number: s.updates}
	if now := s.committed.Load(); now != nil {
		t.state = *now
	}
	defer t.ended.Store(true)
	if err := f(t); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	s.commit(t)
	return nil
}

// commit makes t's draft the account. Standings are published before tokens, and both before the rest:
// a check that finds a new token finds its user at least as new, and whoever has seen the commit in
// a View finds it in every check from then on.
func (s *Store) commit(t *tx) {
	t.ended.Store(true)
	if !s.fork {
		s.index(t)
	}
	now := t.state
	now.number = t.number
	s.committed.Store(&now)
}

// index tells the checks what t changed.
func (s *Store) index(t *tx) {
	for _, id := range t.changedUsers {
		if now, ok := t.state.users.rows.find(string(id)); ok {
			s.standings.put(hashID(id), s.standing(id), now, hashStanding)
		}
	}
	for _, h := range t.changedHashes {
		now, ok := t.state.hashes.find(string(h[:]))
		switch old := s.bearer(h); {
		case ok:
			s.bearers.put(hashHash(h), old, now, hashToken)
		case old != nil:
			s.bearers.remove(hashHash(h), old)
		}
	}
}
