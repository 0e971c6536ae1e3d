package roster_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
)

func TestL23_RotateRenewsOnce(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.hire("ben", "sales", nil)
	first := o.issue(roster.As("ben"), roster.TokenOrder{Kind: roster.TokenRefresh, Integration: "shop", Label: "till 2", TTL: 48 * time.Hour})
	o.clock.forward(24 * time.Hour)
	second, err := o.Rotate(t.Context(), first.Secret.Reveal())
	is.NoErr(err)
	is.Equal(second.Token.Family, first.Token.ID)
	is.Equal(second.Token.Integration, "shop")
	is.Equal(second.Token.Label, "till 2")
	is.Equal(second.Token.Expires, o.clock.now().Add(48*time.Hour)) // as long as the first was made for
	is.True(o.good(*second.Access))
	is.Equal(o.last().Verb, roster.VerbTokenRotate)
	_, err = o.Rotate(t.Context(), second.Access.Secret.Reveal())
	is.True(errors.Is(err, roster.ErrToken)) // an access token renews nothing
	is.Equal(o.last().Reason, "kind")
	is.True(o.good(*second.Access)) // and that ends nothing
	o.clock.forward(48 * time.Hour)
	_, err = o.Rotate(t.Context(), second.Secret.Reveal())
	is.True(errors.Is(err, roster.ErrToken))
	is.Equal(o.last().Reason, "expired")
}

func TestL23_ReuseOfARefreshTokenEndsItsFamily(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	ctx := t.Context()
	o.hire("ben", "sales", nil)
	first := o.issue(roster.As("ben"), roster.TokenOrder{Kind: roster.TokenRefresh})
	other := o.issue(roster.As("ben"), roster.TokenOrder{Kind: roster.TokenRefresh})
	second, err := o.Rotate(ctx, first.Secret.Reveal())
	is.NoErr(err)
	third, err := o.Rotate(ctx, second.Secret.Reveal())
	is.NoErr(err)
	is.True(o.good(*first.Access) && o.good(*third.Access))
	_, err = o.Rotate(ctx, first.Secret.Reveal()) // somebody has a copy
	is.True(errors.Is(err, roster.ErrToken))
	want := []roster.Verb{roster.VerbTokenRotate, roster.VerbTokenRevoke}
	if diff := cmp.Diff(want, o.verbs(2)); diff != "" {
		t.Errorf("the trail (-want +got):\n%s", diff)
	}
	is.Equal(o.last().Reason, "reused")
	is.Equal(o.last().Object, string(first.Token.ID))
	is.True(!o.good(*first.Access) && !o.good(*second.Access) && !o.good(*third.Access)) // all of it
	_, err = o.Rotate(ctx, third.Secret.Reveal())
	is.True(errors.Is(err, roster.ErrToken))
	is.True(o.good(*other.Access)) // another family isn't concerned
	before := len(o.events())
	_, err = o.Rotate(ctx, first.Secret.Reveal())
	is.True(errors.Is(err, roster.ErrToken))
	is.Equal(len(o.events()), before) // the same again is counted
}

