package roster_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
)

// issue makes a token that must be made.
func (o *office) issue(a roster.Actor, order roster.TokenOrder) roster.Issued {
	o.t.Helper()
	s, err := o.Issue(o.t.Context(), a, order)
	if err != nil {
		o.t.Fatal(err)
	}
	return s
}

// good reports whether a secret stands for its user.
func (o *office) good(s roster.Issued) bool {
	o.t.Helper()
	tok, err := o.Check(o.t.Context(), s.Secret.Reveal())
	if err != nil && !errors.Is(err, roster.ErrToken) {
		o.t.Error(err)
	}
	return err == nil && tok.User == s.Token.User
}

// tokens lists a user's tokens.
func (o *office) tokens(id roster.UserID) []roster.Token {
	o.t.Helper()
	var list []roster.Token
	for tok, err := range o.Tokens(o.t.Context(), roster.System("test"), id) {
		if err != nil {
			o.t.Error(err)
		}
		list = append(list, tok)
	}
	return list
}

// stores are the two ways in which a check reads: with the store's upgrade and without.
func stores(o *office) map[string]roster.Store {
	return map[string]roster.Store{"with Checker": o.store, "without": &counted{Store: o.store}}
}

func TestW3_IssueMakesEveryKind(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.hire("ben", "sales", nil)
	for _, c := range []struct {
		name  string
		order roster.TokenOrder
		ttl   time.Duration
		good  bool
		why   string
	}{
		{"session", roster.TokenOrder{Kind: roster.TokenSession}, 12 * time.Hour, true, "the default"},
		{"access", roster.TokenOrder{Kind: roster.TokenAccess, Integration: "shop"}, time.Hour, true, "the default"},
		{"personal", roster.TokenOrder{Kind: roster.TokenPersonal, Label: "my script", TTL: 24 * time.Hour}, 24 * time.Hour, true, "as ordered"},
		{"too long", roster.TokenOrder{Kind: roster.TokenPersonal, TTL: 1 << 62}, 365 * 24 * time.Hour, true, "no longer than Config allows"},
		{"refresh", roster.TokenOrder{Kind: roster.TokenRefresh, Integration: "shop"}, 90 * 24 * time.Hour, false, "it stands for nobody"},
	} {
		t.Run(c.name, func(t *testing.T) {
			is := is.New(t)
			s := o.issue(roster.As("ben"), c.order)
			is.Equal(s.Token.Expires.Sub(s.Token.Issued), c.ttl) // how long it lasts
			is.Equal(s.Token.Integration, c.order.Integration)
			is.Equal(s.Token.Label, c.order.Label)
			e := o.last()
			is.Equal(e.Verb, roster.VerbTokenIssue) // in the trail
			is.Equal(e.Object, string(s.Token.ID))  // by its id
			is.Equal(e.Reason, c.order.Kind.String())
			is.Equal(o.good(s), c.good)
			is.Equal(s.Access != nil, c.order.Kind == roster.TokenRefresh) // an access token comes with a refresh token
			if s.Access != nil {
				is.True(o.good(*s.Access))
				is.Equal(s.Access.Token.Family, s.Token.ID) // of one family
				is.Equal(s.Token.Family, s.Token.ID)
				is.Equal(s.Access.Token.Integration, "shop")
			}
		})
	}
}

