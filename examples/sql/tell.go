package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/offboard"
)

// census counts every table's records by who answers for them.
func (c *crm) census(ctx context.Context) error {
	people := []roster.UserID{leaver, "vera", "sid", administrator, "tom", ""}
	fmt.Fprintf(c.out, "%-10s%8s%8s%8s%8s%8s%8s%8s\n", "", "leo", "vera", "sid", "ada", "tom", "nobody", "in all")
	for _, f := range fillings {
		fmt.Fprintf(c.out, "%-10s", f.table)
		all := 0
		for _, id := range people {
			var n int
			if err := c.db.Reader().QueryRowContext(ctx, "SELECT count(*) FROM "+f.table+" WHERE coalesce(owner, '') = $1", string(id)).Scan(&n); err != nil {
				return err
			}
			fmt.Fprintf(c.out, "%8d", n)
			all += n
		}
		fmt.Fprintf(c.out, "%8d\n", all)
	}
	return nil
}

// progress prints a line for every tenth of the records.
func (c *crm) progress() func(offboard.Progress) {
	tenth := -1
	return func(p offboard.Progress) {
		if done := 10 * p.Moved / max(p.Total, 1); done > tenth {
			fmt.Fprintf(c.out, "%3d%%  %d of %d\n", 10*done, p.Moved, p.Total)
			tenth = done
		}
	}
}

// tell tells how it ended: who answers for what now, what the journal and the trail say, and what opens a door.
func (c *crm) tell(ctx context.Context, run roster.Run) error {
	admin := roster.As(administrator)
	outcome, err := c.desk.Outcome(ctx, admin, run.ID)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "\n%s\n", outcome)
	if err := c.census(ctx); err != nil {
		return err
	}
	moves, seen := 0, map[string]bool{}
	for m, err := range c.desk.Moved(ctx, admin, run.ID) {
		if err != nil {
			return err
		}
		moves++
		seen[m.Kind+" "+m.ID] = true
	}
	fmt.Fprintf(c.out, "\nThe journal tells of %d moves of %d records.\n", moves, len(seen))
	gone, err := c.r.User(ctx, admin, leaver)
	if err != nil {
		return err
	}
	live := 0
	for token, err := range c.r.Tokens(ctx, admin, leaver) {
		if err != nil {
			return err
		}
		if token.Live(&gone, time.Now()) {
			live++
		}
	}
	fmt.Fprintf(c.out, "%s is %s; %d tokens open a door.\n", name(leaver), gone.Status, live)
	head, err := c.r.Verify(ctx, roster.Head{})
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "The trail has %d events, every link of it verified.\n", head.Seq)
	return nil
}

// name is somebody's name.
func name(id roster.UserID) string {
	all := people()
	i := slices.IndexFunc(all, func(ch roster.Change) bool { u, ok := ch.(roster.ImportUser); return ok && u.User.ID == id })
	if i < 0 {
		return string(id)
	}
	u := all[i].(roster.ImportUser).User
	return u.FirstName + " " + u.LastName
}
