package offboard_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/offboard"
)

// benLeft is the shop after ben's deletion: eva has his deals.
func benLeft() (*offboard.Desk, *memstore.Records, roster.Run) {
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
	run, err := desk.Start(ctx, ada, plan.Request, plan.Digest)
	if err != nil {
		panic(err)
	}
	if run, err = desk.Work(ctx, run.ID, nil); err != nil {
		panic(err)
	}
	return desk, deals, run
}

// What a run moved is in its journal, whatever has become of the records since.
func ExampleDesk_Moved() {
	desk, _, run := benLeft()
	for m, err := range desk.Moved(context.Background(), roster.As("ada"), run.ID) {
		fmt.Println(m.Kind, m.ID, m.From, "→", m.To, err)
	}
	// Output:
	// deal 1 ben → eva <nil>
	// deal 2 ben → eva <nil>
	// deal 3 ben → eva <nil>
}

// Two deals were better given to ada.
func ExampleDesk_Correct() {
	ctx, ada := context.Background(), roster.As("ada")
	desk, _, run := benLeft()
	correction, err := desk.Correct(ctx, ada, roster.Correction{Run: run.ID, Kind: "deal", Records: []string{"1", "3"}, To: "ada", Reason: "she knows these customers"})
	if err != nil {
		panic(err)
	}
	if _, err := desk.Work(ctx, correction.ID, nil); err != nil {
		panic(err)
	}
	outcome, err := desk.Outcome(ctx, ada, correction.ID)
	if err != nil {
		panic(err)
	}
	for _, s := range outcome.Steps {
		fmt.Println(s)
	}
	_, err = desk.Correct(ctx, ada, roster.Correction{Run: run.ID, To: "ben"})
	fmt.Println(errors.Unwrap(err))
	// Output:
	// done: deal: 2 to ada
	// the plan has blockers: ben: can't be a successor: is deleted
}

// Two people leave. They are assessed, confirmed and started together, and each run is worked on by itself.
func ExampleDesk_StartAll() {
	ctx, ada := context.Background(), roster.As("ada")
	r, deals := shop()
	desk, err := offboard.New(r, offboard.Kind{Name: "deal", Holdings: deals})
	if err != nil {
		panic(err)
	}
	toAda := []roster.Rule{{Do: roster.GiveTo, To: []roster.UserID{"ada"}}}
	plans, err := desk.AssessAll(ctx, ada, roster.Request{Leaver: "ben", Rules: toAda}, roster.Request{Leaver: "eva", Rules: toAda})
	if err != nil {
		panic(err)
	}
	var confirmed []offboard.Confirmed
	for _, p := range plans { // which the actor has read and confirmed
		confirmed = append(confirmed, offboard.Confirmed{Request: p.Request, Digest: p.Digest})
	}
	results, err := desk.StartAll(ctx, ada, confirmed...)
	if err != nil {
		panic(err) // nobody has started; the error tells why, for each
	}
	for _, result := range results {
		if result.Err != nil {
			fmt.Println(result.Leaver, "didn't start:", result.Err)
			continue
		}
		run, err := desk.Work(ctx, result.Run.ID, nil)
		fmt.Println(result.Leaver, run.State, err)
	}
	// Output:
	// ben done <nil>
	// eva done <nil>
}
