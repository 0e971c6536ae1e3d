package sqltest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// InTx tries accounts inside a host's own transaction.
func InTx(t *testing.T, e Engine) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, Engine){
		"commit and rollback": commitAndRollback, "refused inside": refusedInside, "taken back": takenBack,
		"two accounts": twoAccounts, "a pool": aPool, "every failing statement": everyFailing, "cancelled": cancelledInside,
		"cancelled in a statement": cancelledAmid, "older snapshot": olderSnapshot, "ended before": endedBefore, "never begun": neverBegun,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, e)
		})
	}
}

// office opens a database with an office in it, and a table of the host's.
func office(t *testing.T, e Engine, users ...roster.UserID) (*sqlstore.DB, *roster.Roster, *sqlstore.Store) {
	t.Helper()
	db, _ := e.Open(t)
	table(t, db, "notes (id INTEGER PRIMARY KEY)")
	return db, staffed(t, db, users...).Roster, db.Account("acme")
}

func commitAndRollback(t *testing.T, e Engine) {
	db, r, s := office(t, e, "anna")
	admin := roster.As("admin")
	tx := begin(t, db, sql.LevelDefault)
	note(t, tx, 1)
	effect, err := r.On(s.InTx(tx)).Apply(t.Context(), admin, roster.Deactivate{User: "anna"})
	must(t, err)
	note(t, tx, 2)
	same(t, "what was changed", []string{"anna"}, effect.IDs)
	same(t, "status inside", []roster.Status{roster.StatusInactive}, []roster.Status{status(t, s.InTx(tx), "anna")})
	must(t, tx.Rollback())
	same(t, "after a rollback", []roster.Status{roster.StatusActive}, []roster.Status{status(t, s, "anna")})
	same(t, "notes after a rollback", nil, notes(t, db))
	before := whole(t, r)

	tx = begin(t, db, sql.LevelDefault)
	_, err = r.On(s.InTx(tx)).Apply(t.Context(), admin, roster.Deactivate{User: "anna"})
	must(t, err)
	note(t, tx, 3)
	must(t, tx.Commit())
	same(t, "after a commit", []roster.Status{roster.StatusInactive}, []roster.Status{status(t, s, "anna")})
	same(t, "notes after a commit", []int{3}, notes(t, db))
	same(t, "events", []uint64{before + 1}, []uint64{whole(t, r)})
}

// refusedInside is refused in the host's transaction, which goes on, and takes the event along.
func refusedInside(t *testing.T, e Engine) {
	db, r, s := office(t, e, "anna")
	before := whole(t, r)
	for n, end := range []func(*sql.Tx) error{(*sql.Tx).Rollback, (*sql.Tx).Commit} {
		tx := begin(t, db, sql.LevelDefault)
		note(t, tx, 1)
		in := r.On(s.InTx(tx))
		_, err := in.Apply(t.Context(), roster.As("anna"), roster.Deactivate{User: "admin"})
		is(t, "anna deactivates the administrator", err, roster.ErrDenied)
		_, err = in.Apply(t.Context(), roster.System("test"), roster.Deactivate{User: "admin"})
		is(t, "deactivating the last administrator", err, roster.ErrLastAdministrator)
		_, err = in.Apply(t.Context(), roster.As("admin"), roster.Deactivate{User: "anna"}, roster.Deactivate{User: "nobody"})
		is(t, "somebody and nobody", err, roster.ErrNotFound)
		note(t, tx, 2)
		must(t, end(tx))
		same(t, "status", []roster.Status{roster.StatusActive}, []roster.Status{status(t, s, "anna")})
		same(t, "notes", []int{1, 2}[:2*n], notes(t, db))
		same(t, "events", []uint64{before + 3*uint64(n)}, []uint64{whole(t, r)})
	}
}

// takenBack fails, panics and exits in the middle of an Update.
func takenBack(t *testing.T, e Engine) {
	db, r, s := office(t, e)
	mine := errors.New("mine")
	tx := begin(t, db, sql.LevelDefault)
	in := s.InTx(tx)
	put := func(how string, end func() error) (panicked any, err error) {
		note(t, tx, len(how))
		done := make(chan struct{})
		go func() { // Goexit ends a goroutine
			defer close(done)
			defer func() { panicked = recover() }()
			err = in.Update(t.Context(), func(tx roster.Tx) error {
				return errors.Join(tx.PutUser(roster.User{ID: roster.UserID(how), Status: roster.StatusActive}), end())
			})
		}()
		<-done
		same(t, how, []roster.Status{roster.StatusNone}, []roster.Status{status(t, in, roster.UserID(how))})
		return panicked, err
	}
	_, err := put("error", func() error { return mine })
	is(t, "an Update's own error", err, mine)
	panicked, _ := put("panics", func() error { panic(mine) })
	same(t, "a panic", []any{mine}, []any{panicked})
	_, _ = put("exit", func() error { runtime.Goexit(); return nil })
	must(t, in.Update(t.Context(), func(tx roster.Tx) error { return tx.PutUser(roster.User{ID: "kept", Status: roster.StatusActive}) }))
	must(t, tx.Commit())
	same(t, "notes", []int{4, 5, 6}, notes(t, db))
	same(t, "kept", []roster.Status{roster.StatusActive}, []roster.Status{status(t, s, "kept")})
	whole(t, r)
}

