package roster_test

import (
	"strings"
	"testing"
	"time"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/rostertest"
)

// office is a small company for tests: department "sales" and "support", administrator "ada", a fixed
// clock, a hasher that costs nothing, and a sender that keeps what it is given.
type office struct {
	*roster.Roster
	t      *testing.T
	store  *memstore.Store
	schema *roster.Schema
	clock  *clock
	post   *rostertest.Letters
}

// clock is a clock that tests move.
type clock struct{ rostertest.Clock }

func (c *clock) now() time.Time { return c.Now() }

func (c *clock) forward(d time.Duration) { c.Advance(d) }

// cheap is a hasher for tests alone.
type cheap = rostertest.Hasher

const password = rostertest.Password

// newOffice opens an office.
func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{
		t: t, store: new(memstore.Store), schema: roster.CRMSchema(), post: new(rostertest.Letters),
		clock: new(clock),
	}
	if err := o.schema.AddParts("deal", roster.Part{Name: "won"}, roster.Part{Name: "lost"}); err != nil {
		t.Fatal(err)
	}
	r, err := roster.New(o.store, o.schema, roster.Config{Now: o.clock.now, Hasher: cheap{}, Sender: o.post})
	if err != nil {
		t.Fatal(err)
	}
	o.Roster = r
	o.system(roster.CreateDepartment{ID: "sales", Name: "Sales"}, roster.CreateDepartment{ID: "support", Name: "Support"})
	if _, err := r.Bootstrap(t.Context(), o.person("ada", "sales")); err != nil {
		t.Fatal(err)
	}
	return o
}

// person is a complete AddUser without rights.
func (o *office) person(id roster.UserID, d roster.DepartmentID) roster.AddUser {
	return roster.AddUser{
		ID: id, FirstName: "First", LastName: strings.ToUpper(string(id)), Email: string(id) + "@example.com",
		Password: password, Department: d, NoRights: true,
	}
}

// system applies changes that must pass.
func (o *office) system(changes ...roster.Change) roster.Effect {
	o.t.Helper()
	e, err := o.Apply(o.t.Context(), roster.System("test"), changes...)
	if err != nil {
		o.t.Fatal(err)
	}
	return e
}

// hire brings in an active user with individual rights.
func (o *office) hire(id roster.UserID, d roster.DepartmentID, rights roster.Rights) {
	o.t.Helper()
	o.system(roster.ImportUser{User: roster.User{
		ID: id, FirstName: "First", LastName: strings.ToUpper(string(id)), Email: string(id) + "@example.com",
		Department: d, Rights: rights, Status: roster.StatusActive,
	}, Hash: "$cheap$" + password})
}

// user reads a user as the store has them.
func (o *office) user(id roster.UserID) roster.User {
	o.t.Helper()
	var u roster.User
	err := o.store.View(o.t.Context(), func(tx roster.Tx) (err error) { u, err = tx.User(id); return err })
	if err != nil {
		o.t.Fatal(err)
	}
	return u
}

// may asks Can.
func (o *office) may(id roster.UserID, right string, rec roster.Record) bool {
	o.t.Helper()
	d, err := o.Can(o.t.Context(), id, o.schema.MustRight(right), rec)
	if err != nil {
		o.t.Fatal(err)
	}
	return d.Allowed
}

// events reads the whole trail.
func (o *office) events() []roster.Event {
	o.t.Helper()
	var list []roster.Event
	err := o.store.View(o.t.Context(), func(tx roster.Tx) (err error) {
		list, err = tx.ListEvents(roster.EventFilter{}, 0, 100000)
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return list
}

// last is the trail's last event.
func (o *office) last() roster.Event { o.t.Helper(); l := o.events(); return l[len(l)-1] }

// atNoon is an instant after the office opened.
var atNoon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

// refusalWindow is how long the same refusal raises a count.
const refusalWindow = time.Minute
