package offboard

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/seed-8e8abc8d/roster"
)

// Progress tells how far a run is, after each chunk.
type Progress struct {
	Run   roster.RunID `json:"run"`
	Step  int          `json:"step"` // index in the run's steps
	Kind  string       `json:"kind"`
	Part  string       `json:"part,omitzero"`
	Tie   roster.Tie   `json:"tie"`
	Round int          `json:"round"` // 0 for what was planned, higher for late arrivals
	Moved int          `json:"moved"` // records handled in the whole run so far, those that were left alone included
	Total int          `json:"total"` // records that the run's steps counted
}

// Work goes on with a run until it is done, parked, or can't go on: it finishes what an earlier worker
// intended, hands over chunk by chunk, checks acting things, surveys everything again, hands over what
// arrived meanwhile, and buries the leaver when nothing is left. It is always a resumption: after an
// error, a crash or a cancelled context call it again, here or in another process (L21). For a run that is
// done it does nothing and returns the run.
//
// A run that waits for a person comes back with an error that is ErrParked, from the call that parks it
// as from every later one; the run that is returned with it is parked, and its Reason tells why. With
// ErrLease, while another worker is at it, and any other error the run is as this call last knew it; it
// may be the zero Run. A context that is done stops it between moves. progress may be nil; it is called
// by this goroutine, outside any transaction.
func (d *Desk) Work(ctx context.Context, id roster.RunID, progress func(Progress)) (roster.Run, error) {
	hold, run, err := d.runs.Claim(ctx, id, d.set.Lease, d.set.Attempts)
	if err != nil || hold == nil {
		return run, fail("work", id, err)
	}
	w := &worker{Desk: d, hold: hold, progress: progress, rows: d.set.first()}
	returned := false
	defer func() {
		if !returned { // holdings or progress panicked
			w.release(ctx, nil)
		}
	}()
	err = w.goOn(ctx)
	returned = true
	if err != nil {
		w.release(ctx, err)
	}
	if err == nil && hold.Run.State == roster.RunParked {
		err = fmt.Errorf("%w: %s", roster.ErrParked, hold.Run.Reason)
	}
	return hold.Run, fail("work", id, err)
}

// worker is one call of Work.
type worker struct {
	*Desk
	hold     *roster.Hold
	progress func(Progress)
	rows     int // of the next move, about
}