func TestW3_IssueRefuses(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.hire("ben", "sales", nil)
	o.hire("gone", "sales", nil)
	o.system(roster.Deactivate{User: "gone"})
	long := strings.Repeat("x", 256)
	for _, c := range []struct {
		name   string
		actor  roster.Actor
		order  roster.TokenOrder
		is     error
		fields []string
	}{
		{"everything wrong", roster.System("test"), roster.TokenOrder{Kind: roster.TokenReset, Integration: long, Label: "a\nb", TTL: -1},
			roster.ErrInvalid, []string{"user", "kind", "integration", "label", "ttl"}},
		{"no kind", roster.As("ben"), roster.TokenOrder{}, roster.ErrInvalid, []string{"kind"}},
		{"another's", roster.As("ada"), roster.TokenOrder{User: "ben", Kind: roster.TokenAccess}, roster.ErrDenied, nil},
		{"nobody", roster.Actor{}, roster.TokenOrder{User: "ben", Kind: roster.TokenAccess}, roster.ErrDenied, nil},
		{"actor not active", roster.As("gone"), roster.TokenOrder{Kind: roster.TokenAccess}, roster.ErrDenied, nil},
		{"user not active", roster.System("test"), roster.TokenOrder{User: "gone", Kind: roster.TokenAccess}, roster.ErrState, nil},
		{"no such user", roster.System("test"), roster.TokenOrder{User: "ghost", Kind: roster.TokenAccess}, roster.ErrNotFound, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			is := is.New(t)
			_, err := o.Issue(t.Context(), c.actor, c.order)
			is.True(errors.Is(err, c.is)) // why
			if diff := cmp.Diff(c.fields, fields(err)); diff != "" {
				t.Errorf("fields (-want +got):\n%s", diff)
			}
			e := o.last()
			is.Equal(e.Verb, roster.VerbTokenIssue) // the refusal is in the trail
			is.Equal(e.Outcome, roster.OutcomeRefused)
			is.Equal(len(o.tokens("ben")), 0)
		})
	}
}

func TestL7_W3_CheckRefusesForOneReasonOnly(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		end    func(o *office, s roster.Issued)
		reason string
	}{
		{"deactivated", func(o *office, _ roster.Issued) { o.system(roster.Deactivate{User: "ben"}) }, "epoch"},
		{"end date (L25)", func(o *office, _ roster.Issued) { o.clock.forward(30 * time.Minute) }, "end-date"},
		{"expired", func(o *office, _ roster.Issued) {
			o.system(roster.EditUser{User: "ben", EndDate: new(time.Time)})
			o.clock.forward(time.Hour)
		}, "expired"},
		{"revoked", func(o *office, s roster.Issued) {
			if err := o.RevokeSecret(o.t.Context(), s.Secret.Reveal()); err != nil {
				o.t.Error(err)
			}
		}, "revoked"},
		{"password changed", func(o *office, _ roster.Issued) {
			if err := o.ChangePassword(o.t.Context(), roster.As("ben"), password, password+" 2"); err != nil {
				o.t.Error(err)
			}
		}, "epoch"},
	} {
		for _, upgrade := range []string{"with Checker", "without"} {
			t.Run(c.name+", "+upgrade, func(t *testing.T) {
				t.Parallel()
				is := is.New(t)
				o := newOffice(t)
				o.hire("ben", "sales", nil)
				until := o.clock.now().Add(30 * time.Minute)
				o.system(roster.EditUser{User: "ben", EndDate: &until})
				o.reopen(stores(o)[upgrade], nil)
				s := o.issue(roster.As("ben"), roster.TokenOrder{Kind: roster.TokenAccess})
				is.True(o.good(s))
				c.end(o, s)
				tok, err := o.Check(t.Context(), s.Secret.Reveal())
				is.True(errors.Is(err, roster.ErrToken))
				is.Equal(tok, roster.Token{})
				is.True(strings.HasSuffix(err.Error(), ": token is not active")) // no reason (RFC 7662 §2.2)
				e := o.last()
				is.Equal(e.Verb, roster.VerbTokenCheck) // W3: the trail has it
				is.Equal(e.Reason, c.reason)
				is.Equal(e.User, roster.UserID("ben"))
				before := len(o.events())
				is.True(!o.good(s))
				is.Equal(len(o.events()), before) // the same again is counted
			})
		}
	}
}

