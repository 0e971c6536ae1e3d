package roster_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
)

// watched is a hasher that counts and calls back, so that tests can act while a password is hashed.
type watched struct {
	roster.Hasher
	hashed, verified int
	during           func() // once, while the next password is verified
}

func (w *watched) Hash(password string) (string, error) {
	w.hashed++
	return w.Hasher.Hash(password)
}

func (w *watched) Verify(encoded, password string) (ok, upgrade bool, err error) {
	w.verified++
	if f := w.during; f != nil {
		w.during = nil
		f()
	}
	return w.Hasher.Verify(encoded, password)
}

// counted is a store that counts transactions, and has no upgrade.
type counted struct {
	roster.Store
	views, updates int
}

func (c *counted) View(ctx context.Context, f func(roster.Tx) error) error {
	c.views++
	return c.Store.View(ctx, f)
}

func (c *counted) Update(ctx context.Context, f func(roster.Tx) error) error {
	c.updates++
	return c.Store.Update(ctx, f)
}

// reopen opens the office's store with another configuration.
func (o *office) reopen(store roster.Store, change func(*roster.Config)) {
	o.t.Helper()
	cfg := roster.Config{Now: o.clock.now, Hasher: cheap{}, Sender: o.post}
	if change != nil {
		change(&cfg)
	}
	r, err := roster.New(store, o.schema, cfg)
	if err != nil {
		o.t.Fatal(err)
	}
	o.Roster = r
}

// signIn signs a user in who must get in.
func (o *office) signIn(id roster.UserID) roster.Issued {
	o.t.Helper()
	s, err := o.SignIn(o.t.Context(), string(id)+"@example.com", password)
	if err != nil {
		o.t.Fatal(err)
	}
	return s
}

// refusedSignIn is the state in which a sign-in is refused, and what the trail says.
type refusedSignIn struct {
	name            string
	prepare         func(o *office)
	email, password string
	user            roster.UserID
	reason          string
}

func refusedSignIns() []refusedSignIn {
	const ben = "ben@example.com"
	return []refusedSignIn{
		{"unknown address", nil, "nobody@example.com", password, "", "unknown"},
		{"no address", nil, " ", password, "", "unknown"},
		{"wrong password", nil, ben, password + "!", "ben", "wrong-password"},
		{"empty password", nil, ben, "", "ben", "wrong-password"},
		{"endless password", nil, ben, strings.Repeat("x", 1<<20), "ben", "wrong-password"},
		{"deactivated", func(o *office) { o.system(roster.Deactivate{User: "ben"}) }, ben, password, "ben", "inactive"},
		{"past the end date", func(o *office) { o.clock.forward(1000 * 24 * time.Hour) }, "temp@example.com", password, "temp", "inactive"},
		{"invited", func(o *office) { o.system(o.person("new", "sales")) }, "new@example.com", password, "new", "inactive"},
		{"without a password", nil, "bare@example.com", password, "bare", "no-password"},
		{"foreign hash", nil, "foreign@example.com", password, "foreign", "wrong-password"},
		{"throttled", func(o *office) {
			for range 10 {
				_, _ = o.SignIn(o.t.Context(), ben, "wrong")
			}
		}, "BEN@example.com", password, "ben", "throttled"},
	}
}

