package roster

import (
	"context"
	"errors"
	"iter"
	"slices"
)

// Runs is the store's side of deletions: what is read and written in one transaction each. A host reads runs
// here, with List, Find, Journal and Leavers; the other methods package offboard drives, together with the host's
// records: use a Desk. All methods are safe for concurrent use.
type Runs struct{ r *Roster }

// Runs gives the store's side of deletions.
func (r *Roster) Runs() Runs { return Runs{r} }

// Snapshot reads what a plan needs to know of the store, all in one View; the stocks are the
// caller's to add. Users who aren't there are absent, and what is wrong with a request is the
// planner's to say: an error means that the actor may not ask (ErrDenied: it needs users:delete) or
// that the store could not be read.
func (s Runs) Snapshot(ctx context.Context, a Actor, req Request) (Snapshot, error) {
	var snap Snapshot
	err := s.r.look(ctx, a, []string{UsersDelete}, func(tx Tx, by acting) (err error) {
		if snap, err = s.r.snapshot(tx, by, req); err != nil {
			return err
		}
		if snap.Viewers, err = viewers(tx, s.r, snap); err != nil {
			return err
		}
		snap.Tokens, err = liveTokens(tx, snap.Leaver.User, by)
		return err
	})
	if errors.Is(err, ErrDenied) {
		err = s.r.refused(ctx, a, Event{Verb: VerbRunAssess, User: req.Leaver}, err)
	}
	if err != nil {
		return Snapshot{}, wrap("assess", req.Leaver, err)
	}
	snap.Backup = s.r.lastBackup(ctx)
	return snap, nil
}

// snapshot reads the part of a Snapshot that a plan's guards and its digest rest on. Its cost
// depends on the request, not on how much the leaver has.
func (r *Roster) snapshot(tx Tx, by acting, req Request) (Snapshot, error) {
	snap := Snapshot{Now: by.now, Schema: r.schema, Actor: by.person, System: by.system, People: map[UserID]Person{}}
	var err error
	if snap.Leaver, err = r.present(tx, req.Leaver); err != nil {
		return snap, err
	}
	if id := snap.Leaver.User.Department; id != "" {
		if snap.Department, err = tx.Department(id); err != nil && !errors.Is(err, ErrNotFound) {
			return snap, err
		}
	}
	named := req.successors(snap.Department.Head)
	for _, id := range named {
		p, err := r.present(tx, id)
		if err != nil {
			return snap, err
		}
		if p.User.ID != "" {
			snap.People[id] = p
		}
	}
	if snap.OtherAdmin, err = otherAdmin(tx, append([]UserID{req.Leaver}, req.With...)...); err != nil {
		return snap, err
	}
	snap.Runs, err = unfinishedRuns(tx, append(named, req.Leaver))
	return snap, err
}

// present loads a person; the zero Person for an id that isn't there.
func (r *Roster) present(tx Tx, id UserID) (Person, error) {
	u, err := tx.User(id)
	if errors.Is(err, ErrNotFound) {
		return Person{}, nil
	}
	if err != nil {
		return Person{}, err
	}
	return r.personOf(tx, u)
}

// successors lists everybody whom the request names, the head where a rule does, each once and in order of id.
func (req Request) successors(head UserID) []UserID {
	ids := []UserID{req.Authors}
	for _, rule := range req.Rules {
		if ids = append(ids, rule.To...); rule.Do == ToHead {
			ids = append(ids, head)
		}
	}
	for _, h := range req.HandOn {
		ids = append(ids, h.To)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	return slices.DeleteFunc(ids, func(id UserID) bool { return id == "" })
}

// unfinishedRuns lists the unfinished runs whose leaver or successor is one of ids, each once.
func unfinishedRuns(tx Tx, ids []UserID) ([]Run, error) {
	var runs []Run
	for _, id := range ids {
		for _, f := range []RunFilter{{Leaver: id, Unfinished: true}, {Successor: id, Unfinished: true}} {
			for run, err := range runsIn(tx, f) {
				if err != nil {
					return nil, err
				}
				if !slices.ContainsFunc(runs, func(known Run) bool { return known.ID == run.ID }) {
					runs = append(runs, run)
				}
			}
		}
	}
	return runs, nil
}

// viewers lists the active users of the leaver's and the successors' departments (L9).
func viewers(tx Tx, r *Roster, snap Snapshot) ([]Person, error) {
	depts := []DepartmentID{snap.Leaver.User.Department}
	for _, p := range snap.People {
		depts = append(depts, p.User.Department)
	}
	slices.Sort(depts)
	var found []Person
	for _, d := range slices.Compact(depts) {
		if d == "" {
			continue
		}
		for u, err := range usersIn(tx, UserFilter{Department: d, Status: StatusActive}) {
			if err != nil {
				return nil, err
			}
			p, err := r.personOf(tx, u)
			if err != nil {
				return nil, err
			}
			found = append(found, p)
		}
	}
	return found, nil
}

// liveTokens lists the tokens of u that are good now, which a fence would end.
func liveTokens(tx Tx, u User, by acting) ([]Token, error) {
	if u.ID == "" {
		return nil, nil
	}
	var live []Token
	for t, err := range tokensIn(tx, TokenFilter{User: u.ID, Open: true}) {
		if err != nil {
			return nil, err
		}
		if t.Epoch == u.Epoch && by.now.Before(t.Expires) {
			live = append(live, t)
		}
	}
	return live, nil
}

// readsRuns are the functions of which one is needed to read runs.
func readsRuns() []string { return []string{UsersManage, UsersDelete} }

// Leavers yields the users with a status, leaving or deleted, in the order of their ids; any other is a Faults. It
// needs users:delete or users:manage. The error, if any, comes once and last.
func (s Runs) Leavers(ctx context.Context, a Actor, status Status) iter.Seq2[User, error] {
	if status != StatusLeaving && status != StatusDeleted { // other users are for those who may manage them
		return func(yield func(User, error) bool) {
			yield(User{}, wrap("list", "", Faults{{Field: "status", Problem: "neither leaving nor deleted"}}))
		}
	}
	return pages(ctx, s.r, a, readsRuns(), pageSize, "",
		func(tx Tx, after UserID) ([]User, error) {
			return tx.ListUsers(UserFilter{Status: status}, after, pageSize)
		},
		User.key)
}

// Find reads one run. It needs users:delete or users:manage.
func (s Runs) Find(ctx context.Context, a Actor, id RunID) (Run, error) {
	var run Run
	err := s.r.look(ctx, a, readsRuns(), func(tx Tx, _ acting) (err error) {
		run, err = tx.Run(id)
		return err
	})
	return run, wrap("run", id, err)
}

// List yields runs in the order of their ids, which is the order in which they started, to the microsecond. It
// needs users:delete or users:manage. The error, if any, comes once and last. Those that a restarted process
// should go on with are RunFilter{State: RunWorking}.
func (s Runs) List(ctx context.Context, a Actor, f RunFilter) iter.Seq2[Run, error] {
	return pages(ctx, s.r, a, readsRuns(), pageSize, "",
		func(tx Tx, after RunID) ([]Run, error) { return tx.ListRuns(f, after, pageSize) },
		Run.key)
}

// Journal yields a run's journal entries in the order of their numbers. It needs users:delete or
// users:manage. The error, if any, comes once and last.
func (s Runs) Journal(ctx context.Context, a Actor, id RunID) iter.Seq2[Entry, error] {
	return pages(ctx, s.r, a, readsRuns(), journalPage, 0,
		func(tx Tx, after int) ([]Entry, error) { return tx.ListEntries(id, after, journalPage) },
		Entry.key)
}
