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

// openDesk opens the desk at which people leave.
func (c *crm) openDesk(ctx context.Context) error {
	kinds, err := c.kinds(ctx)
	if err != nil {
		return err
	}
	desk, err := offboard.New(c.r, c.mortal(kinds)...)
	if err != nil {
		return err
	}
	c.desk = desk.With(offboard.Settings{Lease: lease})
	return nil
}

// offboard brings leo's leaving to its end, from wherever an earlier life of this process got to.
func (c *crm) offboard(ctx context.Context) error {
	run, found, err := c.found(ctx)
	switch {
	case err != nil:
		return err
	case !found:
		if run, err = c.begin(ctx); err == nil {
			run, err = c.desk.Work(ctx, run.ID, c.progress())
		}
	case run.Unfinished():
		fmt.Fprintf(c.out, "A run that isn't finished: %d records in %d chunks are written down as moved. Going on.\n", moved(run), run.Entries)
		run, err = c.goOn(ctx, run.ID)
	}
	if err != nil {
		return err
	}
	return c.tell(ctx, run)
}

// found looks for the run of an earlier life.
func (c *crm) found(ctx context.Context) (run roster.Run, found bool, err error) {
	for run, err := range c.r.Runs().List(ctx, roster.System("start"), roster.RunFilter{Leaver: leaver}) {
		return run, err == nil, err
	}
	return roster.Run{}, false, nil
}

// begin shows what the deletion would do, has it confirmed, and ends leo's access.
func (c *crm) begin(ctx context.Context) (roster.Run, error) {
	session, err := c.r.Issue(ctx, roster.System("single sign-on"), roster.TokenOrder{User: leaver, Kind: roster.TokenSession})
	if err != nil {
		return roster.Run{}, err
	}
	plan, err := c.desk.Assess(ctx, roster.As(administrator), request())
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
	run, err := c.desk.Start(ctx, roster.As(administrator), plan.Request, plan.Digest)
	if err != nil {
		return run, err
	}
	_, err = c.r.Check(ctx, session.Secret.Reveal())
	fmt.Fprintf(c.out, "Fenced. Leo's session is refused: %t\n", errors.Is(err, roster.ErrToken))
	fmt.Fprintf(c.out, "A new deal for Leo: %v\n\n", c.assign(ctx, 1, leaver))
	return run, nil
}

// goOn is the loop of a host's workers: they take up every run that nobody is at, of whatever account, as soon as the lease
// of who died over it has ended. A host's server leaves it running for good; here it ends with the run.
func (c *crm) goOn(ctx context.Context, id roster.RunID) (run roster.Run, err error) {
	working, end := context.WithCancel(ctx)
	defer end()
	workers := offboard.Workers{
		Queue: c.db,
		Desk:  func(context.Context, string) (*offboard.Desk, error) { return c.desk, nil }, // of the one account that there is
		Every: lease / 10,
		Report: func(_ roster.Due, r roster.Run, failed error) {
			if !errors.Is(failed, roster.ErrLease) { // another process may have been faster
				run, err = r, failed
				end()
			}
		},
		Watch: func(roster.Backlog) { // and may have finished it
			if r, failed := c.r.Runs().Find(working, roster.As(administrator), id); failed == nil && !r.Unfinished() {
				run, err = r, nil
				end()
			}
		},
	}
	if err := workers.Run(working); err != nil {
		return run, err
	}
	return run, errors.Join(err, ctx.Err())
}

// moved is how many records a run has handled, as it knows.
func moved(run roster.Run) (n int) {
	for _, s := range run.Steps {
		n += s.Moved + s.Skipped
	}
	return n
}
