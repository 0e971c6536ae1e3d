package offboard_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/offboard"
)

// shop is a company with ada, an administrator, and the sellers ben and eva; ben has three deals.
func shop() (*roster.Roster, *memstore.Records) {
	schema, err := roster.NewSchema([]roster.Kind{
		{Name: "deal", Title: "Deals", Actions: []roster.Action{{Name: "view"}, {Name: "edit", Needs: []string{"view"}}}},
	}, nil)
	if err != nil {
		panic(err)
	}
	r, err := roster.New(new(memstore.Store), schema, roster.Config{
		Now: func() time.Time { return time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC) },
	})
	if err != nil {
		panic(err)
	}
	person := func(id roster.UserID, admin bool) roster.Change {
		return roster.ImportUser{User: roster.User{
			ID: id, FirstName: string(id), Department: "sales", Admin: admin, Status: roster.StatusActive,
			Rights: roster.Rights{"deal:view": roster.InDepartment, "deal:edit": roster.Own},
		}}
	}
	if _, err := r.Apply(context.Background(), roster.System("example"),
		roster.CreateDepartment{ID: "sales", Name: "Sales"},
		person("ada", true), person("ben", false), person("eva", false),
	); err != nil {
		panic(err)
	}
	deals := new(memstore.Records)
	if err := deals.Put(
		memstore.Record{ID: "1", Owner: "ben", Author: "ben", Open: true},
		memstore.Record{ID: "2", Owner: "ben", Author: "ada"},
		memstore.Record{ID: "3", Owner: "ben", Author: "ben"},
	); err != nil {
		panic(err)
	}
	return r, deals
}

// toEva gives everything to eva.
var toEva = []roster.Rule{{Do: roster.GiveTo, To: []roster.UserID{"eva"}}}

func ExampleDesk() {
	ctx, ada := context.Background(), roster.As("ada")
	r, deals := shop()
	desk, err := offboard.New(r, offboard.Kind{Name: "deal", Holdings: deals})
	if err != nil {
		panic(err)
	}
	plan, err := desk.Assess(ctx, ada, roster.Request{Leaver: "ben"})
	fmt.Println(len(plan.Blockers), plan.Blockers[0].Code, err) // nothing is done by default

	plan, err = desk.Assess(ctx, ada, roster.Request{Leaver: "ben", Rules: toEva})
	fmt.Println(len(plan.Blockers), plan.Seats, err)

	// Show the plan, ask for a confirmation; then:
	run, err := desk.Start(ctx, ada, plan.Request, plan.Digest)
	if err != nil {
		panic(err)
	}
	run, err = desk.With(offboard.Settings{Chunk: 2}).Work(ctx, run.ID, func(p offboard.Progress) {
		fmt.Println(p.Moved, "of", p.Total)
	})
	fmt.Println(run.State, err)
	// Output:
	// 1 uncovered <nil>
	// 0 1 <nil>
	// 2 of 3
	// 3 of 3
	// done <nil>
}

// A world that changed since the assessment is refused, and told.
func ExampleDesk_Start() {
	ctx, ada := context.Background(), roster.As("ada")
	r, deals := shop()
	desk, err := offboard.New(r, offboard.Kind{Name: "deal", Holdings: deals})
	if err != nil {
		panic(err)
	}
	plan, err := desk.Assess(ctx, ada, roster.Request{Leaver: "ben", Rules: toEva})
	if err != nil {
		panic(err)
	}
	if err := deals.Put(memstore.Record{ID: "4", Owner: "ben"}); err != nil {
		panic(err)
	}
	_, err = desk.Start(ctx, ada, plan.Request, plan.Digest)
	var stale *roster.StaleError
	if errors.As(err, &stale) {
		for _, c := range stale.Changed {
			fmt.Println(c.Name)
		}
	}
	// Output:
	// deal records
	// deal fingerprint
}

func ExampleDesk_AssessAll() {
	r, deals := shop()
	desk, err := offboard.New(r, offboard.Kind{Name: "deal", Holdings: deals})
	if err != nil {
		panic(err)
	}
	plans, err := desk.AssessAll(context.Background(), roster.As("ada"),
		roster.Request{Leaver: "ben", Rules: toEva},
		roster.Request{Leaver: "eva"},
	)
	if err != nil {
		panic(err)
	}
	for _, p := range plans {
		for _, b := range p.Blockers {
			fmt.Println(p.Leaver, b.Code, b.User)
		}
	}
	// Output:
	// ben successor-leaving eva
}

// A run that something stands in the way of is parked: a person removes the cause and retries, or lifts it.
func ExampleDesk_Lift() {
	ctx, ada := context.Background(), roster.As("ada")
	r, deals := shop()
	desk, err := offboard.New(r, offboard.Kind{Name: "deal", Holdings: deals})
	if err != nil {
		panic(err)
	}
	request := roster.Request{Leaver: "ben", Rules: []roster.Rule{
		{Kind: "deal", Records: []string{"1"}, Do: roster.GiveTo, To: []roster.UserID{"eva"}},
		{Kind: "deal", Records: []string{"2"}, Do: roster.GiveTo, To: []roster.UserID{"eva"}},
		{Kind: "deal", Records: []string{"3"}, Do: roster.GiveTo, To: []roster.UserID{"eva"}},
	}}
	plan, err := desk.Assess(ctx, ada, request)
	if err != nil {
		panic(err)
	}
	run, err := desk.Start(ctx, ada, request, plan.Digest)
	if err != nil {
		panic(err)
	}
	if err := deals.Put(memstore.Record{ID: "4", Owner: "ben"}); err != nil { // no rule covers it
		panic(err)
	}
	run, err = desk.Work(ctx, run.ID, nil)
	fmt.Println(run.State, errors.Is(err, roster.ErrParked))

	run, err = desk.Retry(ctx, ada, run.ID)
	fmt.Println(run.State, err)
	run, err = desk.Lift(ctx, ada, run.ID, "he stays after all")
	fmt.Println(run.State, err)
	// Output:
	// parked true
	// working <nil>
	// lifted <nil>
}

// A record that reached somebody after their deletion is found and handed over.
func ExampleDesk_Sweep() {
	ctx, ada := context.Background(), roster.As("ada")
	desk, deals, _ := benLeft()
	if err := deals.Put(memstore.Record{ID: "4", Owner: "ben"}); err != nil {
		panic(err)
	}

	for left, err := range desk.Remains(ctx, ada) {
		fmt.Println(left.User, left.Status, left.Kind, left.Survey.Total(), err)
	}
	run, err := desk.Sweep(ctx, ada, roster.Request{Leaver: "ben"}) // by the rules of the run before
	if err != nil {
		panic(err)
	}
	run, err = desk.Work(ctx, run.ID, nil)
	fmt.Println(run.State, err)
	for left, err := range desk.Remains(ctx, ada) {
		fmt.Println(left.User, left.Kind, left.Survey.Total(), err)
	}
	// Output:
	// ben deleted deal 1 <nil>
	// done <nil>
}
