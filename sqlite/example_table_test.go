package sqlite_test

import (
	"context"
	"fmt"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/offboard"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// A table of the host's, in the same file, is listed as rights allow, and handed over when somebody leaves.
func ExampleOpen_table() {
	ctx := context.Background()
	db, end := temporary()
	defer end()
	must(db.Writer().ExecContext(ctx, `
		CREATE TABLE deals (id INTEGER PRIMARY KEY, title TEXT NOT NULL, owner TEXT, won BOOLEAN NOT NULL);
		CREATE INDEX deals_owner ON deals (owner, id);
		INSERT INTO deals VALUES (1, 'Harbour', 'anna', FALSE), (2, 'Bridge', 'anna', TRUE), (3, 'Mill', 'ben', FALSE), (4, 'Tower', NULL, FALSE)`))
	schema := must(roster.NewSchema([]roster.Kind{{Name: "deal", Actions: []roster.Action{{Name: "view"}, {Name: "edit"}}}}, nil))
	store, host := db.Account("acme"), roster.System("example")
	r := must(roster.New(store, schema, roster.Config{}))
	hired(ctx, r, "anna", "ben", "cleo")
	must(r.Apply(ctx, host,
		roster.SetRights{User: "ben", Rights: roster.Rights{"deal:view": roster.Own, "deal:edit": roster.Own}},
		roster.SetRights{User: "cleo", Rights: roster.Rights{"deal:view": roster.InDepartment}}))

	deals := must(store.Table(ctx, sqlstore.Table{Name: "deals", Key: "id", Owner: "owner", Closed: "won"}))
	list := func(id roster.UserID) { // the host's own list: what a user may see, by one query
		u, may := must(r.User(ctx, host, id)), must(r.Permissions(ctx, id))
		where, args := deals.Where(may.Condition(schema.MustRight("deal:view")), id, u.Department, 1)
		rows := must(db.Reader().QueryContext(ctx, "SELECT title FROM deals WHERE "+where+" ORDER BY title LIMIT 50", args...))
		defer rows.Close()
		fmt.Print(id, " sees:")
		for rows.Next() {
			var title string
			must(0, rows.Scan(&title))
			fmt.Print(" ", title)
		}
		must(0, rows.Err())
		fmt.Println()
	}
	list("ben")
	list("cleo")
	has := must(deals.Survey(ctx, "anna"))
	fmt.Println("anna:", has.Total(), "deals,", has.Open, "open")

	desk := must(offboard.New(r, offboard.Kind{Name: "deal", Holdings: deals}))
	plan := must(desk.Assess(ctx, host, roster.Request{Leaver: "anna", Rules: []roster.Rule{{Do: roster.GiveTo, To: []roster.UserID{"ben"}}}}))
	run := must(desk.Start(ctx, host, plan.Request, plan.Digest))
	run = must(desk.Work(ctx, run.ID, nil))
	fmt.Println(run.State)
	list("ben")
	// Output:
	// ben sees: Mill
	// cleo sees: Bridge Harbour Mill
	// anna: 2 deals, 1 open
	// done
	// ben sees: Bridge Harbour Mill
}

// A unique key with the owner in it wants a policy: what becomes of a record that the successor has one like already?
func ExampleOpen_collision() {
	ctx := context.Background()
	db, end := temporary()
	defer end()
	must(db.Writer().ExecContext(ctx, `
		CREATE TABLE searches (id INTEGER PRIMARY KEY, owner TEXT, name TEXT NOT NULL);
		CREATE UNIQUE INDEX searches_name ON searches (owner, name);
		CREATE INDEX searches_owner ON searches (owner, id);
		INSERT INTO searches VALUES (1, 'anna', 'Hot leads'), (2, 'anna', 'My calls'), (3, 'ben', 'My calls')`))
	for _, policy := range []sqlstore.Collision{sqlstore.CollisionNone, sqlstore.CollisionSkip, sqlstore.CollisionKeep} {
		searches, err := db.Account("acme").Table(ctx, sqlstore.Table{Name: "searches", Key: "id", Owner: "owner", Collision: policy})
		if err != nil {
			fmt.Println(err)
			continue
		}
		// What a run does with each chunk; here the second time finds the first one's work.
		results := must(searches.Move(ctx, roster.MoveOrder{Tie: roster.Responsible, From: "anna", To: "ben", IDs: []string{"1", "2"}}))
		annas := must(searches.Page(ctx, roster.Query{Tie: roster.Responsible, User: "anna", Limit: 100}))
		nobodys := must(searches.Page(ctx, roster.Query{Tie: roster.Responsible, Limit: 100}))
		fmt.Println(results, "anna's:", len(annas), "nobody's:", len(nobodys))
	}
	// Output:
	// sqlstore: table: invalid input: collision: is required: the unique key searches_name has the column owner in it, so a record may be one that its new owner can't have twice
	// [done collides] anna's: 1 nobody's: 0
	// [already superseded] anna's: 0 nobody's: 1
}