// twoAccounts changes two accounts by two Rosters in one transaction.
func twoAccounts(t *testing.T, e Engine) {
	db, r, s := office(t, e, "anna")
	other := db.Account("globex")
	for _, want := range []roster.Status{roster.StatusNone, roster.StatusActive} {
		tx := begin(t, db, sql.LevelDefault)
		_, err := r.On(s.InTx(tx)).Apply(t.Context(), roster.System("test"), roster.ImportUser{User: roster.User{ID: "new", FirstName: "New", LastName: "One", Department: "office", Status: roster.StatusActive}})
		must(t, err)
		one, two := r.On(other.InTx(tx)), r.On(other.InTx(tx))
		_, err = one.Apply(t.Context(), roster.System("test"), roster.CreateDepartment{ID: "office", Name: "Office"})
		must(t, err)
		_, err = two.Apply(t.Context(), roster.System("test"), roster.ImportUser{User: roster.User{ID: "new", FirstName: "New", LastName: "One", Department: "office", Status: roster.StatusActive}})
		must(t, err)
		if want == roster.StatusNone {
			must(t, tx.Rollback())
		} else {
			must(t, tx.Commit())
		}
		same(t, "the new one", []roster.Status{want, want}, []roster.Status{status(t, s, "new"), status(t, other, "new")})
		whole(t, r)
		whole(t, r.On(other))
	}
}

// aPool is no transaction.
func aPool(t *testing.T, e Engine) {
	db, _, s := office(t, e)
	for name, tx := range map[string]sqlstore.Tx{"a pool": db.Writer(), "nothing": nil} {
		in := s.InTx(tx)
		never := func(roster.Tx) error { t.Errorf("%s is a transaction", name); return nil }
		is(t, "Update in "+name, in.Update(t.Context(), never), roster.ErrInvalid)
		is(t, "View in "+name, in.View(t.Context(), never), roster.ErrInvalid)
		is(t, "Receive in "+name, s.Receive(t.Context(), tx, "admin"), roster.ErrInvalid)
	}
}

// breaking is a transaction whose n-th statement is one that the engine refuses.
type breaking struct {
	sqlstore.Tx
	n int
}

func (b *breaking) query(query string) string {
	if b.n--; b.n == 0 {
		return "SELECT nothing FROM nowhere"
	}
	return query
}

func (b *breaking) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if query = b.query(query); strings.HasSuffix(query, "nowhere") {
		args = nil
	}
	return b.Tx.ExecContext(ctx, query, args...)
}

func (b *breaking) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if query = b.query(query); strings.HasSuffix(query, "nowhere") {
		args = nil
	}
	return b.Tx.QueryContext(ctx, query, args...)
}

// everyFailing lets the engine refuse each statement of a change in turn: the change is taken back, and the host goes on.
func everyFailing(t *testing.T, e Engine) {
	db, r, s := office(t, e, "anna")
	admin := roster.As("admin")
	before := whole(t, r)
	var want []int
	for n := 2; ; n++ { // the first is the savepoint
		tx := begin(t, db, sql.LevelDefault)
		note(t, tx, 2*n)
		b := &breaking{Tx: tx, n: n}
		_, err := r.On(s.InTx(b)).Apply(t.Context(), admin, roster.Deactivate{User: "anna"})
		if b.n > 0 {
			must(t, err)
			if n < 8 {
				t.Errorf("a change has %d statements: what failed?", n)
			}
			return
		}
		if err == nil || sqlstore.Retryable(err) {
			t.Errorf("statement %d: error %v; want the engine's", n, err)
		}
		note(t, tx, 2*n+1)
		must(t, tx.Commit())
		want = append(want, 2*n, 2*n+1)
		same(t, fmt.Sprint("status after statement ", n), []roster.Status{roster.StatusActive}, []roster.Status{status(t, s, "anna")})
		same(t, "events", []uint64{before}, []uint64{whole(t, r)})
		same(t, "notes", want, notes(t, db))
	}
}

// olderSnapshot changes something after the host has looked: the host's change is judged by what is, or refused by the engine.
func olderSnapshot(t *testing.T, e Engine) {
	for _, level := range e.Levels {
		db, other := e.Open(t)
		r := staffed(t, db).Roster
		_, err := r.Apply(t.Context(), roster.System("test"), roster.ImportUser{User: roster.User{ID: "boss", FirstName: "The", LastName: "Boss", Department: "office", Admin: true, Status: roster.StatusActive}})
		must(t, err)
		tx := begin(t, db, level)
		in := db.Account("acme").InTx(tx)
		same(t, "the host looks", []roster.Status{roster.StatusActive}, []roster.Status{status(t, in, "boss")})
		_, err = r.On(other.Account("acme")).Apply(t.Context(), roster.System("test"), roster.Deactivate{User: "boss"})
		must(t, err)
		_, err = r.On(in).Apply(t.Context(), roster.System("test"), roster.Deactivate{User: "admin"})
		if !errors.Is(err, roster.ErrLastAdministrator) && !sqlstore.Retryable(err) {
			t.Errorf("%s: error %v; want the last administrator kept, or a refusal of the engine's", level, err)
		}
		t.Logf("%s: %v", level, err)
		_ = tx.Rollback()
	}
}