// release gives the lease back after a failure, though the context may be done. When that fails too the
// lease ends by itself.
func (w *worker) release(ctx context.Context, cause error) {
	if errors.Is(cause, roster.ErrLease) {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	_ = w.hold.Release(ctx)
}

// goOn works in rounds until the run is no longer working.
func (w *worker) goOn(ctx context.Context) error {
	if err := w.finishOpen(ctx); err != nil {
		return err
	}
	for w.hold.Run.State == roster.RunWorking {
		if err := w.steps(ctx); err != nil || w.hold.Run.State != roster.RunWorking {
			return err
		}
		if err := w.probe(ctx); err != nil {
			return err
		}
		if w.hold.Run.Correction.Run != "" {
			return w.hold.Conclude(ctx, nil, w.set.Rounds)
		}
		stocks, err := w.stocksEach(ctx, w.hold.Run.Request, w.hold.Keep)
		if err != nil {
			return err
		}
		for _, st := range stocks {
			if st.Unknown != "" { // it may be better later: no reason to park at once
				return fmt.Errorf("survey of %s: %s", st.Kind, st.Unknown)
			}
		}
		if err := w.hold.Conclude(ctx, stocks, w.set.Rounds); err != nil {
			return err
		}
	}
	return nil
}

// steps hands over what the run's steps name, until they are done or the run is parked.
func (w *worker) steps(ctx context.Context) error {
	if w.hold.Run.Correction.Run != "" {
		return w.correct(ctx)
	}
	for i := range w.hold.Run.Steps {
		if err := w.step(ctx, i); err != nil || w.hold.Run.State != roster.RunWorking {
			return err
		}
	}
	return nil
}

// finishOpen carries out what an earlier worker wrote down and may have moved in part: compare-and-set
// makes doing it again harmless.
func (w *worker) finishOpen(ctx context.Context) error {
	e, open, err := w.hold.Open(ctx)
	if errors.Is(err, roster.ErrState) {
		return w.settle(ctx, e, e.Given())
	}
	if err != nil || !open {
		return err
	}
	if e.Of > 0 {
		return w.judged(ctx, e)
	}
	return w.move(ctx, e, ends(w.hold.Run.Steps[e.Step], e))
}

// settle finds out which of an entry's ids, of which nothing is known, arrived before its successor stopped being active, and writes
// down what became of the entry: who isn't active receives no more.
func (w *worker) settle(ctx context.Context, e roster.Entry, ids []string) error {
	k, err := w.kind(e.Kind)
	if err != nil {
		return err
	}
	held, err := w.held(ctx, k, e.Tie, e.To, ids)
	if err != nil {
		return fmt.Errorf("page of %s: %w", e.Kind, err)
	}
	for _, id := range ids {
		if _, arrived := held[id]; arrived {
			e.Already++
		} else {
			e.Skipped = append(e.Skipped, roster.Skip{ID: id, Reason: "inactive"})
		}
	}
	return w.done(ctx, e, ends(w.hold.Run.Steps[e.Step], e))
}

// done writes down what became of an entry, and tells it.
func (w *worker) done(ctx context.Context, e roster.Entry, last bool) error {
	if err := w.hold.Done(ctx, e, last); err != nil {
		return err
	}
	w.tell(e.Step)
	return nil
}

// step hands over one step's records, chunk by chunk, each to the first successor whose frozen share
// isn't full. Records beyond the shares are left to the next round.
func (w *worker) step(ctx context.Context, i int) error {
	for !w.hold.Run.Steps[i].Done {
		if err := ctx.Err(); err != nil {
			return err
		}
		step := w.hold.Run.Steps[i]
		to, limit := next(step, w.chunk())
		ids, last, err := w.pick(ctx, i, limit)
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			if err := w.hold.Finish(ctx, i); err != nil {
				return err
			}
			continue
		}
		e, err := w.hold.Intend(ctx, roster.Entry{
			Step: i, Kind: step.Kind, Tie: step.Tie, To: to, Off: step.Do == roster.SwitchOff, IDs: ids,
		})
		if errors.Is(err, roster.ErrState) {
			return w.unfit(ctx, e)
		}
		if err == nil {
			err = w.move(ctx, e, last)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// unfit parks the run because the successor of an entry isn't active.
func (w *worker) unfit(ctx context.Context, e roster.Entry) error {
	return w.hold.Park(ctx, roster.BlockSuccessorInactive, fmt.Sprintf("the successor %s of %s isn't active", e.To, e.Kind))
}

// next tells who receives the step's next records, and how many of them at most; none when every
// share is full. A step with a single successor takes whatever comes.
func next(step roster.Step, chunk int) (to roster.UserID, limit int) {
	switch len(step.Shares) {
	case 0:
		return "", chunk
	case 1:
		return step.Shares[0].To, chunk
	}
	for _, s := range step.Shares {
		if s.Given < s.Count {
			return s.To, min(chunk, s.Count-s.Given)
		}
	}
	return "", 0
}

// pick reads the ids of a step's next chunk; last says that the step has no more.
func (w *worker) pick(ctx context.Context, i, limit int) (ids []string, last bool, err error) {
	step := w.hold.Run.Steps[i]
	if limit == 0 {
		return nil, true, nil
	}
	if len(step.Records) > 0 {
		left := step.Records[behind(step.Records, step.After):]
		return left[:min(limit, len(left))], len(left) <= limit, nil
	}
	k, err := w.kind(step.Kind)
	if err != nil {
		return nil, false, err
	}
	ctx, cancel := context.WithTimeout(ctx, w.set.Lease*3/4)
	defer cancel()
	page, err := readPage(ctx, k, roster.Query{
		User: w.hold.Run.Leaver, Tie: step.Tie, Part: step.Part, AllParts: step.Tie == roster.Author, After: step.After, Limit: limit,
	})
	if err != nil {
		return nil, false, fmt.Errorf("page of %s: %w", step.Kind, err)
	}
	for _, rec := range page {
		ids = append(ids, rec.ID)
	}
	return ids, len(page) < limit, nil
}

// behind is where the ids above after begin; ids are in ascending order.
func behind(ids []string, after string) int {
	i, found := slices.BinarySearch(ids, after)
	if found {
		i++
	}
	return i
}

// ends reports whether e is the last chunk of a step that names its records.
func ends(step roster.Step, e roster.Entry) bool {
	return len(step.Records) > 0 && behind(step.Records, e.IDs[len(e.IDs)-1]) == len(step.Records)
}

// move carries out an entry that is written down, and writes down what became of it.
func (w *worker) move(ctx context.Context, e roster.Entry, last bool) error {
	k, err := w.kind(e.Kind)
	if err != nil {
		return err
	}
	o := roster.MoveOrder{Tie: e.Tie, From: e.From, To: e.To, Off: e.Off}
	if e.Of == 0 { // else the step's part is where they were when the earlier run moved them
		o.Part = w.hold.Run.Steps[e.Step].Part
	}
	var results []roster.MoveResult
	ids := e.Given() // a correction leaves some alone from the start
	for len(results) < len(ids) {
		deadline := time.Now().Add(w.set.Lease * 3 / 4) // before the write that may prolong the lease
		err := cmp.Or(ctx.Err(), w.hold.Keep(ctx))
		if errors.Is(err, roster.ErrState) {
			return w.unfinished(ctx, e, ids, results)
		}
		if err != nil {
			return err
		}
		o.IDs = w.set.piece(ids[len(results):], w.rows)
		some, err := w.carryOut(ctx, k, o, deadline)
		if err != nil {
			return err
		}
		results = append(results, some...)
	}
	if err := tally(&e, ids, results); err != nil {
		return err
	}
	return w.done(ctx, e, last)
}

// unfinished ends an entry whose successor's end date has come while some of it was moved. One of a correction, which no survey
// follows that would find the rest, stays open, and the run is parked.
func (w *worker) unfinished(ctx context.Context, e roster.Entry, ids []string, results []roster.MoveResult) error {
	if e.Of > 0 {
		return w.unfit(ctx, e)
	}
	if err := tally(&e, ids[:len(results)], results); err != nil {
		return err
	}
	return w.settle(ctx, e, ids[len(results):])
}

// carryOut moves a piece of an entry, and rests.
func (w *worker) carryOut(ctx context.Context, k Kind, o roster.MoveOrder, deadline time.Time) ([]roster.MoveResult, error) {
	moving, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	began := time.Now()
	results, err := k.Holdings.Move(moving, o)
	if err != nil {
		return nil, fmt.Errorf("move of %s: %w", k.Name, err)
	}
	if len(results) != len(o.IDs) {
		return nil, fmt.Errorf("broken holdings: %d results of %s for %d ids", len(results), k.Name, len(o.IDs))
	}
	took := time.Since(began)
	w.rows = w.set.rows(w.rows, len(o.IDs), took)
	w.rest(ctx, took)
	return results, nil
}

// tally counts what became of those of an entry's ids that were to be moved, of each of which there is a result.
func tally(e *roster.Entry, ids []string, results []roster.MoveResult) error {
	e.Moved, e.Already = 0, 0
	for i, id := range ids {
		switch results[i] {
		case roster.MoveDone:
			e.Moved++
		case roster.MoveAlready:
			e.Already++
		case roster.MoveElsewhere, roster.MoveGone, roster.MoveCollides, roster.MoveSuperseded:
			e.Skipped = append(e.Skipped, roster.Skip{ID: id, Reason: results[i].String()})
		default:
			return fmt.Errorf("broken holdings: no result of %s for %q", e.Kind, id)
		}
	}
	return nil
}

// tell calls the progress function.
func (w *worker) tell(i int) {
	if w.progress == nil {
		return
	}
	run := w.hold.Run
	p := Progress{Run: run.ID, Step: i, Kind: run.Steps[i].Kind, Part: run.Steps[i].Part, Tie: run.Steps[i].Tie, Round: run.Round}
	for _, s := range run.Steps {
		p.Moved += s.Moved + s.Skipped
		p.Total += max(s.Count, s.Moved+s.Skipped)
	}
	w.progress(p)
}
