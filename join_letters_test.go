package roster_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
)

// letter delivers what is due and returns the secret of a user's last letter of a kind.
func (o *office) letter(id roster.UserID, kind roster.LetterKind) string {
	o.t.Helper()
	if _, err := o.Deliver(o.t.Context(), 0); err != nil {
		o.t.Error(err)
	}
	for _, m := range slices.Backward(o.post.Sent()) {
		if m.User.ID == id && m.Kind == kind {
			return m.Secret.Reveal()
		}
	}
	o.t.Errorf("no letter to %s", id)
	return ""
}

// credential reads a user's credential.
func (o *office) credential(id roster.UserID) (c roster.Credential) {
	o.t.Helper()
	err := o.store.View(o.t.Context(), func(tx roster.Tx) (err error) { c, err = tx.Credential(id); return err })
	if err != nil {
		o.t.Error(err)
	}
	return c
}

func TestJ3_LetterActivatesOnce(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	ctx := t.Context()
	o.system(o.person("ben", "sales"))
	_, err := o.SignIn(ctx, "ben@example.com", password)
	is.True(errors.Is(err, roster.ErrSignIn)) // not before activating
	secret := o.letter("ben", roster.LetterActivation)
	is.Equal(o.post.Sent()[0].To, "ben@example.com")
	is.Equal(o.post.Sent()[0].Expires, o.clock.now().Add(72*time.Hour))
	is.Equal(fmt.Sprint(o.post.Sent()[0].Secret), "[secret]") // a log shows nothing
	_, err = o.Check(ctx, secret)
	is.True(errors.Is(err, roster.ErrToken)) // an activation stands for nobody
	is.NoErr(o.Activate(ctx, secret, ""))
	is.Equal(o.user("ben").Status, roster.StatusActive)
	o.signIn("ben")                                                  // with the password that was given when the user was added
	is.True(errors.Is(o.Activate(ctx, secret, ""), roster.ErrToken)) // once
	is.Equal(o.last().Reason, "spent")                               // W3
}

func TestJ3_SecretExpires(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.system(o.person("ben", "sales"))
	secret := o.letter("ben", roster.LetterActivation)
	o.clock.forward(72 * time.Hour)
	is.True(errors.Is(o.Activate(t.Context(), secret, password), roster.ErrToken)) // at that instant
	is.Equal(o.last().Reason, "expired")
	o.system(roster.SendActivation{User: "ben"})
	is.NoErr(o.Activate(t.Context(), o.letter("ben", roster.LetterActivation), password)) // a new one is good
}

func TestJ3_SendingAgainVoidsTheOldOne(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.system(o.person("ben", "sales"))
	old := o.letter("ben", roster.LetterActivation)
	o.system(roster.SendActivation{User: "ben"})
	last := o.letter("ben", roster.LetterActivation)
	is.True(errors.Is(o.Activate(t.Context(), old, ""), roster.ErrToken)) // void
	is.Equal(o.last().Reason, "revoked")
	is.NoErr(o.Activate(t.Context(), last, ""))
}

func TestJ3_FailedSendingIsToldAndTriedAgain(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	ctx := t.Context()
	broken := errors.New("smtp: no route to host")
	sender := senders{"ben": broken, "cleo": nil, "dora": context.DeadlineExceeded}
	o.reopen(o.store, func(cfg *roster.Config) { cfg.Sender = sender })
	for _, id := range []roster.UserID{"ben", "cleo", "dora"} {
		o.system(o.person(id, "sales"))
		o.clock.forward(time.Microsecond) // letters go out in the order of their ids, which is that of time
	}

	d, err := o.Deliver(ctx, 0)
	is.Equal(d, roster.Delivery{Sent: 1, Failed: 2})     // one failure doesn't stop the others
	is.True(errors.Is(err, broken))                      // told
	is.True(errors.Is(err, context.DeadlineExceeded))    // each of them
	is.Equal(o.user("ben").Status, roster.StatusInvited) // still
	problems := map[roster.UserID]string{}
	for _, l := range o.letters() {
		if l.User == "ada" {
			continue // the first administrator needs none
		}
		problems[l.User] = l.Problem
	}
	want := map[roster.UserID]string{"ben": "sender", "cleo": "", "dora": "timeout"}
	if diff := cmp.Diff(want, problems); diff != "" {
		t.Errorf("a reason code, not the sender's text (-want +got):\n%s", diff)
	}
	failed := 0
	for _, e := range o.events() {
		if e.Verb == roster.VerbLetterSend && e.Outcome == roster.OutcomeFailed {
			failed++
		}
	}
	is.Equal(failed, 2) // in the trail

	delete(sender, "ben")
	d, err = o.Deliver(ctx, 0)
	is.NoErr(err)
	is.Equal(d, roster.Delivery{}) // not yet
	o.clock.forward(time.Minute)
	d, err = o.Deliver(ctx, 1)
	is.NoErr(err)
	is.Equal(d, roster.Delivery{Sent: 1}) // no more than asked for: Ben's letter is the older one
	d, err = o.Deliver(ctx, 0)
	is.True(errors.Is(err, context.DeadlineExceeded))
	is.Equal(d, roster.Delivery{Failed: 1})
	o.clock.forward(time.Minute)
	d, err = o.Deliver(ctx, 0)
	is.NoErr(err)
	is.Equal(d, roster.Delivery{}) // the wait doubles
	for range 12 {
		o.clock.forward(6 * time.Hour)
		d, err = o.Deliver(ctx, 0)
		is.True(err != nil)
		is.Equal(d, roster.Delivery{Failed: 1}) // up to six hours, and never gives up
	}
}

