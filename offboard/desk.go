// Package offboard carries out deletions: it surveys the host's records, plans, fences, hands over
// in chunks that survive a crash at any moment, verifies, and buries. Whatever happens in the store
// is package roster's; whatever happens to records is the host's Holdings'; this package drives the two.
//
//	desk, err := offboard.New(r, offboard.Kind{Name: "deal", Holdings: deals}) // and every other kind that names users
//	plan, err := desk.Assess(ctx, admin, request)                 // changes nothing: show plan.Text, and ask
//	run, err := desk.Start(ctx, admin, plan.Request, plan.Digest) // the fence: access ends
//	run, err = desk.Work(ctx, run.ID, nil)                        // the hand-over; after a crash the same again
//
// Several leavers at once take AssessAll and StartAll, and then Work on each run. A run that is parked takes Retry
// and Work again, or Lift. Outcome tells what became of a run, Moved which records it moved; Correct moves some
// again. Remains finds what was written for leavers meanwhile, and Sweep hands it over. Correct and Sweep start
// runs too, for Work. Workers go on with whatever run waits for a worker, in one process or in many.
package offboard

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/seed-8e8abc8d/roster"
)

// Kind registers the holdings of one kind of record, or of acting things, with the host's settings.
type Kind struct {
	Name     string // as the schema names it, or any name for a kind that the schema doesn't know
	Holdings roster.Holdings
	// Exempt says, in place of all that follows and of Holdings, why records of this kind need no
	// hand-over: "notes follow their deal". They are neither counted nor moved, and every plan says so.
	Exempt     string
	Acting     bool              // integrations, schedules, webhooks, bots: things that act in a user's name (L10)
	Authorship roster.Authorship // what becomes of the author; the zero value keeps it (L8)
	// Needs are what a successor must hold (L5): actions of the kind ("view") or functions
	// ("integrations:manage"). Nil means the kind's actions "view" and "edit"; a kind for which the
	// schema doesn't have both must say. Empty but not nil means that being active is enough.
	Needs []string
}

// Settings are how a Desk works. The zero Settings are complete and safe.
type Settings struct {
	Chunk int // records that are read, written down and moved together, at most: 1 to 10,000; 0: 10,000
	// Budget is how long a move should take, since other writers may have to wait for that long: a chunk is moved in about equal
	// pieces, each by a call of Move. Each call of Work begins with 1,000 records to a move. One that took longer than Budget makes the
	// next ones smaller at once, down to 100; one that took less makes them as large as Budget would have held, but at most
	// twice as large, if it held all that it might. A chunk holds as many as two moves, up to Chunk; a move may hold a quarter more rather than leave a small rest.
	// 0: 25 ms; negative: each chunk is as large as Chunk and moves at once, however long it takes.
	Budget time.Duration
	// Rest makes a worker pause after each move for as long as it took, an eighth of Lease at most: for several processes
	// that write one SQLite file, whose lock isn't fair.
	Rest bool
	// Lease is how long a worker may be silent before another takes over, a day at most; 0: 1 minute. The context of every
	// call of a Holdings ends after three quarters of it.
	Lease    time.Duration
	Attempts int // how often in a row a run is taken up without getting anything done before it is parked; 0: 5
	Rounds   int // how many times late arrivals are handed over before the run is parked (L17); 0: 5
}

// Desk is where a host offboards people: Assess, ask the actor, Start, Work. All methods are safe for
// concurrent use, by many Desks in many processes over one store as well. No method calls Holdings or a
// progress function inside a transaction, and none starts a goroutine.
type Desk struct {
	roster *roster.Roster
	runs   roster.Runs
	kinds  []Kind
	set    Settings
}

