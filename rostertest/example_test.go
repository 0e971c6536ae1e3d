package rostertest_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/rostertest"
)

// inExample stands for the test that an example doesn't have.
type inExample struct{ testing.TB }

func (inExample) Helper()                   {}
func (inExample) Context() context.Context  { return context.Background() }
func (inExample) Fatal(args ...any)         { panic(fmt.Sprint(args...)) }
func (inExample) Fatalf(f string, a ...any) { panic(fmt.Sprintf(f, a...)) }

var t inExample // a test's *testing.T

// A session ends; the test doesn't wait for it.
func ExampleNew() {
	office := rostertest.New(t, roster.CRMSchema())
	ben := office.Add(t, roster.AddUser{ID: "ben", Rights: roster.Rights{"deal:view": roster.All}})

	d, err := office.Can(t.Context(), ben, office.Schema().MustRight("deal:view"), roster.Record{ID: "17"})
	fmt.Println(d.Allowed, err)

	session, err := office.SignIn(t.Context(), "ben@example.com", rostertest.Password)
	if err != nil {
		panic(err)
	}
	office.Clock.Advance(13 * time.Hour)
	_, err = office.Check(t.Context(), session.Secret.Reveal())
	fmt.Println(errors.Is(err, roster.ErrToken))
	// Output:
	// true <nil>
	// true
}

// The host's own store, and what it sets.
func ExampleNewOn() {
	office := rostertest.NewOn(t, new(memstore.Store), roster.CRMSchema(), roster.Config{ResetTTL: 10 * time.Minute})
	office.Add(t, roster.AddUser{ID: "ben"})

	if err := office.RequestReset(t.Context(), "ben@example.com"); err != nil {
		panic(err)
	}
	if _, err := office.Deliver(t.Context(), 0); err != nil {
		panic(err)
	}
	letter := office.Letters.Last(t, "ben@example.com")
	fmt.Println(letter.Kind, letter.Expires.Sub(office.Clock.Now()))
	fmt.Println(office.ResetPassword(t.Context(), office.Letters.Secret(t, "ben@example.com"), "a new password of mine"))
	// Output:
	// reset 10m0s
	// <nil>
}
