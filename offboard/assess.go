package offboard

import (
	"context"

	"github.com/seed-8e8abc8d/roster"
)

// Assess tells what a deletion would do and what stands in its way, and changes nothing (L3). Show the
// plan's text to the actor, ask for a confirmation (L6), then Start with plan.Request and plan.Digest.
//
// It counts what is there, whatever the actor may see. A leaver with a million records costs what the
// surveys cost; only rules that name records make it page through them, in constant memory. It needs
// users:delete; an error means that the actor may not ask, that the store couldn't be read, or that
// ctx is done, while a source that couldn't be counted is a blocker of the plan (G2).
func (d *Desk) Assess(ctx context.Context, a roster.Actor, req roster.Request) (roster.Plan, error) {
	snap, err := d.runs.Snapshot(ctx, a, req)
	if err != nil {
		return roster.Plan{}, fail("assess", req.Leaver, err)
	}
	if snap.Stocks, err = d.stocks(ctx, req); err != nil {
		return roster.Plan{}, fail("assess", req.Leaver, err)
	}
	return roster.PlanHandover(snap, req), nil
}

// Start begins the deletion that was confirmed: it surveys again and fences in one transaction. From then on
// the leaver has no access (L7), and Work hands over; Start itself moves no record. What isn't as it
// was when req was assessed is refused with a *roster.StaleError that tells the difference, what has
// blockers with a *roster.BlockedError; either way nothing has changed but the trail. A plan that a
// client sends back is never trusted: the digest alone is compared; a zero one is a roster.Faults.
//
// It may be repeated after a lost answer or a double click: the same actor with the same request and
// digest is given the run that they started, done or not, unless it was lifted.
func (d *Desk) Start(ctx context.Context, a roster.Actor, req roster.Request, confirmed roster.Digest) (roster.Run, error) {
	survey := func(ctx context.Context) ([]roster.Stock, error) { return d.stocks(ctx, req) }
	return d.runs.Fence(ctx, a, req, survey, confirmed)
}

// Lift ends an unfinished run without deleting anybody (L17): the leaver is inactive, with nothing
// revived, and what was handed over stays where it is. See roster.Runs.Lift.
func (d *Desk) Lift(ctx context.Context, a roster.Actor, id roster.RunID, reason string) (roster.Run, error) {
	return d.runs.Lift(ctx, a, id, reason)
}

// Retry lets Work take up a parked run again, after a person has removed what it was parked for (L17), or
// with rules for what none covered. They are checked like a request's own: malformed ones are a
// roster.Faults that numbers them after the run's, a successor who may not receive, and records that no
// rule covers even so, a *roster.BlockedError. One that covers the same as a rule whose successor isn't active any more
// takes its place. See roster.Runs.Retry.
func (d *Desk) Retry(ctx context.Context, a roster.Actor, id roster.RunID, add ...roster.Rule) (roster.Run, error) {
	may, err := d.mayDelete(ctx, a)
	if err != nil {
		return roster.Run{}, fail("retry", id, err)
	}
	var stocks []roster.Stock
	if may && len(add) > 0 { // nobody else causes a survey
		run, err := d.runs.Find(ctx, a, id)
		if err == nil { // else Runs.Retry refuses, and the trail tells
			run.Request.Rules = append(run.Request.Rules, add...)
			if stocks, err = d.stocks(ctx, run.Request); err != nil {
				return roster.Run{}, fail("retry", id, err)
			}
		}
	}
	return d.runs.Retry(ctx, a, id, add, stocks)
}
