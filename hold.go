package roster

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"
)

// Hold is one worker's lease on a run (L21). Every write through it is refused with ErrLease once
// another worker has taken the run over, or a person has ended it, and every write that passes
// prolongs the lease. After a commit that failed, and so may have happened, it is good for Release alone: claim the run
// again, and look what is open. It is for one goroutine.
type Hold struct {
	Run Run // as last written or read, and as Done has counted since

	r        *Roster
	ttl      time.Duration
	most     int
	intended *Entry // the last entry, while it is open
	done     *Entry // what Done made of it, to be written with whatever is next
	last     bool   // done is the last of its step
	lost     error  // of a commit that may have happened
}

// update runs f on the run's row in one Update, unless the lease is gone, and keeps what f made of it. What Done left to
// be written is written first.
func (h *Hold) update(ctx context.Context, op string, f func(tx Tx, run *Run) error) error {
	if h.lost != nil && op != "release" {
		return wrap(op, h.Run.ID, h.lost)
	}
	before, committing := h.Run, false
	defer func() { // though Observe panicked
		if committing && h.done != nil { // a commit that failed may have happened: to count twice would be worse than to look again
			h.done, h.intended = nil, nil
		}
	}()
	err := h.r.update(ctx, func(tx Tx) error {
		committing = false
		run, err := tx.Run(before.ID)
		if err != nil {
			return err
		}
		if run.Lease.Number != before.Lease.Number || run.State != RunWorking {
			return ErrLease
		}
		run.Lease.Until = h.r.now().Add(h.ttl)
		if h.done != nil {
			run.count(*h.done)
			if err := tx.PutEntry(*h.done); err != nil {
				return err
			}
			if h.last {
				if err := h.finish(tx, &run, h.done.Step); err != nil {
					return err
				}
			}
		}
		h.Run = run
		if err := f(tx, &h.Run); err != nil {
			return err
		}
		err = tx.PutRun(h.Run)
		committing = err == nil
		return err
	})
	if err != nil {
		h.Run = before
		if committing {
			h.lost = err
		}
	}
	return wrap(op, before.ID, err)
}

// Intend writes down what is about to be moved, before it is (G8). The successor must be active now;
// one who isn't is an ErrState, and the run wants parking.
func (h *Hold) Intend(ctx context.Context, e Entry) (Entry, error) {
	err := h.update(ctx, "intend", func(tx Tx, run *Run) error {
		if err := run.has(e.Step); err != nil {
			return err
		}
		if err := h.receives(tx, e.To); err != nil {
			return err
		}
		return h.enter(tx, run, &e)
	})
	return e, h.opened(e, err)
}

// opened keeps an entry that was written as it was intended, for Done.
func (h *Hold) opened(e Entry, err error) error {
	if err == nil {
		h.intended = new(e.Clone())
	}
	return err
}

// Again is Intend for a correction. held tells in which part those of e.IDs are now that e.From still has,
// needs what a successor of the kind needs: ids that e.To may not receive there (L5) are in the Skipped of the
// entry that is returned, and aren't to be moved. The entry that Open found is judged anew.
func (h *Hold) Again(ctx context.Context, e Entry, held map[string]string, needs []string) (Entry, error) {
	var entered Entry
	err := h.update(ctx, "intend", func(tx Tx, run *Run) error {
		if err := run.has(e.Step); err != nil {
			return err
		}
		if err := h.receives(tx, e.To); err != nil {
			return err
		}
		to, err := h.r.present(tx, e.To)
		if err != nil {
			return err
		}
		if e.N == run.Entries && e.N > 0 {
			run.Entries-- // it is entered once more, in its own place
		} else if e.N != 0 {
			return fmt.Errorf("%w: entry %d isn't the last", ErrInvalid, e.N)
		}
		entered, entered.Skipped = e, nil
		unfit := map[string]bool{}
		for _, part := range held {
			unfit[part] = len(lacks(to.Permissions, h.r.schema, e.Kind, part, needs)) > 0
		}
		for _, id := range e.IDs {
			if part, ok := held[id]; ok && unfit[part] {
				entered.Skipped = append(entered.Skipped, Skip{ID: id, Reason: "rights"})
			}
		}
		return h.enter(tx, run, &entered)
	})
	return entered, h.opened(entered, err)
}

