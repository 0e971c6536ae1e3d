package rostertest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
)

// Source is what a host's Holdings need to be tried: a kind without any record, and the means to put some
// there. Only Holdings and Put are required, and the zero value of the rest means that everything can be
// tried; a case that needs what the source lacks is skipped, and says so. The functions are called by one
// goroutine at a time.
type Source struct {
	Holdings roster.Holdings
	// Put adds records, or replaces those with the same ids, as the host's own code would.
	Put func(...memstore.Record) error
	// Find reads a record back, and whether it is there.
	Find func(id string) (memstore.Record, bool)
	// Delete deletes records as the host does, by taking them out or by marking them.
	Delete func(ids ...string)
	// Break makes the source unreadable from now on: it closes the database, say.
	Break func()

	// ID makes ids, another for each n from 1: strconv.Itoa where the host numbers its records. nil: any
	// text that isn't empty and has up to 128 bytes can be an id.
	ID func(n int) string
	// Order is the order in which pages list ids, for a source whose order isn't that of bytes, strings.Compare:
	// numbers, say. nil: that.
	Order func(a, b string) int
	Users []roster.UserID // four or more whom records may name; nil: any id that roster.UserID allows
	Parts []string        // those that records may be in, "" for none; nil: "" and any text

	NoAuthors bool // records name no author
	NoClosing bool // records are never closed; what Survey says is open isn't looked at
	NoNamed   bool // records name nobody but owner and author
	NoNobody  bool // every record has an owner, and an author if there are authors
	Acting    bool // the records are acting things (L10), which can be switched off
}

// Holdings runs the contract of roster.Holdings, each promise as a parallel subtest of t on a source of its
// own that open makes. A failure tells what was found, what was expected, and the promise. Holdings of acting
// things that implement roster.Prober are probed too.
func Holdings(t *testing.T, open func(t *testing.T) Source) {
	t.Helper()
	for _, c := range holdingsCases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			src := open(t)
			if err := src.fault(); err != nil {
				t.Fatalf("rostertest: %v", err)
			}
			err := c.check(t.Context(), src)
			if what, ok := errors.AsType[lacking](err); ok {
				t.Skip(what)
			}
			if err != nil {
				t.Errorf("%v\nthe contract: %s", err, c.rule)
			}
		})
	}
}

// fault tells what is wrong with the source itself.
func (s Source) fault() error {
	switch {
	case s.Holdings == nil || s.Put == nil:
		return errors.New("a Source needs Holdings and Put")
	case s.Users != nil && len(s.Users) < 4:
		return fmt.Errorf("a Source needs four users, or nil; it has %d", len(s.Users))
	case s.Parts != nil && len(s.Parts) == 0:
		return errors.New(`a Source whose records are in no part has the part ""`)
	}
	return nil
}

// holdingsCase is one promise of roster.Holdings.
type holdingsCase struct {
	name string
	rule string // the promise, as the documentation of roster.Holdings makes it
	// check tries it on a source and returns everything found wrong, or nil; lacking alone where it can't.
	check func(context.Context, Source) error
}

// lacking is what a case needs and a source doesn't have.
type lacking string

func (l lacking) Error() string { return "not tried: the source has no " + string(l) }

// holdingsCases are the suite.
func holdingsCases() []holdingsCase {
	return slices.Concat(countCases(), pageCases(), moveCases(), tieCases(), disturbedCases(), actingCases())
}

// newCase makes a case of a function that examines.
func newCase(name, rule string, check func(*exam)) holdingsCase {
	return holdingsCase{name, rule, func(ctx context.Context, s Source) error {
		x := newExam(ctx, s)
		x.run(check)
		if x.lacks != "" {
			return x.lacks
		}
		return errors.Join(x.wrong...)
	}}
}
