package roster

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"time"
)

// refusalWindow is how long the same refusal raises a count instead of adding an event, so that a
// client which tries in a loop can't flood the trail.
const refusalWindow = time.Minute

// refusalPrefix begins the keys of counters of refusals.
const refusalPrefix = "refusal:"

// record appends e to the trail as a's doing, in the transaction of what it tells (W1).
func (r *Roster) record(tx Tx, a Actor, e Event) error {
	head, err := tx.Head()
	if err != nil {
		return err
	}
	e.Seq, e.Time, e.Actor, e.System = head.Seq+1, r.now(), a.user, a.system
	e.Hash = e.link(head.Hash)
	return tx.AppendEvent(e)
}

// refused commits the refusal of a verb alone and returns cause (W1). Who hangs up when they are
// refused is in the trail all the same.
func (r *Roster) refused(ctx context.Context, a Actor, e Event, cause error) error {
	e.Reason, e.Fields = reasonOf(cause), fieldsOf(cause)
	err := r.update(context.WithoutCancel(ctx), func(tx Tx) error { return r.refuse(tx, a, e) })
	if err != nil {
		return errors.Join(cause, err)
	}
	return cause
}

// refuse records a refusal with its reason. What the refused input named is kept only where it is
// there, so that nobody writes texts of their own into the trail, nor floods it by making up ids. The same
// refusal within refusalWindow raises a count, which the next event of the kind carries; Tidy writes what is
// left.
func (r *Roster) refuse(tx Tx, a Actor, e Event) error {
	if idProblem(string(a.user)) != "" {
		a.user = ""
	}
	if err := there(tx, &e); err != nil {
		return err
	}
	key := refusalKey(a, e)
	c, err := tx.Counter(key)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	now := r.now()
	if err == nil && now.Sub(c.Since) < refusalWindow {
		c.Count++
		return tx.PutCounter(c)
	}
	e.Outcome, e.Count = OutcomeRefused, c.Count
	if err := r.record(tx, a, e); err != nil {
		return err
	}
	head, err := tx.Head()
	if err != nil {
		return err
	}
	return tx.PutCounter(Counter{Key: key, Since: now, Event: head.Seq})
}

// there takes out of e what isn't there: a user, a role, a department or a run. Other objects come from
// the store.
func there(tx Tx, e *Event) error {
	if idProblem(string(e.User)) != "" {
		e.User = ""
	}
	if idProblem(e.Object) != "" {
		e.Object = ""
	}
	var err error
	if e.User != "" {
		if _, err = tx.User(e.User); errors.Is(err, ErrNotFound) {
			e.User, err = "", nil
		}
	}
	if err != nil || e.Object == "" {
		return err
	}
	switch noun, _, _ := strings.Cut(string(e.Verb), "."); noun {
	case "role":
		_, err = tx.Role(RoleID(e.Object))
	case "department":
		_, err = tx.Department(DepartmentID(e.Object))
	case "run":
		_, err = tx.Run(RunID(e.Object))
	}
	if errors.Is(err, ErrNotFound) {
		e.Object, err = "", nil
	}
	return err
}

// unfit is a refusal whose reason the trail keeps and the caller isn't told.
type unfit struct {
	error
	reason string
}

func (u *unfit) Unwrap() error { return u.error }

// refusalKey tells which refusals are the same one repeated.
func refusalKey(a Actor, e Event) string {
	h := sha256.New()
	for _, t := range []string{string(a.user), a.system, string(e.Verb), string(e.User), e.Object, e.Reason} {
		h.Write([]byte(strconv.Itoa(len(t)) + ":" + t))
	}
	return refusalPrefix + hex.EncodeToString(h.Sum(nil)[:16])
}

// reasonOf is the fixed code of a refusal's cause.
func reasonOf(err error) string {
	var d *Denial
	if errors.As(err, &d) {
		return d.Reason
	}
	var u *unfit
	if errors.As(err, &u) {
		return u.reason
	}
	return sentinelOf(err)
}

// fieldsOf lists the fields of a Faults.
func fieldsOf(err error) []string {
	var f Faults
	if !errors.As(err, &f) {
		return nil
	}
	var fields []string
	for _, x := range f[:min(len(f), 64)] {
		fields = append(fields, plainField(x.Field))
	}
	return fields
}

// plainField takes out of a field's name what stands in brackets, unless it is a number, and what comes after
// it: it may be the caller's own text, brackets included, which has no place in the trail.
func plainField(field string) string {
	var b strings.Builder
	for field != "" {
		before, rest, found := strings.Cut(field, "[")
		b.WriteString(before)
		inner, after, closed := strings.Cut(rest, "]")
		if _, err := strconv.ParseUint(inner, 10, 32); !found || !closed || err != nil {
			break
		}
		b.WriteString("[" + inner + "]")
		field = after
	}
	return b.String()
}
