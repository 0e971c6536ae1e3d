package roster

import (
	"cmp"
	"slices"
)

// scratch is a Tx on which a change can be tried inside a View: users who were put are found as they
// would be, and all else that guards don't read again goes nowhere. What it doesn't know how to forget is
// refused by the View.
type scratch struct {
	Tx
	users map[UserID]User
}

// User finds a user as put, else as stored.
func (s *scratch) User(id UserID) (User, error) {
	if u, ok := s.users[id]; ok {
		return u.Clone(), nil
	}
	return s.Tx.User(id)
}

// PutUser keeps u for the reads that follow.
func (s *scratch) PutUser(u User) error {
	if s.users == nil {
		s.users = map[UserID]User{}
	}
	s.users[u.ID] = u.Clone()
	return nil
}

// ListUsers lists users as put in place of those stored.
func (s *scratch) ListUsers(f UserFilter, after UserID, limit int) ([]User, error) {
	if limit < 1 || len(s.users) == 0 {
		return s.Tx.ListUsers(f, after, limit)
	}
	page, err := s.Tx.ListUsers(f, after, limit+len(s.users)) // as many may fall out of it
	page = slices.DeleteFunc(page, func(u User) bool { _, put := s.users[u.ID]; return put })
	for id, u := range s.users {
		if id > after && f.Match(u) {
			page = append(page, u.Clone())
		}
	}
	slices.SortFunc(page, func(a, b User) int { return cmp.Compare(a.ID, b.ID) })
	return page[:min(len(page), limit)], err
}

// DeleteCredential forgets the change.
func (s *scratch) DeleteCredential(UserID) error { return nil }

// PutLetter forgets the change.
func (s *scratch) PutLetter(Letter) error { return nil }

// AppendEvent forgets the change.
func (s *scratch) AppendEvent(Event) error { return nil }
