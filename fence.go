package roster

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"
)

// Fence starts a deletion. It first refuses who may not, so that nobody else causes a survey, then has
// survey count the stocks, outside any transaction. Then, in one transaction, it reads the store's part
// of the plan again and refuses what isn't as it was confirmed (a *StaleError
// that tells the difference), and what has blockers (a *BlockedError), the guards of L14 among them (ErrDenied,
// ErrSelf, ErrLastAdministrator). Then rights are handed on (L11), the leaver's access
// ends (L7), the seat is free (L26), and the run holds all that Work needs (G9). A refusal leaves an
// event in the trail and nothing else.
//
// Called again by the same actor with the same request and digest it returns the run that they started, unless
// that was lifted. A zero digest is a Faults. Its cost depends on the request, not on how many records or
// tokens the leaver has. When the store can't tell whether the commit went through, the run's row is
// read: a fence that stands is no error.
func (s Runs) Fence(ctx context.Context, a Actor, req Request, survey func(context.Context) ([]Stock, error), confirmed Digest) (Run, error) {
	id := RunID(s.r.newID())
	run, begun, stocks, err := s.surveyed(ctx, a, req, survey, confirmed)
	if err != nil || begun {
		return run, err
	}
	backup := s.r.lastBackup(ctx)
	err = s.r.update(ctx, func(tx Tx) (err error) {
		var by acting
		by, run, begun, err = s.admit(tx, a, req, confirmed)
		if err != nil || begun {
			return err
		}
		snap, plan, err := s.r.asConfirmed(tx, by, req, stocks, backup, confirmed)
		if err != nil {
			return err
		}
		run = newRun(id, by, plan, confirmed)
		run.Head = snap.Department.Head
		return s.r.fence(tx, by, snap, run, plan)
	})
	if err == nil {
		return run, nil
	}
	if stands, found := s.stands(ctx, id); found {
		return stands, nil
	}
	return Run{}, s.fenceRefused(ctx, a, req, err)
}

// Ready tells whether Fence would start a deletion now: it refuses what Fence refuses, with the same errors and
// the same event in the trail, and starts nothing (L20). A run that the same confirmation began already is no
// error.
func (s Runs) Ready(ctx context.Context, a Actor, req Request, survey func(context.Context) ([]Stock, error), confirmed Digest) error {
	_, begun, stocks, err := s.surveyed(ctx, a, req, survey, confirmed)
	if err != nil || begun {
		return err
	}
	backup := s.r.lastBackup(ctx)
	err = s.r.store.View(ctx, func(tx Tx) error {
		by, _, begun, err := s.admit(tx, a, req, confirmed)
		if err == nil && !begun {
			_, _, err = s.r.asConfirmed(tx, by, req, stocks, backup, confirmed)
		}
		return err
	})
	return s.fenceRefused(ctx, a, req, err)
}

// surveyed refuses who may not, so that nobody else causes a survey, and surveys, outside any transaction. A
// run that the same confirmation began already is told instead.
func (s Runs) surveyed(ctx context.Context, a Actor, req Request, survey func(context.Context) ([]Stock, error), confirmed Digest) (run Run, begun bool, stocks []Stock, err error) {
	err = s.r.store.View(ctx, func(tx Tx) error {
		_, run, begun, err = s.admit(tx, a, req, confirmed)
		return err
	})
	if err != nil || begun {
		return run, begun, nil, s.fenceRefused(ctx, a, req, err)
	}
	if stocks, err = survey(ctx); err != nil {
		return Run{}, false, nil, wrap("fence", req.Leaver, err)
	}
	return Run{}, false, stocks, nil
}

// admit loads the actor and refuses one who may not delete users, and finds the run that the same confirmation
// began already.
func (s Runs) admit(tx Tx, a Actor, req Request, confirmed Digest) (by acting, run Run, begun bool, err error) {
	by, err = s.r.begin(tx, a)
	if err == nil {
		err = standsUp(s.r, by, confirmed)
	}
	if err == nil {
		run, begun, err = alreadyBegun(tx, by, req, confirmed)
	}
	return by, run, begun, err
}

// asConfirmed plans again, and refuses what isn't as it was confirmed, and what is blocked.
func (r *Roster) asConfirmed(tx Tx, by acting, req Request, stocks []Stock, backup time.Time, confirmed Digest) (Snapshot, Plan, error) {
	snap, err := r.snapshot(tx, by, req)
	if err != nil {
		return snap, Plan{}, err
	}
	snap.Stocks, snap.Backup = stocks, backup
	plan := PlanHandover(snap, req)
	return snap, plan, errors.Join(confirmed.Check(plan.Digest, req.Drift), plan.Err())
}

// fenceRefused records err where it is an answer, and names the verb.
func (s Runs) fenceRefused(ctx context.Context, a Actor, req Request, err error) error {
	if refusal(err) {
		err = s.r.refused(ctx, a, Event{Verb: VerbRunFence, User: req.Leaver}, err)
	}
	return wrap("fence", req.Leaver, err)
}

