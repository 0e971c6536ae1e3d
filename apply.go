package roster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Apply carries changes out in one transaction, all of them or none (J4), and tells their effect. Input
// faults come back all at once as a Faults, each field with "changes[i]." before it when there are
// several changes. A refusal (ErrDenied, ErrSelf, ErrLastAdministrator, ErrState, ErrInUse …) and a
// fault leave an event in the trail and nothing else (W1).
func (r *Roster) Apply(ctx context.Context, a Actor, changes ...Change) (Effect, error) {
	changes, err := r.hashPasswords(ctx, a, changes)
	var effect Effect
	if err == nil {
		err = r.update(ctx, func(tx Tx) error {
			w, err := r.carryOut(tx, a, changes, false)
			effect = w.effect
			return err
		})
	}
	if err == nil {
		return effect, nil
	}
	var id string
	if at := failedAt(err); at < len(changes) && known(changes[at]) {
		u, object := changes[at].object()
		id = string(u) + object
		if refusal(err) {
			err = r.refused(ctx, a, Event{Verb: changes[at].verb(), User: u, Object: object}, unplace(err))
		}
	}
	return Effect{}, wrap("apply", id, unplace(err))
}

// errPreview rolls a preview back.
var errPreview = errors.New("preview")

// Preview tells what Apply would do, by the same path and with the same checks, and stores nothing
// (R15, R18). It tells as well who would gain or lose sight of whose records by a change of
// department (J8), and doesn't hash passwords. A refusal leaves no event. Ids that it generates aren't those of
// a later Apply.
func (r *Roster) Preview(ctx context.Context, a Actor, changes ...Change) (Effect, error) {
	effect, err := r.preview(ctx, a, changes)
	for i, c := range changes {
		if add, ok := c.(AddUser); ok && add.Password != "" && err == nil {
			err = prefixed(r.checkPassword(ctx, add.Password), i, len(changes))
		}
	}
	if err != nil {
		return Effect{}, wrap("preview", "", unplace(err))
	}
	return effect, nil
}

// preview carries changes out and rolls them back; a password is looked at no further than its length.
func (r *Roster) preview(ctx context.Context, a Actor, changes []Change) (Effect, error) {
	var effect Effect
	err := r.update(ctx, func(tx Tx) error {
		w, err := r.carryOut(tx, a, changes, true)
		if err != nil {
			return err
		}
		effect = w.effect
		return errPreview
	})
	if errors.Is(err, errPreview) {
		return effect, nil
	}
	return Effect{}, err
}

// hashPasswords hashes what changes hold of passwords, outside any transaction and only when the
// changes would pass: refused ones cost no hashing.
func (r *Roster) hashPasswords(ctx context.Context, a Actor, changes []Change) ([]Change, error) {
	secret := func(c Change) bool { add, ok := c.(AddUser); return ok && add.Password != "" }
	if !slices.ContainsFunc(changes, secret) {
		return changes, nil
	}
	if _, err := r.preview(ctx, a, changes); err != nil {
		return changes, err
	}
	changes = slices.Clone(changes)
	for i, c := range changes {
		if !secret(c) {
			continue
		}
		add := c.(AddUser)
		hash, err := r.newHash(ctx, add.Password)
		if err != nil {
			return changes, &placed{i, prefixed(err, i, len(changes))}
		}
		add.hash = hash
		changes[i] = add
	}
	return changes, nil
}

// placed is an error with the index of the change that it came from.
type placed struct {
	at  int
	err error
}

func (p *placed) Error() string { return p.err.Error() }
func (p *placed) Unwrap() error { return p.err }

// failedAt is the index of the change that err came from.
func failedAt(err error) int {
	var p *placed
	if errors.As(err, &p) {
		return p.at
	}
	return 0
}