// Corrected reads the run that h's run corrects, and the next entries of its journal after a number; none at
// the end.
func (h *Hold) Corrected(ctx context.Context, after int) (run Run, page []Entry, err error) {
	err = h.r.store.View(ctx, func(tx Tx) error {
		if run, err = tx.Run(h.Run.Correction.Run); err == nil {
			page, err = tx.ListEntries(run.ID, after, journalPage)
		}
		return err
	})
	return run, page, wrap("journal", h.Run.Correction.Run, err)
}

// receives refuses a successor who isn't active now; nobody always receives.
func (h *Hold) receives(tx Tx, to UserID) error {
	if to == "" {
		return nil
	}
	u, err := tx.User(to)
	if err := ignoreNotFound(err); err != nil {
		return err
	}
	if !u.ActiveAt(h.r.now()) {
		return fmt.Errorf("%w: the successor %s isn't active", ErrState, to)
	}
	return nil
}

// has refuses the number of a step that r doesn't have.
func (r *Run) has(step int) error {
	if step < 0 || step >= len(r.Steps) {
		return fmt.Errorf("%w: the run has no step %d", ErrInvalid, step)
	}
	return nil
}

// Probed writes down which acting things were checked after a move, and which of them fail (L10).
func (h *Hold) Probed(ctx context.Context, e Entry) error {
	return h.update(ctx, "probe", func(tx Tx, run *Run) error {
		e.Probe, e.Done = true, true
		return h.enter(tx, run, &e)
	})
}

// enter gives e the next number of the journal.
func (h *Hold) enter(tx Tx, run *Run, e *Entry) error {
	run.Entries++
	e.Run, e.N, e.Time = run.ID, run.Entries, h.r.now()
	if e.Of == 0 { // a correction moves from whoever has it
		e.From = run.Leaver
	}
	return tx.PutEntry(*e)
}

// Open finds the entry that an earlier worker intended and may have moved in part or whole. A
// successor who isn't active any more is an ErrState, as for Intend: what arrived at them is to be found out
// and written down, and nothing more moved.
func (h *Hold) Open(ctx context.Context) (e Entry, open bool, err error) {
	if h.Run.Entries == 0 {
		return e, false, nil
	}
	err = h.r.store.View(ctx, func(tx Tx) error {
		last, err := tx.ListEntries(h.Run.ID, h.Run.Entries-1, 1)
		if err == nil && len(last) == 1 && !last[0].Done {
			e, open = last[0], true
			h.intended = new(e.Clone())
			err = h.receives(tx, e.To)
		}
		return err
	})
	return e, open, wrap("journal", h.Run.ID, err)
}

// Entries reads the run's next journal entries after a number; none at the end.
func (h *Hold) Entries(ctx context.Context, after int) (page []Entry, err error) {
	err = h.r.store.View(ctx, func(tx Tx) error {
		page, err = tx.ListEntries(h.Run.ID, after, journalPage)
		return err
	})
	return page, wrap("journal", h.Run.ID, err)
}