// senders is a sender that fails for some users.
type senders map[roster.UserID]error

func (s senders) Send(ctx context.Context, m roster.Message) error {
	if _, ok := ctx.Deadline(); !ok {
		return errors.New("sending must end before the claim does")
	}
	return s[m.User.ID]
}

// letters reads the whole outbox.
func (o *office) letters() (list []roster.Letter) {
	o.t.Helper()
	err := o.store.View(o.t.Context(), func(tx roster.Tx) (err error) { list, err = tx.ListLetters("", false, "", 1000); return err })
	if err != nil {
		o.t.Error(err)
	}
	return list
}

// forgetful is a store whose Updates fail after the n-th.
type forgetful struct {
	roster.Store
	left int
}

var errStore = errors.New("the store is gone")

func (f *forgetful) Update(ctx context.Context, do func(roster.Tx) error) error {
	if f.left--; f.left < 0 {
		return errStore
	}
	return f.Store.Update(ctx, do)
}

func TestJ3_ACrashAfterSendingSendsAgain(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.system(o.person("ben", "sales"))
	o.reopen(&forgetful{o.store, 1}, nil) // the letter is claimed and sent, but that isn't noted
	d, err := o.Deliver(t.Context(), 0)
	is.True(errors.Is(err, errStore))
	is.Equal(d, roster.Delivery{}) // what became of it isn't known
	is.Equal(len(o.post.Sent()), 1)
	first := o.post.Sent()[0].Secret.Reveal()

	o.reopen(o.store, nil)
	d, err = o.Deliver(t.Context(), 0)
	is.NoErr(err)
	is.Equal(d, roster.Delivery{}) // others leave a claimed letter alone for a while
	o.clock.forward(10 * time.Minute)
	second := o.letter("ben", roster.LetterActivation)
	is.Equal(len(o.post.Sent()), 2)                                         // at least once
	is.True(errors.Is(o.Activate(t.Context(), first, ""), roster.ErrToken)) // one good secret at a time
	is.NoErr(o.Activate(t.Context(), second, ""))
}

func TestJ3_LetterThatNobodyNeedsIsVoid(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.hire("ben", "sales", nil)
	is.NoErr(o.RequestReset(t.Context(), "ben@example.com"))
	err := o.store.Update(t.Context(), func(tx roster.Tx) error {
		u, err := tx.User("ben")
		u.Status = roster.StatusLeaving
		if err == nil {
			err = tx.PutUser(u)
		}
		return err
	})
	is.NoErr(err) // fenced by a run, which doesn't touch the outbox
	d, err := o.Deliver(t.Context(), 0)
	is.NoErr(err)
	is.Equal(d, roster.Delivery{Void: 1}) // the status is looked at again before anything is minted
	is.Equal(len(o.post.Sent()), 0)
	is.Equal(o.last().Reason, "not-needed")
}

func TestJ3_DeliverNeedsASender(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.reopen(o.store, func(cfg *roster.Config) { cfg.Sender = nil })
	_, err := o.Deliver(t.Context(), 0)
	is.NoErr(err) // nothing is due: a host without letters may call it all the same
	o.system(o.person("ben", "sales"))
	_, err = o.Deliver(t.Context(), 0)
	is.True(err != nil && strings.Contains(err.Error(), "Config.Sender")) // it says what is missing
	is.Equal(o.letters()[0].Sent, time.Time{})                            // and the letter waits
}

func TestJ3_ActivationRefusesBadPasswords(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.reopen(o.store, func(cfg *roster.Config) {
		cfg.CheckPassword = func(_ context.Context, p string) error {
			if strings.HasPrefix(p, "leaked") {
				return errors.New("is in a list of leaked passwords")
			}
			return nil
		}
	})
	o.system(o.person("ben", "sales"))
	secret := o.letter("ben", roster.LetterActivation)
	for _, c := range []struct{ name, password, problem string }{
		{"short", "fourteen chars", "too short"},
		{"characters count, not bytes", strings.Repeat("я", 14), "too short"},
		{"long", strings.Repeat("я", 257), "longer than 256 characters"},
		{"not text", strings.Repeat("\xff", 20), "not valid UTF-8"},
		{"the host's own check", "leaked in two thousand", "is in a list of leaked passwords"},
	} {
		err := o.Activate(t.Context(), secret, c.password)
		f, _ := errors.AsType[roster.Faults](err)
		if diff := cmp.Diff(roster.Faults{{Field: "password", Problem: c.problem}}, f); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
		is.True(!strings.Contains(err.Error(), c.password)) // no password in a text
	}
	is.NoErr(o.Activate(t.Context(), secret, strings.Repeat("я", 15))) // the secret is still good
}

