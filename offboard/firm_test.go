package offboard_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/offboard"
	"github.com/seed-8e8abc8d/roster/rostertest"
)

// firm is a small company for tests: administrators "ada" and "alan"; "leo" of sales, who leaves, with deals
// in three parts, contacts, tasks and integrations; "sam", "sue" and "sid" of sales, who may succeed, and
// "ben" of support, who sees the contacts of his department only.
type firm struct {
	*roster.Roster
	t       testing.TB
	store   roster.Store
	clock   *clock
	desk    *offboard.Desk
	records map[string]*memstore.Records
	order   []string // of the kinds
	wrap    func(kind string, h roster.Holdings) roster.Holdings
}

// clock is a clock that tests move.
type clock struct{ rostertest.Clock }

func (c *clock) now() time.Time { return c.Now() }

func (c *clock) forward(d time.Duration) { c.Advance(d) }

// cheap is a hasher for tests alone.
type cheap = rostertest.Hasher

// The rights that the firm's people hold.
var (
	salesRights = roster.Rights{
		"deal:view": roster.All, "deal:edit": roster.All, "contact:view": roster.All, "contact:edit": roster.All,
		"task:view": roster.All, "task:edit": roster.All, "integrations:manage": roster.All,
	}
	supportRights = roster.Rights{"contact:view": roster.InDepartment, "contact:edit": roster.Own}
)

// newFirm opens a firm in which leo has n deals, n contacts, n tasks and 3 integrations.
func newFirm(t testing.TB, n int) *firm { t.Helper(); return newFirmOn(t, new(memstore.Store), n, nil) }

// newFirmOn opens a firm over a store, its holdings wrapped.
func newFirmOn(t testing.TB, store roster.Store, n int, wrap func(string, roster.Holdings) roster.Holdings) *firm {
	t.Helper()
	f := &firm{
		t: t, store: store, clock: new(clock), wrap: wrap,
		records: map[string]*memstore.Records{}, order: []string{"deal", "contact", "task", "integration"},
	}
	schema := roster.CRMSchema()
	f.must(schema.AddParts("deal", roster.Part{Name: "new"}, roster.Part{Name: "won"}))
	r, err := roster.New(store, schema, roster.Config{Now: f.clock.now, Hasher: cheap{}})
	f.must(err)
	f.Roster = r
	f.system(roster.CreateDepartment{ID: "sales", Name: "Sales"}, roster.CreateDepartment{ID: "support", Name: "Support"},
		roster.CreateRole{ID: "seller", Name: "Seller", Rights: salesRights}, roster.CreateRole{ID: "helper", Name: "Helper", Rights: supportRights})
	for _, id := range []roster.UserID{"ada", "alan"} {
		f.hire(roster.User{ID: id, Department: "sales", Admin: true})
	}
	for _, id := range []roster.UserID{"leo", "sam", "sue", "sid"} {
		f.hire(roster.User{ID: id, Department: "sales", Role: "seller"})
	}
	f.hire(roster.User{ID: "ben", Department: "support", Role: "helper"})
	head := roster.UserID("sid")
	f.system(roster.EditDepartment{Department: "sales", Head: &head})
	f.fill(n)
	f.desk = f.newDesk(r)
	return f
}

// newDesk makes a desk as another process would, over a roster.
func (f *firm) newDesk(r *roster.Roster) *offboard.Desk {
	f.t.Helper()
	var kinds []offboard.Kind
	for _, name := range f.order {
		k := offboard.Kind{Name: name, Holdings: f.records[name]}
		if f.wrap != nil {
			k.Holdings = f.wrap(name, k.Holdings)
		}
		switch name {
		case "task":
			k.Authorship = roster.AuthorMoved
		case "integration":
			k.Acting, k.Needs = true, []string{"integrations:manage"}
		}
		kinds = append(kinds, k)
	}
	desk, err := offboard.New(r, append(kinds, exempt(r.Schema(), f.order...)...)...)
	f.must(err)
	return desk
}

// exempt exempts every kind of a schema but those that are registered.
func exempt(s *roster.Schema, registered ...string) (kinds []offboard.Kind) {
	for _, k := range s.Kinds() {
		if !slices.Contains(registered, k.Name) {
			kinds = append(kinds, offboard.Kind{Name: k.Name, Exempt: "nobody owns one"})
		}
	}
	return kinds
}

// fill gives leo n records of each kind, and the others a few.
func (f *firm) fill(n int) {
	for _, kind := range f.order {
		records := new(memstore.Records)
		f.records[kind] = records
		count := n
		if kind == "integration" {
			count = 3
		}
		for i := range count {
			part := ""
			if kind == "deal" {
				part = []string{"", "new", "won"}[i%3]
			}
			f.must(records.Put(memstore.Record{ID: fmt.Sprintf("%s-%06d", kind, i), Part: part, Owner: "leo", Author: "leo", Open: i%2 == 0}))
		}
		f.must(records.Put(memstore.Record{ID: kind + "-sam", Owner: "sam", Author: "leo", Open: true}))
	}
}