// TestL23_TokensAreListedInTheOrderOfTheirIssue issues so many within each millisecond that ids which are
// ordered to the millisecond alone would come in another order.
func TestL23_TokensAreListedInTheOrderOfTheirIssue(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.hire("ben", "sales", nil)
	o.clock.forward(991 * time.Microsecond) // and over a border between two
	var want, got []roster.TokenID
	for range 20 {
		o.clock.forward(time.Microsecond)
		want = append(want, o.issue(roster.As("ben"), roster.TokenOrder{Kind: roster.TokenPersonal}).Token.ID)
	}
	for token, err := range o.Tokens(t.Context(), roster.As("ben"), "ben") {
		is.NoErr(err)
		if token.Kind == roster.TokenPersonal {
			got = append(got, token.ID)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ben's tokens (-want +got):\n%s", diff)
	}
}

func TestL23_OneOfManyRotationsWins(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.hire("ben", "sales", nil)
	first := o.issue(roster.As("ben"), roster.TokenOrder{Kind: roster.TokenRefresh})
	start := make(chan struct{})
	results := make([]roster.Issued, 16)
	var wg sync.WaitGroup
	for i := range results {
		wg.Go(func() {
			<-start
			results[i], _ = o.Rotate(t.Context(), first.Secret.Reveal())
		})
	}
	close(start)
	wg.Wait()
	won := slices.DeleteFunc(results, func(s roster.Issued) bool { return s.Access == nil })
	is.Equal(len(won), 1)            // one was first
	is.True(!o.good(*won[0].Access)) // and the others ended its family
}

func TestL23_W3_RevokeOneFamilyIntegrationOrAll(t *testing.T) {
	t.Parallel()
	const all = "session shop shop-access shop2 shop2-access personal"
	for _, c := range []struct {
		name  string
		order func(tokens map[string]roster.Issued) roster.RevokeOrder
		left  string
		why   string
	}{
		{"one", func(m map[string]roster.Issued) roster.RevokeOrder {
			return roster.RevokeOrder{Token: m["personal"].Token.ID}
		}, "session shop shop-access shop2 shop2-access", "only that one"},
		{"an access token", func(m map[string]roster.Issued) roster.RevokeOrder {
			return roster.RevokeOrder{Token: m["shop-access"].Token.ID}
		}, "session shop shop2 shop2-access personal", "its refresh token can renew it"},
		{"a refresh token", func(m map[string]roster.Issued) roster.RevokeOrder {
			return roster.RevokeOrder{Token: m["shop"].Token.ID}
		}, "session shop2 shop2-access personal", "its access token goes too (RFC 7009 §2.1)"},
		{"family", func(m map[string]roster.Issued) roster.RevokeOrder {
			return roster.RevokeOrder{Family: m["shop2"].Token.ID}
		}, "session shop shop-access personal", "the whole chain"},
		{"integration", func(map[string]roster.Issued) roster.RevokeOrder {
			return roster.RevokeOrder{Integration: "shop"}
		}, "session personal", "all that it holds"},
		{"all", func(map[string]roster.Issued) roster.RevokeOrder { return roster.RevokeOrder{All: true} }, "", "sessions too"},
		{"unknown", func(map[string]roster.Issued) roster.RevokeOrder { return roster.RevokeOrder{Token: "ghost"} }, all, "success, and nothing changes"},
		{"another's", func(m map[string]roster.Issued) roster.RevokeOrder {
			return roster.RevokeOrder{Token: m["cleo"].Token.ID}
		}, all, "isn't one of the user's: unknown"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			o := newOffice(t)
			o.hire("ben", "sales", nil)
			o.hire("cleo", "sales", nil)
			ben := roster.As("ben")
			m := map[string]roster.Issued{"session": o.signIn("ben"), "cleo": o.signIn("cleo")}
			for _, name := range []string{"shop", "shop2"} {
				m[name] = o.issue(ben, roster.TokenOrder{Kind: roster.TokenRefresh, Integration: "shop"})
				m[name+"-access"] = *m[name].Access
			}
			m["personal"] = o.issue(ben, roster.TokenOrder{Kind: roster.TokenPersonal})
			before := len(o.events())
			is.NoErr(o.Revoke(t.Context(), ben, c.order(m)))
			var left []string
			u := o.user("ben")
			listed := map[roster.TokenID]roster.Token{}
			for _, tok := range o.tokens("ben") {
				listed[tok.ID] = tok
			}
			for _, name := range strings.Fields(all) {
				tok := listed[m[name].Token.ID]
				if tok.Live(&u, o.clock.now()) {
					left = append(left, name)
				}
				if tok.Kind.Bears() {
					is.Equal(o.good(m[name]), tok.Live(&u, o.clock.now())) // Check agrees with Live
				}
			}
			if diff := cmp.Diff(c.left, strings.Join(left, " ")); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.why, diff)
			}
			is.True(o.good(m["cleo"])) // others keep theirs
			revoked := 0
			for _, e := range o.events()[before:] {
				if e.Verb == roster.VerbTokenRevoke {
					revoked++
				}
			}
			is.Equal(revoked == 1, c.left != all) // one event when anything changed (W3)
		})
	}
}

