package report_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/report"
)

// crowd is a roster full of random people, and what is known of them.
type crowd struct {
	*roster.Roster
	tb    testing.TB
	store *memstore.Store
	at    time.Time // its clock
	users []roster.User
	roles map[roster.RoleID]roster.Rights
}

var (
	host  = roster.System("test")
	words = []string{"deal:view", "deal:edit", "deal:export", "deal:view@won", "contact:view", "contact:export", "users:manage", "users:delete", "trail:read", "mail:use"}
)

// newCrowd makes a roster of n random users in two departments, the first of them an administrator.
func newCrowd(tb testing.TB, seed uint64, n int) *crowd {
	tb.Helper()
	c := &crowd{tb: tb, store: new(memstore.Store), at: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC), roles: map[roster.RoleID]roster.Rights{}}
	schema := roster.CRMSchema()
	var err error
	if c.Roster, err = roster.New(c.store, schema, roster.Config{Now: func() time.Time { return c.at }}); err != nil {
		tb.Fatal(err)
	}
	if err := schema.AddParts("deal", roster.Part{Name: "won"}); err != nil {
		tb.Fatal(err)
	}
	rnd := rand.New(rand.NewPCG(seed, 2))
	rights := func(most int) roster.Rights {
		set := roster.Rights{}
		for range rnd.IntN(most + 1) {
			text := words[rnd.IntN(len(words))]
			if set[text] = roster.Scope(1 + rnd.IntN(4)); schema.Check(roster.Rights{text: set[text]}) != nil {
				set[text] = roster.All
			}
		}
		return set
	}
	changes := []roster.Change{roster.CreateDepartment{ID: "d", Name: "Отдел Д"}, roster.CreateDepartment{ID: "e", Name: "Department E"}}
	for i := range 3 {
		id := roster.RoleID(fmt.Sprint("role", i))
		c.roles[id] = rights(6)
		changes = append(changes, roster.CreateRole{ID: id, Name: fmt.Sprint("Role ", i), Rights: c.roles[id]})
	}
	for i := range n {
		u := roster.User{
			ID: roster.UserID(fmt.Sprintf("u%06d", i)), FirstName: []string{"Анна", "Boris", "Вера"}[rnd.IntN(3)], LastName: fmt.Sprint("N", rnd.IntN(n)),
			Department: []roster.DepartmentID{"d", "e"}[rnd.IntN(2)], Free: rnd.IntN(4) == 0, Admin: i == 0 || rnd.IntN(20) == 0,
			Status:  []roster.Status{roster.StatusActive, roster.StatusActive, roster.StatusActive, roster.StatusInactive, roster.StatusInvited}[rnd.IntN(5)],
			Created: c.at.Add(-time.Duration(rnd.IntN(500)) * 24 * time.Hour),
			Role:    []roster.RoleID{"", "role0", "role1", "role2"}[rnd.IntN(4)],
		}
		if rnd.IntN(3) == 0 {
			u.Rights = rights(4)
		}
		if rnd.IntN(2) == 0 {
			u.LastSeen = u.Created.Add(time.Duration(rnd.IntN(int(c.at.Sub(u.Created)/time.Hour)+1)) * time.Hour)
		}
		if rnd.IntN(6) == 0 {
			u.EndDate = c.at.Add(time.Duration(rnd.IntN(40)-20) * 24 * time.Hour)
		}
		if i == 0 {
			u.Status, u.EndDate = roster.StatusActive, time.Time{}
		}
		c.users = append(c.users, u)
		changes = append(changes, roster.ImportUser{User: u})
	}
	if _, err := c.Apply(tb.Context(), host, changes...); err != nil {
		tb.Fatal(err)
	}
	return c
}

// permissions are what a user holds while active, by the rules alone.
func (c *crowd) permissions(u roster.User) *roster.Permissions {
	return roster.Resolve(c.Schema(), roster.Grants{Admin: u.Admin, Individual: u.Rights, Role: c.roles[u.Role]})
}

// all is a choice of everybody.
func (c *crowd) all() report.Choice { return report.Choice{Now: c.at, Limit: 1_000_000} }

// maker is a function that makes one of the reports.
type maker struct {
	name string
	make func(context.Context, *roster.Roster, roster.Actor, report.Choice) (fmt.Stringer, error)
}

// makers are all of them.
func makers() []maker {
	return []maker{
		{"WhoDeletes", made(report.WhoDeletes)},
		{"WhoHoldsWhat", made(report.WhoHoldsWhat)},
		{"WhoHolds", made(func(ctx context.Context, r *roster.Roster, a roster.Actor, c report.Choice) (report.Holders, error) {
			return report.WhoHolds(ctx, r, a, "deal:export", c)
		})},
		{"WhoDiffers", made(report.WhoDiffers)},
		{"WhatSeatsCost", made(report.WhatSeatsCost)},
		{"WhoIsUnseen", made(func(ctx context.Context, r *roster.Roster, a roster.Actor, c report.Choice) (report.Unseen, error) {
			return report.WhoIsUnseen(ctx, r, a, 90*24*time.Hour, c)
		})},
		{"WhoHasEnded", made(report.WhoHasEnded)},
		{"WhatIsParked", made(report.WhatIsParked)},
	}
}

func made[T fmt.Stringer](f func(context.Context, *roster.Roster, roster.Actor, report.Choice) (T, error)) func(context.Context, *roster.Roster, roster.Actor, report.Choice) (fmt.Stringer, error) {
	return func(ctx context.Context, r *roster.Roster, a roster.Actor, c report.Choice) (fmt.Stringer, error) {
		return f(ctx, r, a, c)
	}
}
