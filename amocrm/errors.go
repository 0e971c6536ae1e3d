package amocrm

import (
	"errors"
	"fmt"
	"strings"

	"github.com/seed-8e8abc8d/roster"
)

// The kinds of refusal. Every error about what a source holds wraps one of them and is a
// roster.ErrInvalid as well; an error of the source's reader is passed on as it is.
var (
	// ErrDamaged says that a source isn't JSON, or ends in the middle of it.
	ErrDamaged = errors.New("damaged JSON")
	// ErrType says that a value has another type or form than the API's, or that one is missing
	// that can't be guessed safely.
	ErrType = errors.New("wrong type")
	// ErrReply says that a source holds a refusal of the API, or a page of HTML, instead of data.
	ErrReply = errors.New("not a reply with data")
)

// Error tells where a source was refused (A1). Several faults come joined: errors.Is finds the
// kinds of all of them.
type Error struct {
	Place
	Err error // wraps ErrDamaged, ErrType or ErrReply
}

// Error returns "amocrm: source:line:column: path: cause".
func (e *Error) Error() string { return "amocrm: " + e.Place.String() + ": " + e.Err.Error() }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is reports that an Error is roster.ErrInvalid.
func (e *Error) Is(target error) bool { return target == roster.ErrInvalid }

// Place is a spot in a source; or, of what is written, one in the roles or users that were given.
type Place struct {
	Source string `json:"source"` // the source's name; the role's or user's id
	Line   int    `json:"line"`   // from 1; 0 where there is no source
	Column int    `json:"column"` // from 1, in bytes; 0 where there is no source
	Path   string `json:"path"`   // the JSON path, "users[3].rights.leads.view"; empty for the whole source
}

// String returns "source:line:column: path".
func (p Place) String() string {
	s := fmt.Sprintf("%s:%d:%d", p.Source, p.Line, p.Column)
	if p.Path != "" {
		s += ": " + p.Path
	}
	return s
}

// pattern is p's path with the numbers taken out of its brackets: "users[].rights.leads.view".
func (p Place) pattern() string {
	var b strings.Builder
	digits := false
	for _, c := range p.Path {
		switch {
		case c == '[':
			digits = true
		case digits && c >= '0' && c <= '9':
			continue
		default:
			digits = false
		}
		b.WriteRune(c)
	}
	return b.String()
}