// alreadyBegun finds the run that the same actor started by the same confirmation, and that wasn't lifted:
// somebody clicked twice, or never got the answer; workers may have finished it by then.
func alreadyBegun(tx Tx, by acting, req Request, confirmed Digest) (Run, bool, error) {
	if len(confirmed.Store)+len(confirmed.Holdings) == 0 {
		return Run{}, false, Faults{{Field: "digest", Problem: "missing"}}
	}
	if !slices.Contains(confirmed.Store, Fact{"request", requestSum(req)}) {
		return Run{}, false, nil
	}
	for _, f := range []RunFilter{{Leaver: req.Leaver, Unfinished: true}, {Leaver: req.Leaver, State: RunDone}} {
		for run, err := range runsIn(tx, f) {
			if err != nil {
				return Run{}, false, err
			}
			if run.Actor == by.user && run.System == by.system && run.Confirmed == confirmed.Sum() {
				return run, true, nil
			}
		}
	}
	return Run{}, false, nil
}

// stands reads a run after an error that doesn't say whether the commit went through.
func (s Runs) stands(ctx context.Context, id RunID) (Run, bool) {
	var run Run
	err := s.r.store.View(context.WithoutCancel(ctx), func(tx Tx) error {
		var err error
		run, err = tx.Run(id)
		return err
	})
	return run, err == nil
}

// standsUp refuses an actor without the right to delete users, and tells such a one no more of what
// changed than what changed about themselves.
func standsUp(r *Roster, by acting, confirmed Digest) error {
	err := by.may(r.schema, UsersDelete)
	if err == nil {
		return nil
	}
	name, is := "actor "+string(by.user), personFact(by.person.User)
	for _, f := range confirmed.Store {
		if f.Name == name && f.Value != is {
			return errors.Join(err, &StaleError{Changed: []Difference{{Name: name, Was: f.Value, Is: is}}})
		}
	}
	return err
}

// newRun makes the run of a confirmed plan, with steps and shares frozen as they stand now.
func newRun(id RunID, by acting, plan Plan, confirmed Digest) Run {
	run := Run{
		ID: id, Leaver: plan.Leaver, Actor: by.user, System: by.system, State: RunWorking,
		Request: plan.Request, Confirmed: confirmed.Sum(), Kinds: []string{}, Steps: plan.Steps, Started: by.now,
	}
	for _, k := range plan.Kinds {
		if k.Exempt == "" {
			run.Kinds = append(run.Kinds, k.Kind)
		}
	}
	return run.Clone()
}

// fence ends the leaver's access and starts the run.
func (r *Roster) fence(tx Tx, by acting, snap Snapshot, run Run, plan Plan) error {
	for _, h := range run.Request.HandOn {
		if err := r.handOn(tx, by, snap.People[h.To].User, plan, run.ID); err != nil {
			return err
		}
	}
	u := snap.Leaver.User.Clone()
	u.Status, u.PendingEmail = StatusLeaving, ""
	u.Version++
	endAccess(&u)
	if err := tx.PutUser(u); err != nil {
		return err
	}
	if err := ignoreNotFound(tx.DeleteCredential(u.ID)); err != nil {
		return err
	}
	if err := voidLetters(tx, u.ID, LetterNone); err != nil {
		return err
	}
	if err := tx.PutRun(run); err != nil {
		return err
	}
	return r.record(tx, by.Actor, Event{Verb: VerbRunFence, User: u.ID, Object: string(run.ID), Outcome: OutcomeDone, Reason: run.Request.Reason})
}

// handOn gives a successor the rights and the role that the plan says they gain (L11). The plan, made in
// this transaction, has held that against R10 and R17.
func (r *Roster) handOn(tx Tx, by acting, to User, plan Plan, run RunID) error {
	gains, role := plan.HandOn[to.ID], plan.Roles[to.ID]
	if len(gains) == 0 && role == "" {
		return nil
	}
	fields := slices.Sorted(maps.Keys(gains))
	to = to.Clone()
	if to.Rights == nil {
		to.Rights = Rights{}
	}
	maps.Copy(to.Rights, gains)
	if role != "" {
		to.Role = role
		fields = append(fields, "role")
	}
	to.Version++
	if err := tx.PutUser(to); err != nil {
		return err
	}
	return r.record(tx, by.Actor, Event{
		Verb: VerbRightsHandOn, User: to.ID, Object: string(run), Outcome: OutcomeDone, Fields: fields,
	})
}

// lastBackup asks the host for the time of the last verified backup; zero when it can't tell.
func (r *Roster) lastBackup(ctx context.Context) time.Time {
	if r.cfg.LastBackup == nil {
		return time.Time{}
	}
	at, err := r.cfg.LastBackup(ctx)
	if err != nil {
		return time.Time{}
	}
	return at
}
