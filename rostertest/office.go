package rostertest

import (
	"cmp"
	"sync"
	"testing"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
)

// Password is the password of everybody whom New and Add bring in without another.
const Password = "correct horse battery staple"

// Office is a Roster for one test, with one department and an administrator in it. A Desk is made over its Roster:
// offboard.New(office.Roster, …).
type Office struct {
	*roster.Roster
	Admin      roster.Actor        // an active administrator: "admin", admin@example.com, Password
	Department roster.DepartmentID // "office", unless Add is told another
	Clock      *Clock
	Letters    *Letters // what Deliver sends

	adding sync.Mutex // held while a letter goes out, so that nobody else's Deliver has it
}

// New opens an office over an empty store in memory.
func New(t testing.TB, schema *roster.Schema) *Office {
	t.Helper()
	return NewOn(t, new(memstore.Store), schema, roster.Config{})
}

// NewOn opens an office over an empty store of the host's, with the host's settings. Clock, hasher and sender are
// the office's own: the test ends where cfg has one.
func NewOn(t testing.TB, store roster.Store, schema *roster.Schema, cfg roster.Config) *Office {
	t.Helper()
	if cfg.Now != nil || cfg.Hasher != nil || cfg.Sender != nil {
		t.Fatal("rostertest: Now, Hasher and Sender are the office's own; for others use roster.New")
	}
	o := &Office{Admin: roster.As("admin"), Department: "office", Clock: new(Clock), Letters: new(Letters)}
	cfg.Now, cfg.Hasher, cfg.Sender = o.Clock.Now, Hasher{}, o.Letters
	r, err := roster.New(store, schema, cfg)
	if err != nil {
		t.Fatalf("rostertest: %v", err)
	}
	o.Roster = r
	_, err = r.Apply(t.Context(), roster.System("rostertest"), roster.CreateDepartment{ID: o.Department, Name: "Office"})
	if err == nil {
		_, err = r.Bootstrap(t.Context(), o.complete(roster.AddUser{ID: o.Admin.User()}))
	}
	if err != nil {
		t.Fatalf("rostertest: an empty store is needed: %v", err)
	}
	return o
}

// Must applies changes as the administrator; the test ends where they are refused.
func (o *Office) Must(t testing.TB, changes ...roster.Change) roster.Effect {
	t.Helper()
	e, err := o.Apply(t.Context(), o.Admin, changes...)
	if err != nil {
		t.Fatalf("rostertest: %v", err)
	}
	return e
}

// Add brings in an active user the way everybody comes: the administrator adds them, a letter goes out
// (with all others that are due), and its secret activates them; whoever has an identity and no password
// signs in with it once instead. The id has to be given. Of the rest, what is empty is made up: names, the
// address ("ben@example.com" for "ben"), the Office's Department, Password unless there is an identity, and
// NoRights where there are none. The test ends where that fails.
func (o *Office) Add(t testing.TB, add roster.AddUser) roster.UserID {
	t.Helper()
	add = o.complete(add)
	if add.ID == "" {
		t.Fatal("rostertest: Add needs an id")
	}
	o.adding.Lock()
	defer o.adding.Unlock()
	o.Must(t, add)
	var err error
	if add.Password == "" {
		_, err = o.SignInIdentity(t.Context(), roster.System("rostertest"), add.Identity)
	} else if _, err = o.Deliver(t.Context(), 0); err == nil {
		err = o.Activate(t.Context(), o.Letters.Secret(t, add.Email), add.Password)
	}
	if err != nil {
		t.Fatalf("rostertest: %v", err)
	}
	return add.ID
}

// complete makes up what is missing.
func (o *Office) complete(add roster.AddUser) roster.AddUser {
	add.FirstName = cmp.Or(add.FirstName, "First")
	add.LastName = cmp.Or(add.LastName, "Last")
	add.Email = cmp.Or(add.Email, string(add.ID)+"@example.com")
	add.Department = cmp.Or(add.Department, o.Department)
	if add.Identity == (roster.Identity{}) {
		add.Password = cmp.Or(add.Password, Password)
	}
	add.NoRights = add.NoRights || add.Role == "" && len(add.Rights) == 0
	return add
}
