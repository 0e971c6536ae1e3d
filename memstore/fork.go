package memstore

import "github.com/seed-8e8abc8d/roster"

// Fork makes a second store that begins as s is now, as the last commit left it. From then on they are two
// accounts: changes of one are never seen in the other. It takes no lock and copies a pointer, however much is
// stored: what neither side changes is shared, and the first event that a fork writes copies the trail.
//
// A fork is a whole Store: it can be changed, forked and used by many goroutines. Its checks look rows up as
// Views do, without a lock but without an index either: they are slower among many users.
//
// Tests that need the same account many times fill one store and give each case a fork of it.
func (s *Store) Fork() *Store {
	f := &Store{fork: true}
	if now := s.committed.Load(); now != nil {
		begin := *now
		// Both sides append: without room behind the end neither writes where the other does.
		begin.events = begin.events[:len(begin.events):len(begin.events)]
		f.committed.Store(&begin)
		f.updates = begin.number
	}
	return f
}

// row finds a fork's row in what was committed last; the zero state has none.
func (s *Store) row(id roster.UserID) *roster.Standing {
	now := s.committed.Load()
	if now == nil {
		return nil
	}
	found, _ := now.users.rows.find(string(id))
	return found
}

// token finds a fork's token in what was committed last.
func (s *Store) token(h roster.TokenHash) *roster.Token {
	now := s.committed.Load()
	if now == nil {
		return nil
	}
	found, _ := now.hashes.find(string(h[:]))
	return found
}
