// Package storetest is the contract of roster.Store as a suite of tests, for whoever writes a store,
// and Faulty, a store that fails when told to, for whoever tests what uses one.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/seed-8e8abc8d/roster"
)

// Case is one promise of roster.Store and the check of it.
type Case struct {
	Name string
	Rule string // the promise, as roster.Store's documentation makes it
	// Check tries the promise on an empty store and returns everything found wrong, or nil.
	Check func(ctx context.Context, s roster.Store) error
}

// Run runs every case as a parallel subtest of t, each on an empty store of its own that open makes.
// A store that passes is a roster.Store; where it implements roster.Checker that is tried too.
func Run(t *testing.T, open func(t *testing.T) roster.Store) {
	t.Helper()
	for _, c := range Cases() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			if err := c.Check(t.Context(), open(t)); err != nil {
				t.Errorf("%v\nthe rule: %s", err, c.Rule)
			}
		})
	}
}

// Cases returns the suite, for those who run it otherwise than by Run.
func Cases() []Case {
	return slices.Concat(rowCases(), uniqueCases(), listCases(), longCases(), transactionCases(), contextCases(), checkerCases())
}

// exam is one run of a case. What is found wrong is collected, so that one run tells everything.
type exam struct {
	ctx   context.Context
	store roster.Store
	wrong []error
}

// newCase makes a case of a function that examines.
func newCase(name, rule string, check func(*exam)) Case {
	return Case{Name: name, Rule: rule, Check: func(ctx context.Context, s roster.Store) error {
		x := &exam{ctx: ctx, store: s}
		check(x)
		return errors.Join(x.wrong...)
	}}
}

func (x *exam) errorf(format string, args ...any) {
	x.wrong = append(x.wrong, fmt.Errorf(format, args...))
}

// update wants an Update to succeed.
func (x *exam) update(what string, f func(roster.Tx) error) {
	if err := x.store.Update(x.ctx, f); err != nil {
		x.errorf("%s: Update: %w", what, err)
	}
}

// view wants a View to succeed.
func (x *exam) view(what string, f func(roster.Tx) error) {
	if err := x.store.View(x.ctx, f); err != nil {
		x.errorf("%s: View: %w", what, err)
	}
}

// is wants err to be a certain one; nil for none.
func (x *exam) is(what string, err, want error) {
	if !errors.Is(err, want) {
		x.errorf("%s: error %v; want %v", what, err, want)
	}
}

// equal wants two values to be the same to whoever reads them.
func (x *exam) equal(what string, got, want any) {
	if !same(reflect.ValueOf(want), reflect.ValueOf(got)) {
		x.errorf("%s:\n\tgot  %+v\n\twant %+v", what, got, want)
	}
}

// same compares as reflect.DeepEqual does, but for maps and slices, which may come back nil when they
// were empty and the other way round, and for times, which are the same when they are the same instant.
func same(a, b reflect.Value) bool {
	if a.IsValid() != b.IsValid() || a.IsValid() && a.Type() != b.Type() {
		return false
	}
	if !a.IsValid() {
		return true
	}
	if at, ok := a.Interface().(time.Time); ok {
		return at.Equal(b.Interface().(time.Time))
	}
	switch a.Kind() {
	case reflect.Struct:
		for i := range a.NumField() {
			if !same(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	case reflect.Slice:
		for i := range min(a.Len(), b.Len()) {
			if !same(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return a.Len() == b.Len()
	case reflect.Map:
		for _, k := range a.MapKeys() {
			if !same(a.MapIndex(k), b.MapIndex(k)) {
				return false
			}
		}
		return a.Len() == b.Len()
	}
	return reflect.DeepEqual(a.Interface(), b.Interface())
}
