package report_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/offboard"
	"github.com/seed-8e8abc8d/roster/report"
)

// day is an instant of the first of these tests' days.
var day = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)

// staff is a roster of named people, without random.
func staff(t *testing.T) *crowd {
	t.Helper()
	c := newCrowd(t, 0, 0)
	person := func(id roster.UserID, department roster.DepartmentID, change func(*roster.User)) roster.Change {
		u := roster.User{ID: id, FirstName: strings.ToUpper(string(id)), Department: department, Status: roster.StatusActive}
		if change != nil {
			change(&u)
		}
		return roster.ImportUser{User: u}
	}
	_, err := c.Apply(t.Context(), host,
		person("ada", "d", func(u *roster.User) { u.Admin = true }),
		person("max", "d", func(u *roster.User) { u.Rights = roster.Rights{"users:manage": roster.All} }),
		person("ben", "d", nil), person("sue", "e", nil), person("tom", "e", nil), person("ina", "e", nil))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// apply applies changes a day later.
func (c *crowd) apply(by roster.UserID, changes ...roster.Change) {
	c.tb.Helper()
	c.at = c.at.Add(24 * time.Hour)
	if _, err := c.Apply(c.tb.Context(), roster.As(by), changes...); err != nil {
		c.tb.Fatal(err)
	}
}

// TestW2_R8_WhoDeletesUsersAndWhoGaveIt gives the right in every way that there is.
func TestW2_R8_WhoDeletesUsersAndWhoGaveIt(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	c := staff(t)
	c.apply("ada", roster.GrantDeleteUsers{User: "ben"}) // taken back, and given again by somebody else
	c.apply("ada", roster.GrantAdministrator{User: "sue"})
	c.apply("sue", roster.WithdrawDeleteUsers{User: "ben"})
	c.apply("sue", roster.GrantDeleteUsers{User: "ben"}, roster.CreateRole{ID: "hr", Name: "HR", Rights: roster.Rights{"users:delete": roster.All}})
	c.apply("ada", roster.SetRole{User: "tom", Role: "hr"}, roster.SetRole{User: "ina", Role: "hr"})
	c.apply("sue", roster.Deactivate{User: "ina"})
	got, err := report.WhoDeletes(t.Context(), c.Roster, roster.As("ada"), report.Choice{Now: c.at})
	is.NoErr(err)
	at := func(days int) time.Time { return day.Add(time.Duration(days) * 24 * time.Hour) }
	row := func(id, department string, source roster.Source, role string, g report.Grant) report.Holder {
		return report.Holder{Person: report.Person{ID: roster.UserID(id), Name: strings.ToUpper(id), Department: department, Status: roster.StatusActive},
			CanAct: true, Scope: roster.All, Given: roster.All, Source: source, Role: role, Grant: &g}
	}
	ina := row("ina", "Department E", roster.FromRole, "HR", report.Grant{At: at(5), By: "ada", Name: "ADA"})
	ina.Status, ina.CanAct = roster.StatusInactive, false
	want := report.Deleters{Trail: true, Holders: report.Holders{Made: c.at, Right: "users:delete", CanAct: 4, CannotAct: 1, Users: report.List[report.Holder]{Rows: []report.Holder{
		row("ada", "Отдел Д", roster.FromAdministrator, "", report.Grant{At: at(0), System: "test"}),
		row("sue", "Department E", roster.FromAdministrator, "", report.Grant{At: at(2), By: "ada", Name: "ADA"}),
		row("ben", "Отдел Д", roster.FromIndividual, "", report.Grant{At: at(4), By: "sue", Name: "SUE"}),
		row("tom", "Department E", roster.FromRole, "HR", report.Grant{At: at(5), By: "ada", Name: "ADA"}),
		ina,
	}}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("who deletes (-want +got):\n%s", diff)
	}
	got, err = report.WhoDeletes(t.Context(), c.Roster, roster.As("max"), report.Choice{Now: c.at, Department: "e"})
	is.NoErr(err)
	is.True(!got.Trail && got.Users.Len() == 3)                                                // without trail:read, of one department
	is.True(strings.Contains(got.String(), "needs trail:read"))                                // it says why the giver is missing
	is.True(strings.HasPrefix(got.String(), "Who may delete users: 2 users, and 1 who can't")) // and of whom it tells
	is.Equal(got.About, "Department E")
}

// TestW2_L17_WhatIsParked parks two deletions, one of them twice.
func TestW2_L17_WhatIsParked(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	c := staff(t)
	deals, tasks := new(memstore.Records), new(memstore.Records)
	kinds := []offboard.Kind{{Name: "deal", Holdings: deals}, {Name: "task", Holdings: tasks}}
	for _, k := range c.Schema().Kinds() {
		if k.Name != "deal" && k.Name != "task" {
			kinds = append(kinds, offboard.Kind{Name: k.Name, Exempt: "not here"})
		}
	}
	desk, err := offboard.New(c.Roster, kinds...)
	is.NoErr(err)
	ada := roster.As("ada")
	start := func(leaver roster.UserID) roster.Run {
		for i := range 3 {
			is.NoErr(deals.Put(memstore.Record{ID: fmt.Sprint(leaver, i), Owner: leaver, Open: true}))
		}
		req := roster.Request{Leaver: leaver, Rules: []roster.Rule{{Kind: "deal", Do: roster.GiveTo, To: []roster.UserID{"ada"}}}}
		plan, err := desk.Assess(t.Context(), ada, req)
		is.NoErr(err)
		run, err := desk.Start(t.Context(), ada, req, plan.Digest)
		is.NoErr(err)
		return run
	}
	park := func(id roster.RunID) {
		c.at = c.at.Add(24 * time.Hour)
		_, err := desk.Work(t.Context(), id, nil)
		is.True(errors.Is(err, roster.ErrParked))
	}
	ben := start("ben")
	is.NoErr(tasks.Put(memstore.Record{ID: "late", Owner: "ben", Open: true})) // no rule covers it
	park(ben.ID)
	tom := start("tom")
	is.NoErr(tasks.Put(memstore.Record{ID: "later", Owner: "tom", Open: true}))
	park(tom.ID)
	start("ina") // at work
	_, err = desk.Retry(t.Context(), ada, ben.ID)
	is.NoErr(err)
	park(ben.ID) // again: the last time counts
	got, err := report.WhatIsParked(t.Context(), c.Roster, ada, report.Choice{Now: c.at})
	is.NoErr(err)
	row := func(run roster.Run, name, department string, started, since int) report.ParkedRun {
		return report.ParkedRun{Run: run.ID, Leaver: report.Person{ID: run.Leaver, Name: name, Department: department, Status: roster.StatusLeaving},
			Reason: "task: 1 record that no rule covers", Started: day.Add(time.Duration(started) * 24 * time.Hour), Since: day.Add(time.Duration(since) * 24 * time.Hour), Moved: 3, Count: 3}
	}
	want := report.Parked{Made: c.at, Working: 1, Trail: true, Runs: report.List[report.ParkedRun]{Rows: []report.ParkedRun{
		row(ben, "BEN", "Отдел Д", 0, 3), row(tom, "TOM", "Department E", 1, 2),
	}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("parked (-want +got):\n%s", diff)
	}
	got, err = report.WhatIsParked(t.Context(), c.Roster, roster.As("max"), report.Choice{Now: c.at, Limit: 1})
	is.NoErr(err)
	is.Equal(got.Runs.Rows[0].Run, ben.ID) // the first one started
	is.Equal(got.Runs.More, 1)
	is.True(got.Runs.Rows[0].Since.IsZero()) // without trail:read
	is.True(strings.Contains(got.String(), "started 2026-11-02"))
	got, err = report.WhatIsParked(t.Context(), c.Roster, ada, report.Choice{Now: c.at, Department: "d"})
	is.NoErr(err)
	is.Equal([]int{got.Runs.Len(), got.Working}, []int{1, 0}) // the leaver's department counts

	_, err = desk.Lift(t.Context(), ada, ben.ID, "stays")
	is.NoErr(err)
	eve := roster.User{ID: "eve", FirstName: "Eve", LastName: "E", Email: "eve@example.com", Department: "d", Admin: true, Status: roster.StatusActive, EndDate: c.at.Add(time.Hour)}
	_, err = c.Apply(t.Context(), roster.System("test"), roster.ImportUser{User: eve})
	is.NoErr(err)
	again, err := desk.Correct(t.Context(), ada, roster.Correction{Run: ben.ID, To: "eve"})
	is.NoErr(err)
	park(again.ID) // eve's account has ended by then
	got, err = report.WhatIsParked(t.Context(), c.Roster, ada, report.Choice{Now: c.at, Department: "d"})
	is.NoErr(err)
	is.Equal(got.Runs.Rows[0].Corrects, ben.ID) // no deletion: nobody waits between leaving and deleted
}
