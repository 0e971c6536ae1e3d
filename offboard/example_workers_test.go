package offboard_test

import (
	"context"
	"fmt"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/offboard"
)

// A service starts its workers with itself, in a goroutine of its own, and stops them by the context; here they stop when
// the run that waits is done. With a database of many accounts the queue is the *sqlstore.DB, and Desk makes each
// account's desk.
func ExampleWorkers() {
	r, deals := shop()
	desk, err := offboard.New(r, offboard.Kind{Name: "deal", Holdings: deals})
	if err != nil {
		panic(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	plan, err := desk.Assess(ctx, roster.As("ada"), roster.Request{Leaver: "ben", Rules: toEva})
	if err != nil {
		panic(err)
	}
	if _, err := desk.Start(ctx, roster.As("ada"), plan.Request, plan.Digest); err != nil {
		panic(err)
	}
	err = offboard.Workers{
		Queue: r.Runs(),
		Desk:  func(context.Context, string) (*offboard.Desk, error) { return desk, nil },
		Report: func(_ roster.Due, run roster.Run, err error) {
			fmt.Println(run.Leaver, run.State, err)
			stop()
		},
		Watch: func(b roster.Backlog) { fmt.Println("due:", b.Due, "parked:", b.Parked) },
	}.Run(ctx)
	fmt.Println(err)
	// Output:
	// due: 1 parked: 0
	// ben done <nil>
	// <nil>
}
