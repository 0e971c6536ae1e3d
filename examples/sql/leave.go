package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/offboard"
)

// lease is how long after the death of its process a run is taken up by another. A minute is the default; here a person
// sits and waits for it.
const lease = 2 * time.Second

// offboard brings leo's leaving to its end, from wherever an earlier life of this process got to.
func (c *crm) offboard(ctx context.Context) error {
	desk := c.desk.With(offboard.Settings{Lease: lease, Chunk: 250})
	run, found, err := c.found(ctx)
	switch {
	case err != nil:
		return err
	case !found:
		if run, err = c.begin(ctx, desk); err == nil {
			run, err = desk.Work(ctx, run.ID, c.progress())
		}
	case run.Unfinished():
		fmt.Fprintf(c.out, "A run that isn't finished: %d records in %d chunks are written down as moved. Going on.\n", moved(run), run.Entries)
		run, err = c.goOn(ctx, desk, run.ID)
	}
	if err != nil {
		return err
	}
	return c.tell(ctx, desk, run)
}

// found looks for the run of an earlier life.
func (c *crm) found(ctx context.Context) (run roster.Run, found bool, err error) {
	for run, err := range c.r.Runs().List(ctx, roster.System("start"), roster.RunFilter{Leaver: leaver}) {
		return run, err == nil, err
	}
	return roster.Run{}, false, nil
}

// begin shows what the deletion would do, has it confirmed, and ends leo's access.
func (c *crm) begin(ctx context.Context, desk *offboard.Desk) (roster.Run, error) {
	session, err := c.r.Issue(ctx, roster.System("single sign-on"), roster.TokenOrder{User: leaver, Kind: roster.TokenSession})
	if err != nil {
		return roster.Run{}, err
	}
	plan, err := desk.Assess(ctx, roster.As(administrator), request())
	if err != nil {
		return roster.Run{}, err
	}
	fmt.Fprintf(c.out, "\n%s\n", plan.Text(name))
	if err := plan.Err(); err != nil {
		return roster.Run{}, err
	}
	if !c.yes && !c.confirm(name(leaver)) {
		return roster.Run{}, errors.New("not confirmed: nothing was changed")
	}
	run, err := desk.Start(ctx, roster.As(administrator), plan.Request, plan.Digest)
	if err != nil {
		return run, err
	}
	_, err = c.r.Check(ctx, session.Secret.Reveal())
	fmt.Fprintf(c.out, "Fenced. Leo's session is refused: %t\n", errors.Is(err, roster.ErrToken))
	fmt.Fprintf(c.out, "A new deal for Leo: %v\n\n", c.assign(ctx, 1, leaver))
	return run, nil
}

// goOn works on a run that somebody else began, once the lease of who died over it is over.
func (c *crm) goOn(ctx context.Context, desk *offboard.Desk, id roster.RunID) (roster.Run, error) {
	for {
		run, err := desk.Work(ctx, id, c.progress())
		if !errors.Is(err, roster.ErrLease) {
			return run, err
		}
		select {
		case <-ctx.Done():
			return run, ctx.Err()
		case <-time.After(lease / 10):
		}
	}
}

// moved is how many records a run has handled, as it knows.
func moved(run roster.Run) (n int) {
	for _, s := range run.Steps {
		n += s.Moved + s.Skipped
	}
	return n
}
