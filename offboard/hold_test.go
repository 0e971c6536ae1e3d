package offboard_test

import (
	"errors"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/storetest"
)

// held is a run whose first deal goes to sam, held by a worker for a minute: it is intended and moved, and Done has been told.
func held(f *firm) (*roster.Hold, roster.RunID) {
	f.t.Helper()
	req := request()
	req.Rules[0] = roster.Rule{Kind: "deal", Do: roster.GiveTo, To: []roster.UserID{"sam"}}
	run := f.start(req)
	hold, _, err := f.Runs().Claim(f.t.Context(), run.ID, time.Minute, 3)
	f.must(err)
	e, err := hold.Intend(f.t.Context(), deals(0))
	f.must(err)
	e.Moved = 1
	f.must(hold.Done(f.t.Context(), e, false))
	return hold, run.ID
}

// deals are an entry of the first step that moves one of the leaver's deals.
func deals(n int) roster.Entry {
	return roster.Entry{Kind: "deal", Tie: roster.Responsible, To: "sam", IDs: []string{dealID(n)}}
}

// journal tells of each entry of a run that is stored whether it is done, and how many records the stored run has moved.
func (f *firm) journal(inner roster.Store, id roster.RunID) (done []bool, moved int) {
	f.t.Helper()
	f.must(inner.View(f.t.Context(), func(tx roster.Tx) error {
		run, err := tx.Run(id)
		if err != nil {
			return err
		}
		for _, s := range run.Steps {
			moved += s.Moved
		}
		entries, err := tx.ListEntries(id, 0, 100)
		for _, e := range entries {
			done = append(done, e.Done)
		}
		return err
	}))
	return done, moved
}

func TestL21_WhatIsDoneIsWrittenWithWhatIsNext(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 9)
	hold, id := held(f)
	done, moved := f.journal(f.store, id)
	is.Equal(done, []bool{false})                // not by itself
	is.Equal(moved, 0)                           // neither the counts
	is.Equal(hold.Run.Steps[0].Moved, 1)         // but the worker goes on from them
	e, err := hold.Intend(t.Context(), deals(1)) // whatever is written next
	is.NoErr(err)
	done, moved = f.journal(f.store, id)
	is.Equal(done, []bool{true, false}) // writes it
	is.Equal(moved, 1)                  // once
	is.Equal(hold.Run.Steps[0].Moved, 1)
	f.clock.forward(16 * time.Second) // a quarter of the lease is gone
	e.Moved = 1
	is.NoErr(hold.Done(t.Context(), e, false))
	done, moved = f.journal(f.store, id)
	is.Equal(done, []bool{true, true}) // so it is written by itself
	is.Equal(moved, 2)
	is.Equal(f.find(id).Lease.Until.Sub(f.clock.now()), time.Minute) // and prolongs the lease
}

// TestL21_TheEndOfAStepIsWrittenWithWhatIsNext tells the last chunk of a step: its end and the event of it come with the next
// write, the worker goes on from them at once, and one who comes after a crash instead finds the entry open.
func TestL21_TheEndOfAStepIsWrittenWithWhatIsNext(t *testing.T) {
	t.Parallel()
	for _, crash := range []bool{false, true} {
		is := is.New(t)
		f := newFirm(t, 9)
		hold, id := held(f)
		e, err := hold.Intend(t.Context(), deals(1))
		is.NoErr(err)
		e.Moved = 1
		is.NoErr(hold.Done(t.Context(), e, true))
		is.True(hold.Run.Steps[0].Done)
		is.Equal(hold.Run.Steps[0].Moved, 2)
		done, moved := f.journal(f.store, id)
		is.Equal(done, []bool{true, false})
		is.Equal(moved, 1)
		is.Equal(f.find(id).Steps[0].Done, false)
		if crash {
			f.clock.forward(2 * time.Minute)
			after, _, err := f.Runs().Claim(t.Context(), id, time.Minute, 3)
			is.NoErr(err)
			is.True(errors.Is(hold.Release(t.Context()), roster.ErrLease)) // who was thought dead writes nothing
			open, found, err := after.Open(t.Context())
			is.NoErr(err)
			is.True(found)
			open.Already = 1
			is.NoErr(after.Done(t.Context(), open, true))
			hold = after
		}
		is.Equal(len(f.events(roster.VerbRunStep)), 0)
		is.NoErr(hold.Release(t.Context()))
		done, moved = f.journal(f.store, id)
		is.Equal(done, []bool{true, true})
		is.Equal(moved, 2)
		is.True(f.find(id).Steps[0].Done)
		is.Equal(len(f.events(roster.VerbRunStep)), 1) // told once
	}
}

func TestL21_ARefusalKeepsWhatIsDone(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 9)
	hold, id := held(f)
	sam := f.user("sam")
	sam.Status = roster.StatusInactive // as no change allows while the run goes on
	is.NoErr(f.store.Update(t.Context(), func(tx roster.Tx) error { return tx.PutUser(sam) }))
	_, err := hold.Intend(t.Context(), deals(1))
	is.True(errors.Is(err, roster.ErrState)) // sam receives no more
	is.NoErr(hold.Park(t.Context(), "code", "why"))
	done, moved := f.journal(f.store, id)
	is.Equal(done, []bool{true}) // what sam has received is written down all the same
	is.Equal(moved, 1)
}

// TestL21_ACommitThatMayHaveHappenedCountsOnce loses the answer of the commit that writes what was done, and of one that failed:
// in both cases the journal and the counts are right in the end, nothing counted twice.
func TestL21_ACommitThatMayHaveHappenedCountsOnce(t *testing.T) {
	t.Parallel()
	for _, after := range []bool{true, false} {
		is := is.New(t)
		inner := new(memstore.Store)
		faulty := storetest.NewFaulty(inner)
		f := newFirmOn(t, faulty, 9, nil)
		hold, id := held(f)
		const commit = 7 // Update, Run, PutEntry, User, PutEntry, PutRun, commit
		for n := 1; ; n++ {
			faulty.FailAt(n, storetest.Failure{After: after})
			_, err := hold.Intend(t.Context(), deals(1))
			if faulty.FailedCall() == "commit" {
				is.True(errors.Is(err, storetest.ErrInjected)) // nobody knows what came of it
				break
			}
			is.True(n < commit) // it is reached
			if !errors.Is(err, storetest.ErrInjected) {
				t.Fatalf("call %d, %s: %v", n, faulty.FailedCall(), err)
			}
		}
		faulty.FailAt(0, storetest.Failure{})
		_, err := hold.Intend(t.Context(), deals(1))
		for _, err := range []error{err, hold.Done(t.Context(), deals(1), true), hold.Finish(t.Context(), 0), hold.Park(t.Context(), "code", "why")} {
			is.True(errors.Is(err, storetest.ErrInjected)) // it is good for nothing any more
		}
		is.NoErr(hold.Release(t.Context())) // but this
		hold, _, err = f.Runs().Claim(t.Context(), id, time.Minute, 3)
		is.NoErr(err)
		e, open, err := hold.Open(t.Context())
		is.NoErr(err)
		is.True(open) // the first entry, or the second
		e.Already = 1
		is.NoErr(hold.Done(t.Context(), e, false))
		is.NoErr(hold.Release(t.Context()))
		done, moved := f.journal(inner, id)
		for _, d := range done {
			is.True(d)
		}
		is.Equal(moved, len(done)) // one record in each entry
	}
}