// Done tells what became of the ids of the entry that is open, moves the step's cursor on, and counts. With last the
// step is done as well. It is written together with the next thing that is, for each commit costs; at once when a sixteenth of the
// lease has gone, as Keep would. Until then the journal has the entry as open, as
// after a crash: so something has to follow, Release at the least. An entry that isn't as it was intended, or whose counts
// don't add up to its ids, is an ErrInvalid.
func (h *Hold) Done(ctx context.Context, e Entry, last bool) error {
	if err := cmp.Or(h.lost, h.as(e)); err != nil {
		return wrap("done", h.Run.ID, err)
	}
	e.Done, e.Time = true, h.r.now()
	h.done, h.last = new(e.Clone()), last
	if h.spent() {
		if err := h.update(ctx, "done", func(Tx, *Run) error { return nil }); err != nil {
			return err
		}
	} else {
		h.Run.Steps = slices.Clone(h.Run.Steps)
		step := &h.Run.Steps[e.Step]
		step.Shares = slices.Clone(step.Shares)
		step.Done = step.Done || last
		h.Run.count(e)
	}
	h.intended = nil
	return nil
}

// as refuses an entry that isn't the one that is open, with results for each of its ids.
func (h *Hold) as(e Entry) error {
	same := false
	if was := h.intended; was != nil { // all but what became of it
		told := e
		told.Done, told.Moved, told.Already, told.Skipped, told.Time = was.Done, was.Moved, was.Already, was.Skipped, was.Time
		same = reflect.DeepEqual(told, *was)
	}
	if same && min(e.Moved, e.Already) >= 0 && e.Moved+e.Already+len(e.Skipped) == len(e.IDs) && !e.skipsOthers() {
		return nil
	}
	return fmt.Errorf("%w: entry %d isn't what was intended", ErrInvalid, e.N)
}

// skipsOthers reports whether e tells of an id that isn't among its own.
func (e *Entry) skipsOthers() bool {
	if len(e.Skipped) == 0 {
		return false
	}
	own := make(map[string]bool, len(e.IDs))
	for _, id := range e.IDs {
		own[id] = true
	}
	return slices.ContainsFunc(e.Skipped, func(s Skip) bool { return !own[s.ID] })
}

// count moves the cursor of an entry's step on, and counts what became of its ids.
func (r *Run) count(e Entry) {
	r.Attempts = 0
	step := &r.Steps[e.Step]
	step.Moved += e.Moved + e.Already
	step.Skipped += len(e.Skipped)
	step.After = e.IDs[len(e.IDs)-1]
	for i := range step.Shares {
		if step.Shares[i].To == e.To {
			step.Shares[i].Given += e.Moved + e.Already
		}
	}
}

// Finish marks a step as done: nothing is left to page through.
func (h *Hold) Finish(ctx context.Context, step int) error {
	return h.update(ctx, "finish", func(tx Tx, run *Run) error {
		if err := run.has(step); err != nil {
			return err
		}
		return h.finish(tx, run, step)
	})
}

// finish marks a step as done and tells the trail.
func (h *Hold) finish(tx Tx, run *Run, step int) error {
	run.Steps[step].Done = true
	return h.r.record(tx, run.starter(), Event{
		Verb: VerbRunStep, User: run.Leaver, Object: string(run.ID), Outcome: OutcomeDone, Reason: run.Steps[step].Kind,
	})
}

// starter is the actor who started the run: what it does is their doing.
func (r *Run) starter() Actor { return Actor{user: r.Actor, system: r.System} }

// Park stops the run, visibly (L17): code is a fixed word for the trail, why is for people and names
// nobody. Retry or Lift go on from there.
func (h *Hold) Park(ctx context.Context, code, why string) error {
	return h.update(ctx, "park", func(tx Tx, run *Run) error { return h.parked(tx, run, code, why) })
}

// park parks h.Run and stores it.
func (h *Hold) park(tx Tx, code, why string) error {
	if err := h.parked(tx, &h.Run, code, why); err != nil {
		return err
	}
	return tx.PutRun(h.Run)
}

// parked makes run a parked one and tells the trail.
func (h *Hold) parked(tx Tx, run *Run, code, why string) error {
	run.State, run.Reason, run.Lease.Until = RunParked, why, time.Time{}
	return h.r.record(tx, run.starter(), Event{
		Verb: VerbRunPark, User: run.Leaver, Object: string(run.ID), Outcome: OutcomeFailed, Reason: code,
	})
}
