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
//
// So it is a feed, for caches, metrics and webhooks: keep the number of the last event that was dealt with,
// and ask for those after it when Config.Observe wakes you, at the start of the process, and now and then.
// Numbers have no gaps, and an event is never there before an earlier one is. Keep the number with what was
// done about the event, else the last one is dealt with twice after a crash. With a filter read Head before each
// round, and go on from its number afterwards: what the filter passed over isn't read again.
func (r *Roster) Events(ctx context.Context, a Actor, f EventFilter, after uint64) iter.Seq2[Event, error] {
	return r.readTrail(ctx, a, f, after, false)
}

// Latest lists events of the trail that f selects, below the number before, or all for 0, the newest first
// (W4): as many as its reader takes. In all else it is like Events.
func (r *Roster) Latest(ctx context.Context, a Actor, f EventFilter, before uint64) iter.Seq2[Event, error] {
	return r.readTrail(ctx, a, f, before, true)
}

// readTrail pages through the trail from the number at on, or back from it.
func (r *Roster) readTrail(ctx context.Context, a Actor, f EventFilter, from uint64, back bool) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		last, err := r.openTrail(ctx, a, f)
		at := from
		if back && (at == 0 || at > last) {
			at = last + 1
		}
		if err == nil && (back && at > 1 || !back && at < last) {
			page := func(at uint64) ([]Event, error) { return r.trailPage(ctx, a, f, at, back) }
			for e, failed := range rows(pageSize, at, page, Event.key) {
				if err = failed; err == nil && (e.Seq > last || !yield(e, nil)) {
					return
				}
			}
		}
		if refusal(err) { // at once, or of a later page
			err = r.refused(ctx, a, Event{Verb: VerbTrailRead, User: f.User}, err)
		}
		if err != nil {
			yield(Event{}, wrap("read trail", "", err))
		}
	}
}

// openTrail checks the actor, records the reading, and tells the number of the last event before it.
func (r *Roster) openTrail(ctx context.Context, a Actor, f EventFilter) (last uint64, err error) {
	open := func(tx Tx) error {
		if _, err := r.begin(tx, a, TrailRead); err != nil {
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
		err = r.update(ctx, open)
	}
	return last, err
}

// trailPage reads one page for an actor who may still read.
func (r *Roster) trailPage(ctx context.Context, a Actor, f EventFilter, at uint64, back bool) (events []Event, err error) {
	err = r.look(ctx, a, []string{TrailRead}, func(tx Tx, _ acting) (err error) {
		if back {
			events, err = tx.ListEventsBefore(f, at, pageSize)
		} else {
			events, err = tx.ListEvents(f, at, pageSize)
		}
		return err
	})
	return events, err
}
