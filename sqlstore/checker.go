package sqlstore

import (
	"context"
	"strings"

	"github.com/seed-8e8abc8d/roster"
)

// Standing finds a user and their role in one statement, and takes no lock.
func (s *Store) Standing(ctx context.Context, id roster.UserID) (*roster.Standing, error) {
	_, standing, err := s.check(ctx, s.db.checks.standing, nil, string(id))
	return standing, err
}

// Bearer finds a token, its user and their role in one statement, and takes no lock.
func (s *Store) Bearer(ctx context.Context, h roster.TokenHash) (*roster.Token, *roster.Standing, error) {
	return s.check(ctx, s.db.checks.bearer, new(roster.Token), h[:])
}

// check reads the one row that a statement finds. A token is read only into one that is given.
func (s *Store) check(ctx context.Context, query string, token *roster.Token, key any) (*roster.Token, *roster.Standing, error) {
	if err := s.usable(ctx); err != nil {
		return nil, nil, err
	}
	if !storable(key) {
		return nil, nil, roster.ErrNotFound
	}
	var user roster.User
	var role roster.Role
	var holds int64 // whether there is the role
	var into []any
	if token != nil {
		into = s.db.nouns.tokens.into(token)
	}
	into = append(append(into, s.db.nouns.users.into(&user)...), s.db.nouns.roles.into(&role)...)
	into = append(into, scanner(func(src any) (err error) { holds, err = numberOf(src); return err }))
	from := Tx(s.db.reader)
	if s.within != nil {
		from = s.within
	}
	found, err := from.QueryContext(ctx, query, s.account, key)
	if err != nil {
		return nil, nil, because(ctx, "check", err)
	}
	defer found.Close()
	if !found.Next() {
		if err := found.Err(); err != nil {
			return nil, nil, because(ctx, "check", err)
		}
		return nil, nil, roster.ErrNotFound
	}
	if err := found.Scan(into...); err != nil {
		return nil, nil, because(ctx, "check", err)
	}
	var held *roster.RoleStanding
	if holds != 0 {
		held = &roster.RoleStanding{Role: role}
	}
	return token, roster.NewStanding(user, held, nil), because(ctx, "check", found.Err())
}

// checks are the statements of a Checker.
type checks struct{ standing, bearer string }

// joined writes them.
func (db *DB) joined() checks {
	columns := func(as, list string) string {
		_, list, _ = strings.Cut(list, "SELECT ")
		list, _, _ = strings.Cut(list, " FROM ")
		return as + "." + strings.ReplaceAll(list, ", ", ", "+as+".")
	}
	n := db.nouns
	people := columns("u", n.users.sel) + ", " + columns("r", n.roles.sel) + ", r.id IS NOT NULL"
	role := " LEFT JOIN " + db.table("roles") + " r ON r.account = u.account AND r.id = u.role"
	return checks{
		standing: db.engine.rebind("SELECT " + people + " FROM " + db.table("users") + " u" + role + " WHERE u.account = ? AND u.id = ?"),
		bearer: db.engine.rebind("SELECT " + columns("k", n.tokens.sel) + ", " + people + " FROM " + db.table("tokens") + " k JOIN " +
			db.table("users") + " u ON u.account = k.account AND u.id = k.user_id" + role + " WHERE k.account = ? AND k.hash = ?"),
	}
}