func TestJ3_UnknownSecretsLeaveNothing(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	other := newOffice(t)
	other.system(other.person("ben", "sales"))
	foreign := other.letter("ben", roster.LetterActivation)
	before := len(o.events())
	for _, text := range []string{"", "guess", foreign} {
		is.True(errors.Is(o.Activate(t.Context(), text, password), roster.ErrToken))
		is.True(errors.Is(o.ResetPassword(t.Context(), text, password), roster.ErrToken))
		is.NoErr(o.RevokeSecret(t.Context(), text)) // RFC 7009 §2.2
		_, err := o.Check(t.Context(), text)
		is.True(errors.Is(err, roster.ErrToken))
		_, err = o.Rotate(t.Context(), text)
		is.True(errors.Is(err, roster.ErrToken))
	}
	is.Equal(len(o.events()), before) // guessing can't fill the trail
}

func TestJ3_WhoHasNoPasswordChoosesOne(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	imported := roster.User{ID: "ben", FirstName: "B", LastName: "B", Email: "ben@example.com", Department: "sales", Status: roster.StatusInvited}
	sso := imported
	sso.ID, sso.Email, sso.Identity = "sso", "sso@example.com", roster.Identity{Issuer: "i", Subject: "s"}
	o.system(roster.ImportUser{User: imported}, roster.ImportUser{User: sso})
	o.system(roster.SendActivation{User: "ben"}, roster.SendActivation{User: "sso"})
	ben := o.letter("ben", roster.LetterActivation)
	if diff := cmp.Diff([]string{"password"}, fields(o.Activate(t.Context(), ben, ""))); diff != "" {
		t.Errorf("without one (-want +got):\n%s", diff)
	}
	is.NoErr(o.Activate(t.Context(), ben, password))
	is.NoErr(o.Activate(t.Context(), o.letter("sso", roster.LetterActivation), "")) // signs in elsewhere
	is.Equal(o.user("sso").Status, roster.StatusActive)
}

func TestJ3_BusyLeavesTheSecretGood(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		o := newOffice(t)
		o.system(o.person("ben", "sales"))
		secret := o.letter("ben", roster.LetterActivation)
		hasher, hold := &watched{Hasher: cheap{}}, make(chan struct{})
		o.reopen(o.store, func(cfg *roster.Config) { cfg.Hasher, cfg.HashWorkers, cfg.HashQueue = hasher, 1, 1 })
		hasher.during = func() { <-hold }
		done := make(chan error, 2)
		for range 2 {
			go func() {
				_, err := o.SignIn(t.Context(), "nobody@example.com", password)
				done <- err
			}()
		}
		synctest.Wait()
		is.True(errors.Is(o.Activate(t.Context(), secret, password), roster.ErrBusy)) // no place
		close(hold)
		is.True(errors.Is(<-done, roster.ErrSignIn))
		is.True(errors.Is(<-done, roster.ErrSignIn))
		is.NoErr(o.Activate(t.Context(), secret, password))
	})
}

func TestJ3_TwoDeliverersSendALetterOnce(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.system(o.person("ben", "sales"))
	first, once := o.Roster, false
	o.reopen(overtaken{o.store, func() {
		if !once {
			once = true
			d, err := first.Deliver(t.Context(), 0)
			is.NoErr(err)
			is.Equal(d, roster.Delivery{Sent: 1})
		}
	}}, nil)
	d, err := o.Deliver(t.Context(), 0)
	is.NoErr(err)
	is.Equal(d, roster.Delivery{}) // somebody else was faster
	is.Equal(len(o.post.Sent()), 1)
}

func TestJ3_AddressThatNobodyWaitsForIsNotWrittenTo(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.system(o.person("ben", "sales"))
	secret := o.letter("ben", roster.LetterActivation)
	err := o.store.Update(t.Context(), func(tx roster.Tx) error {
		return tx.PutLetter(roster.Letter{ID: "a", User: "ben", Kind: roster.LetterActivation})
	})
	is.NoErr(err)
	is.NoErr(o.Activate(t.Context(), secret, ""))
	is.Equal(len(o.open()), 0) // activating voids what is still in the outbox
	for _, l := range []roster.Letter{
		{ID: "b", User: "ben", Kind: roster.LetterActivation}, {ID: "c", User: "ben", Kind: roster.LetterAddress},
		{ID: "d", User: "ben"}, {ID: "e", User: "ghost", Kind: roster.LetterReset},
	} {
		is.NoErr(o.store.Update(t.Context(), func(tx roster.Tx) error { return tx.PutLetter(l) }))
	}
	d, err := o.Deliver(t.Context(), 0)
	is.NoErr(err)
	is.Equal(d, roster.Delivery{Void: 4}) // active already, no new address, no kind, no user
}

// open lists the letters that wait.
func (o *office) open() (list []roster.Letter) {
	for _, l := range o.letters() {
		if l.Open() {
			list = append(list, l)
		}
	}
	return list
}
