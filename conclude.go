package roster

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Conclude ends a round of a run whose steps are done: stocks are fresh surveys of every kind. When nothing
// names the leaver any more the leaver is buried; what arrived meanwhile gets steps by its kind's
// rule for another round; and where no rule covers it, or rounds were not enough, the run is parked
// (L17, G11). What became of it is in h.Run. A correction is done when its steps are: it surveys nothing.
func (h *Hold) Conclude(ctx context.Context, stocks []Stock, rounds int) error {
	return h.update(ctx, "conclude", func(tx Tx, run *Run) error {
		if i := slices.IndexFunc(run.Steps, func(s Step) bool { return !s.Done }); i >= 0 {
			return fmt.Errorf("%w: step %d isn't done", ErrState, i)
		}
		if run.Correction.Run != "" {
			return h.r.bury(tx, run)
		}
		if err := surveyed(run.Kinds, stocks); err != nil {
			return err
		}
		if !slices.ContainsFunc(stocks, left) {
			return h.r.bury(tx, run)
		}
		steps, blockers, err := h.r.planLate(tx, run, stocks)
		if err != nil {
			return err
		}
		if run.Round >= rounds {
			return h.parked(tx, run, "rounds", fmt.Sprintf("still the leaver's after %d rounds: %s", run.Round, leftText(stocks)))
		}
		if len(blockers) > 0 {
			return h.parked(tx, run, blockers[0].Code, texts(blockers))
		}
		run.Round++
		run.Steps = append(run.Steps, steps...)
		return nil
	})
}

// surveyed refuses stocks in which one of kinds wasn't surveyed (G1).
func surveyed(kinds []string, stocks []Stock) error {
	for _, kind := range kinds {
		if !slices.ContainsFunc(stocks, func(st Stock) bool { return st.Kind == kind && st.Exempt == "" }) {
			return fmt.Errorf("%w: kind %s wasn't surveyed", ErrState, kind)
		}
	}
	return nil
}

// left reports whether a kind still has something of the leaver's to be handed over, or may have.
// Counts that make no sense are no proof that there is nothing (G2).
func left(s Stock) bool {
	for _, n := range s.Survey.Responsible {
		if n != 0 {
			return true
		}
	}
	return uncounted(s) != "" || s.Authorship != AuthorKept && s.Survey.Authored > 0
}

// leftText lists the kinds that have something left, with counts.
func leftText(stocks []Stock) string {
	var parts []string
	for _, s := range stocks {
		if n := s.Survey.Total(); n > 0 {
			parts = append(parts, fmt.Sprintf("%d of %s", n, s.Kind))
		} else if left(s) {
			parts = append(parts, "authors of "+s.Kind)
		}
	}
	return strings.Join(parts, ", ")
}

// planLate applies the confirmed rules to what is there now. Nobody decides by then: who became the department's
// head since the run began receives nothing by it (R10).
func (r *Roster) planLate(tx Tx, run *Run, stocks []Stock) ([]Step, []Finding, error) {
	by, err := r.begin(tx, System("run "+string(run.ID)))
	if err != nil {
		return nil, nil, err
	}
	snap, err := r.snapshot(tx, by, run.Request)
	if err != nil {
		return nil, nil, err
	}
	snap.Stocks, snap.Department.Head = stocks, run.Head
	if snap.People[run.Head], err = r.present(tx, run.Head); err != nil {
		return nil, nil, err
	}
	steps, blockers := planMore(snap, run.Request, len(run.Request.Rules))
	return steps, blockers, nil
}

// planMore is planLate for somebody who decides: with the rules from since on and those that replace others, which
// they add, and with the department's present head.
func (r *Roster) planMore(tx Tx, by acting, run *Run, stocks []Stock, since int, replaced ...int) ([]Step, []Finding, error) {
	snap, err := r.snapshot(tx, by, run.Request)
	if err != nil {
		return nil, nil, err
	}
	snap.Stocks, run.Head = stocks, snap.Department.Head
	steps, blockers := planMore(snap, run.Request, since, replaced...)
	return steps, blockers, nil
}

// texts joins the texts of findings or differences.
func texts[T fmt.Stringer](list []T) string {
	all := make([]string, len(list))
	for i, x := range list {
		all[i] = x.String()
	}
	return strings.Join(all, "; ")
}

// bury makes the leaver a tombstone (L12): id, names, department, and what history needs stay;
// address, identity, role, rights and administrator status go. Authorship and the trail still point
// at the id. A sweep's leaver is a tombstone already, and a correction leaves the leaver alone.
func (r *Roster) bury(tx Tx, run *Run) error {
	run.State, run.Ended, run.Lease.Until, run.Reason = RunDone, r.now(), time.Time{}, ""
	verb := VerbRunSweep
	if run.Correction.Run != "" {
		verb = VerbRunCorrect
	}
	if run.buries() {
		verb = VerbUserDelete
		u, err := tx.User(run.Leaver)
		if err != nil {
			return err
		}
		u = User{
			ID: u.ID, FirstName: u.FirstName, LastName: u.LastName, Department: u.Department, Free: u.Free,
			Status: StatusDeleted, Epoch: u.Epoch, Created: u.Created, LastSeen: u.LastSeen, Version: u.Version + 1,
		}
		if err := tx.PutUser(u); err != nil {
			return err
		}
		if err := r.unseatHead(tx, run); err != nil {
			return err
		}
	}
	return r.record(tx, run.starter(), Event{Verb: verb, User: run.Leaver, Object: string(run.ID), Outcome: OutcomeDone})
}

// unseatHead takes the leaver off the departments they head: nobody's work may go to a tombstone.
func (r *Roster) unseatHead(tx Tx, run *Run) error {
	page := func(after DepartmentID) ([]Department, error) { return tx.ListDepartments(after, pageSize) }
	for d, err := range rows(pageSize, "", page, Department.key) {
		if err != nil {
			return err
		}
		if d.Head != run.Leaver {
			continue
		}
		d.Head = ""
		if err := tx.PutDepartment(d); err != nil {
			return err
		}
		e := Event{Verb: VerbDepartmentEdit, User: run.Leaver, Object: string(d.ID), Outcome: OutcomeDone, Fields: []string{"head"}}
		if err := r.record(tx, run.starter(), e); err != nil {
			return err
		}
	}
	return nil
}
