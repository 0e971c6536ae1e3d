package roster

import (
	"context"
	"fmt"
	"slices"
)

// Correct starts a run that moves again what a finished run moved (L15, B5); Work carries it out like any other.
// It needs users:delete, and the store's rows of that run: its steps and its journal. stocks tell the kinds with
// their needs; they aren't surveyed.
//
// Refused are: what is malformed, and records that the run's journal doesn't have (a Faults); a run that isn't
// finished, and a leaver of whom another run isn't (ErrState); a correction that is about nothing that the run
// moved (ErrNotFound); a successor who may not receive it (L5), and an actor who would come to see records
// by it (R10) (a *BlockedError). A refusal leaves an event in the trail and nothing else.
func (s Runs) Correct(ctx context.Context, a Actor, c Correction, stocks []Stock) (Run, error) {
	id := RunID(s.r.newID())
	c.Records = slices.Clone(c.Records)
	e := Event{Verb: VerbRunCorrect, Object: string(c.Run)}
	var run Run
	err := s.r.store.View(ctx, func(tx Tx) error {
		_, _, err := s.r.correctable(tx, a, c, &e)
		return err
	})
	if err == nil {
		err = s.moved(ctx, c)
	}
	if err == nil {
		err = s.r.update(ctx, func(tx Tx) (err error) {
			run, err = s.r.correct(tx, a, c, stocks, id, &e)
			return err
		})
	}
	if err != nil {
		run, err = s.unstarted(ctx, a, e, id, err)
	}
	return run, wrap("correct", c.Run, err)
}

// correctable loads the run that c corrects, and refuses who may not, and what isn't finished. It completes
// the event of a refusal.
func (r *Roster) correctable(tx Tx, a Actor, c Correction, e *Event) (by acting, run Run, err error) {
	by, err = r.begin(tx, a, UsersDelete)
	if err == nil {
		err = c.Check()
	}
	if err == nil {
		run, err = tx.Run(c.Run)
	}
	if err != nil {
		return by, run, err
	}
	e.User = run.Leaver
	if run.Unfinished() {
		return by, run, fmt.Errorf("%w: the run isn't finished", ErrState)
	}
	other, err := tx.ListRuns(RunFilter{Leaver: run.Leaver, Unfinished: true}, "", 1)
	if err == nil && len(other) > 0 {
		err = fmt.Errorf("%w: the run %s is unfinished", ErrState, other[0].ID)
	}
	return by, run, err
}

// moved refuses records that the corrected run's journal doesn't have. The journal of a finished run doesn't
// change any more, so that it is read outside the transaction that starts the correction.
func (s Runs) moved(ctx context.Context, c Correction) error {
	missing := make(map[string]int, len(c.Records))
	for i, id := range c.Records {
		missing[id] = i
	}
	if len(missing) == 0 {
		return nil
	}
	page := func(after int) (entries []Entry, err error) {
		err = s.r.store.View(ctx, func(tx Tx) (err error) {
			entries, err = tx.ListEntries(c.Run, after, journalPage)
			return err
		})
		return entries, err
	}
	for e, err := range rows(journalPage, 0, page, Entry.key) {
		if err != nil {
			return err
		}
		for _, id := range c.Of(e) {
			delete(missing, id)
		}
	}
	var f Faults
	for i, id := range c.Records {
		if _, ok := missing[id]; ok {
			f.add(fmt.Sprintf("records[%d]", i), "isn't what the run moved")
		}
	}
	return f.Err()
}

// correct puts the run that carries c out.
func (r *Roster) correct(tx Tx, a Actor, c Correction, stocks []Stock, id RunID, e *Event) (Run, error) {
	by, earlier, err := r.correctable(tx, a, c, e)
	if err != nil {
		return Run{}, err
	}
	req := Request{Leaver: earlier.Leaver, Reason: c.Reason, Rules: []Rule{{Kind: c.Kind, Do: GiveTo, To: []UserID{c.To}}}}
	snap, err := r.snapshot(tx, by, req)
	if err != nil {
		return Run{}, err
	}
	for _, was := range earlier.Steps {
		for _, x := range c.gave(was) {
			if _, known := snap.People[x.To]; known || x.To == "" {
				continue
			}
			if snap.People[x.To], err = r.present(tx, x.To); err != nil {
				return Run{}, err
			}
		}
	}
	snap.Stocks = stocks
	steps, blockers := planCorrection(snap, earlier, c)
	if len(blockers) > 0 {
		return Run{}, &BlockedError{Blockers: blockers}
	}
	if len(steps) == 0 {
		return Run{}, fmt.Errorf("%w: the run moved nothing of these", ErrNotFound)
	}
	run := Run{
		ID: id, Leaver: earlier.Leaver, Actor: by.user, System: by.system, State: RunWorking,
		Request: req, Correction: c, Kinds: []string{}, Steps: steps, Started: by.now,
	}
	if err := tx.PutRun(run); err != nil {
		return Run{}, err
	}
	return run, r.record(tx, a, Event{Verb: VerbRunCorrect, User: run.Leaver, Object: string(id), Outcome: OutcomeIntent, Reason: c.Reason})
}