func TestJ5_W3_EveryRefusalLooksAlikeAfterTheSameWork(t *testing.T) {
	t.Parallel()
	type seen struct {
		Text                            string
		Hashed, Verified, Views, Update int
	}
	want := seen{"roster: sign in: sign-in refused", 0, 1, 0, 2}
	for _, c := range refusedSignIns() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			o := newOffice(t)
			o.hire("ben", "sales", nil)
			imported := roster.User{
				ID: "temp", FirstName: "Tess", LastName: "Temp", Email: "temp@example.com", Department: "sales",
				Status: roster.StatusActive, EndDate: atNoon.Add(24 * time.Hour),
			}
			bare, foreign := imported, imported
			bare.ID, bare.Email, bare.EndDate = "bare", "bare@example.com", time.Time{}
			foreign.ID, foreign.Email, foreign.EndDate = "foreign", "foreign@example.com", time.Time{}
			o.system(roster.ImportUser{User: imported, Hash: "$cheap$" + password}, roster.ImportUser{User: bare},
				roster.ImportUser{User: foreign, Hash: "$argon2id$unknown"})
			hasher, store := &watched{Hasher: cheap{}}, &counted{Store: o.store}
			o.reopen(store, func(cfg *roster.Config) { cfg.Hasher = hasher })
			if c.prepare != nil {
				c.prepare(o)
			}
			_, err := o.SignIn(t.Context(), "warm-up@example.com", "makes the dummy hash, once in a process")
			is.True(errors.Is(err, roster.ErrSignIn))
			o.clock.forward(2 * refusalWindow) // so that the next refusal is an event, not a count

			*hasher, store.views, store.updates = watched{Hasher: cheap{}}, 0, 0
			issued, err := o.SignIn(t.Context(), c.email, c.password)
			is.True(errors.Is(err, roster.ErrSignIn)) // refused
			is.Equal(issued, roster.Issued{})         // with nothing in hand
			got := seen{err.Error(), hasher.hashed, hasher.verified, store.views, store.updates}
			if c.name == "foreign hash" {
				got.Verified-- // the unknown form costs nothing, the dummy is verified in its place
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("answer and work (-want +got):\n%s", diff)
			}
			e := o.last()
			is.Equal(e.Verb, roster.VerbSignIn)        // W3: it is in the trail
			is.Equal(e.Outcome, roster.OutcomeRefused) // as refused
			is.Equal(e.User, c.user)                   // with the user, where there is one
			is.Equal(e.Reason, c.reason)               // and the reason that nobody was told
			is.Equal(e.Actor, roster.UserID(""))       // who tried isn't known
			is.True(!strings.Contains(e.Object, "@"))  // the address isn't there
		})
	}
}

func TestJ5_W3_ActiveUserSignsIn(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.hire("ben", "sales", nil)
	s, err := o.SignIn(t.Context(), "  Ben@EXAMPLE.com ", password)
	is.NoErr(err) // whatever the letter case of the address
	is.Equal(s.Token.Kind, roster.TokenSession)
	is.Equal(s.Token.Expires, o.clock.now().Add(12*time.Hour)) // the default
	tok, err := o.Check(t.Context(), s.Secret.Reveal())
	is.NoErr(err)
	is.Equal(tok.User, roster.UserID("ben"))
	is.Equal(o.user("ben").LastSeen, o.clock.now()) // W2 counts it as seen
	got := o.events()
	want := roster.Event{Actor: "ben", Verb: roster.VerbSignIn, User: "ben", Object: string(s.Token.ID), Outcome: roster.OutcomeDone}
	e := got[len(got)-1]
	e.Seq, e.Time, e.Hash = 0, time.Time{}, roster.Hash{}
	if diff := cmp.Diff(want, e); diff != "" {
		t.Errorf("the event (-want +got):\n%s", diff)
	}
}

func TestJ5_AttemptsAreLimited(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.hire("ben", "sales", nil)
	o.hire("cleo", "sales", nil)
	ctx := t.Context()
	wrong := func(n int) {
		t.Helper()
		for range n {
			_, err := o.SignIn(ctx, "ben@example.com", "wrong")
			is.True(errors.Is(err, roster.ErrSignIn))
		}
	}
	wrong(9)
	o.signIn("ben") // the tenth attempt is right, and the count starts again
	wrong(10)
	_, err := o.SignIn(ctx, "ben@example.com", password)
	is.True(errors.Is(err, roster.ErrSignIn)) // the eleventh isn't looked at
	o.signIn("cleo")                          // others are not concerned
	o.clock.forward(15*time.Minute - 1)
	_, err = o.SignIn(ctx, "ben@example.com", password)
	is.True(errors.Is(err, roster.ErrSignIn)) // the window isn't over
	o.clock.forward(1)
	o.signIn("ben") // now it is
}

