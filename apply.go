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
	changes, at, err := r.hashPasswords(ctx, a, changes)
	var effect Effect
	if err == nil {
		err = r.update(ctx, func(tx Tx) (err error) {
			effect, at, err = r.carryOut(tx, a, changes, false)
			return err
		})
	}
	if err == nil {
		return effect, nil
	}
	var e Event
	if at < len(changes) && known(changes[at]) {
		e = changes[at].about()
		if refusal(err) {
			err = r.refused(ctx, a, e, err)
		}
	}
	return Effect{}, wrap("apply", string(e.User)+e.Object, err)
}

// errPreview rolls a preview back.
var errPreview = errors.New("preview")

// Preview tells what Apply would do, by the same path and with the same checks, and stores nothing
// (R15, R18). It tells as well who would gain or lose sight of whose records by a change of
// department (J8), and doesn't hash passwords. A refusal leaves no event. Ids that it generates aren't those of
// a later Apply.
func (r *Roster) Preview(ctx context.Context, a Actor, changes ...Change) (Effect, error) {
	effect, _, err := r.preview(ctx, a, changes)
	for i, c := range changes {
		if add, ok := c.(AddUser); ok && add.Password != "" && err == nil {
			err = prefixed(r.checkPassword(ctx, add.Password), i, len(changes))
		}
	}
	if err != nil {
		return Effect{}, wrap("preview", "", err)
	}
	return effect, nil
}

// preview carries changes out and rolls them back; a password is looked at no further than its length. at is
// the change that an error came from.
func (r *Roster) preview(ctx context.Context, a Actor, changes []Change) (effect Effect, at int, err error) {
	err = r.update(ctx, func(tx Tx) (err error) {
		if effect, at, err = r.carryOut(tx, a, changes, true); err != nil {
			return err
		}
		return errPreview
	})
	if errors.Is(err, errPreview) {
		return effect, at, nil
	}
	return Effect{}, at, err
}

// hashPasswords hashes what changes hold of passwords, outside any transaction and only when the
// changes would pass: refused ones cost no hashing. at is the change that an error came from.
func (r *Roster) hashPasswords(ctx context.Context, a Actor, changes []Change) (hashed []Change, at int, err error) {
	secret := func(c Change) bool { add, ok := c.(AddUser); return ok && add.Password != "" }
	if !slices.ContainsFunc(changes, secret) {
		return changes, 0, nil
	}
	if _, at, err := r.preview(ctx, a, changes); err != nil {
		return changes, at, err
	}
	changes = slices.Clone(changes)
	for i, c := range changes {
		if !secret(c) {
			continue
		}
		add := c.(AddUser)
		if add.hash, err = r.newHash(ctx, add.Password); err != nil {
			return changes, i, prefixed(err, i, len(changes))
		}
		changes[i] = add
	}
	return changes, 0, nil
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
	for _, kind := range []error{
		ErrDenied, ErrInvalid, ErrSelf, ErrLastAdministrator, ErrState, ErrInUse, ErrExists, ErrNotFound, ErrStale, ErrBlocked, ErrLease,
	} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// carryOut runs changes in tx: each is checked and applied in turn, then what they did together is held
// against the rules that no single change can judge. at is the change that an error came from.
func (r *Roster) carryOut(tx Tx, a Actor, changes []Change, preview bool) (effect Effect, at int, err error) {
	w := &work{r: r, tx: tx, changes: len(changes), people: map[UserID]*touched{}, preview: preview}
	if w.by, err = r.begin(tx, a); err == nil {
		err = w.run(changes)
	}
	if err != nil {
		return Effect{}, w.at, err
	}
	return w.effect, 0, nil
}

// run applies changes and settles them; after an error w.at is the change that it came from.
func (w *work) run(changes []Change) error {
	var all Faults
	first := 0 // change with a fault
	for i, c := range changes {
		w.at, w.faults = i, nil
		err := w.change(c)
		var faults Faults
		switch {
		case errors.As(err, &faults):
		case err != nil && all != nil && errors.Is(err, ErrNotFound): // it may be what a faulty change before would have made
			faults.add(fmt.Sprintf("changes[%d]", i), "%s", err)
		case err != nil:
			return err
		}
		if all == nil {
			first = i
		}
		all = append(all, faults...)
	}
	if all != nil {
		w.at = first
		return all
	}
	return w.settle()
}

// change applies one change of a batch.
func (w *work) change(c Change) error {
	if !known(c) {
		return Faults{{Field: fmt.Sprintf("changes[%d]", w.at), Problem: "not one of the changes, as a value"}}
	}
	e := c.about()
	w.effect.IDs = append(w.effect.IDs, string(e.User)+e.Object)
	err := c.apply(w)
	if err == nil && w.faults != nil {
		err = w.faults
	}
	return prefixed(err, w.at, w.changes)
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

// made notes the id of what the present change made, where that isn't what it is about.
func (w *work) made(id string) { w.effect.IDs[len(w.effect.IDs)-1] = id }

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
