package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/amocrm"
	"github.com/seed-8e8abc8d/roster/internal/account"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/offboard"
)

// crm is the host: its people in a roster, its records in memory.
type crm struct {
	r       *roster.Roster
	kinds   []offboard.Kind
	users   map[roster.UserID]roster.User
	owners  int                             // records and acting things in all
	acting  []account.Integration           //
	records map[string]*memstore.Records    // by kind
	letters map[roster.UserID]roster.Secret // what the post brought
	gone    []amocrm.Dangling               // owners whom the account no longer knows
}

// password is everybody's here; a demonstration needs no secrets and no full work factor.
const password = "a demonstration password"

// open imports an account: roles and users into a roster, records into memory.
func open(ctx context.Context, dir string, t terminal) (*crm, error) {
	c := &crm{users: map[roster.UserID]roster.User{}, records: map[string]*memstore.Records{}, letters: map[roster.UserID]roster.Secret{}}
	var err error
	c.r, err = roster.New(new(memstore.Store), roster.CRMSchema(), roster.Config{Sender: c, Hasher: roster.PBKDF2{Iterations: 1000}})
	if err != nil {
		return nil, err
	}
	files := os.DirFS(dir)
	roles, err := amocrm.Files(files, "roles*.json")
	if err != nil {
		return nil, err
	}
	users, err := amocrm.Files(files, "users*.json")
	if err != nil {
		return nil, err
	}
	if len(users) == 0 {
		return nil, fmt.Errorf("there is no users*.json in %s", dir)
	}
	imported, err := amocrm.Read(roles, users)
	if err != nil {
		return nil, err
	}
	if err := c.readRecords(files, imported); err != nil {
		return nil, err
	}
	changes, err := imported.Prepare(ctx, c.r, roster.System("import"))
	if err != nil {
		return nil, err
	}
	if _, err := c.r.Apply(ctx, roster.System("import"), changes...); err != nil {
		return nil, err
	}
	for _, u := range imported.Users {
		c.users[u.ID] = u
	}
	active, err := c.activate(ctx)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(t.out, "Imported %d users in %d departments, %d roles, %d records.\n", len(imported.Users), len(imported.Departments), len(imported.Roles), c.owners)
	fmt.Fprintf(t.out, "%d letters went out and were answered; %d users are active.\n", len(c.letters), active)
	c.report(t, imported)
	return c, nil
}

// report tells what the import found, a line for each kind of finding.
func (c *crm) report(t terminal, imported *amocrm.Import) {
	counts := map[amocrm.Code]int{}
	for _, f := range imported.Findings {
		counts[f.Code]++
	}
	for _, code := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(t.out, "  %4d × %s\n", counts[code], code)
	}
	c.gone = imported.Dangling()
	for _, d := range c.gone {
		fmt.Fprintf(t.out, "  %d records of the kind %s name user %s, who is gone\n", d.Count, d.Kind, d.Owner)
	}
}

// readRecords reads the records and the acting things, and registers each kind of them.
func (c *crm) readRecords(files fs.FS, imported *amocrm.Import) error {
	for _, e := range []amocrm.Entity{amocrm.Leads, amocrm.Contacts, amocrm.Companies, amocrm.Tasks} {
		sources, err := amocrm.Files(files, string(e)+"*.json")
		if err != nil {
			return err
		}
		records := new(memstore.Records)
		for rec, err := range imported.Records(e, sources...) {
			if err != nil {
				return err
			}
			if err := records.Put(memstore.Record{ID: rec.ID, Part: rec.Part, Owner: rec.Owner, Author: rec.Author, Open: !rec.Closed}); err != nil {
				return err
			}
		}
		c.register(offboard.Kind{Name: e.Kind(), Holdings: records}, records)
	}
	return c.readIntegrations(files)
}

// register notes a kind.
func (c *crm) register(k offboard.Kind, records *memstore.Records) {
	c.kinds = append(c.kinds, k)
	c.records[k.Name] = records
	c.owners += records.Len()
}

// readIntegrations reads what acts in users' names, where the account tells.
func (c *crm) readIntegrations(files fs.FS) error {
	records := new(memstore.Records)
	f, err := files.Open("integrations.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	if c.acting, err = account.ReadIntegrations(f); err != nil {
		return err
	}
	for _, a := range c.acting {
		if err := records.Put(memstore.Record{ID: a.ID, Owner: roster.UserID(a.Owner), Open: true}); err != nil {
			return err
		}
	}
	c.register(offboard.Kind{Name: "integration", Holdings: records, Acting: true, Needs: []string{"integrations:manage"}}, records)
	return nil
}

// Send is the post: it keeps the secret that a letter carries.
func (c *crm) Send(_ context.Context, m roster.Message) error {
	c.letters[m.User.ID] = m.Secret
	return nil
}

// activate sends every invited user the activation and answers it in their name; the number of active
// users is returned.
func (c *crm) activate(ctx context.Context) (int, error) {
	system := roster.System("import")
	var letters []roster.Change
	for id, u := range c.users {
		if u.Status == roster.StatusInvited && u.Email != "" {
			letters = append(letters, roster.SendActivation{User: id})
		}
	}
	if _, err := c.r.Apply(ctx, system, letters...); err != nil {
		return 0, err
	}
	if _, err := c.r.Deliver(ctx, len(letters)); err != nil {
		return 0, err
	}
	for _, secret := range c.letters {
		if err := c.r.Activate(ctx, secret.Reveal(), password); err != nil {
			return 0, err
		}
	}
	n := 0
	for u, err := range c.r.Users(ctx, system, roster.UserFilter{Status: roster.StatusActive}, "") {
		if err != nil {
			return 0, err
		}
		c.users[u.ID] = u
		n++
	}
	return n, nil
}

// name is a user's name, for people to read.
func (c *crm) name(id roster.UserID) string {
	u := c.users[id]
	return strings.TrimSpace(u.FirstName + " " + u.LastName + " (" + string(id) + ")")
}
