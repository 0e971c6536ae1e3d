package sqltest

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/seed-8e8abc8d/roster"
)

// Chain appends to one trail from eight goroutines over two pools: the chain stays whole, without gaps, and nothing is lost.
func Chain(t *testing.T, e Engine) {
	t.Helper()
	db, other := e.Open(t)
	o := staffed(t, db)
	before := whole(t, o.Roster)
	const each = 5
	var failed [8]error
	var done sync.WaitGroup
	for i := range failed {
		r := o.On([]roster.Store{db.Account("acme"), other.Account("acme")}[i%2])
		done.Go(func() {
			for n := range each {
				_, err := r.Apply(t.Context(), roster.System(fmt.Sprint("worker ", i)), roster.CreateDepartment{ID: roster.DepartmentID(fmt.Sprint(i, "-", n)), Name: "One"})
				failed[i] = errors.Join(failed[i], err)
			}
		})
	}
	done.Wait()
	must(t, errors.Join(failed[:]...))
	same(t, "events", []uint64{before + each*uint64(len(failed))}, []uint64{whole(t, o.Roster)})
	next := map[string]int{}
	must(t, db.Account("acme").View(t.Context(), func(tx roster.Tx) error {
		events, err := tx.ListEvents(roster.EventFilter{Verb: roster.VerbDepartmentCreate}, before, 1000)
		for _, ev := range events {
			if want := fmt.Sprintf("%s-%d", ev.System[len("worker "):], next[ev.System]); ev.Object != want {
				t.Errorf("event %d of %s is about %s; want %s", ev.Seq, ev.System, ev.Object, want)
			}
			next[ev.System]++
		}
		return err
	}))
	if len(next) != len(failed) {
		t.Errorf("events of %d workers; want %d", len(next), len(failed))
	}
}
