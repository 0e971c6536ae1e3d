package faults_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/offboard"
	"github.com/seed-8e8abc8d/roster/postgres"
	"github.com/seed-8e8abc8d/roster/rostertest"
	"github.com/seed-8e8abc8d/roster/sqlite"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// place says where a firm's account is; another process finds it by the same words.
type place struct {
	Engine  sqlstore.Dialect
	DSN     string // SQLite: the file
	Account string
	Kinds   []string // of its records, in the order in which they are handed over; nil: all
}

// open opens the database.
func (p place) open(ctx context.Context) (*sqlstore.DB, error) {
	if p.Engine == sqlstore.SQLite {
		return sqlite.Open(ctx, p.DSN, sqlstore.Options{})
	}
	return postgres.Open(ctx, p.DSN, sqlstore.Options{})
}

// began is when every firm's day begins.
var began = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)

// firm is an account in which "leo" leaves: an administrator "ada", successors "sam" and "sue", and "tom", whom the
// deletion doesn't concern. Each has records of every kind.
type firm struct {
	*roster.Roster
	place
	db    *sqlstore.DB
	store roster.Store
	desk  *offboard.Desk
}

// settings are how a firm's desk is made.
type settings struct {
	Chunk    int
	Attempts int
	Idle     bool                // nobody deletes here: the firm is filled, or looked at
	Hand     bool                // the holdings of kinds that are traced are the host's own, not sqlstore.Table's
	Plant    string              // a fault to be found; empty: none
	now      func() time.Time    // nil: the day's beginning
	hook     func(string) func() // called before each call of the store and of the holdings, what it returns after it
}

// on makes the firm of an account that is there, or is about to be filled.
func (p place) on(ctx context.Context, db *sqlstore.DB, set settings) (*firm, error) {
	if set.hook == nil {
		set.hook = func(string) func() { return func() {} }
	}
	if set.now == nil {
		set.now = func() time.Time { return began }
	}
	f := &firm{place: p, db: db, store: &watchedStore{Store: db.Account(p.Account), hook: set.hook, plant: set.Plant}}
	var declared []roster.Kind
	for _, name := range p.kinds() {
		declared = append(declared, declare(name))
	}
	schema, err := roster.NewSchema(declared, nil)
	if err != nil {
		return nil, err
	}
	if f.Roster, err = roster.New(f.store, schema, roster.Config{Now: set.now, Hasher: rostertest.Hasher{}}); err != nil || set.Idle {
		return f, err
	}
	var registered []offboard.Kind
	for _, name := range p.kinds() {
		h, err := f.holdings(ctx, name, set)
		if err != nil {
			return nil, err
		}
		registered = append(registered, offboard.Kind{Name: name, Holdings: watchedHoldings{h, set.hook}})
	}
	if f.desk, err = offboard.New(f.Roster, registered...); err != nil {
		return nil, err
	}
	f.desk = f.desk.With(offboard.Settings{Chunk: set.Chunk, Attempts: set.Attempts})
	return f, nil
}

// begin assesses and fences.
func (f *firm) begin(ctx context.Context) (roster.RunID, error) {
	plan, err := f.desk.Assess(ctx, roster.As("ada"), f.request())
	if err == nil {
		err = plan.Err()
	}
	if err != nil {
		return "", err
	}
	run, err := f.desk.Start(ctx, roster.As("ada"), plan.Request, plan.Digest)
	return run.ID, err
}

// found is the run of leo's deletion, if there is one.
func (f *firm) found(ctx context.Context) (found roster.Run, is bool, err error) {
	err = f.store.View(ctx, func(tx roster.Tx) error {
		runs, err := tx.ListRuns(roster.RunFilter{Leaver: "leo"}, "", 2)
		if len(runs) > 1 {
			return fmt.Errorf("%d runs of one deletion", len(runs))
		}
		for _, run := range runs {
			found, is = run, true
		}
		return err
	})
	return found, is, err
}

// settle fills the firm's account: leo has n records of each kind, the others a few, and one token of each kind that
// people hold. What stands then is what the verification compares with.
func (f *firm) settle(t *testing.T, n int) before {
	t.Helper()
	ctx := t.Context()
	rights := roster.Rights{}
	for _, kind := range f.kinds() {
		rights[kind+":view"], rights[kind+":edit"] = roster.All, roster.All
	}
	changes := []roster.Change{roster.CreateDepartment{ID: "sales", Name: "Sales"}, roster.CreateRole{ID: "seller", Name: "Seller", Rights: rights}}
	for _, id := range []string{"ada", "leo", "sam", "sue", "tom"} {
		u := roster.User{ID: roster.UserID(id), FirstName: strings.ToUpper(id), Email: id + "@example.com", Department: "sales", Role: "seller", Status: roster.StatusActive, Admin: id == "ada"}
		changes = append(changes, roster.ImportUser{User: u, Hash: "$cheap$" + rostertest.Password})
	}
	_, err := f.Apply(ctx, roster.System("test"), changes...)
	must(t, err)
	b := before{owners: map[string]string{}, heirs: map[string][]string{}, taken: map[string]bool{}}
	for _, kind := range f.kinds() {
		rows := filled(kind, n)
		for _, row := range rows {
			b.owners[kind+"/"+row.ID], b.heirs[kind+"/"+row.ID] = row.Owner, heirs[kind+row.Stage]
		}
		must(t, f.insert(ctx, kind, rows))
	}
	for _, kind := range []roster.TokenKind{roster.TokenSession, roster.TokenPersonal, roster.TokenRefresh} {
		issued, err := f.Issue(ctx, roster.System("test"), roster.TokenOrder{User: "leo", Kind: kind, Label: "a test's"})
		must(t, err)
		if kind == roster.TokenRefresh {
			b.refresh, issued = issued.Secret.Reveal(), *issued.Access
		}
		b.tokens = append(b.tokens, issued.Secret.Reveal())
	}
	issued, err := f.Issue(ctx, roster.System("test"), roster.TokenOrder{User: "tom", Kind: roster.TokenPersonal})
	must(t, err)
	b.others = issued.Secret.Reveal()
	b.head, err = f.Verify(ctx, roster.Head{})
	must(t, err)
	return b
}
