//go:build gates

package roster_test

import (
	"testing"

	"github.com/seed-8e8abc8d/roster/internal/gate"
)

func TestGateCan(t *testing.T) {
	small := newCompany(t, 1_000, 20)
	small.ask(ringMask)
	gate.Within(t, "by user id, W1, against the one-map floor", 25, small.ask, small.askFloor)
	large := newCompany(t, 100_000, 1_000)
	large.ask(ringMask)
	gate.Compare(t, "by user id, W2, against the one-map floor", 2, large.ask, large.askFloor)
	gate.Compare(t, "by user id, W5 at 1,000 users, against no writer", 1.2, small.askWhileWriting, small.ask)
	gate.Compare(t, "by user id, W5 at 100,000 users, against no writer", 1.2, large.askWhileWriting, large.ask)
	if n := testing.AllocsPerRun(100, func() { small.ask(1) }); n != 0 {
		t.Errorf("a check by user id allocates %v times", n)
	}
}

// TestGateVisible wants a change of rights to cost about the same among 1,000,000 users as among 1,000.
// It is no constant: the tree of a thousand times as many users is twice as deep, in colder memory. A
// bound of 3 tells that from a cost which grows with the users.
func TestGateVisible(t *testing.T) {
	change := func(c *company) func(n int) {
		next := 0
		return func(n int) {
			for range n {
				c.change(next)
				next++
			}
		}
	}
	small, large := newCompany(t, 1_000, 100), newCompany(t, 1_000_000, 100)
	gate.Compare(t, "a change of rights among 1,000,000 users against 1,000", 3, change(large), change(small))
}
