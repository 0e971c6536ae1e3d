package roster_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/storetest"
)

// attemptedVerb is a verb that is tried on a store whose n-th call fails.
type attemptedVerb struct {
	name    string
	prepare func(o *office) (secret string)
	do      func(o *office, secret string) error
}

func attemptedVerbs() []attemptedVerb {
	ben := roster.As("ben")
	hire := func(o *office) string { o.hire("ben", "sales", nil); return "" }
	refresh := func(o *office) roster.Issued {
		o.hire("ben", "sales", nil)
		return o.issue(ben, roster.TokenOrder{Kind: roster.TokenRefresh, Integration: "shop"})
	}
	return []attemptedVerb{
		{"sign in", hire, func(o *office, _ string) error {
			_, err := o.SignIn(o.t.Context(), "ben@example.com", password)
			return err
		}},
		{"sign in by identity", func(o *office) string {
			p := o.person("ben", "sales")
			p.Password, p.Identity = "", roster.Identity{Issuer: "i", Subject: "s"}
			o.system(p)
			return ""
		}, func(o *office, _ string) error {
			_, err := o.SignInIdentity(o.t.Context(), roster.System("oidc"), roster.Identity{Issuer: "i", Subject: "s"})
			return err
		}},
		{"activate", func(o *office) string {
			o.system(o.person("ben", "sales"))
			return o.letter("ben", roster.LetterActivation)
		}, func(o *office, s string) error { return o.Activate(o.t.Context(), s, password) }},
		{"confirm an address", func(o *office) string {
			o.hire("ben", "sales", nil)
			to := "new@example.com"
			o.system(roster.EditUser{User: "ben", Email: &to})
			return o.letter("ben", roster.LetterAddress)
		}, func(o *office, s string) error { return o.Activate(o.t.Context(), s, "") }},
		{"reset", func(o *office) string {
			o.hire("ben", "sales", nil)
			if err := o.RequestReset(o.t.Context(), "ben@example.com"); err != nil {
				o.t.Error(err)
			}
			return o.letter("ben", roster.LetterReset)
		}, func(o *office, s string) error { return o.ResetPassword(o.t.Context(), s, password) }},
		{"ask for a reset", hire, func(o *office, _ string) error { return o.RequestReset(o.t.Context(), "ben@example.com") }},
		{"change a password", hire, func(o *office, _ string) error {
			return o.ChangePassword(o.t.Context(), ben, password, password)
		}},
		{"issue", hire, func(o *office, _ string) error {
			_, err := o.Issue(o.t.Context(), ben, roster.TokenOrder{Kind: roster.TokenRefresh})
			return err
		}},
		{"check", func(o *office) string {
			s := refresh(o)
			o.good(*s.Access) // so that nothing is left to note
			return s.Access.Secret.Reveal()
		}, func(o *office, s string) error {
			_, err := o.Check(o.t.Context(), s)
			return err
		}},
		{"rotate", func(o *office) string { return refresh(o).Secret.Reveal() }, func(o *office, s string) error {
			_, err := o.Rotate(o.t.Context(), s)
			return err
		}},
		{"revoke an integration", func(o *office) string { refresh(o); return "" }, func(o *office, _ string) error {
			return o.Revoke(o.t.Context(), ben, roster.RevokeOrder{Integration: "shop"})
		}},
		{"revoke all", func(o *office) string { refresh(o); return "" }, func(o *office, _ string) error {
			return o.Revoke(o.t.Context(), roster.As("ada"), roster.RevokeOrder{User: "ben", All: true})
		}},
		{"revoke by secret", func(o *office) string { return refresh(o).Secret.Reveal() }, func(o *office, s string) error {
			return o.RevokeSecret(o.t.Context(), s)
		}},
		{"list tokens", func(o *office) string { refresh(o); return "" }, func(o *office, _ string) (err error) {
			for _, err = range o.Tokens(o.t.Context(), roster.As("ada"), "ben") {
			}
			return err
		}},
		{"deliver", func(o *office) string {
			o.system(o.person("ben", "sales"))
			return ""
		}, func(o *office, _ string) error {
			_, err := o.Deliver(o.t.Context(), 0)
			o.clock.forward(10 * time.Minute) // a claim that was lost is over
			return err
		}},
		{"read the trail", hire, func(o *office, _ string) (err error) {
			for _, err = range o.Events(o.t.Context(), roster.As("ada"), roster.EventFilter{}, 0) {
			}
			return err
		}},
		{"verify", hire, func(o *office, _ string) error {
			_, err := o.Verify(o.t.Context(), roster.Head{})
			return err
		}},
		{"tidy", func(o *office) string {
			refresh(o)
			for range 3 {
				_, _ = o.SignIn(o.t.Context(), "ben@example.com", "wrong")
			}
			o.system(roster.Deactivate{User: "ben"})
			o.clock.forward(time.Hour)
			return ""
		}, func(o *office, _ string) error {
			_, err := o.Tidy(o.t.Context(), 0)
			return err
		}},
	}
}

func TestW1_NothingIsHalfDoneWhenTheStoreFails(t *testing.T) {
	t.Parallel()
	for _, c := range attemptedVerbs() {
		for name, how := range map[string]storetest.Failure{"before its effect": {}, "after its effect": {After: true}} {
			t.Run(c.name+", a call fails "+name, func(t *testing.T) {
				t.Parallel()
				walk(t, c, how)
			})
		}
	}
}

// walk fails every call of a verb in turn.
func walk(t *testing.T, c attemptedVerb, how storetest.Failure) {
	for n := 1; ; n++ {
		is := is.New(t)
		o := newOffice(t)
		secret := c.prepare(o)
		store := storetest.NewFaulty(o.store)
		o.reopen(store, nil)
		events, credential := len(o.events()), o.maybeCredential("ben")
		store.FailAt(n, how)
		err := c.do(o, secret)
		if !store.Failed() {
			is.NoErr(err) // there is no n-th call
			is.True(n > 2)
			return
		}
		failed := store.FailedCall()
		store.FailAt(0, how)
		if err == nil && how.After {
			continue // the call had found nothing: that was its error, and an answer
		}
		is.True(errors.Is(err, storetest.ErrInjected)) // a failing store is told
		is.True(!errors.Is(err, roster.ErrSignIn) && !errors.Is(err, roster.ErrToken))
		_, err = o.Verify(t.Context(), roster.Head{})
		is.NoErr(err) // the chain is whole
		if failed == "commit" && how.After {
			continue // it may be done; whether it is shows only by looking
		}
		if len(o.events()) == events {
			if diff := cmp.Diff(credential, o.maybeCredential("ben")); diff != "" {
				t.Errorf("call %d, %s: changed without an event (-want +got):\n%s", n, failed, diff)
			}
		}
		if err := c.do(o, secret); err != nil {
			t.Errorf("call %d, %s: doing it again: %v", n, failed, err)
		}
	}
}

// maybeCredential reads a credential that may not be there.
func (o *office) maybeCredential(id roster.UserID) (c roster.Credential) {
	o.t.Helper()
	err := o.store.View(o.t.Context(), func(tx roster.Tx) (err error) { c, err = tx.Credential(id); return err })
	if err != nil && !errors.Is(err, roster.ErrNotFound) {
		o.t.Error(err)
	}
	return c
}
