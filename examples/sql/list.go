package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/seed-8e8abc8d/roster"
)

// deals counts the deals that somebody may see, by a query whose condition their rights are: what it finds is what
// Roster.Can allows, deal by deal.
func (c *crm) deals(ctx context.Context, user roster.UserID) (n int, err error) {
	may, err := c.r.Permissions(ctx, user)
	if err != nil {
		return 0, err
	}
	w := where{user: user}
	if w.colleagues, err = c.colleagues(ctx, user); err != nil {
		return 0, err
	}
	query := "SELECT count(*) FROM deals WHERE " + w.of(may.Condition(c.r.Schema().MustRight("deal:view")))
	return n, c.db.Reader().QueryRowContext(ctx, query, w.args...).Scan(&n)
}

// colleagues are all of somebody's department, whatever their status, themselves included.
func (c *crm) colleagues(ctx context.Context, user roster.UserID) (ids []roster.UserID, err error) {
	system := roster.System("list of deals")
	u, err := c.r.User(ctx, system, user)
	if err != nil || u.Department == "" {
		return []roster.UserID{user}, err
	}
	for u, err := range c.r.Users(ctx, system, roster.UserFilter{Department: u.Department, Deleted: true}, "") {
		if err != nil {
			return nil, err
		}
		ids = append(ids, u.ID)
	}
	return ids, nil
}

// where makes SQL of a condition on a table with the columns owner and stage, which are indexed.
type where struct {
	user       roster.UserID
	colleagues []roster.UserID
	args       []any // of the SQL
}

// of is the condition as SQL.
func (w *where) of(c roster.Condition) string {
	if c.AnyPart {
		return w.reach(c.Base)
	}
	same := slices.DeleteFunc(slices.Clone(c.Known), func(part string) bool { _, differs := c.Parts[part]; return differs })
	terms := []string{"stage IN (" + bind(w, append(same, "")) + ") AND " + w.reach(c.Base)}
	for _, part := range slices.Sorted(maps.Keys(c.Parts)) {
		terms = append(terms, "stage = "+bind(w, []string{part})+" AND "+w.reach(c.Parts[part]))
	}
	return strings.Join(terms, " OR ")
}

// reach is whose deals a scope reaches.
func (w *where) reach(s roster.Scope) string {
	switch s {
	case roster.All:
		return "TRUE"
	case roster.InDepartment:
		return "owner IN (" + bind(w, w.colleagues) + ")"
	case roster.Own:
		return "owner = " + bind(w, []roster.UserID{w.user})
	}
	return "FALSE"
}

// bind adds arguments, and is how the SQL calls them: $1, $2, in both engines.
func bind[T ~string](w *where, values []T) string {
	var list []string
	for _, v := range values {
		w.args = append(w.args, string(v))
		list = append(list, fmt.Sprintf("$%d", len(w.args)))
	}
	return strings.Join(list, ", ")
}