func TestJ5_ALetterLetsInWhoIsThrottled(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.hire("ben", "sales", nil)
	for range 11 {
		_, err := o.SignIn(t.Context(), "ben@example.com", "wrong")
		is.True(errors.Is(err, roster.ErrSignIn))
	}
	is.NoErr(o.RequestReset(t.Context(), "ben@example.com"))
	secret := o.letter("ben", roster.LetterReset)
	is.NoErr(o.ResetPassword(t.Context(), secret, password+" 2"))
	_, err := o.SignIn(t.Context(), "ben@example.com", password+" 2")
	is.NoErr(err) // at once
}

func TestJ5_BusyIsTheOnlyOtherAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		o := newOffice(t)
		o.hire("ben", "sales", nil)
		hasher := &watched{Hasher: cheap{}}
		store := &counted{Store: o.store}
		o.reopen(store, func(cfg *roster.Config) { cfg.Hasher, cfg.HashWorkers, cfg.HashQueue = hasher, 1, 1 })
		hold := make(chan struct{})
		hasher.during = func() { <-hold }
		first, second := make(chan error, 1), make(chan error, 1)
		ctx, giveUp := context.WithCancel(t.Context())
		go func() {
			_, err := o.SignIn(t.Context(), "ben@example.com", password)
			first <- err
		}()
		synctest.Wait() // the first is hashed
		go func() {
			_, err := o.SignIn(ctx, "ben@example.com", password)
			second <- err
		}()
		synctest.Wait() // the second waits
		before := store.updates
		_, err := o.SignIn(t.Context(), "nobody@example.com", password)
		is.True(errors.Is(err, roster.ErrBusy)) // the third finds no place, whoever it is
		is.Equal(store.updates, before)         // and costs nothing, no attempt either
		giveUp()
		is.True(errors.Is(<-second, context.Canceled)) // who waits may give up
		close(hold)
		is.NoErr(<-first)
		_, err = o.SignIn(t.Context(), "ben@example.com", password)
		is.NoErr(err) // the places are free again
	})
}

func TestJ5_HashIsUpgradedAtSignIn(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.reopen(o.store, func(cfg *roster.Config) { cfg.Hasher = roster.PBKDF2{Iterations: 1} })
	o.system(o.person("ben", "sales"))
	is.NoErr(o.Activate(t.Context(), o.letter("ben", roster.LetterActivation), ""))
	o.reopen(o.store, func(cfg *roster.Config) { cfg.Hasher = roster.PBKDF2{Iterations: 2} })
	was := o.credential("ben")
	is.True(strings.HasPrefix(was.Hash, "$pbkdf2-sha256$i=1,"))
	s := o.signIn("ben")
	now := o.credential("ben")
	is.True(strings.HasPrefix(now.Hash, "$pbkdf2-sha256$i=2,")) // made again with present parameters
	is.Equal(now.Version, was.Version+1)
	is.Equal(now.SetBy, was.SetBy) // it is the same password
	_, err := o.Check(t.Context(), s.Secret.Reveal())
	is.NoErr(err) // and ends nothing
	o.signIn("ben")
	is.Equal(o.credential("ben").Version, now.Version) // once
}

func TestL7_SignInThatWasOvertaken(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		meanwhile func(o *office)
		reason    string
	}{
		{"deactivated", func(o *office) { o.system(roster.Deactivate{User: "ben"}) }, "inactive"},
		{"deactivated and back", func(o *office) {
			o.system(roster.Deactivate{User: "ben"})
			o.system(roster.Reactivate{User: "ben"})
		}, "changed-meanwhile"},
		{"everything revoked", func(o *office) {
			if err := o.Revoke(o.t.Context(), roster.As("ben"), roster.RevokeOrder{All: true}); err != nil {
				o.t.Error(err)
			}
		}, "changed-meanwhile"},
		{"another password", func(o *office) {
			if err := o.ResetPassword(o.t.Context(), o.letter("ben", roster.LetterReset), password+" 2"); err != nil {
				o.t.Error(err)
			}
		}, "changed-meanwhile"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			o := newOffice(t)
			o.hire("ben", "sales", nil)
			is.NoErr(o.RequestReset(t.Context(), "ben@example.com"))
			hasher := &watched{Hasher: cheap{}}
			o.reopen(o.store, func(cfg *roster.Config) { cfg.Hasher, cfg.HashWorkers = hasher, 2 })
			hasher.during = func() { c.meanwhile(o) }
			_, err := o.SignIn(t.Context(), "ben@example.com", password)
			is.True(errors.Is(err, roster.ErrSignIn)) // the password was right when it was read
			is.Equal(o.last().Reason, c.reason)       // why it isn't enough
			n := 0
			for tok, err := range o.Tokens(t.Context(), roster.System("test"), "ben") {
				is.NoErr(err)
				if tok.Kind == roster.TokenSession {
					n++
				}
			}
			is.Equal(n, 0) // no session was made
		})
	}
}

