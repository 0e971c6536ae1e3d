package faults_test

import (
	"testing"

	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// fills deletes a user while fill takes nearly all room away, and gives it back after each failure, when everything is
// verified. fill isn't called while anybody works.
func (x *trouble) fills(t *testing.T, db *sqlstore.DB, fill func(room bool)) {
	t.Helper()
	full := 0
	x.found = map[state]int{}
	fill(false)
	x.insist(func(err error) {
		fill(true)
		full++
		x.verify(db, "full: "+err.Error())
		if full < often(12) {
			fill(false)
		}
	})
	fill(true)
	x.ended(db)
	t.Logf("%d times there was no room, the run parked %d times, by the state found then:%s", full, x.parked, counts(x.found))
	if full < 3 {
		t.Error("there always was room")
	}
}
