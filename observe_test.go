package roster_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/storetest"
)

// observer keeps what Config.Observe is told.
type observer struct {
	mu   sync.Mutex
	seen []roster.Event
}

func (o *observer) observe(_ context.Context, e roster.Event) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.seen = append(o.seen, e)
}

func (o *observer) config(c *roster.Config) { c.Observe = o.observe }

// observedVerbs are the verbs whose events an observer is to be told of.
func observedVerbs() []attemptedVerb {
	hire := func(o *office) string { o.hire("ben", "sales", nil); return "" }
	refused := func(err error) error {
		if errors.Is(err, roster.ErrDenied) || errors.Is(err, roster.ErrToken) || errors.Is(err, roster.ErrSignIn) {
			return nil
		}
		return err
	}
	return append(attemptedVerbs(), []attemptedVerb{
		{"apply", hire, func(o *office, _ string) error {
			_, err := o.Apply(o.t.Context(), roster.As("ada"), roster.Deactivate{User: "ben"}, roster.Reactivate{User: "ben"},
				roster.CreateRole{Name: "Seller", Rights: roster.Rights{"deal:view": roster.Own}})
			return err
		}},
		{"apply refused", hire, func(o *office, _ string) error {
			_, err := o.Apply(o.t.Context(), roster.As("ben"), roster.Deactivate{User: "ada"})
			return refused(err)
		}},
		{"preview", hire, func(o *office, _ string) error {
			_, err := o.Preview(o.t.Context(), roster.As("ada"), roster.Deactivate{User: "ben"})
			return err
		}},
		{"reading refused", hire, func(o *office, _ string) (err error) {
			for _, err = range o.Latest(o.t.Context(), roster.As("ben"), roster.EventFilter{}, 0) {
			}
			return refused(err)
		}},
		{"token refused", func(o *office) string {
			o.hire("ben", "sales", nil)
			s := o.issue(roster.As("ben"), roster.TokenOrder{Kind: roster.TokenPersonal})
			o.system(roster.Deactivate{User: "ben"})
			return s.Secret.Reveal()
		}, func(o *office, secret string) error {
			_, err := o.Check(o.t.Context(), secret)
			return refused(err)
		}},
		{"sign-in refused", hire, func(o *office, _ string) error {
			_, err := o.SignIn(o.t.Context(), "ben@example.com", "wrong")
			return refused(err)
		}},
	}...)
}

// TestW1_TheObserverIsToldWhatCommitted fails every call of every verb in turn: the observer is told of what
// is in the trail afterwards, once and in order, and of nothing else. Only a commit whose answer is lost is
// lost to it.
func TestW1_TheObserverIsToldWhatCommitted(t *testing.T) {
	t.Parallel()
	var silent []string
	for _, c := range observedVerbs() {
		for _, how := range []storetest.Failure{{}, {After: true}} {
			for n := 1; ; n++ {
				is := is.New(t)
				o, told := newOffice(t), new(observer)
				secret := c.prepare(o)
				store := storetest.NewFaulty(o.store)
				o.reopen(store, told.config)
				before := len(o.events())
				store.FailAt(n, how)
				err := c.do(o, secret)
				if lost := store.FailedCall() == "commit" && how.After; lost {
					continue
				}
				if diff := cmp.Diff(append([]roster.Event(nil), o.events()[before:]...), told.seen); diff != "" {
					t.Errorf("%s, call %d, %s: what was told (-trail +observer):\n%s", c.name, n, store.FailedCall(), diff)
				}
				if !store.Failed() {
					is.NoErr(err) // there is no n-th call
					if len(told.seen) == 0 && !how.After {
						silent = append(silent, c.name)
					}
					break
				}
			}
		}
	}
	if diff := cmp.Diff([]string{"check", "list tokens", "verify", "preview"}, silent); diff != "" {
		t.Errorf("verbs that tell nothing (-want +got):\n%s", diff)
	}
}

// hesitant is a store whose Updates run their function twice, the first time for nothing.
type hesitant struct{ roster.Store }

var errAgain = errors.New("try again")

func (h hesitant) Update(ctx context.Context, f func(roster.Tx) error) error {
	err := h.Store.Update(ctx, func(tx roster.Tx) error {
		if err := f(tx); err != nil {
			return err
		}
		return errAgain
	})
	if !errors.Is(err, errAgain) {
		return err
	}
	return h.Store.Update(ctx, f)
}

func TestW1_OnlyTheAttemptThatCommittedIsObserved(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o, told := newOffice(t), new(observer)
	before := len(o.events())
	o.reopen(hesitant{o.store}, told.config)
	o.system(roster.CreateDepartment{ID: "lab", Name: "Lab"}, roster.CreateDepartment{ID: "bar", Name: "Bar"})
	if diff := cmp.Diff(o.events()[before:], told.seen); diff != "" {
		t.Errorf("what was told (-trail +observer):\n%s", diff)
	}
	is.Equal(len(told.seen), 2) // one for each change, though each was tried twice
}

// TestW1_TheObserverMayUseTheRoster has it read and change the account: it runs outside any transaction.
func TestW1_TheObserverMayUseTheRoster(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	type mark struct{}
	var verbs []roster.Verb
	var r *roster.Roster
	observe := func(ctx context.Context, e roster.Event) {
		verbs = append(verbs, e.Verb)
		e.Fields = append(e.Fields[:0], "mine") // it is the observer's own copy
		is.Equal(ctx.Value(mark{}), "the call's")
		head, err := r.Head(ctx)
		is.NoErr(err)              // it can read
		is.True(head.Seq >= e.Seq) // and finds what it is told of
		if e.Verb == roster.VerbUserEdit {
			_, err = r.Apply(ctx, roster.System("observer"), roster.CreateDepartment{ID: "lab", Name: "Lab"})
			is.NoErr(err) // it can change
		}
	}
	o.reopen(o.store, func(c *roster.Config) { c.Observe = observe })
	r = o.Roster
	name := "Grace"
	effect, err := r.Apply(context.WithValue(t.Context(), mark{}, "the call's"), roster.As("ada"), roster.EditUser{User: "ada", FirstName: &name})
	is.NoErr(err)
	is.Equal(verbs, []roster.Verb{roster.VerbUserEdit, roster.VerbDepartmentCreate}) // its own change is observed as well
	_, err = r.Verify(t.Context(), roster.Head{})
	is.NoErr(err)                                            // what it does to its copy changes nothing in the trail
	is.Equal(effect.Users[0].Fields, []string{"first_name"}) // nor in what the caller is given
}

func TestW1_AnObserversPanicUndoesNothing(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.reopen(o.store, func(c *roster.Config) { c.Observe = func(context.Context, roster.Event) { panic("mine") } })
	func() {
		defer func() { is.Equal(recover(), "mine") }() // it reaches the caller
		o.system(roster.CreateDepartment{ID: "lab", Name: "Lab"})
	}()
	is.Equal(o.last().Object, "lab") // what was committed stays
	o.reopen(o.store, nil)
	o.system(roster.CreateDepartment{ID: "bar", Name: "Bar"}) // and the store isn't held
}
