package faults_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/seed-8e8abc8d/roster"
)

// before is what stood before a deletion began.
type before struct {
	owners  map[string]string   // of each record, by kind and id
	heirs   map[string][]string // who may receive each record of the leaver's, by the request's rules
	taken   map[string]bool     // records that a person gave to tom by hand since; their owner is tom
	tokens  []string            // of the leaver: a session, a personal and an access token
	refresh string              // of the leaver
	others  string              // a token of a user whom the deletion doesn't concern
	head    roster.Head         // of the trail
}

// move is one change of an owner, as the table's trigger saw it, or, of a table without one, as it stands there.
type move struct{ record, was, becomes string }

// state says at which point of its deletion a firm is.
type state string

// The states, in order. They are what is found in the database, not what the worker was about to do.
const (
	stateBefore state = "before the fence"
	stateFenced state = "fenced" // nothing is entered in the journal
	stateIntent state = "intent" // the last entry is open, none of its records moved
	stateMove   state = "move"   // the last entry is open, records of it moved
	stateDone   state = "done"   // every entry is closed, steps are left
	stateVerify state = "verify" // every step is done, the leaver isn't buried
	stateBuried state = "buried" // the run is done
	stateParked state = "parked" // the run waits for a person, with a reason
)

var states = []state{stateBefore, stateFenced, stateIntent, stateMove, stateDone, stateVerify, stateBuried, stateParked}

// look is the one verification of every experiment, at any moment, also half-way, of a firm that nobody works on: it
// tells at which point the deletion is, and everything that is wrong there.
//
// Always: the same records as before, none that wasn't the leaver's changed, each moved once at most, from the leaver to
// whom the journal says, and the journal says so of what moved and of nothing else; what a person took meanwhile stays with whom
// they gave it to, and is told as left alone; an owner is lost only where the rule says so; no token of the leaver is good from the fence on, and all are before it; the trail is whole and holds all it held.
// Of a run that is done: nothing is the leaver's, no entry is open, the leaver is a tombstone. A parked one has a reason.
func (f *firm) look(ctx context.Context, b before) (is state, problems []string, err error) {
	wrong := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	owners, moves, err := f.read(ctx, b)
	if err != nil {
		return "", nil, err
	}
	run, fenced, err := f.found(ctx)
	if err != nil {
		return "", nil, err
	}
	entries, err := f.journal(ctx, run.ID)
	if err != nil {
		return "", nil, err
	}
	journalled := b.compare(entries, moves, wrong)
	for record, was := range b.owners {
		now, there := owners[record]
		m, moved := journalled[record]
		switch {
		case !there:
			wrong("%s is gone", record)
		case was != "leo" && now != was:
			wrong("%s was %s's and is %q's", record, was, now)
		case was == "leo" && moved && now != m.becomes:
			wrong("%s went to %q and is %q's", record, m.becomes, now)
		case was == "leo" && !moved && now != was:
			wrong("%s is %q's, and nobody moved it", record, now)
		}
	}
	if len(owners) != len(b.owners) {
		wrong("%d records, before: %d", len(owners), len(b.owners))
	}
	var leaver roster.User
	if err := f.store.View(ctx, func(tx roster.Tx) (err error) { leaver, err = tx.User("leo"); return err }); err != nil {
		return "", nil, err
	}
	is = at(run, fenced, entries, journalled)
	if n := len(entries); is == stateBuried && !entries[n-1].Done {
		wrong("the last entry is open")
	}
	for record, owner := range owners {
		if is == stateBuried && owner == "leo" {
			wrong("%s is left with the leaver", record)
		}
	}
	want := map[state]roster.Status{stateBefore: roster.StatusActive, stateBuried: roster.StatusDeleted}[is]
	if want == roster.StatusNone {
		want = roster.StatusLeaving
	}
	if leaver.Status != want {
		wrong("the leaver is %v, not %v", leaver.Status, want)
	}
	if is == stateParked && run.Reason == "" {
		wrong("the run is parked without a reason")
	}
	return is, problems, f.access(ctx, b, fenced, wrong)
}

// at tells the state.
func at(run roster.Run, fenced bool, entries []roster.Entry, moved map[string]move) state {
	switch {
	case !fenced:
		return stateBefore
	case run.State == roster.RunDone:
		return stateBuried
	case run.State == roster.RunParked:
		return stateParked
	case len(entries) == 0:
		return stateFenced
	}
	if last := entries[len(entries)-1]; !last.Done {
		for _, id := range last.IDs {
			if _, is := moved[last.Kind+"/"+id]; is {
				return stateMove
			}
		}
		return stateIntent
	}
	for _, step := range run.Steps {
		if !step.Done {
			return stateDone
		}
	}
	return stateVerify
}

