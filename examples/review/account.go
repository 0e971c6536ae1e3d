package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/amocrm"
	"github.com/seed-8e8abc8d/roster/internal/account"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/offboard"
)

// company is the account that is reported on.
type company struct {
	r      *roster.Roster
	now    time.Time // its clock
	admin  roster.UserID
	deputy roster.UserID
	people []roster.UserID // everybody, by id
}

// open imports a made-up account and lets some months pass.
func open(ctx context.Context, seed uint64) (*company, error) {
	c := &company{now: time.Date(2026, 1, 12, 9, 0, 0, 0, time.UTC)}
	var err error
	if c.r, err = roster.New(new(memstore.Store), roster.CRMSchema(), roster.Config{Now: func() time.Time { return c.now }}); err != nil {
		return nil, err
	}
	if err := c.load(ctx, account.Make(seed, account.Size{})); err != nil {
		return nil, err
	}
	return c, c.live(ctx)
}

// load brings in the account's roles and users, with what the host knows of their last sign-ins.
func (c *company) load(ctx context.Context, made *account.Account) error {
	files := map[string][]byte{}
	for name, body := range made.Files() {
		if files[name] = body; name == "users.json" {
			break // records aren't needed
		}
	}
	source := func(name string) []amocrm.Source {
		return []amocrm.Source{{Name: name, Body: bytes.NewReader(files[name])}}
	}
	imported, err := amocrm.Read(source("roles.json"), source("users.json"))
	if err != nil {
		return err
	}
	for i := range imported.Users {
		u := &imported.Users[i]
		if c.people = append(c.people, u.ID); u.Status == roster.StatusInvited && i%13 != 12 {
			u.Status = roster.StatusActive // they have signed in before
		}
		u.Created = c.now.AddDate(-1, 0, -11*i)
		if seen := c.now.AddDate(0, 9, 20-i%7); u.Status == roster.StatusActive && i%9 != 8 {
			u.LastSeen = seen.Add(time.Duration(i) * 17 * time.Minute)
		} else if i%2 == 0 && u.Status != roster.StatusInvited {
			u.LastSeen = c.now.AddDate(0, 0, -9*i)
		}
	}
	changes, err := imported.Prepare(ctx, c.r, roster.System("import"))
	if err == nil {
		_, err = c.r.Apply(ctx, roster.System("import"), changes...)
	}
	c.admin, c.deputy = id(made.Owner), id(made.Deputy)
	return err
}

// id is a user's id here.
func id(n int64) roster.UserID { return roster.UserID(fmt.Sprint(n)) }

// later is what an administrator does after some days.
func (c *company) later(ctx context.Context, days int, by roster.UserID, changes ...roster.Change) error {
	c.now = c.now.AddDate(0, 0, days)
	_, err := c.r.Apply(ctx, roster.As(by), changes...)
	return err
}

// live lets months pass: rights are given and narrowed, a role for the personnel department comes, people
// leave.
func (c *company) live(ctx context.Context) error {
	p := c.people
	for _, step := range []struct {
		days    int
		by      roster.UserID
		changes []roster.Change
	}{
		{9, c.admin, []roster.Change{roster.GrantDeleteUsers{User: p[5]}}},
		{24, c.deputy, []roster.Change{
			roster.SetRights{User: p[9], Rights: roster.Rights{"deal:export": roster.All, "contact:export": roster.All}},
			roster.SetRights{User: p[10], Rights: roster.Rights{"deal:export": roster.Denied, "mail:use": roster.Denied}},
		}},
		{40, c.admin, []roster.Change{
			roster.CreateRole{ID: "personnel", Name: "Кадры", Rights: roster.Rights{
				"users:manage": roster.All, "users:deactivate": roster.All, "users:delete": roster.All, "trail:read": roster.All}},
			roster.SetRole{User: p[16], Role: "personnel"}, roster.SetRole{User: p[21], Role: "personnel"},
		}},
		{31, c.deputy, []roster.Change{
			roster.EditUser{User: p[13], EndDate: new(time.Date(2026, 6, 30, 18, 0, 0, 0, time.UTC))},
			roster.EditUser{User: p[18], EndDate: new(time.Date(2026, 9, 30, 18, 0, 0, 0, time.UTC))},
			roster.EditUser{User: p[22], EndDate: new(time.Date(2027, 3, 31, 18, 0, 0, 0, time.UTC))},
		}},
		{75, c.admin, []roster.Change{roster.Deactivate{User: p[21], Reason: "parental leave"}}},
		{60, c.deputy, []roster.Change{roster.Deactivate{User: p[25], Reason: "left"}, roster.Deactivate{User: p[30], Reason: "left"}}},
	} {
		if err := c.later(ctx, step.days, step.by, step.changes...); err != nil {
			return err
		}
	}
	c.now = c.now.AddDate(0, 0, 34)
	if err := c.leave(ctx, p[25]); err != nil {
		return err
	}
	c.now = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	return nil
}

// leave deletes a user whose deals go to the administrator. A task comes in after the fence, for which no
// rule says what to do: the run parks.
func (c *company) leave(ctx context.Context, leaver roster.UserID) error {
	deals, tasks := new(memstore.Records), new(memstore.Records)
	for i := range 120 {
		if err := deals.Put(memstore.Record{ID: fmt.Sprintf("d%03d", i), Owner: leaver, Open: true}); err != nil {
			return err
		}
	}
	kinds := []offboard.Kind{{Name: "deal", Holdings: deals}, {Name: "task", Holdings: tasks}}
	for _, k := range c.r.Schema().Kinds() {
		if k.Name != "deal" && k.Name != "task" {
			kinds = append(kinds, offboard.Kind{Name: k.Name, Exempt: "not part of this example"})
		}
	}
	desk, err := offboard.New(c.r, kinds...)
	if err != nil {
		return err
	}
	by := roster.As(c.admin)
	request := roster.Request{Leaver: leaver, Reason: "left", Rules: []roster.Rule{{Kind: "deal", Do: roster.GiveTo, To: []roster.UserID{c.admin}}}}
	plan, err := desk.Assess(ctx, by, request)
	if err != nil {
		return err
	}
	started, err := desk.Start(ctx, by, request, plan.Digest)
	if err != nil {
		return err
	}
	if err := tasks.Put(memstore.Record{ID: "t1", Owner: leaver, Open: true}); err != nil {
		return err
	}
	if _, err = desk.Work(ctx, started.ID, nil); !errors.Is(err, roster.ErrParked) {
		return fmt.Errorf("the run should have parked: %v", err)
	}
	return nil
}
