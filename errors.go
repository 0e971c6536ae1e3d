package roster

import (
	"errors"
	"fmt"
	"strings"
)

// The kinds of failure. Every error of this module that a caller can act on wraps one of them, so
// that errors.Is tells which; the text is for people and may change.
//
// Look for a *BlockedError and a *StaleError first, with errors.As, and show what they list: a
// BlockedError is ErrDenied, ErrSelf, ErrLastAdministrator or ErrInvalid as well when such a guard is
// among its blockers, and both may come together.
var (
	// ErrNotFound says that a store holds nothing under an id, address or hash.
	ErrNotFound = errors.New("not found")
	// ErrInvalid says that input was malformed; the error is a Faults that lists every fault.
	ErrInvalid = errors.New("invalid input")
	// ErrExists says that an id, address or identity is already taken.
	ErrExists = errors.New("already exists")
	// ErrDenied says that the actor may not do what was asked (R16, R10, L14). A refused attempt at a change is
	// in the trail (W1).
	ErrDenied = errors.New("denied")
	// ErrSelf says that the actor tried to delete or deactivate themselves (L14).
	ErrSelf = errors.New("not on oneself")
	// ErrLastAdministrator says that no active administrator would remain (L14).
	ErrLastAdministrator = errors.New("last active administrator")
	// ErrState says that the verb doesn't fit the present state of its object.
	ErrState = errors.New("not possible in this state")
	// ErrInUse says that something still refers to the object, a department's members, say (J8).
	ErrInUse = errors.New("in use")
	// ErrStale says that the world changed since the assessment; the error is a *StaleError (L6).
	ErrStale = errors.New("the world changed since the assessment")
	// ErrBlocked says that a plan, a sweep or a correction has blockers; the error is a *BlockedError (L4).
	ErrBlocked = errors.New("the plan has blockers")
	// ErrLease says that another worker holds the run, or took it over.
	ErrLease = errors.New("the run is another worker's")
	// ErrParked says that a run stopped and waits for a person (L17).
	ErrParked = errors.New("the run is parked")
	// ErrSignIn is the one answer to every refused sign-in, whatever the reason (J5).
	ErrSignIn = errors.New("sign-in refused")
	// ErrToken is the one answer to every token that isn't good, whatever the reason (RFC 7662 §2.2).
	ErrToken = errors.New("token is not active")
	// ErrBusy says that the queue of password hashing is full; trying later helps.
	ErrBusy = errors.New("busy")
	// ErrTampered says that the trail doesn't verify (W1); the error is a *TamperError.
	ErrTampered = errors.New("the trail does not verify")
)

// Error tells which verb failed on which object. Its text is "roster: op id: cause".
type Error struct {
	Op  string // the verb, "apply" or "sign in"
	ID  string // the object's id, or empty; never an address, name or secret
	Err error
}

// Error returns "roster: op id: cause".
func (e *Error) Error() string {
	if e.ID == "" {
		return "roster: " + e.Op + ": " + e.Err.Error()
	}
	return "roster: " + e.Op + " " + e.ID + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// wrap puts err into an *Error once, at the package's border; nil stays nil.
func wrap[T ~string](op string, id T, err error) error {
	if err == nil {
		return nil
	}
	var known *Error
	if errors.As(err, &known) {
		return err
	}
	return &Error{Op: op, ID: string(id), Err: err}
}

// Fault is one thing wrong with an input. Problem never repeats a secret.
type Fault struct {
	Field   string `json:"field"` // the field's name, with its path: "email", "rights[deal:fly]", "changes[2].role"
	Problem string `json:"problem"`
}

// Faults lists everything wrong with one input, in the input's order (J1). It is an ErrInvalid.
type Faults []Fault

// Error names every field and its problem.
func (f Faults) Error() string {
	parts := make([]string, len(f))
	for i, x := range f {
		parts[i] = x.Field + ": " + x.Problem
	}
	return ErrInvalid.Error() + ": " + strings.Join(parts, "; ")
}

// Is reports that Faults are ErrInvalid.
func (f Faults) Is(target error) bool { return target == ErrInvalid }

// Err returns f as an error, or nil when there is no fault.
func (f Faults) Err() error {
	if len(f) == 0 {
		return nil
	}
	return f
}

// add appends one fault.
func (f *Faults) add(field, format string, args ...any) {
	*f = append(*f, Fault{Field: field, Problem: fmt.Sprintf(format, args...)})
}

// The reasons of a Denial, fixed for ever: translate them, count them, find them in the trail.
const (
	DenyNoActor             = "no-actor"                  // the zero Actor
	DenyInactive            = "actor-inactive"            // the actor isn't active, or isn't there (R16)
	DenyRight               = "right-missing"             // the actor lacks the function
	DenyNotAdministrator    = "not-administrator"         // only an administrator takes this step (R17)
	DenyPersonAdministrator = "person-is-administrator"   // only an administrator does this to an administrator (R10, L14)
	DenyPersonExceeds       = "person-exceeds-actor"      // the person holds, or would hold, more than the actor (R10)
	DenyRoleExceeds         = "role-exceeds-actor"        // the role gives more than the actor holds (R10)
	DenyOtherDepartment     = "other-department"          // a right of department scope reaches other records there (R10)
	DenyPullsIn             = "pulls-into-own-department" // the actor would gain sight of the person's records (R10)
	DenyGrantsAdministrator = "grants-administrator"      // only the system or an administrator imports one
	DenyGrantsDelete        = "grants-users-delete"       // only an administrator gives the right to delete users (R8)
	DenyImportsPassword     = "imports-password"          // only the system imports password hashes
	DenyNotSelf             = "not-self"                  // only the person themselves
	DenyNotSystem           = "not-system"                // only the host itself
)

// Denial is an ErrDenied that says what is missing. Its Reason may tell something of the person whom the attempt
// was on, that they are an administrator, say: show it only to actors who may know.
type Denial struct {
	Actor  UserID `json:"actor,omitzero"` // who asked; empty for the zero Actor
	Needs  string `json:"needs"`          // what is missing, for people: a right's text, "administrator", "an active user", "the system"
	Reason string `json:"reason"`         // one of the Deny constants, which the trail keeps too
}

// Error tells what is missing.
func (d *Denial) Error() string {
	return ErrDenied.Error() + ": needs " + d.Needs + " (" + d.Reason + ")"
}

// Is reports that a Denial is ErrDenied.
func (d *Denial) Is(target error) bool { return target == ErrDenied }
