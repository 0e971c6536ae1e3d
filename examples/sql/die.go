package main

import (
	"context"
	"os"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/offboard"
)

// mortal are Holdings that kill their process, as kill -9 does it, once so many records have moved: at the worst
// moment, when a move is in the database and not yet in the run's journal.
type mortal struct {
	roster.Holdings
	left *int // of all kinds together
}

// Move moves, and may be the last thing that this process does.
func (m mortal) Move(ctx context.Context, o roster.MoveOrder) ([]roster.MoveResult, error) {
	results, err := m.Holdings.Move(ctx, o)
	if *m.left -= len(o.IDs); err == nil && *m.left <= 0 {
		self, err := os.FindProcess(os.Getpid())
		if err != nil {
			return nil, err
		}
		if err := self.Kill(); err != nil {
			return nil, err
		}
		select {} // nothing of this process happens any more
	}
	return results, err
}

// mortal makes all holdings mortal if this process is to die.
func (c *crm) mortal(kinds []offboard.Kind) []offboard.Kind {
	if c.die == 0 {
		return kinds
	}
	left := c.die
	for i := range kinds {
		kinds[i].Holdings = mortal{Holdings: kinds[i].Holdings, left: &left}
	}
	return kinds
}
