package main

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
)

// TestL4_TenTablesInTwentyLines counts what newcomers are told.
func TestL4_TenTablesInTwentyLines(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "roster.go", nil, 0)
	is.NoErr(err)
	lines, tables := 0, 0
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == "kinds" {
			lines = fset.Position(f.Body.Rbrace).Line - fset.Position(f.Body.Lbrace).Line - 1
			ast.Inspect(f.Body, func(n ast.Node) bool {
				if c, ok := n.(*ast.CompositeLit); ok {
					if s, ok := c.Type.(*ast.SelectorExpr); ok && s.Sel.Name == "Table" {
						tables++
					}
				}
				return true
			})
		}
	}
	is.Equal(tables, 10)
	is.True(0 < lines && lines <= 20)
}

// TestL4_WhatATableLacksIsToldAtStart takes an index and a column away.
func TestL4_WhatATableLacksIsToldAtStart(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, where ...string) {
		is := is.New(t)
		c := fresh(t, where...)
		for _, s := range []string{"DROP INDEX notes_owner", "ALTER TABLE tasks RENAME COLUMN done TO ready"} {
			_, err := c.db.Writer().ExecContext(t.Context(), s)
			is.NoErr(err)
		}
		_, err := c.kinds(t.Context())
		is.True(errors.Is(err, roster.ErrInvalid))
		for _, want := range []string{`the table tasks has no column done`, `ON "notes" ("owner", "id")`} {
			is.True(strings.Contains(err.Error(), want)) // both, at once
		}
	})
}

// TestR14_TheListIsWhatIsAllowed compares the query with Condition.Match on every deal.
func TestR14_TheListIsWhatIsAllowed(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, where ...string) {
		is := is.New(t)
		ctx, system := t.Context(), roster.System("test")
		c := fresh(t, where...)
		is.NoErr(c.openDesk(ctx))
		_, err := c.db.Writer().ExecContext(ctx, "UPDATE deals SET owner = NULL WHERE id % 10 = 0")
		is.NoErr(err)
		_, err = c.db.Writer().ExecContext(ctx, "UPDATE deals SET stage = CASE id % 2 WHEN 0 THEN '' ELSE 'unheard of' END WHERE id % 7 = 0")
		is.NoErr(err)
		_, err = c.r.Apply(ctx, system,
			roster.SetRights{User: "sid", Rights: roster.Rights{"deal:view": roster.Own, "deal:view@lost": roster.InDepartment}},
			roster.SetRights{User: "vera", Rights: roster.Rights{"deal:view": roster.Denied, "deal:view@won": roster.Denied}})
		is.NoErr(err)
		department, got, want := map[roster.UserID]roster.DepartmentID{}, map[roster.UserID]int{}, map[roster.UserID]int{}
		for u, err := range c.r.Users(ctx, system, roster.UserFilter{}, "") {
			is.NoErr(err)
			department[u.ID] = u.Department
		}
		deals, err := c.db.Reader().QueryContext(ctx, "SELECT stage, coalesce(owner, '') FROM deals")
		is.NoErr(err)
		defer deals.Close()
		var all []roster.Record
		for deals.Next() {
			var rec roster.Record
			is.NoErr(deals.Scan(&rec.Part, &rec.Owner))
			rec.Department = department[rec.Owner]
			all = append(all, rec)
		}
		is.NoErr(deals.Err())
		for user, dept := range department {
			may, err := c.r.Permissions(ctx, user)
			is.NoErr(err)
			condition := may.Condition(c.r.Schema().MustRight("deal:view"))
			want[user] = 0
			for _, rec := range all {
				if condition.Match(user, dept, rec) {
					want[user]++
				}
			}
			got[user], err = c.visible(ctx, user)
			is.NoErr(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("deals by who may see them (-want +got):\n%s", diff)
		}
		is.Equal(want["ada"], len(all)) // an administrator, all
		is.Equal(want["vera"], 0)       // denied, none
		is.True(0 < want["sid"] && want["sid"] < want["leo"])
	})
}

// TestL18_NoDealForWhoLeaves assigns a deal to whoever may receive it, and to nobody else.
func TestL18_NoDealForWhoLeaves(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, where ...string) {
		is := is.New(t)
		c := fresh(t, where...)
		is.NoErr(c.openDesk(t.Context()))
		owner := func() (id string) {
			is.NoErr(c.db.Reader().QueryRowContext(t.Context(), "SELECT owner FROM deals WHERE id = 7").Scan(&id))
			return id
		}
		is.NoErr(c.assign(t.Context(), 7, "sid"))
		is.Equal(owner(), "sid")
		_, err := c.dismiss(t.Context(), "tom")
		is.NoErr(err)
		is.True(errors.Is(c.assign(t.Context(), 7, "tom"), roster.ErrState)) // he isn't active
		is.Equal(owner(), "sid")
	})
}

// TestL22_DismissedInOneTransaction dismisses somebody, and fails to dismiss an administrator.
func TestL22_DismissedInOneTransaction(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, where ...string) {
		is := is.New(t)
		c := fresh(t, where...)
		active := func(id string) (n int) {
			is.NoErr(c.db.Reader().QueryRowContext(t.Context(), "SELECT count(*) FROM webhooks WHERE owner = $1 AND active", id).Scan(&n))
			return n
		}
		_, err := c.db.Writer().ExecContext(t.Context(), "UPDATE webhooks SET active = TRUE")
		is.NoErr(err)
		before := active("tom")
		off, err := c.dismiss(t.Context(), "tom")
		is.NoErr(err)
		is.Equal(off, int64(before)) // all of his
		is.Equal(active("tom"), 0)
		is.Equal(status(t.Context(), t, c, "tom"), roster.StatusInactive)
		before = active("ada")
		_, err = c.dismiss(t.Context(), administrator)
		is.True(errors.Is(err, roster.ErrSelf))
		is.Equal(active("ada"), before) // and nothing is switched off
	})
}
