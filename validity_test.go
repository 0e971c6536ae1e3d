package roster_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"
	"github.com/seed-8e8abc8d/roster"
)

var tokenKinds = []roster.TokenKind{
	roster.TokenNone, roster.TokenSession, roster.TokenAccess, roster.TokenRefresh, roster.TokenPersonal,
	roster.TokenActivation, roster.TokenReset, roster.TokenReset + 1,
}

var statuses = []roster.Status{
	roster.StatusNone, roster.StatusInvited, roster.StatusActive, roster.StatusInactive, roster.StatusLeaving,
	roster.StatusDeleted,
}

func TestL7_NoKindOfTokenIsGoodAfterAccessEnded(t *testing.T) {
	t.Parallel()
	// Rows are kinds, columns statuses, both in the order above.
	want := []string{
		"------",
		"--+---", // session
		"--+---", // access
		"--+---", // refresh
		"--+---", // personal
		"-++---", // activation: of an active user's new address, too
		"--+---", // reset
		"------",
	}
	var got []string
	for _, k := range tokenKinds {
		row := ""
		for _, s := range statuses {
			if k.GoodIn(s) {
				row += "+"
			} else {
				row += "-"
			}
		}
		got = append(got, row)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("kinds and statuses (-want +got):\n%s", diff)
	}
}

func TestL7_OnlyThreeKindsStandForTheirUser(t *testing.T) {
	t.Parallel()
	var got []bool
	for _, k := range tokenKinds {
		got = append(got, k.Bears())
	}
	want := []bool{false, true, true, false, true, false, false, false}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Bears (-want +got):\n%s", diff)
	}
}

func TestL7_TokenIsLive(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name   string
		change func(*roster.Token, *roster.User)
		want   bool
		why    string
	}{
		{"untouched", func(*roster.Token, *roster.User) {}, true, "nothing speaks against it"},
		{"revoked", func(t *roster.Token, _ *roster.User) { t.Revoked = now }, false, "revoked is for ever"},
		{"spent", func(t *roster.Token, _ *roster.User) { t.Spent = now }, false, "once is once"},
		{"expires now", func(t *roster.Token, _ *roster.User) { t.Expires = now }, false, "it is good before the instant"},
		{"expires next", func(t *roster.Token, _ *roster.User) { t.Expires = now.Add(1) }, true, "it is good before the instant"},
		{"no expiry", func(t *roster.Token, _ *roster.User) { t.Expires = time.Time{} }, false, "the zero time is past"},
		{"epoch moved", func(_ *roster.Token, u *roster.User) { u.Epoch++ }, false, "one write ends them all"},
		{"epoch behind", func(_ *roster.Token, u *roster.User) { u.Epoch-- }, false, "not even after a restore"},
		{"another's", func(_ *roster.Token, u *roster.User) { u.ID = "boris" }, false, "a token is for one user"},
		{"invited", func(_ *roster.Token, u *roster.User) { u.Status = roster.StatusInvited }, false, "not yet"},
		{"leaving", func(_ *roster.Token, u *roster.User) { u.Status = roster.StatusLeaving }, false, "fenced"},
		{"end date now", func(_ *roster.Token, u *roster.User) { u.EndDate = now }, false, "access ends at that instant (L25)"},
		{"end date next", func(_ *roster.Token, u *roster.User) { u.EndDate = now.Add(1) }, true, "access ends at that instant (L25)"},
		{"no kind", func(t *roster.Token, _ *roster.User) { t.Kind = roster.TokenNone }, false, "the zero kind is good for nothing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			tok := roster.Token{ID: "1", User: "anna", Kind: roster.TokenAccess, Epoch: 3, Expires: now.Add(time.Hour)}
			u := roster.User{ID: "anna", Status: roster.StatusActive, Epoch: 3}
			c.change(&tok, &u)
			is.Equal(tok.Live(&u, now), c.want) // whether the token is good
		})
	}
}
