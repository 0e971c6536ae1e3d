package sqltest

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// trouble is something wrong with a database: how it comes, how it goes, and what errors say meanwhile.
type trouble struct {
	name       string
	from, back []string // statements
	reconnect  bool     // it concerns new connections only
	start      string   // what Prepare's error holds; empty: it can't be known at start
	later      string   // what the error of a change holds; empty: a running process isn't concerned
	schema     bool     // they are ErrSchema
	reads      bool     // reading goes on
}

// troubles are those of every engine.
func troubles() []trouble {
	return []trouble{
		{
			name: "missing table", schema: true, reads: true,
			from:  []string{"ALTER TABLE roster_letters RENAME TO mislaid"},
			back:  []string{"ALTER TABLE mislaid RENAME TO roster_letters"},
			start: "roster_letters", later: "roster_letters",
		}, {
			name: "missing column", schema: true, reads: true,
			from:  []string{"ALTER TABLE roster_letters RENAME COLUMN attempts TO tries"},
			back:  []string{"ALTER TABLE roster_letters RENAME COLUMN tries TO attempts"},
			start: "attempts", later: "attempts",
		}, {
			name: "newer schema", schema: true, reads: true,
			from:  []string{"UPDATE roster_schema SET version = 99"},
			back:  []string{"UPDATE roster_schema SET version = 1"},
			start: "99",
		},
	}
}

// BadInput tests that whatever is wrong with a database is told by an error that names it, at start where it can be known, that
// a change which meets it does nothing at all, and that the store is as before when it has gone.
func BadInput(t *testing.T, p Places) {
	all := append(troubles(), p.troubles()...)
	for _, c := range all {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			place := p.Place(t)
			pool, db := p.Pool(t, place, ""), p.open(t, place, sqlstore.Options{})
			store := db.Account("acme")
			must(t, change(t.Context(), store, "anna"))
			exec(t, pool, c.from...)
			if c.reconnect {
				db.Writer().SetMaxIdleConns(0)
			}
			c.told(t, "start", db.Prepare(t.Context()), c.start)
			c.told(t, "a change", change(t.Context(), store, "ben"), c.later)
			if c.reads {
				same(t, "what can be read", c.people(), users(t, store))
			}
			exec(t, pool, c.back...)
			must(t, db.Prepare(t.Context()))
			same(t, "afterwards", c.people(), users(t, store))
			must(t, change(t.Context(), store, "carl"))
			same(t, "changes", append(c.people(), "carl"), users(t, store))
		})
	}
	t.Run("closed database", func(t *testing.T) {
		t.Parallel()
		closed(t, p)
	})
}

// told wants an error that holds a text, or none.
func (c trouble) told(t *testing.T, when string, err error, want string) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Errorf("%s: %v; want none", when, err)
	case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
		t.Errorf("%s: %v; want one that names %q", when, err, want)
	case want != "" && errors.Is(err, sqlstore.ErrSchema) != c.schema:
		t.Errorf("%s: %v: ErrSchema is %t; want %t", when, err, !c.schema, c.schema)
	}
}

// people are those who are there after the change that met the trouble.
func (c trouble) people() []roster.UserID {
	if c.later == "" {
		return []roster.UserID{"anna", "ben"}
	}
	return []roster.UserID{"anna"}
}

// change writes a user, and then their letter, in one transaction.
func change(ctx context.Context, s roster.Store, id roster.UserID) error {
	return s.Update(ctx, func(tx roster.Tx) error {
		if err := tx.PutUser(roster.User{ID: id, Status: roster.StatusActive}); err != nil {
			return err
		}
		return tx.PutLetter(roster.Letter{ID: roster.LetterID(id), User: id})
	})
}

// users are the ids of an account's users.
func users(t *testing.T, s roster.Store) (ids []roster.UserID) {
	t.Helper()
	must(t, s.View(t.Context(), func(tx roster.Tx) error {
		page, err := tx.ListUsers(roster.UserFilter{}, "", 100)
		for _, u := range page {
			ids = append(ids, u.ID)
		}
		return err
	}))
	return ids
}

// closed uses a database that its host has closed, by every call: each is an error that says so, though it comes with a count of
// zero. A host's transaction, which goes on, was ended before.
func closed(t *testing.T, p Places) {
	db, err := p.Open(t.Context(), p.Place(t), sqlstore.Options{})
	must(t, err)
	exec(t, db.Writer(), "CREATE TABLE deals (id text NOT NULL PRIMARY KEY, owner text)", "CREATE INDEX deals_owner ON deals (owner, id)", "INSERT INTO deals VALUES ('1', 'anna')")
	store, deals := db.Account("acme"), sqlstore.Table{Name: "deals", Key: "id", Owner: "owner"}
	h, err := store.Table(t.Context(), deals)
	must(t, err)
	tx := begin(t, db, sql.LevelDefault)
	must(t, tx.Rollback())
	must(t, db.Close())
	for what, call := range map[string]func() error{
		"Prepare":  func() error { return db.Prepare(t.Context()) },
		"Ready":    func() error { return db.Ready(t.Context()) },
		"Due":      func() error { _, err := db.Due(t.Context(), roster.Due{}, 1); return err },
		"Backlog":  func() error { _, err := db.Backlog(t.Context()); return err },
		"Update":   func() error { return change(t.Context(), store, "anna") },
		"View":     func() error { return store.View(t.Context(), func(roster.Tx) error { return nil }) },
		"Standing": func() error { _, err := store.Standing(t.Context(), "anna"); return err },
		"Bearer":   func() error { _, _, err := store.Bearer(t.Context(), roster.TokenHash{1}); return err },
		"Table":    func() error { _, err := store.Table(t.Context(), deals); return err },
		"Survey":   func() error { _, err := h.Survey(t.Context(), "anna"); return err },
		"Page": func() error {
			_, err := h.Page(t.Context(), roster.Query{User: "anna", Tie: roster.Responsible, AllParts: true, Limit: 1})
			return err
		},
		"Move": func() error {
			_, err := h.Move(t.Context(), roster.MoveOrder{Tie: roster.Responsible, From: "anna", To: "ben", IDs: []string{"1"}})
			return err
		},
		"Receive": func() error { return store.Receive(t.Context(), tx, "anna") },
		"InTx":    func() error { return change(t.Context(), store.InTx(tx), "anna") },
	} {
		says := "database is closed"
		if what == "Receive" || what == "InTx" {
			says = sql.ErrTxDone.Error()
		}
		if err := call(); err == nil || !strings.Contains(err.Error(), says) || !strings.HasPrefix(err.Error(), "sqlstore: ") {
			t.Errorf("%s: %v; want one of this package that says %q", what, err, says)
		}
	}
	must(t, db.Close()) // again
}
