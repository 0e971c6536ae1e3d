package roster

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
)

// What log/slog is given holds ids, fixed codes, names of fields and of what the schema declares, counts: never
// a name, an address, a secret, a hash or anybody's own words. Those are in the store and the trail, where an
// event's number finds them; a log is copied to where nobody can erase a person. Ids are taken to be opaque;
// what stands in an id's place and is none, or looks like an address or a person's full name, is left out.

// LogValue is what a log may keep of any error: slog.Any("err", roster.LogValue(err)). The errors of this module
// are slog.LogValuers that give the same by themselves, but one that is wrapped with fmt.Errorf isn't, and a
// logger then writes its text, which is for people and may repeat what somebody typed. LogValue looks through
// the wrapping, whose text it leaves out. In a slice, a map or a struct log/slog asks no LogValuer, and prints all
// there is: log what is in it one by one. Of an error that isn't this module's, a store's or a sender's, it tells
// the type, or what that says by a LogValue of its own, which must not give itself to this function: it would be
// asked again without end. The attributes are:
//
//	kind                    which sentinel it is: of ErrNotFound "not-found"
//	op, id                  of an Error: the verb and the object
//	actor, needs, reason    of a Denial
//	fields                  of Faults: which are wrong
//	blockers                of a BlockedError: each one's code, kind, part and user
//	differences, changed    of a StaleError: how many, and the names of facts
//	seq, reason             of a TamperError
//	cause, causes           what isn't this module's: the first, and how many if there are several
func LogValue(err error) slog.Value {
	if err == nil {
		return slog.Value{}
	}
	var l logged
	l.add(err)
	if len(l.kinds) > 0 {
		l.attrs = append([]slog.Attr{slog.String("kind", strings.Join(l.kinds, ","))}, l.attrs...)
	}
	if len(l.causes) > 1 {
		l.tell(slog.Int("causes", len(l.causes)))
	}
	if len(l.causes) > 0 {
		l.tell(slog.Any("cause", l.causes[0]))
	}
	return slog.GroupValue(l.attrs...)
}

// logged gathers what may be told of a tree of errors.
type logged struct {
	kinds  []string
	attrs  []slog.Attr
	causes []slog.Value
}

// tell adds attributes whose names aren't there yet.
func (l *logged) tell(attrs ...slog.Attr) {
	for _, a := range attrs {
		if !slices.ContainsFunc(l.attrs, func(b slog.Attr) bool { return a.Key == b.Key }) {
			l.attrs = append(l.attrs, a)
		}
	}
}

// add walks through err.
func (l *logged) add(err error) {
	switch e := err.(type) {
	case nil:
	case *Error:
		l.tell(slog.String("op", e.Op))
		l.tell(ids("id", e.ID)...)
		l.add(e.Err)
	case interface {
		error
		logged() (attrs []slog.Attr, kind error)
	}:
		attrs, kind := e.logged()
		l.add(kind)
		l.tell(attrs...)
	case slog.LogValuer:
		l.causes = append(l.causes, slog.AnyValue(e))
	default:
		within, code := wrapped(err), codeOf(err)
		for _, one := range within {
			l.add(one)
		}
		switch {
		case len(within) > 0:
		case code == "":
			l.causes = append(l.causes, slog.StringValue(fmt.Sprintf("%T", err)))
		case !slices.Contains(l.kinds, code):
			l.kinds = append(l.kinds, code)
		}
	}
}

// wrapped are the errors in err; none where it could wrap some and wraps nothing.
func wrapped(err error) []error {
	var all []error
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		all = []error{e.Unwrap()}
	case interface{ Unwrap() []error }:
		all = e.Unwrap()
	}
	return slices.DeleteFunc(slices.Clone(all), func(err error) bool { return err == nil })
}

// codeOf is the code of a sentinel, or "" for any other error.
func codeOf(err error) string {
	for _, s := range sentinels() {
		if err == s.err {
			return s.code
		}
	}
	switch err {
	case context.Canceled:
		return "canceled"
	case context.DeadlineExceeded:
		return "deadline-exceeded"
	}
	return ""
}

// LogValue is the error without personal data: see the function LogValue.
func (e *Error) LogValue() slog.Value { return LogValue(e) }

// LogValue names the fields that are wrong, and nothing of what was typed.
func (f Faults) LogValue() slog.Value { return LogValue(f) }

// LogValue tells who lacked what.
func (d *Denial) LogValue() slog.Value { return LogValue(d) }

// LogValue lists the blockers, without their texts.
func (e *BlockedError) LogValue() slog.Value { return LogValue(e) }

// LogValue counts the differences, and names the facts that are there now: others are named as the confirmation
// that came back named them.
func (e *StaleError) LogValue() slog.Value { return LogValue(e) }

// LogValue tells the number and the reason.
func (e *TamperError) LogValue() slog.Value { return LogValue(e) }

func (f Faults) logged() ([]slog.Attr, error) {
	return []slog.Attr{slog.Any("fields", fieldsOf(f))}, ErrInvalid
}

func (d *Denial) logged() ([]slog.Attr, error) {
	return append(ids("actor", d.Actor), slog.String("needs", d.Needs), slog.String("reason", d.Reason)), ErrDenied
}

func (e *BlockedError) logged() ([]slog.Attr, error) {
	lines := make([]string, len(e.Blockers))
	for i, f := range e.Blockers {
		var words []string
		for _, a := range f.attrs() {
			words = append(words, a.Value.String())
		}
		lines[i] = strings.Join(words, " ")
	}
	return []slog.Attr{slog.Any("blockers", lines)}, ErrBlocked
}

func (e *StaleError) logged() ([]slog.Attr, error) {
	var names []string
	for _, x := range e.Changed {
		if x.Is != "" {
			names = append(names, x.Name)
		}
	}
	return []slog.Attr{slog.Int("differences", len(e.Changed)), slog.Any("changed", names)}, ErrStale
}

func (e *TamperError) logged() ([]slog.Attr, error) {
	return []slog.Attr{slog.Uint64("seq", e.Seq), slog.String("reason", e.Reason)}, ErrTampered
}

// sentinel is one of the kinds of failure with its code.
type sentinel struct {
	err  error
	code string
}

// sentinels are all kinds of failure; where an error is several, the first one that fits is the trail's reason.
func sentinels() []sentinel {
	return []sentinel{
		{ErrInvalid, "invalid"}, {ErrSelf, "self"}, {ErrLastAdministrator, "last-administrator"},
		{ErrNotFound, "not-found"}, {ErrExists, "exists"}, {ErrState, "state"}, {ErrInUse, "in-use"},
		{ErrStale, "stale"}, {ErrBlocked, "blocked"}, {ErrLease, "lease"}, {ErrParked, "parked"}, {ErrDenied, "denied"},
		{ErrSignIn, "sign-in"}, {ErrToken, "token"}, {ErrBusy, "busy"}, {ErrTampered, "tampered"},
	}
}

// sentinelOf is the code of the first kind that err is, or "failed".
func sentinelOf(err error) string {
	for _, s := range sentinels() {
		if errors.Is(err, s.err) {
			return s.code
		}
	}
	return "failed"
}
