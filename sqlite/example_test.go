package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/sqlite"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// must ends an example on an error.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// temporary opens a database for an example, and returns what ends it.
func temporary() (*sqlstore.DB, func()) {
	dir := must(os.MkdirTemp("", "roster"))
	db := must(sqlite.Open(context.Background(), filepath.Join(dir, "app.db"), sqlstore.Options{}))
	return db, func() { must(0, errors.Join(db.Close(), os.RemoveAll(dir))) }
}

// hired is a firm's first people.
func hired(ctx context.Context, r *roster.Roster, ids ...roster.UserID) {
	changes := []roster.Change{roster.CreateDepartment{ID: "sales", Name: "Sales"}}
	for _, id := range ids {
		changes = append(changes, roster.ImportUser{User: roster.User{ID: id, FirstName: string(id), Department: "sales", Status: roster.StatusActive}})
	}
	must(r.Apply(ctx, roster.System("setup"), changes...))
}

func ExampleOpen() {
	ctx := context.Background()
	dir := must(os.MkdirTemp("", "roster"))
	defer os.RemoveAll(dir)
	db, err := sqlite.Open(ctx, filepath.Join(dir, "app.db"), sqlstore.Options{})
	if err != nil {
		panic(err)
	}
	defer db.Close()
	r := must(roster.New(db.Account("acme"), roster.CRMSchema(), roster.Config{}))
	hired(ctx, r, "anna")
	fmt.Println(must(r.User(ctx, roster.System("example"), "anna")).Status)

	_, err = sqlite.Open(ctx, filepath.Join(dir, "missing", "app.db"), sqlstore.Options{})
	fmt.Println(errors.Is(err, fs.ErrNotExist))
	// Output:
	// active
	// true
}

func ExampleOpen_accounts() {
	ctx := context.Background()
	db, end := temporary()
	defer end()
	for _, account := range []string{"acme", "globex"} { // one roster each, over the same file
		r := must(roster.New(db.Account(account), roster.CRMSchema(), roster.Config{}))
		hired(ctx, r, "anna")
	}
	due := must(db.Due(ctx, roster.Due{}, 100)) // of all accounts: hand-overs that wait for a worker
	waiting := must(db.Backlog(ctx))            // for a dashboard
	fmt.Println(len(due), waiting == (roster.Backlog{}))
	// Output: 0 true
}

// A host that may not create tables, or keeps its migrations elsewhere, runs what SQL prints.
func ExampleOpen_migrations() {
	ctx := context.Background()
	db, end := temporary()
	defer end()
	fmt.Println(db.Ready(ctx))
	bare := must(sqlstore.New(db.Writer(), sqlstore.SQLite, sqlstore.Options{Prefix: "staff_", Reader: db.Reader()}))
	fmt.Println(errors.Is(bare.Ready(ctx), sqlstore.ErrSchema))
	must(db.Writer().ExecContext(ctx, bare.SQL()))
	fmt.Println(bare.Prepare(ctx)) // only looks
	// Output:
	// <nil>
	// true
	// <nil>
}

// A host whose tables are in the same file writes a record for somebody who is active, and stays so until the commit.
func ExampleOpen_receive() {
	ctx := context.Background()
	db, end := temporary()
	defer end()
	store := db.Account("acme")
	r := must(roster.New(store, roster.CRMSchema(), roster.Config{}))
	hired(ctx, r, "anna", "ben")
	must(db.Writer().ExecContext(ctx, "CREATE TABLE deals (id INTEGER PRIMARY KEY, owner TEXT NOT NULL) STRICT"))
	must(r.Apply(ctx, roster.System("example"), roster.Deactivate{User: "ben"}))
	for _, owner := range []roster.UserID{"anna", "ben"} {
		tx := must(db.Writer().BeginTx(ctx, nil))
		if err := store.Receive(ctx, tx, owner); err != nil {
			fmt.Println(err)
			must(0, tx.Rollback())
			continue
		}
		must(tx.ExecContext(ctx, "INSERT INTO deals (owner) VALUES (?)", string(owner)))
		must(0, tx.Commit())
	}
	var deals int
	must(0, db.Reader().QueryRowContext(ctx, "SELECT count(*) FROM deals").Scan(&deals))
	fmt.Println(deals)
	// Output:
	// sqlstore: receive: not possible in this state: the user ben isn't active
	// 1
}

// What a Roster changes and what the host changes are one transaction.
func ExampleOpen_inTx() {
	ctx := context.Background()
	db, end := temporary()
	defer end()
	store := db.Account("acme")
	hired(ctx, must(roster.New(store, roster.CRMSchema(), roster.Config{})), "anna")
	tx := must(db.Writer().BeginTx(ctx, nil))
	within := must(roster.New(store.InTx(tx), roster.CRMSchema(), roster.Config{}))
	must(within.Apply(ctx, roster.System("example"), roster.Deactivate{User: "anna"}))
	must(0, tx.Rollback()) // the host changed its mind
	r := must(roster.New(store, roster.CRMSchema(), roster.Config{}))
	fmt.Println(must(r.User(ctx, roster.System("example"), "anna")).Status)
	// Output: active
}