// compare holds the journal against the moves that happened, and gives these by record.
func (b before) compare(entries []roster.Entry, moves []move, wrong func(string, ...any)) map[string]move {
	happened := map[string]move{}
	for _, m := range moves {
		if _, twice := happened[m.record]; twice {
			wrong("%s was moved twice", m.record)
		}
		if m.was != "leo" {
			wrong("%s was taken from %q", m.record, m.was)
		}
		if !slices.Contains(b.heirs[m.record], m.becomes) {
			wrong("%s went to %q", m.record, m.becomes)
		}
		happened[m.record] = m
	}
	told := map[string]int{} // by record: its entry
	for i, e := range entries {
		if e.N != i+1 {
			wrong("the journal's entry %d has number %d", i+1, e.N)
		}
		if !e.Done && i < len(entries)-1 {
			wrong("entry %d is open, and there are later ones", e.N)
		}
		if e.Done && e.Moved+e.Already+len(e.Skipped) != len(e.IDs) {
			wrong("entry %d counts %d moved, %d already there, %d skipped of %d", e.N, e.Moved, e.Already, len(e.Skipped), len(e.IDs))
		}
		left := map[string]bool{}
		for _, s := range e.Skipped {
			if left[s.ID] = true; !b.taken[e.Kind+"/"+s.ID] || s.Reason != "elsewhere" {
				wrong("entry %d left %s alone: %s", e.N, s.ID, s.Reason)
			}
		}
		for _, id := range e.IDs {
			record := e.Kind + "/" + id
			m, is := happened[record]
			if first := told[record]; first > 0 {
				was := entries[first-1]
				wrong("%s is in entry %d of step %d (%d moved, %d already there) and in %d of step %d (%d, %d)", record,
					first, was.Step, was.Moved, was.Already, e.N, e.Step, e.Moved, e.Already)
			}
			if told[record] = i + 1; is && m.becomes != string(e.To) || e.Done && is == left[id] {
				wrong("entry %d sends %s to %q; it happened: %v, to %q", e.N, record, e.To, is, m.becomes)
			}
		}
	}
	for record := range happened {
		if told[record] == 0 {
			wrong("%s moved, and the journal doesn't know", record)
		}
	}
	return happened
}

// access looks at tokens and the trail.
func (f *firm) access(ctx context.Context, b before, fenced bool, wrong func(string, ...any)) error {
	for i, token := range b.tokens {
		_, err := f.Check(ctx, token)
		if err != nil && !errors.Is(err, roster.ErrToken) {
			return err
		}
		if good := err == nil; good == fenced {
			wrong("token %d of the leaver is good: %v; fenced: %v", i, good, fenced)
		}
	}
	if fenced {
		if _, err := f.Rotate(ctx, b.refresh); err == nil {
			wrong("a refresh token of the leaver is good")
		} else if !errors.Is(err, roster.ErrToken) {
			return err
		}
	}
	if _, err := f.Check(ctx, b.others); err != nil {
		wrong("a token of somebody else: %v", err)
	}
	if _, err := f.Verify(ctx, b.head); err != nil {
		wrong("the trail: %v", err)
	}
	return nil
}

// read reads the host's tables. Of kinds that are plain the moves are what has another owner than before.
func (f *firm) read(ctx context.Context, b before) (owners map[string]string, moves []move, err error) {
	owners = map[string]string{}
	for _, kind := range f.kinds() {
		bare := slices.Contains(plain, kind)
		err = scan(ctx, f.db.Writer(), func(row *sql.Rows) error {
			var id, owner string
			err := row.Scan(&id, &owner)
			record := kind + "/" + id
			owners[record] = owner
			if was := b.owners[record]; bare && was == "leo" && owner != was {
				moves = append(moves, move{record, was, owner})
			}
			return err
		}, "SELECT id, coalesce(owner, '') FROM "+kind+" WHERE account = $1", f.Account)
		if err != nil {
			return nil, nil, err
		}
	}
	return owners, moves, scan(ctx, f.db.Writer(), func(row *sql.Rows) error {
		var m move
		err := row.Scan(&m.record, &m.was, &m.becomes)
		moves = append(moves, m)
		return err
	}, "SELECT kind || '/' || id, was, becomes FROM moves WHERE account = $1 ORDER BY seq", f.Account)
}

// journal reads a run's entries.
func (f *firm) journal(ctx context.Context, run roster.RunID) (entries []roster.Entry, err error) {
	if run == "" {
		return nil, nil
	}
	err = f.store.View(ctx, func(tx roster.Tx) (err error) { entries, err = tx.ListEntries(run, 0, 1_000_000); return err })
	return entries, err
}