// unplace takes the index off again.
func unplace(err error) error {
	var p *placed
	if errors.As(err, &p) {
		return p.err
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}

// prefixed puts the change's place before the fields of a Faults, when there are several changes.
func prefixed(err error, i, of int) error {
	var f Faults
	if of < 2 || !errors.As(err, &f) {
		return err
	}
	f = slices.Clone(f)
	for j := range f {
		f[j].Field = fmt.Sprintf("changes[%d].%s", i, f[j].Field)
	}
	return f
}

// refusal reports whether err is an answer of this library rather than of the store or the context.
func refusal(err error) bool {
	for _, kind := range []error{ErrDenied, ErrInvalid, ErrSelf, ErrLastAdministrator, ErrState, ErrInUse, ErrExists, ErrNotFound} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// carryOut runs changes in tx: each is checked and applied in turn, then what they did together is held
// against the rules that no single change can judge. An error is a placed one.
func (r *Roster) carryOut(tx Tx, a Actor, changes []Change, preview bool) (*work, error) {
	w := &work{r: r, tx: tx, changes: len(changes), people: map[UserID]*touched{}, preview: preview}
	var err error
	if w.by, err = r.begin(tx, a); err == nil {
		err = w.run(changes)
	}
	if err != nil {
		err = &placed{w.at, err}
	}
	return w, err
}

// run applies changes and settles them; after an error w.at is the change that it came from.
func (w *work) run(changes []Change) error {
	var all Faults
	first := -1 // change with a fault
	for i, c := range changes {
		w.at, w.faults = i, nil
		if !known(c) {
			all.add(fmt.Sprintf("changes[%d]", i), "not one of the changes, as a value")
			if first < 0 {
				first = i
			}
			continue
		}
		err := c.apply(w)
		if err == nil && w.faults != nil {
			err = w.faults
		}
		var faults Faults
		if errors.As(prefixed(err, i, len(changes)), &faults) {
			if all = append(all, faults...); first < 0 {
				first = i
			}
		} else if err != nil && all != nil && errors.Is(err, ErrNotFound) {
			all.add(fmt.Sprintf("changes[%d]", i), "%s", err) // it may be what a faulty change before would have made
		} else if err != nil {
			return err
		}
		for len(w.effect.IDs) <= i {
			w.effect.IDs = append(w.effect.IDs, "")
		}
	}
	if all != nil {
		w.at = first
		return all
	}
	return w.settle()
}

// work is one batch of changes under way.
type work struct {
	r       *Roster
	tx      Tx
	by      acting
	preview bool

	at      int    // index of the change being applied, or settled
	changes int    // how many there are
	faults  Faults // of the change being applied
	effect  Effect
	people  map[UserID]*touched
	order   []UserID // of people, as they were first touched
	events  []Event
}

// touched is a user that the batch changes.
type touched struct {
	before Person // the zero Person for one who is new
	after  Person
	at     int  // index of the last change about the user
	cover  bool // the actor must cover the user before and after (R10)
	given  bool // users:delete may come with this change (R17)
	told   bool // and has an event of its own already
	fields []string
}

// may asks for a function and tells whether the actor has it.
func (w *work) may(function string) error { return w.by.may(w.r.schema, function) }

// user loads a user whom a change is about; leaving and deleted ones can't be changed (L12).
func (w *work) user(id UserID) (*touched, error) {
	t, ok := w.people[id]
	if !ok {
		p, err := w.r.person(w.tx, id)
		if err != nil {
			return nil, err
		}
		t = &touched{before: p, after: p}
	}
	// A leaver may be among the people already, as the holder of a role that went.
	if s := t.after.User.Status; s == StatusLeaving || s == StatusDeleted {
		return nil, fmt.Errorf("%w: the user is %s", ErrState, s)
	}
	if t.at = w.at; !ok {
		w.note(id, t)
	}
	return t, nil
}

// touch notes that the batch changes p.
func (w *work) touch(id UserID, p Person) *touched {
	t := &touched{before: p, after: p, at: w.at}
	w.note(id, t)
	return t
}

// note adds t to the people.
func (w *work) note(id UserID, t *touched) {
	w.people[id] = t
	w.order = append(w.order, id)
}

// store puts a changed user and notes which fields changed.
func (w *work) store(t *touched, u User, fields ...string) error {
	u.Version++
	if err := w.tx.PutUser(u); err != nil {
		return err
	}
	after, err := w.r.personOf(w.tx, u)
	t.after = after
	for _, f := range fields {
		if !slices.Contains(t.fields, f) {
			t.fields = append(t.fields, f)
		}
	}
	return err
}

// event notes an event; settle writes it when the batch has passed.
func (w *work) event(e Event) {
	e.Outcome = OutcomeDone
	w.events = append(w.events, e)
}

// made notes the id of what the present change made or was about.
func (w *work) made(id string) {
	for len(w.effect.IDs) <= w.at {
		w.effect.IDs = append(w.effect.IDs, "")
	}
	w.effect.IDs[w.at] = id
}

// unknown adds a fault for a reference to what isn't there; any other error is passed on.
func (w *work) unknown(field string, err error) error {
	if errors.Is(err, ErrNotFound) {
		w.faults.add(field, "unknown")
		return nil
	}
	return err
}

// reason checks an actor's own words for the trail.
func (w *work) reason(text string) {
	w.faults.check("reason", textProblem(strings.TrimSpace(text), maxReason))
}