// New makes a Desk over a roster and every kind of thing that can name a user. Each kind of the
// roster's schema is registered or exempted by name, so that none is forgotten (G1); other things, acting
// ones above all, are the host's to think of. The kinds' order is the plans'. Its error is a
// roster.Faults that lists everything wrong with the kinds at once.
func New(r *roster.Roster, kinds ...Kind) (*Desk, error) {
	if r == nil {
		return nil, errors.New("offboard: new: a roster is needed")
	}
	d := &Desk{roster: r, runs: r.Runs(), kinds: slices.Clone(kinds)}
	var faults roster.Faults
	for i := range d.kinds {
		k := &d.kinds[i]
		at := fmt.Sprintf("kinds[%d]", i)
		if k.Name == "" {
			faults = append(faults, roster.Fault{Field: at + ".name", Problem: "is required"})
		} else if slices.ContainsFunc(d.kinds[:i], func(other Kind) bool { return other.Name == k.Name }) {
			faults = append(faults, roster.Fault{Field: at + ".name", Problem: fmt.Sprintf("%q is registered twice", k.Name)})
		}
		if k.Exempt != "" {
			if k.Holdings != nil || k.Acting || k.Authorship != roster.AuthorKept || k.Needs != nil {
				faults = append(faults, roster.Fault{Field: at + ".exempt", Problem: "an exempted kind has nothing but its name"})
			}
			continue
		}
		if k.Holdings == nil {
			faults = append(faults, roster.Fault{Field: at + ".holdings", Problem: "are required, unless the kind is exempted"})
		}
		if k.Authorship > roster.AuthorUndefined {
			faults = append(faults, roster.Fault{Field: at + ".authorship", Problem: "unknown"})
		}
		faults = append(faults, k.complete(r.Schema(), at)...)
	}
	for _, declared := range r.Schema().Kinds() {
		if !slices.ContainsFunc(d.kinds, func(k Kind) bool { return k.Name == declared.Name }) {
			faults = append(faults, roster.Fault{Field: "kinds", Problem: fmt.Sprintf("%q is neither registered nor exempted", declared.Name)})
		}
	}
	if err := faults.Err(); err != nil {
		return nil, fmt.Errorf("offboard: new: %w", err)
	}
	return d.With(Settings{}), nil
}

// complete fills in the needs and checks those that were given.
func (k *Kind) complete(s *roster.Schema, at string) roster.Faults {
	if k.Needs == nil {
		k.Needs = []string{"view", "edit"}
		for _, name := range k.Needs {
			if _, err := s.Right(k.Name + ":" + name); err != nil {
				return roster.Faults{{Field: at + ".needs", Problem: fmt.Sprintf("are required where the schema has no %q of the kind", name)}}
			}
		}
		return nil
	}
	k.Needs = slices.Clone(k.Needs)
	var faults roster.Faults
	for i, need := range k.Needs {
		text := need
		if !strings.Contains(need, ":") {
			text = k.Name + ":" + need
		}
		if _, err := s.Right(text); err != nil {
			faults = append(faults, roster.Fault{Field: fmt.Sprintf("%s.needs[%d]", at, i), Problem: fmt.Sprintf("unknown right %q", text)})
		}
	}
	return faults
}

// With is a Desk like d with other settings. A Chunk or Lease out of its range becomes the nearest in it; a negative Lease,
// Attempts or Rounds is the default.
func (d *Desk) With(s Settings) *Desk {
	if s.Chunk == 0 {
		s.Chunk = 10_000
	}
	if s.Budget == 0 {
		s.Budget = 25 * time.Millisecond
	}
	if s.Lease <= 0 {
		s.Lease = time.Minute
	}
	s.Lease = min(s.Lease, 24*time.Hour)
	if s.Attempts <= 0 {
		s.Attempts = 5
	}
	if s.Rounds <= 0 {
		s.Rounds = 5
	}
	s.Chunk = min(max(s.Chunk, 1), 10_000)
	with := *d
	with.set = s
	return &with
}

// kind finds a registered kind.
func (d *Desk) kind(name string) (Kind, error) {
	for _, k := range d.kinds {
		if k.Name == name && k.Exempt == "" {
			return k, nil
		}
	}
	return Kind{}, fmt.Errorf("%w: kind %q isn't registered at this desk", roster.ErrState, name)
}

// MayReceive answers whether work of a registered kind and part may be assigned to a user now (L18): what
// the kind Needs of a successor is asked for, so that an assignment and a hand-over agree. See
// roster.Roster.MayReceive. A kind that isn't registered here is a Faults.
func (d *Desk) MayReceive(ctx context.Context, id roster.UserID, kind, part string) (roster.Explanation, error) {
	k, err := d.kind(kind)
	if err != nil {
		return roster.Explanation{}, fail("may receive", id, roster.Faults{{Field: "kind", Problem: fmt.Sprintf("%q isn't registered at this desk", kind)}})
	}
	return d.roster.MayReceive(ctx, id, kind, part, k.Needs...)
}

// fail names the verb and the object of an error, once.
func fail[T ~string](op string, id T, err error) error {
	var known *roster.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	return &roster.Error{Op: op, ID: string(id), Err: err}
}
