package roster

import (
	"fmt"
	"strings"
	"time"
)

// settle holds a whole batch against the rules, then writes its events: the actor covers everyone
// before and after (R10), users:delete comes by a step of its own (R17), an active administrator remains (L14),
// unfinished runs keep their successors.
func (w *work) settle() error {
	lost := -1
	for _, id := range w.order {
		t := w.people[id]
		w.at = t.at
		if err := w.covered(t); err != nil {
			return err
		}
		if err := w.deleters(t); err != nil {
			return err
		}
		if err := w.keepsSuccessor(t); err != nil {
			return err
		}
		if standing(t.after.User, w.by.now) < standing(t.before.User, w.by.now) {
			lost = t.at
		}
		w.effect.add(t)
	}
	if lost >= 0 {
		w.at = lost
		if remains, err := otherAdmin(w.tx); err != nil {
			return err
		} else if !remains {
			return ErrLastAdministrator
		}
	}
	for _, e := range w.events {
		if err := w.r.record(w.tx, w.by.Actor, e); err != nil {
			return err
		}
	}
	return w.sight()
}

// standing tells how far u counts for L14: an active administrator whose account ends by itself counts
// only while nobody else is there, one whose account doesn't end counts for good.
func standing(u User, now time.Time) int {
	switch {
	case !u.Admin || !u.ActiveAt(now):
		return 0
	case !u.EndDate.IsZero():
		return 1
	}
	return 2
}

// covered refuses an actor who doesn't cover a person before and after the batch.
func (w *work) covered(t *touched) error {
	if !t.cover || w.by.admin() {
		return nil
	}
	if t.before.User.ID != "" {
		if err := w.by.covers(t.before); err != nil {
			return err
		}
	}
	if err := w.by.covers(t.after); err != nil {
		return err
	}
	own := w.by.person.User.Department
	if moved := t.before.User.Department != t.after.User.Department; moved && t.after.User.Department == own && t.before.User.ID != "" {
		return w.pulls()
	}
	return nil
}

// pulls refuses an actor who would gain sight of somebody's records by moving them into the actor's
// own department: one who holds a right of department scope (R10).
func (w *work) pulls() error {
	for right, scope := range w.by.person.Permissions.List() {
		if scope == InDepartment {
			return &Denial{Actor: w.by.user, Needs: right + " for all", Reason: DenyPullsIn}
		}
	}
	return nil
}

// deleters finds who comes to hold users:delete by the batch: administrators grant it, by a step
// that does just that, and the trail tells (R8, R10, R17). Whoever keeps it when administrator status
// goes comes to hold it then.
func (w *work) deleters(t *touched) error {
	right, err := w.r.schema.Right(UsersDelete)
	if err != nil {
		return err
	}
	had := !t.before.User.Admin && t.before.Permissions.Decide(right, Stranger).Allowed
	has := !t.after.User.Admin && t.after.Permissions.Decide(right, Stranger).Allowed
	if !has || had || t.told {
		return nil
	}
	if !w.by.admin() {
		return &Denial{Actor: w.by.user, Needs: "administrator", Reason: DenyGrantsDelete}
	}
	if !t.given && !t.before.User.Admin {
		fault := Faults{{Field: "role", Problem: "gives the right to delete users, which is granted by a step of its own: SetRole or GrantDeleteUsers"}}
		return prefixed(fault, t.at, w.changes)
	}
	w.event(Event{Verb: VerbDeleteGrant, User: t.after.User.ID})
	return nil
}

// keepsSuccessor refuses to take activity or rights from a successor whom an unfinished run names, and to
// bring in a user under the id of a dangling owner while a run takes that one's records away.
func (w *work) keepsSuccessor(t *touched) error {
	was, is := t.before.User, t.after.User
	if was.ID == "" {
		runs, err := w.tx.ListRuns(RunFilter{Leaver: is.ID, Unfinished: true}, "", 1)
		if err == nil && len(runs) > 0 {
			err = fmt.Errorf("%w: the unfinished run %s hands over what names this id", ErrInUse, runs[0].ID)
		}
		return err
	}
	sooner := !is.EndDate.IsZero() && (was.EndDate.IsZero() || is.EndDate.Before(was.EndDate))
	stopped := sooner || was.Status == StatusActive && is.Status != StatusActive
	lost := t.before.Permissions.Exceeds(t.after.Permissions)
	if !stopped && len(lost) == 0 {
		return nil
	}
	for run, err := range runsIn(w.tx, RunFilter{Successor: is.ID, Unfinished: true}) {
		if err != nil {
			return err
		}
		if stopped || run.needs(w.r.schema, lost) {
			return fmt.Errorf("%w: the unfinished run %s names the user as a successor", ErrInUse, run.ID)
		}
	}
	return nil
}

// needs reports whether handing over r's records may need one of the rights that were lost: a right on
// a kind that it moves, or a function where it moves a kind that the schema doesn't have.
func (r Run) needs(s *Schema, lost []Delta) bool {
	for _, d := range lost {
		kind, _, _ := strings.Cut(d.Right, ":")
		_, records := s.Kind(kind)
		for _, step := range r.Steps {
			if _, known := s.Kind(step.Kind); step.Kind == kind || !records && !known {
				return true
			}
		}
	}
	return false
}
