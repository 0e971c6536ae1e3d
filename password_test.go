package roster_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
)

func TestJ7_ChangingThePasswordEndsEverything(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	ctx := t.Context()
	o.hire("ben", "sales", nil)
	is.NoErr(o.RequestReset(ctx, "ben@example.com"))
	reset := o.letter("ben", roster.LetterReset)
	is.NoErr(o.RequestReset(ctx, "ben@example.com")) // another one waits in the outbox
	session, personal := o.signIn("ben"), o.issue(roster.As("ben"), roster.TokenOrder{Kind: roster.TokenPersonal})
	is.NoErr(o.ChangePassword(ctx, roster.As("ben"), password, password+" 2"))
	is.Equal(o.last().Verb, roster.VerbPasswordSet)
	is.True(!o.good(session) && !o.good(personal)) // all sessions and tokens
	is.True(errors.Is(o.ResetPassword(ctx, reset, password), roster.ErrToken))
	d, err := o.Deliver(ctx, 0)
	is.NoErr(err)
	is.Equal(d, roster.Delivery{}) // the open letter is void
	_, err = o.SignIn(ctx, "ben@example.com", password)
	is.True(errors.Is(err, roster.ErrSignIn)) // the old one
	_, err = o.SignIn(ctx, "ben@example.com", password+" 2")
	is.NoErr(err) // the new one
}

func TestJ7_OnlyTheOwnerChangesAPassword(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.hire("ben", "sales", nil)
	o.hire("gone", "sales", nil)
	o.system(roster.Deactivate{User: "gone"})
	for _, c := range []struct {
		name     string
		actor    roster.Actor
		old, new string
		is       error
	}{
		{"the system", roster.System("test"), password, password + " 2", roster.ErrDenied},
		{"nobody", roster.Actor{}, password, password + " 2", roster.ErrDenied},
		{"not active", roster.As("gone"), password, password + " 2", roster.ErrDenied},
		{"bad new one", roster.As("ben"), password, "short", roster.ErrInvalid},
		{"wrong old one", roster.As("ben"), "wrong", password + " 2", roster.ErrSignIn},
	} {
		t.Run(c.name, func(t *testing.T) {
			is := is.New(t)
			was := o.credential("ben")
			err := o.ChangePassword(t.Context(), c.actor, c.old, c.new)
			is.True(errors.Is(err, c.is)) // refused
			e := o.last()
			is.Equal(e.Verb, roster.VerbPasswordSet) // in the trail
			is.Equal(e.Outcome, roster.OutcomeRefused)
			is.Equal(o.credential("ben"), was) // unchanged
		})
	}
}

func TestJ7_GuessingTheOldPasswordIsLimited(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.hire("ben", "sales", nil)
	for range 10 {
		err := o.ChangePassword(t.Context(), roster.As("ben"), "wrong", password+" 2")
		is.True(errors.Is(err, roster.ErrSignIn))
	}
	err := o.ChangePassword(t.Context(), roster.As("ben"), password, password+" 2")
	is.True(errors.Is(err, roster.ErrSignIn)) // a stolen session can't guess on
	_, err = o.SignIn(t.Context(), "ben@example.com", password)
	is.True(errors.Is(err, roster.ErrSignIn)) // the limit is one for both
}

func TestJ7_ResetByLetter(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	ctx := t.Context()
	o.hire("ben", "sales", nil)
	session := o.signIn("ben")
	is.NoErr(o.RequestReset(ctx, "BEN@example.com"))
	secret := o.letter("ben", roster.LetterReset)
	is.Equal(o.post.Sent()[len(o.post.Sent())-1].Expires, o.clock.now().Add(time.Hour))
	err := o.ResetPassword(ctx, secret, "")
	if diff := cmp.Diff([]string{"password"}, fields(err)); diff != "" {
		t.Errorf("without a password (-want +got):\n%s", diff)
	}
	is.True(errors.Is(o.Activate(ctx, secret, password), roster.ErrToken)) // it isn't an activation
	is.Equal(o.last().Reason, "kind")
	is.True(o.good(session)) // asking ends nothing
	is.NoErr(o.ResetPassword(ctx, secret, password+" 2"))
	is.True(!o.good(session)) // setting does
	is.Equal(o.credential("ben").SetBy, roster.UserID("ben"))
	is.True(errors.Is(o.ResetPassword(ctx, secret, password+" 3"), roster.ErrToken)) // once
	_, err = o.SignIn(ctx, "ben@example.com", password+" 2")
	is.NoErr(err)
}

