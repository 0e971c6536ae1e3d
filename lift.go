package roster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Lift ends an unfinished run without burying anybody (L17, L22): the leaver is inactive, and nothing
// is revived; what was handed over stays where it is. A sweep's or a correction's user stays as they are. It is
// refused with ErrLease while a worker's lease lasts. It needs users:delete, and for an administrator's run an
// administrator. The reason is the actor's own words for the trail, up to 1,000 bytes; it names nobody.
func (s Runs) Lift(ctx context.Context, a Actor, id RunID, reason string) (Run, error) {
	return s.change(ctx, a, id, Event{Verb: VerbRunLift, Reason: strings.TrimSpace(reason)}, func(tx Tx, _ acting, run *Run, _ *Event) error {
		run.State, run.Reason, run.Ended, run.Lease.Until = RunLifted, strings.TrimSpace(reason), s.r.now(), time.Time{}
		if !run.buries() {
			return nil
		}
		u, err := tx.User(run.Leaver)
		if err != nil {
			return err
		}
		u.Status = StatusInactive // under the epoch to which the fence moved it: nothing was issued since
		u.Version++
		return tx.PutUser(u)
	})
}

// Retry lets workers take up a parked run again, with attempts and rounds counted anew (L17), and gives it
// rules for what no rule covered. They join the run's request, and the trail tells their places in it;
// stocks are fresh surveys of every kind, needed when there are rules. Rules that give to the head mean who heads
// the department now; an actor who would come to see records by that is refused (R10). Malformed rules, and those
// that cover the same as another, are a Faults that numbers them after the run's own; what a plan
// would block, now, is a *BlockedError. It needs users:delete, and for an administrator's run an administrator.
//
// A rule that covers the same as one whose successor isn't active any more takes its place. What such a
// successor was still to receive is dealt anew, by the rules as they are by then.
func (s Runs) Retry(ctx context.Context, a Actor, id RunID, add []Rule, stocks []Stock) (Run, error) {
	return s.change(ctx, a, id, Event{Verb: VerbRunRetry}, func(tx Tx, by acting, run *Run, e *Event) error {
		if run.State != RunParked {
			return fmt.Errorf("%w: the run isn't parked", ErrState)
		}
		unfit, err := s.r.unfit(tx, run)
		if err != nil {
			return err
		}
		places, err := s.addRules(tx, by, run, add, unfit, stocks)
		e.Fields = places
		if err != nil {
			return err
		}
		if run.Correction.Run == "" {
			dealAnew(run, unfit)
		}
		run.State, run.Reason, run.Attempts, run.Round = RunWorking, "", 0, 0
		return nil
	})
}

// unfit finds those whom a run names as successors and who aren't active any more.
func (r *Roster) unfit(tx Tx, run *Run) (map[UserID]bool, error) {
	unfit := map[UserID]bool{}
	named := run.Request.successors("")
	for _, step := range run.Steps {
		for _, share := range step.Shares {
			named = append(named, share.To)
		}
	}
	for _, id := range named {
		p, err := r.present(tx, id)
		if err != nil {
			return nil, err
		}
		if !p.User.ActiveAt(r.now()) {
			unfit[id] = true
		}
	}
	return unfit, nil
}

// covers reports whether both rules are about the same.
func (r Rule) covers(other Rule) bool {
	return r.target() == other.target() &&
		slices.Equal(slices.Sorted(slices.Values(r.Records)), slices.Sorted(slices.Values(other.Records)))
}

// dealAnew ends every step of a kind and part in which somebody unfit was still to receive: the next survey finds
// what is left. All of them, since the step of a part takes whatever a step about named records leaves.
func dealAnew(run *Run, unfit map[UserID]bool) {
	stuck := map[target]bool{}
	for _, step := range run.Steps {
		if !step.Done && slices.ContainsFunc(step.Shares, func(x Share) bool { return unfit[x.To] }) {
			stuck[target{step.Kind, step.Part}] = true
		}
	}
	for i, step := range run.Steps {
		if stuck[target{step.Kind, step.Part}] {
			run.Steps[i].Done = true
		}
	}
}

// addRules gives a run further rules, if any, and tells their places. The run goes on with the department's present
// head.
func (s Runs) addRules(tx Tx, by acting, run *Run, add []Rule, unfit map[UserID]bool, stocks []Stock) (places []string, err error) {
	switch {
	case run.Correction.Run != "" && len(add) > 0:
		return nil, fmt.Errorf("%w: a correction takes no rules", ErrState)
	case run.Correction.Run != "":
		return nil, nil
	case len(add) == 0: // nothing to plan, but who is the head by now is judged (R10)
		stocks = nil
		for _, kind := range run.Kinds {
			stocks = append(stocks, Stock{Kind: kind})
		}
	}
	rules := slices.Clone(run.Request.Rules)
	since := len(rules)
	var replaced []int
	for _, rule := range add {
		i := slices.IndexFunc(rules[:since], func(old Rule) bool {
			return old.covers(rule) && slices.ContainsFunc(old.To, func(id UserID) bool { return unfit[id] })
		})
		if i >= 0 && !slices.Contains(replaced, i) {
			rules[i], replaced = rule, append(replaced, i)
		} else {
			i, rules = len(rules), append(rules, rule)
		}
		places = append(places, fmt.Sprintf("rules[%d]", i))
	}
	run.Request.Rules = rules
	run.Request = run.Request.normal()
	if err := run.Request.Check(); err != nil {
		return places, err
	}
	if err := surveyed(run.Kinds, stocks); err != nil {
		return places, err
	}
	_, blockers, err := s.r.planMore(tx, by, run, stocks, since, replaced...)
	if err == nil && len(blockers) > 0 {
		err = &BlockedError{Blockers: blockers}
	}
	return places, err
}

