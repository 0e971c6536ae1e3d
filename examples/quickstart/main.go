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
	ctx, host := context.Background(), roster.System("quickstart") // people act as roster.As(id)
	actions := []roster.Action{{Name: "view"}, {Name: "edit", Needs: []string{"view"}}}
	schema := must(roster.NewSchema([]roster.Kind{{Name: "deal", Actions: actions}}, nil))
	r := must(roster.New(new(memstore.Store), schema, roster.Config{}))
	seller := roster.Rights{"deal:view": roster.InDepartment, "deal:edit": roster.Own}
	must(r.Apply(ctx, host, roster.CreateDepartment{ID: "sales", Name: "Sales"},
		roster.CreateRole{ID: "seller", Name: "Seller", Rights: seller}, hired("anna"), hired("ben")))
	deals := new(memstore.Records) // your own table; here it is in memory
	for i := range 1000 {
		must(0, deals.Put(memstore.Record{ID: fmt.Sprint("deal-", i), Owner: "anna", Author: "anna"}))
	}
	edit := must(r.Can(ctx, "ben", schema.MustRight("deal:edit"), roster.Record{Owner: "anna"}))
	fmt.Println("may Ben edit Anna's deal?", edit.Allowed)

	desk := must(offboard.New(r, offboard.Kind{Name: "deal", Holdings: deals}))
	give := roster.Rule{Kind: "deal", Do: roster.GiveTo, To: []roster.UserID{"ben"}}
	leave := roster.Request{Leaver: "anna", Rules: []roster.Rule{give}}
	plan := must(desk.Assess(ctx, host, leave)) // show plan.String(), and ask
	run := must(desk.Start(ctx, host, leave, plan.Digest))
	run = must(desk.Work(ctx, run.ID, nil)) // after a crash: the same call again
	ben, anna := must(deals.Survey(ctx, "ben")), must(deals.Survey(ctx, "anna"))
	fmt.Printf("run %s; Ben has %d deals, Anna %d\n", run.State, ben.Total(), anna.Total())
	fmt.Println("trail verified to event", must(r.Verify(ctx, roster.Head{})).Seq)
}

// hired is a user of your existing table.
func hired(id roster.UserID) roster.Change {
	return roster.ImportUser{User: roster.User{
		ID: id, FirstName: string(id), Department: "sales", Role: "seller", Status: roster.StatusActive}}
}

// must ends the program on an error.
func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}
