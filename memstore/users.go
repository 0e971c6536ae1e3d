package memstore

import (
	"github.com/seed-8e8abc8d/roster"
)

func (t *tx) User(id roster.UserID) (roster.User, error) {
	return one(t, t.state.users, string(id), userOf)
}

func (t *tx) UserByEmail(email string) (roster.User, error) {
	return t.userBy(t.state.emails, roster.FoldEmail(email))
}

func (t *tx) UserByIdentity(id roster.Identity) (roster.User, error) {
	return t.userBy(t.state.identities, identityKey(id))
}

// userBy finds the user that an index names.
func (t *tx) userBy(names tree[roster.UserID], key string) (roster.User, error) {
	id, ok := names.find(key)
	if !ok {
		if err := t.reading(); err != nil {
			return roster.User{}, err
		}
		return roster.User{}, roster.ErrNotFound
	}
	return t.User(id)
}

func (t *tx) PutUser(u roster.User) error {
	if err := t.writing(); err != nil {
		return err
	}
	if taken(t.state.emails, emailOf(u), u.ID) || taken(t.state.identities, identityOf(u), u.ID) {
		return roster.ErrExists
	}
	old, _ := t.state.users.rows.find(string(u.ID))
	if old != nil {
		t.rename(&t.state.emails, emailOf(old.User), emailOf(u), u.ID)
		t.rename(&t.state.identities, identityOf(old.User), identityOf(u), u.ID)
	} else {
		t.rename(&t.state.emails, "", emailOf(u), u.ID)
		t.rename(&t.state.identities, "", identityOf(u), u.ID)
	}
	role, _ := t.state.roles.rows.find(string(u.Role))
	t.putStanding(roster.NewStanding(u.Clone(), role, old))
	return nil
}

// putStanding stores a user who isn't shared with anybody.
func (t *tx) putStanding(s *roster.Standing) {
	t.state.users.put(t.number, string(s.User.ID), s, userGroups)
	t.changedUsers = append(t.changedUsers, s.User.ID)
}

// taken reports whether somebody else than id is named under key; empty keys name nobody.
func taken(names tree[roster.UserID], key string, id roster.UserID) bool {
	if key == "" {
		return false
	}
	holder, ok := names.find(key)
	return ok && holder != id
}

// rename makes an index name id under a new key instead of an old one; empty keys name nobody.
func (t *tx) rename(names *tree[roster.UserID], was, is string, id roster.UserID) {
	if was == is {
		return
	}
	if was != "" {
		names.unset(t.number, was)
	}
	if is != "" {
		names.set(t.number, is, id)
	}
}

// emailOf is the address under which u is found, or empty.
func emailOf(u roster.User) string {
	if u.Status == roster.StatusDeleted {
		return ""
	}
	return roster.FoldEmail(u.Email)
}

// identityOf is the key under which u is found by identity, or empty.
func identityOf(u roster.User) string {
	if u.Status == roster.StatusDeleted {
		return ""
	}
	return identityKey(u.Identity)
}

func identityKey(id roster.Identity) string {
	if id == (roster.Identity{}) {
		return ""
	}
	return join(id.Issuer, id.Subject)
}

// The groups that users are listed by.
const (
	administrators = "a"
	holders        = "r" // and the role's id
	members        = "d" // and the department's id
)

func userGroups(s *roster.Standing) []string {
	groups := make([]string, 0, 3)
	if s.User.Admin {
		groups = append(groups, administrators)
	}
	if s.User.Role != "" {
		groups = append(groups, holders+string(s.User.Role))
	}
	if s.User.Department != "" {
		groups = append(groups, members+string(s.User.Department))
	}
	return groups
}

func (t *tx) ListUsers(f roster.UserFilter, after roster.UserID, limit int) ([]roster.User, error) {
	rows := t.state.users.all(string(after))
	switch {
	case f.Admins:
		rows = t.state.users.in(administrators, string(after))
	case f.Role != "":
		rows = t.state.users.in(holders+string(f.Role), string(after))
	case f.Department != "":
		rows = t.state.users.in(members+string(f.Department), string(after))
	}
	return list(t, rows, limit, func(s *roster.Standing) bool { return f.Match(s.User) }, userOf)
}

func userOf(s *roster.Standing) roster.User { return s.User.Clone() }
