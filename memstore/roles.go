package memstore

import (
	"slices"

	"github.com/seed-8e8abc8d/roster"
)

func roleOf(s *roster.RoleStanding) roster.Role { return s.Role.Clone() }

func (t *tx) Role(id roster.RoleID) (roster.Role, error) {
	return one(t, t.state.roles, string(id), roleOf)
}

func (t *tx) AddRole(r roster.Role) error {
	if err := t.writing(); err != nil {
		return err
	}
	if _, taken := t.state.roles.rows.find(string(r.ID)); taken {
		return roster.ErrExists
	}
	s := &roster.RoleStanding{Role: r.Clone()}
	t.state.roles.put(t.number, string(r.ID), s, ungrouped)
	t.rerole(r.ID, s)
	return nil
}

func (t *tx) DeleteRole(id roster.RoleID) error {
	if err := t.writing(); err != nil {
		return err
	}
	t.state.roles.remove(t.number, string(id), ungrouped)
	t.rerole(id, nil)
	return nil
}

// rerole gives the holders of a role that appeared or went a new standing, so that checks answer
// from what is stored. Orderly callers move the holders first, and there are none.
func (t *tx) rerole(id roster.RoleID, role *roster.RoleStanding) {
	if id == "" {
		return
	}
	for _, s := range slices.Collect(t.state.users.in(holders+string(id), "")) {
		t.putStanding(roster.NewStanding(s.User, role, s))
	}
}

func (t *tx) ListRoles(after roster.RoleID, limit int) ([]roster.Role, error) {
	return list(t, t.state.roles.all(string(after)), limit, every, roleOf)
}