func TestL23_WhoMayListAndRevoke(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	manage := roster.Rights{roster.UsersManage: roster.All}
	o.hire("ben", "sales", nil)
	o.hire("mia", "sales", manage)
	o.hire("rich", "sales", roster.Rights{"deal:view": roster.All})
	for _, c := range []struct {
		name  string
		actor roster.Actor
		user  roster.UserID
		is    error
		why   string
	}{
		{"the user", roster.As("ben"), "ben", nil, "their own"},
		{"a colleague", roster.As("rich"), "ben", roster.ErrDenied, "without the right"},
		{"a manager", roster.As("mia"), "ben", nil, "who covers the user"},
		{"beyond the manager", roster.As("mia"), "rich", roster.ErrDenied, "who holds more than the manager (R10)"},
		{"an administrator's", roster.As("mia"), "ada", roster.ErrDenied, "administrators are managed by administrators (R10)"},
		{"an administrator", roster.As("ada"), "rich", nil, "covers everyone"},
		{"the system", roster.System("test"), "ada", nil, "covers everyone"},
		{"nobody", roster.Actor{}, "ben", roster.ErrDenied, "the zero actor may do nothing"},
		{"no such user", roster.As("ada"), "ghost", roster.ErrNotFound, "told to who may manage users"},
	} {
		t.Run(c.name, func(t *testing.T) {
			is := is.New(t)
			err := o.Revoke(t.Context(), c.actor, roster.RevokeOrder{User: c.user, All: true})
			is.True(errors.Is(err, c.is)) // revoking
			if c.is != nil {
				is.Equal(o.last().Outcome, roster.OutcomeRefused)
			}
			for _, err = range o.Tokens(t.Context(), c.actor, c.user) {
			}
			is.True(errors.Is(err, c.is)) // listing
		})
	}
	is := is.New(t)
	err := o.Revoke(t.Context(), roster.System("test"), roster.RevokeOrder{Token: "1", All: true})
	if diff := cmp.Diff([]string{"user", "token"}, fields(err)); diff != "" {
		t.Errorf("a muddled order (-want +got):\n%s", diff)
	}
	for range 300 {
		o.issue(roster.As("ben"), roster.TokenOrder{Kind: roster.TokenAccess, Integration: "shop"})
	}
	list := o.tokens("ben")
	is.Equal(len(list), 300) // in pages
	for tok := range o.Tokens(t.Context(), roster.As("ben"), "ben") {
		is.Equal(tok, list[0]) // a reader may stop
		break
	}
	is.True(slices.IsSortedFunc(list, func(a, b roster.Token) int { return strings.Compare(string(a.ID), string(b.ID)) }))
	is.NoErr(o.Revoke(t.Context(), roster.As("ben"), roster.RevokeOrder{Integration: "shop"}))
	for _, tok := range o.tokens("ben") {
		is.Equal(tok.Revoked, o.clock.now()) // all pages
	}
}

func TestL23_HolderRevokes(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.hire("ben", "sales", nil)
	s := o.issue(roster.As("ben"), roster.TokenOrder{Kind: roster.TokenRefresh})
	is.NoErr(o.RevokeSecret(t.Context(), s.Secret.Reveal()))
	is.True(!o.good(*s.Access)) // the access token with it
	before := len(o.events())
	is.NoErr(o.RevokeSecret(t.Context(), s.Secret.Reveal())) // twice is once
	is.Equal(len(o.events()), before)
}