func TestL22_ReactivatingBringsNothingBack(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	ctx := t.Context()
	o.hire("ben", "sales", nil)
	is.NoErr(o.RequestReset(ctx, "ben@example.com"))
	reset := o.letter("ben", roster.LetterReset)
	session := o.signIn("ben")
	refresh := o.issue(roster.As("ben"), roster.TokenOrder{Kind: roster.TokenRefresh})
	personal := o.issue(roster.As("ben"), roster.TokenOrder{Kind: roster.TokenPersonal})
	o.system(roster.Deactivate{User: "ben"})
	o.system(roster.Reactivate{User: "ben"})
	is.True(!o.good(session) && !o.good(*refresh.Access) && !o.good(personal)) // none of them
	_, err := o.Rotate(ctx, refresh.Secret.Reveal())
	is.True(errors.Is(err, roster.ErrToken))
	is.True(errors.Is(o.ResetPassword(ctx, reset, password), roster.ErrToken))
	is.True(o.good(o.signIn("ben"))) // a new session is a new one
}

func TestW2_CheckNotesUseNotTooOften(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.hire("ben", "sales", nil)
	s := o.issue(roster.As("ben"), roster.TokenOrder{Kind: roster.TokenPersonal})
	store := &counted{Store: o.store}
	o.reopen(store, nil)
	o.clock.forward(time.Minute)
	first := o.clock.now()
	version := o.user("ben").Version
	is.True(o.good(s))
	is.Equal(o.tokens("ben")[0].LastUsed, first)
	is.Equal(o.user("ben").LastSeen, first)
	is.Equal(o.user("ben").Version, version) // being seen is no change
	o.clock.forward(time.Hour - 1)
	before := store.updates
	is.True(o.good(s))
	is.Equal(store.updates, before) // not within the hour
	o.clock.forward(1)
	is.True(o.good(s))
	is.Equal(o.tokens("ben")[0].LastUsed, o.clock.now())

	o.clock.forward(time.Hour)
	o.reopen(&forgetful{o.store, 0}, nil)
	is.True(o.good(s)) // a token is good though its use can't be noted
	is.True(o.tokens("ben")[0].LastUsed.Before(o.clock.now()))
}

func TestL7_NotingUseNeverRevives(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.hire("ben", "sales", nil)
	s := o.issue(roster.As("ben"), roster.TokenOrder{Kind: roster.TokenPersonal})
	o.reopen(overtaken{o.store, func() {
		if err := o.store.Update(t.Context(), func(tx roster.Tx) error {
			tok, err := tx.Token(s.Token.ID)
			tok.Revoked = o.clock.now()
			if err == nil {
				err = tx.PutToken(tok)
			}
			return err
		}); err != nil {
			t.Error(err)
		}
	}}, nil)
	is.True(o.good(s))  // it was good when it was read
	is.True(!o.good(s)) // what was revoked meanwhile stays revoked
	is.Equal(o.tokens("ben")[0].LastUsed, time.Time{})
}

// overtaken is a store in which something happens between every reading and writing.
type overtaken struct {
	roster.Store
	meanwhile func()
}

func (s overtaken) Update(ctx context.Context, f func(roster.Tx) error) error {
	s.meanwhile()
	return s.Store.Update(ctx, f)
}

func TestL7_G6_NoCheckAfterTheFencePasses(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.hire("ben", "sales", nil)
	s := o.issue(roster.As("ben"), roster.TokenOrder{Kind: roster.TokenPersonal})
	text := s.Secret.Reveal()
	ended, warm := make(chan struct{}), make(chan struct{}, 4)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for n := 0; ; n++ {
				after := false
				select {
				case <-ended:
					after = true
				default:
				}
				_, err := o.Check(t.Context(), text)
				if after && err == nil {
					t.Error("a check that began after the deactivation passed")
				}
				if n == 100 {
					warm <- struct{}{}
				}
				if after && n > 100 {
					return
				}
			}
		})
	}
	for range 4 {
		<-warm
	}
	o.system(roster.Deactivate{User: "ben"})
	close(ended)
	wg.Wait()
	is.True(!o.good(s))
}

func TestL7_CheckTellsWhenItCannotFindOut(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.hire("ben", "sales", nil)
	s := o.signIn("ben")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, store := range stores(o) {
		is := is.New(t)
		o.reopen(store, nil)
		_, err := o.Check(ctx, s.Secret.Reveal())
		is.True(errors.Is(err, context.Canceled)) // name: the context's error
		is.True(!errors.Is(err, roster.ErrToken)) // which isn't an answer
		_ = name
	}
}
