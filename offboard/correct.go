package offboard

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/seed-8e8abc8d/roster"
)

// Moved is a record, or its author, that a run moved.
type Moved struct {
	Kind string        `json:"kind"`
	Part string        `json:"part,omitzero"` // where it was then; empty for authors too
	Tie  roster.Tie    `json:"tie"`
	ID   string        `json:"id"`
	From roster.UserID `json:"from,omitzero"` // empty: nobody
	To   roster.UserID `json:"to,omitzero"`   // empty: nobody
	Off  bool          `json:"off,omitzero"`  // an acting thing that was switched off
	// Open says that this was intended, and that it wasn't told whether it happened: a worker is at it, or the run
	// stopped or was lifted in between.
	Open bool `json:"open,omitzero"`
}

// Moved lists what a run moved, in the order in which it did, from the run's row and its journal alone (B5): no
// record is read, and memory doesn't depend on how many there are. What is there now may differ: somebody may
// have moved a record since. One that To had already is listed too: to the run it looks like its own work of
// before a crash. It needs users:delete or users:manage; the error, if any, comes once and last.
func (d *Desk) Moved(ctx context.Context, a roster.Actor, id roster.RunID) iter.Seq2[Moved, error] {
	return func(yield func(Moved, error) bool) {
		run, err := d.runs.Find(ctx, a, id)
		if err != nil {
			yield(Moved{}, err)
			return
		}
		for e, err := range d.runs.Journal(ctx, a, id) {
			if err != nil {
				yield(Moved{}, err)
				return
			}
			if e.Probe {
				continue
			}
			m := Moved{Kind: e.Kind, Tie: e.Tie, From: e.From, To: e.To, Off: e.Off, Open: !e.Done}
			if e.Step < len(run.Steps) { // else written after the run was read
				m.Part = run.Steps[e.Step].Part
			}
			for _, m.ID = range e.Given() {
				if !yield(m, nil) {
					return
				}
			}
		}
	}
}

// Correct starts a run that moves again what a finished run moved: single records, what went to one
// successor, or all of it (L15, B5). Work carries it out, as safe against crashes as any, and its journal
// and the trail tell each move; it can be corrected in turn. Only records that still are where the earlier
// run put them move. Those that have moved on since, or are gone, and those that are now in a part of their
// kind where the successor may not receive them, are left alone and told by Outcome. What was left without an owner
// gets one; what was switched off stays off, for the host alone can switch on. Authors stay as they are.
//
// It needs users:delete. A successor who may not receive (L5), and an actor who would come to see records that
// they can't see now (R10), are refused with a *roster.BlockedError. See roster.Runs.Correct for what else is.
func (d *Desk) Correct(ctx context.Context, a roster.Actor, c roster.Correction) (roster.Run, error) {
	stocks := make([]roster.Stock, len(d.kinds))
	for i, k := range d.kinds {
		stocks[i] = roster.Stock{Kind: k.Name, Acting: k.Acting, Needs: k.Needs, Exempt: k.Exempt}
	}
	return d.runs.Correct(ctx, a, c, stocks)
}

// correct moves again, entry by entry, what the run that is corrected moved. An entry that was moved again is in
// this run's own journal: there it goes on.
func (w *worker) correct(ctx context.Context) error {
	undone := func(s roster.Step) bool { return !s.Done }
	if !slices.ContainsFunc(w.hold.Run.Steps, undone) {
		return nil
	}
	last, err := w.hold.Entries(ctx, w.hold.Run.Entries-1)
	if err != nil {
		return err
	}
	after := 0
	if len(last) > 0 {
		after = last[0].Of
	}
	for {
		was, page, err := w.hold.Corrected(ctx, after)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			break
		}
		for _, e := range page {
			after = e.N
			if err := w.again(ctx, was, e); err != nil || w.hold.Run.State != roster.RunWorking {
				return err
			}
		}
	}
	for i, s := range w.hold.Run.Steps {
		if undone(s) {
			if err := w.hold.Finish(ctx, i); err != nil {
				return err
			}
		}
	}
	return nil
}

// again moves again what an entry of the earlier run moved, if the correction is about it.
func (w *worker) again(ctx context.Context, was roster.Run, e roster.Entry) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c := w.hold.Run.Correction
	ids := c.Of(e)
	if len(ids) == 0 || e.To == c.To || e.Step >= len(was.Steps) {
		return nil
	}
	i := slices.IndexFunc(w.hold.Run.Steps, func(s roster.Step) bool { return s.Kind == e.Kind && s.Part == was.Steps[e.Step].Part })
	if i < 0 {
		return fmt.Errorf("%w: entry %d of run %s belongs to no step of the correction", roster.ErrState, e.N, was.ID)
	}
	return w.judged(ctx, roster.Entry{Step: i, Kind: e.Kind, Tie: e.Tie, From: e.To, To: c.To, IDs: ids, Of: e.N})
}

// judged carries out an entry of a correction, new or left open by an earlier worker: by the parts in which its
// records are now.
func (w *worker) judged(ctx context.Context, e roster.Entry) error {
	k, err := w.kind(e.Kind)
	if err != nil {
		return err
	}
	held, err := w.held(ctx, k, e.Tie, e.From, e.IDs)
	if err != nil {
		return fmt.Errorf("page of %s: %w", e.Kind, err)
	}
	entered, err := w.hold.Again(ctx, e, held, k.Needs)
	if errors.Is(err, roster.ErrState) {
		return w.unfit(ctx, e)
	}
	if err != nil {
		return err
	}
	return w.move(ctx, entered, false)
}

// held tells in which part those of ids are now whose tie is to a user, or to nobody.
func (w *worker) held(ctx context.Context, k Kind, tie roster.Tie, user roster.UserID, ids []string) (map[string]string, error) {
	ctx, cancel := context.WithTimeout(ctx, w.set.Lease*3/4)
	defer cancel()
	held := map[string]string{}
	for some := range slices.Chunk(ids, maxPage) {
		page, err := readPage(ctx, k, roster.Query{User: user, Tie: tie, AllParts: true, IDs: some, Limit: len(some)})
		if err != nil {
			return nil, err
		}
		for _, rec := range page {
			held[rec.ID] = rec.Part
		}
	}
	return held, nil
}
