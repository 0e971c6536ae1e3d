package storetest

import (
	"context"
	"errors"
	"sync"

	"github.com/seed-8e8abc8d/roster"
)

// ErrInjected is the error of a call that a Faulty made fail.
var ErrInjected = errors.New("storetest: injected failure")

// Failure says how a call of a Faulty fails.
type Failure struct {
	// After lets the call have its effect and then fails it: a change is made in the transaction, a
	// commit is kept, as when a connection is lost before the answer. Without it nothing happens.
	After bool
	// Down fails every later call too, without effect, as after a crash, until the next FailAt.
	Down bool
}

// Faulty is a Store that fails the n-th call made through it, so that a test can walk every n: the
// beginning of each View and Update, every call of a Tx, and the end of each Update, its commit, count
// one each. It hides a Checker, so that every look at the store is counted. All methods are safe for
// concurrent use.
type Faulty struct {
	inner roster.Store

	mu      sync.Mutex
	calls   int
	at      int
	failure Failure
	failed  string
}

// NewFaulty wraps a store. Nothing fails before FailAt.
func NewFaulty(s roster.Store) *Faulty { return &Faulty{inner: s} }

// FailAt counts anew and fails the n-th call from now on, 1 being the next. With n below 1 no call fails.
func (f *Faulty) FailAt(n int, how Failure) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls, f.at, f.failure, f.failed = 0, n, how, ""
}

// Calls is how many calls were made since FailAt.
func (f *Faulty) Calls() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls
}

// Failed reports whether the n-th call was reached.
func (f *Faulty) Failed() bool { return f.FailedCall() != "" }

// FailedCall names the call that failed, for a test's messages: "Update", "PutUser", "commit"; empty
// when none did.
func (f *Faulty) FailedCall() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.failed
}

// View is the wrapped store's, unless it is its turn to fail.
func (f *Faulty) View(ctx context.Context, do func(roster.Tx) error) error {
	if before, after := f.count("View"); before || after {
		return ErrInjected
	}
	return f.inner.View(ctx, func(tx roster.Tx) error { return do(hooked{tx, f.call}) })
}

// Update is the wrapped store's, unless it is its turn, or its commit's, to fail.
func (f *Faulty) Update(ctx context.Context, do func(roster.Tx) error) error {
	if before, after := f.count("Update"); before || after {
		return ErrInjected
	}
	lost := false // only the commit's answer
	err := f.inner.Update(ctx, func(tx roster.Tx) error {
		lost = false
		if err := do(hooked{tx, f.call}); err != nil {
			return err
		}
		before, after := f.count("commit")
		if before {
			return ErrInjected
		}
		lost = after
		return nil
	})
	if err == nil && lost {
		return ErrInjected
	}
	return err
}

// call runs one call of a Tx.
func (f *Faulty) call(name string, do func() error) error {
	before, after := f.count(name)
	if before {
		return ErrInjected
	}
	if err := do(); err != nil || !after {
		return err
	}
	return ErrInjected
}

// count counts a call and tells whether it must fail, before its effect or after it.
func (f *Faulty) count(name string) (before, after bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls++
	switch {
	case f.at < 1 || f.calls < f.at:
		return false, false
	case f.calls > f.at:
		return f.failure.Down, false
	}
	f.failed = name
	return !f.failure.After, f.failure.After
}