// change is what a person decides about an unfinished run that no worker holds.
func (s Runs) change(ctx context.Context, a Actor, id RunID, e Event, f func(Tx, acting, *Run, *Event) error) (Run, error) {
	var run Run
	e.Object = string(id)
	err := s.r.update(ctx, func(tx Tx) error {
		by, err := s.r.begin(tx, a, UsersDelete)
		if err != nil {
			return err
		}
		if run, err = tx.Run(id); err != nil {
			return err
		}
		e.User = run.Leaver
		if err := mayChange(tx, by, run, e.Reason); err != nil {
			return err
		}
		if err := f(tx, by, &run, &e); err != nil {
			return err
		}
		e.Outcome = OutcomeDone
		if err := s.r.record(tx, a, e); err != nil {
			return err
		}
		return tx.PutRun(run)
	})
	if refusal(err) {
		err = s.r.refused(ctx, a, e, err)
	}
	if err != nil {
		return Run{}, wrap(string(e.Verb), id, err)
	}
	return run, nil
}

// mayChange refuses what isn't unfinished, what a worker holds, and an administrator's run to others.
func mayChange(tx Tx, by acting, run Run, reason string) error {
	if p := textProblem(reason, maxReason); p != "" {
		return Faults{{Field: "reason", Problem: p}}
	}
	if !run.Unfinished() {
		return fmt.Errorf("%w: the run is over", ErrState)
	}
	if by.now.Before(run.Lease.Until) {
		return ErrLease
	}
	leaver, err := tx.User(run.Leaver)
	if err := ignoreNotFound(err); err != nil { // a dangling owner's run has no user
		return err
	}
	if leaver.Admin && !by.admin() {
		return &Denial{Actor: by.user, Needs: "administrator", Reason: DenyPersonAdministrator}
	}
	return nil
}

// Sweep starts a run that hands over what reached a deleted user after the burial, by the rules of
// req or, when it has none, those of the user's last deletion; or what names a dangling owner: an id that no
// user has, only records (A2). It needs users:delete. Like a deletion it is refused with a *BlockedError when
// a rule is missing, a successor can't receive, or the actor would come to see records by it, though another
// confirmed its rules (R10); with ErrState for a user who isn't deleted, and with
// ErrNotFound for an id that nothing names.
func (s Runs) Sweep(ctx context.Context, a Actor, req Request, stocks []Stock) (Run, error) {
	id := RunID(s.r.newID())
	var run Run
	err := s.r.update(ctx, func(tx Tx) error {
		by, err := s.r.begin(tx, a, UsersDelete)
		if err != nil {
			return err
		}
		full, err := sweepRules(tx, req, stocks)
		if err != nil {
			return err
		}
		run = Run{ID: id, Leaver: full.Leaver, Actor: by.user, System: by.system, State: RunWorking, Request: full, Sweep: true, Started: by.now}
		since := 0
		if len(req.Rules) == 0 {
			since = len(full.Rules) // confirmed by whoever started that deletion
		}
		steps, blockers, err := s.r.planMore(tx, by, &run, stocks, since)
		if err != nil {
			return err
		}
		if len(blockers) > 0 {
			return &BlockedError{Blockers: blockers}
		}
		run.Steps = steps
		for _, st := range stocks {
			if st.Exempt == "" {
				run.Kinds = append(run.Kinds, st.Kind)
			}
		}
		if err := tx.PutRun(run); err != nil {
			return err
		}
		return s.r.record(tx, a, Event{Verb: VerbRunSweep, User: req.Leaver, Object: string(id), Outcome: OutcomeIntent, Reason: req.Reason})
	})
	if err != nil {
		run, err = s.unstarted(ctx, a, Event{Verb: VerbRunSweep, User: req.Leaver}, id, err)
	}
	return run, wrap("sweep", req.Leaver, err)
}

// unstarted records why a run wasn't started where err is an answer; else it finds the run that stands all the
// same, since err doesn't say whether the commit went through.
func (s Runs) unstarted(ctx context.Context, a Actor, e Event, id RunID, err error) (Run, error) {
	if refusal(err) {
		return Run{}, s.r.refused(ctx, a, e, err)
	}
	if run, found := s.stands(ctx, id); found {
		return run, nil
	}
	return Run{}, err
}

// sweepRules completes a sweep's request: the user is deleted, or was never there and is named by a record;
// no run of theirs is unfinished, and rules that aren't given are those of the last deletion.
func sweepRules(tx Tx, req Request, stocks []Stock) (Request, error) {
	if err := req.Check(); err != nil {
		return req, err
	}
	if len(req.HandOn) > 0 { // whom a run names is kept from deactivation
		return req, Faults{{Field: "hand_on", Problem: "a sweep hands no rights on"}}
	}
	switch u, err := tx.User(req.Leaver); {
	case errors.Is(err, ErrNotFound) && slices.ContainsFunc(stocks, left): // a dangling owner
	case err != nil:
		return req, err
	case u.Status != StatusDeleted:
		return req, fmt.Errorf("%w: the user isn't deleted", ErrState)
	}
	last := Request{}
	for run, err := range runsIn(tx, RunFilter{Leaver: req.Leaver}) {
		if err != nil {
			return req, err
		}
		if run.Unfinished() {
			return req, fmt.Errorf("%w: the run %s is unfinished", ErrState, run.ID)
		}
		if run.buries() && run.State == RunDone {
			last = run.Request
		}
	}
	if len(req.Rules) == 0 {
		req.Rules = last.Rules
	}
	if req.Authors == "" {
		req.Authors = last.Authors
	}
	return req, nil
}
