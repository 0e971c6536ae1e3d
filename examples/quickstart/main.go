// Quickstart: two people, a role, a question, and a leaver whose deals go to a successor.
package main

import (
	"context"
	"fmt"
	"log"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/offboard"
)

func main() {
	ctx, schema := context.Background(), roster.CRMSchema()
	r := must(roster.New(new(memstore.Store), schema, roster.Config{}))
	setup := roster.System("setup") // the host itself; people act as roster.As(id)
	must(r.Apply(ctx, setup, roster.CreateDepartment{ID: "sales", Name: "Sales"},
		roster.CreateRole{ID: "seller", Name: "Seller", Rights: roster.Rights{"deal:view": roster.InDepartment, "deal:edit": roster.Own}},
		hired("anna", "seller"), hired("ben", "seller")))
	admin := must(r.Bootstrap(ctx, roster.AddUser{FirstName: "Ada", LastName: "Admin", Email: "ada@example.com",
		Password: "correct horse battery staple", Department: "sales"}))
	records, kinds := map[string]*memstore.Records{}, []offboard.Kind{}
	for _, k := range schema.Kinds() { // every kind is registered, or exempted with a reason: none is forgotten
		records[k.Name] = new(memstore.Records)
		kinds = append(kinds, offboard.Kind{Name: k.Name, Holdings: records[k.Name]})
	}
	deals := records["deal"]
	for i := range 1000 {
		deals.Put(memstore.Record{ID: fmt.Sprintf("deal-%04d", i), Owner: "anna", Author: "anna"})
	}
	deal := roster.Record{Owner: "anna"}
	fmt.Println("may Ben edit Anna's deal?", must(r.Can(ctx, "ben", schema.MustRight("deal:edit"), deal)).Allowed)

	desk := must(offboard.New(r, kinds...))
	leave := roster.Request{Leaver: "anna", Rules: []roster.Rule{{Kind: "deal", Do: roster.GiveTo, To: []roster.UserID{"ben"}}}}
	plan := must(desk.Assess(ctx, roster.As(admin), leave)) // show plan.String() and ask
	run := must(desk.Start(ctx, roster.As(admin), leave, plan.Digest))
	run = must(desk.Work(ctx, run.ID, nil)) // after a crash: the same call again
	fmt.Printf("run %s; Ben has %d deals, Anna %d\n", run.State, must(deals.Survey(ctx, "ben")).Total(), must(deals.Survey(ctx, "anna")).Total())
	fmt.Println("trail verified to event", must(r.Verify(ctx, roster.Head{})).Seq)
}

// hired is a user of the host's existing table.
func hired(id roster.UserID, role roster.RoleID) roster.Change {
	return roster.ImportUser{User: roster.User{ID: id, FirstName: string(id), Department: "sales", Role: role, Status: roster.StatusActive}}
}

// must ends the program on an error.
func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}