func TestJ7_AskingForAResetTellsNothing(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.hire("ben", "sales", nil)
	o.hire("gone", "sales", nil)
	o.system(roster.Deactivate{User: "gone"}, o.person("new", "sales"))
	sso := roster.User{
		ID: "sso", FirstName: "S", LastName: "O", Email: "sso@example.com", Department: "sales", Status: roster.StatusActive,
		Identity: roster.Identity{Issuer: "https://id.example.com", Subject: "7"},
	}
	o.system(roster.ImportUser{User: sso})
	for _, c := range []struct{ name, email, reason string }{
		{"unknown", "nobody@example.com", "unknown"},
		{"empty", "", "unknown"},
		{"inactive", "gone@example.com", "inactive"},
		{"invited", "new@example.com", "inactive"},
		{"signs in elsewhere", "sso@example.com", "identity"},
	} {
		t.Run(c.name, func(t *testing.T) {
			is := is.New(t)
			letters := len(o.letters())
			o.clock.forward(2 * refusalWindow)
			is.NoErr(o.RequestReset(t.Context(), c.email)) // the same answer as for Ben
			is.Equal(len(o.letters()), letters)            // and no letter
			is.Equal(o.last().Reason, c.reason)
		})
	}
	is := is.New(t)
	for range 12 {
		o.clock.forward(time.Millisecond)
		is.NoErr(o.RequestReset(t.Context(), "ben@example.com"))
	}
	is.Equal(o.last().Reason, "throttled")
	n := 0
	for _, l := range o.letters() {
		if l.User == "ben" {
			n++
		}
	}
	is.Equal(n, 10) // nobody's mailbox is flooded
}

func TestJ7_NewAddressIsConfirmed(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	ctx := t.Context()
	o.hire("ben", "sales", nil)
	is.NoErr(o.RequestReset(ctx, "ben@example.com"))
	reset := o.letter("ben", roster.LetterReset) // to the old address
	session := o.signIn("ben")
	first, second := "one@example.com", "two@example.com"
	o.system(roster.EditUser{User: "ben", Email: &first})
	toFirst := o.letter("ben", roster.LetterAddress)
	is.Equal(o.post.Sent()[len(o.post.Sent())-1].To, first)
	is.Equal(o.user("ben").Email, "ben@example.com") // until it is confirmed
	o.system(roster.EditUser{User: "ben", Email: &second})
	is.True(errors.Is(o.Activate(ctx, toFirst, ""), roster.ErrToken)) // isn't the one that waits
	is.Equal(o.last().Reason, "address")
	toSecond := o.letter("ben", roster.LetterAddress)
	err := o.Activate(ctx, toSecond, password)
	if diff := cmp.Diff([]string{"password"}, fields(err)); diff != "" {
		t.Errorf("a confirmation sets no password (-want +got):\n%s", diff)
	}
	is.NoErr(o.Activate(ctx, toSecond, ""))
	u := o.user("ben")
	is.Equal(u.Email, second)
	is.Equal(u.PendingEmail, "")
	e := o.last()
	is.Equal(e.Verb, roster.VerbUserEdit)
	if diff := cmp.Diff([]string{"email"}, e.Fields); diff != "" {
		t.Errorf("the event's fields (-want +got):\n%s", diff)
	}
	is.True(o.good(session))                                                        // sessions go on
	is.True(errors.Is(o.ResetPassword(ctx, reset, password+" 2"), roster.ErrToken)) // what went to the old address is dead
	is.Equal(o.last().Reason, "address")
	_, err = o.SignIn(ctx, second, password)
	is.NoErr(err)
	_, err = o.SignIn(ctx, "ben@example.com", password)
	is.True(errors.Is(err, roster.ErrSignIn))
}

func TestJ7_NewAddressMayBeTakenMeanwhile(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.hire("ben", "sales", nil)
	wanted := "cleo@example.com"
	o.system(roster.EditUser{User: "ben", Email: &wanted})
	secret := o.letter("ben", roster.LetterAddress)
	o.hire("cleo", "sales", nil)
	err := o.Activate(t.Context(), secret, "")
	is.True(errors.Is(err, roster.ErrExists)) // J2 holds again
	is.Equal(o.user("ben").Email, "ben@example.com")
	is.Equal(o.last().Outcome, roster.OutcomeRefused)
}

func TestJ7_InvitedUserMayMoveToo(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.system(o.person("ben", "sales"))
	old := o.letter("ben", roster.LetterActivation)
	other := "other@example.com"
	o.system(roster.EditUser{User: "ben", Email: &other})
	is.True(errors.Is(o.Activate(t.Context(), old, ""), roster.ErrToken)) // it went to the wrong person
	is.NoErr(o.Activate(t.Context(), o.letter("ben", roster.LetterActivation), ""))
	is.Equal(o.user("ben").Email, other)
	is.Equal(o.user("ben").Status, roster.StatusActive)
}

func TestJ7_AddressThatMovedChangesNobodyElse(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.hire("ben", "sales", nil)
	o.hire("cleo", "sales", nil)
	was := o.credential("cleo")
	o.reopen(overtaken{o.store, func() { // the two exchange addresses after Ben's was read
		err := o.store.Update(t.Context(), func(tx roster.Tx) error {
			ben, err := tx.User("ben")
			if err != nil {
				return err
			}
			cleo, err := tx.User("cleo")
			if err != nil || cleo.Email == "ben@example.com" {
				return err
			}
			ben.Email, cleo.Email = "elsewhere@example.com", "ben@example.com"
			return errors.Join(tx.PutUser(ben), tx.PutUser(cleo))
		})
		is.NoErr(err)
	}}, nil)
	err := o.ChangePassword(t.Context(), roster.As("ben"), password, password+" 2")
	is.True(errors.Is(err, roster.ErrState)) // the same password, another person
	is.Equal(o.credential("cleo"), was)
}
