package roster

import (
	"context"
	"iter"
)

// Events lists events of the trail that f selects, above the number after, in the order of their numbers,
// up to those that were there when it began (W4). It needs trail:read, looked at again for every page.
// The error, if any, comes once and last.
//
// Each reading by a user is itself an event, and a refused one as well: the trail tells who looked. The
// system's readings aren't, so that a host can export the trail as it grows without making it grow.
func (r *Roster) Events(ctx context.Context, a Actor, f EventFilter, after uint64) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		last, err := r.openTrail(ctx, a, f)
		if refusal(err) {
			err = r.refused(ctx, a, Event{Verb: VerbTrailRead, User: f.User}, err)
		}
		next := after
		for err == nil && next < last {
			var events []Event
			if events, err = r.trailPage(ctx, a, f, next); err != nil {
				break
			}
			for _, e := range events {
				if e.Seq > last || !yield(e, nil) {
					return
				}
				next = e.Seq
			}
			if len(events) < pageSize {
				return
			}
		}
		if err != nil {
			yield(Event{}, wrap("read trail", "", err))
		}
	}
}

// openTrail checks the actor, records the reading, and tells the number of the last event before it.
func (r *Roster) openTrail(ctx context.Context, a Actor, f EventFilter) (last uint64, err error) {
	open := func(tx Tx) error {
		by, err := r.begin(tx, a)
		if err != nil {
			return err
		}
		if err := by.may(r.schema, TrailRead); err != nil {
			return err
		}
		head, err := tx.Head()
		last = head.Seq
		if err != nil || a.IsSystem() {
			return err
		}
		e := Event{Verb: VerbTrailRead, User: f.User, Outcome: OutcomeDone}
		if err := there(tx, &e); err != nil {
			return err
		}
		return r.record(tx, a, e)
	}
	if a.IsSystem() {
		err = r.store.View(ctx, open)
	} else {
		err = r.store.Update(ctx, open)
	}
	return last, err
}

// trailPage reads one page for an actor who may still read.
func (r *Roster) trailPage(ctx context.Context, a Actor, f EventFilter, after uint64) (events []Event, err error) {
	err = r.store.View(ctx, func(tx Tx) error {
		by, err := r.begin(tx, a)
		if err != nil {
			return err
		}
		if err := by.may(r.schema, TrailRead); err != nil {
			return err
		}
		events, err = tx.ListEvents(f, after, pageSize)
		return err
	})
	return events, err
}
