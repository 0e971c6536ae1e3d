// Review prints the reports that an administrator looks through now and then, for a made-up account of 40
// people after its first months: who may delete users, who holds what and why, who differs from their role, who
// wasn't seen for long and what that costs, who is past the end date, and which deletions wait for somebody.
//
//	go run ./examples/review                                  all reports
//	go run ./examples/review -department amocrm-group-512101  of one department
//	go run ./examples/review -right deal:export               who holds one right
//	go run ./examples/review -json                            the same for programs
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/report"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "review:", err)
		os.Exit(1)
	}
}

// options are the program's flags.
type options struct {
	seed   uint64
	choice report.Choice
	right  string
	unseen time.Duration
	json   bool
}

// run is the whole program.
func run(ctx context.Context, args []string, out io.Writer) error {
	var o options
	flags := flag.NewFlagSet("review", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.Uint64Var(&o.seed, "seed", 1, "of the made-up account")
	flags.StringVar((*string)(&o.choice.Department), "department", "", "`id` of the department to report on; empty: everybody")
	flags.IntVar(&o.choice.Limit, "rows", 15, "how many rows a list shows")
	flags.StringVar(&o.right, "right", "deal:export", "the `right` whose holders are named")
	flags.DurationVar(&o.unseen, "unseen", 90*24*time.Hour, "how long is long")
	flags.BoolVar(&o.json, "json", false, "print JSON, a line for each report")
	if err := flags.Parse(args); err != nil {
		return err
	}
	c, err := open(ctx, o.seed)
	if err != nil {
		return err
	}
	o.choice.Now = c.now
	reports, err := review(ctx, c.r, roster.As(c.admin), o)
	if err != nil {
		return err
	}
	for i, x := range reports {
		if o.json {
			if err := json.NewEncoder(out).Encode(x); err != nil {
				return err
			}
			continue
		}
		if i > 0 {
			fmt.Fprintln(out)
		}
		fmt.Fprint(out, x)
	}
	return nil
}

// review makes all reports.
func review(ctx context.Context, r *roster.Roster, a roster.Actor, o options) ([]fmt.Stringer, error) {
	var all []fmt.Stringer
	for _, next := range []func() (fmt.Stringer, error){
		func() (fmt.Stringer, error) { return report.WhoDeletes(ctx, r, a, o.choice) },
		func() (fmt.Stringer, error) { return report.WhoHoldsWhat(ctx, r, a, o.choice) },
		func() (fmt.Stringer, error) { return report.WhoHolds(ctx, r, a, o.right, o.choice) },
		func() (fmt.Stringer, error) { return report.WhoDiffers(ctx, r, a, o.choice) },
		func() (fmt.Stringer, error) { return report.WhatSeatsCost(ctx, r, a, o.choice) },
		func() (fmt.Stringer, error) { return report.WhoIsUnseen(ctx, r, a, o.unseen, o.choice) },
		func() (fmt.Stringer, error) { return report.WhoHasEnded(ctx, r, a, o.choice) },
		func() (fmt.Stringer, error) { return report.WhatIsParked(ctx, r, a, o.choice) },
	} {
		x, err := next()
		if err != nil {
			return nil, err
		}
		all = append(all, x)
	}
	return all, nil
}