func TestR10_APasswordTypedBySomebodyElse(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	ctx := t.Context()
	o.hire("mia", "sales", roster.Rights{roster.UsersManage: roster.All})
	_, err := o.Apply(ctx, roster.As("ada"), o.person("ben", "sales"))
	is.NoErr(err)
	_, err = o.Apply(ctx, roster.As("mia"), o.person("cleo", "sales"))
	is.NoErr(err)
	is.NoErr(o.Activate(ctx, o.letter("ben", roster.LetterActivation), ""))
	o.signIn("ben") // an administrator typed it

	cleo := o.letter("cleo", roster.LetterActivation)
	err = o.Activate(ctx, cleo, "")
	if diff := cmp.Diff([]string{"password"}, fields(err)); diff != "" {
		t.Errorf("what a manager typed isn't enough (-want +got):\n%s", diff)
	}
	is.NoErr(o.Activate(ctx, cleo, "a password of my own")) // the secret is still good
	_, err = o.SignIn(ctx, "cleo@example.com", "a password of my own")
	is.NoErr(err)

	o.hire("eve", "sales", nil)
	o.system(roster.GrantAdministrator{User: "eve"}, roster.Deactivate{User: "ada"})
	_, err = o.SignIn(ctx, "ben@example.com", password)
	is.True(errors.Is(err, roster.ErrSignIn)) // who typed it isn't an administrator any more
	is.Equal(o.last().Reason, "set-by-another")
	is.NoErr(o.RequestReset(ctx, "ben@example.com"))
	is.NoErr(o.ResetPassword(ctx, o.letter("ben", roster.LetterReset), password))
	o.signIn("ben") // the same text, typed by the user
}

func TestJ3_IdentityActivatesAndSignsIn(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	ctx, host := t.Context(), roster.System("oidc callback")
	id := roster.Identity{Issuer: "https://id.example.com", Subject: "42"}
	ben := o.person("ben", "sales")
	ben.Password, ben.Identity = "", id
	o.system(ben)
	s, err := o.SignInIdentity(ctx, host, id)
	is.NoErr(err)
	is.Equal(o.user("ben").Status, roster.StatusActive) // activated
	if diff := cmp.Diff([]roster.Verb{roster.VerbUserActivate, roster.VerbSignIn}, o.verbs(2)); diff != "" {
		t.Errorf("the trail (-want +got):\n%s", diff)
	}
	_, err = o.Check(ctx, s.Secret.Reveal())
	is.NoErr(err)

	_, err = o.SignInIdentity(ctx, roster.As("ada"), id)
	is.Equal(reason(err), "not-system") // only the host vouches for somebody
	for _, unknown := range []roster.Identity{{}, {Issuer: id.Issuer, Subject: "43"}} {
		_, err = o.SignInIdentity(ctx, host, unknown)
		is.True(errors.Is(err, roster.ErrSignIn)) // nobody has it
	}
	o.system(roster.Deactivate{User: "ben"})
	_, err = o.SignInIdentity(ctx, host, id)
	is.True(errors.Is(err, roster.ErrSignIn)) // not active
	is.Equal(o.last().Reason, "inactive")
	_, err = o.Check(ctx, s.Secret.Reveal())
	is.True(errors.Is(err, roster.ErrToken)) // L7
}