// hire brings in an active user, who signs in with a password.
func (f *firm) hire(u roster.User) {
	f.t.Helper()
	u.FirstName, u.LastName, u.Email = strings.ToUpper(string(u.ID[:1]))+string(u.ID[1:]), "Example", string(u.ID)+"@example.com"
	if u.Status == roster.StatusNone {
		u.Status = roster.StatusActive
	}
	f.system(roster.ImportUser{User: u, Hash: "$cheap$correct horse battery staple"})
}

// must stops a test at an error.
func (f *firm) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// system applies changes that must pass.
func (f *firm) system(changes ...roster.Change) {
	f.t.Helper()
	_, err := f.Apply(f.t.Context(), roster.System("test"), changes...)
	f.must(err)
}

// token issues a personal token.
func (f *firm) token(id roster.UserID) string {
	f.t.Helper()
	issued, err := f.Issue(f.t.Context(), roster.As(id), roster.TokenOrder{User: id, Kind: roster.TokenPersonal, Label: "script"})
	f.must(err)
	return issued.Secret.Reveal()
}

// user reads a user as the store has them.
func (f *firm) user(id roster.UserID) (u roster.User) {
	f.t.Helper()
	f.must(f.store.View(f.t.Context(), func(tx roster.Tx) (err error) { u, err = tx.User(id); return err }))
	return u
}

// events reads the trail's events under a verb, all for "".
func (f *firm) events(verb roster.Verb) (list []roster.Event) {
	f.t.Helper()
	f.must(f.store.View(f.t.Context(), func(tx roster.Tx) (err error) {
		list, err = tx.ListEvents(roster.EventFilter{Verb: verb}, 0, 1_000_000)
		return err
	}))
	return list
}

// request deletes leo: deals are split, contacts go to sam, tasks to the head, integrations to sue.
func request() roster.Request {
	return roster.Request{
		Leaver: "leo", Authors: "sam", Reason: "left the company",
		Rules: []roster.Rule{
			{Kind: "deal", Do: roster.SplitEvenly, To: []roster.UserID{"sam", "sue"}},
			{Kind: "deal", Part: "won", Do: roster.GiveTo, To: []roster.UserID{"sid"}},
			{Kind: "contact", Do: roster.GiveTo, To: []roster.UserID{"sam"}},
			{Kind: "task", Do: roster.ToHead},
			{Kind: "integration", Do: roster.GiveTo, To: []roster.UserID{"sue"}},
		},
	}
}

// assess assesses a request that must not be blocked.
func (f *firm) assess(req roster.Request) roster.Plan {
	f.t.Helper()
	plan, err := f.desk.Assess(f.t.Context(), roster.As("ada"), req)
	f.must(err)
	f.must(plan.Err())
	return plan
}

// start assesses and starts a request.
func (f *firm) start(req roster.Request) roster.Run {
	f.t.Helper()
	plan := f.assess(req)
	run, err := f.desk.Start(f.t.Context(), roster.As("ada"), plan.Request, plan.Digest)
	f.must(err)
	return run
}

// work works on a run that must end.
func (f *firm) work(id roster.RunID) roster.Run {
	f.t.Helper()
	run, err := f.desk.Work(f.t.Context(), id, nil)
	f.must(err)
	return run
}

// count counts what a user answers for, by kind.
func (f *firm) count(id roster.UserID) map[string]int {
	f.t.Helper()
	counts := map[string]int{}
	for kind, records := range f.records {
		s, err := records.Survey(f.t.Context(), id)
		f.must(err)
		if s.Total() > 0 {
			counts[kind] = s.Total()
		}
	}
	return counts
}

// all copies every record of every kind.
func (f *firm) all() map[string]memstore.Record {
	all := map[string]memstore.Record{}
	for kind, records := range f.records {
		for rec := range records.All() {
			all[kind+"/"+rec.ID] = rec
		}
	}
	return all
}

// hooked are Holdings that call a function before each move.
type hooked struct {
	*memstore.Records
	before func()
}

func (h hooked) Move(ctx context.Context, o roster.MoveOrder) ([]roster.MoveResult, error) {
	h.before()
	return h.Records.Move(ctx, o)
}

// hold makes the desk call f with the kind before the first move of each kind.
func (f *firm) hold(before func(kind string)) {
	f.wrap = func(kind string, h roster.Holdings) roster.Holdings {
		var once sync.Once
		return hooked{h.(*memstore.Records), func() { once.Do(func() { before(kind) }) }}
	}
	f.desk = f.newDesk(f.Roster)
}

// dealID is the id of leo's i-th deal.
func dealID(i int) string { return fmt.Sprintf("deal-%06d", i) }

// end is the ending that f's deletion leaves behind, by f's own store.
func (f *firm) ending() ending { f.t.Helper(); return f.end(f.store) }

// find reads a run.
func (f *firm) find(id roster.RunID) roster.Run {
	f.t.Helper()
	run, err := f.Runs().Find(f.t.Context(), roster.As("ada"), id)
	f.must(err)
	return run
}
