package roster_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
)

const month = 30 * 24 * time.Hour

// tidy tidies until nothing is left.
func (o *office) tidy(limit int) (rounds int) {
	o.t.Helper()
	for {
		rounds++
		more, err := o.Tidy(o.t.Context(), limit)
		if err != nil {
			o.t.Fatal(err)
		}
		if !more {
			return rounds
		}
	}
}

func TestL7_TidyMarksTokensOfPastEpochs(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.hire("ben", "sales", nil)
	o.hire("cleo", "sales", nil)
	kept := o.signIn("cleo")
	for range 300 {
		o.signIn("ben")
	}
	o.system(roster.Deactivate{User: "ben"})
	for _, tok := range o.tokens("ben") {
		is.Equal(tok.Revoked, time.Time{}) // ending them cost one write
	}
	is.Equal(o.tidy(100), 4) // in bounded rounds: three of a hundred, and one that finds nothing
	tokens := o.tokens("ben")
	is.Equal(len(tokens), 300) // they are still listed
	for _, tok := range tokens {
		is.Equal(tok.Revoked, o.clock.now())
	}
	is.True(o.good(kept)) // nobody's access ends
	o.system(roster.Reactivate{User: "ben"})
	fresh := o.signIn("ben")
	o.tidy(0)
	is.True(o.good(fresh))
}

func TestL23_TidyRemovesWhatIsLongOver(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.hire("ben", "sales", nil)
	is.NoErr(o.RequestReset(t.Context(), "ben@example.com"))
	o.letter("ben", roster.LetterReset)
	first := o.issue(roster.As("ben"), roster.TokenOrder{Kind: roster.TokenRefresh})
	second, err := o.Rotate(t.Context(), first.Secret.Reveal())
	is.NoErr(err)
	o.clock.forward(month)
	o.system(o.person("new", "sales")) // a letter that waits
	o.tidy(0)
	var left []roster.TokenID
	for _, tok := range o.tokens("ben") {
		if tok.Kind != roster.TokenReset && tok.Kind != roster.TokenAccess {
			left = append(left, tok.ID)
		}
	}
	is.Equal(len(left), 2) // a spent refresh token stays: its second use must be noticed
	o.clock.forward(90*24*time.Hour - 1)
	o.tidy(0)
	is.Equal(len(o.tokens("ben")), 2) // 30 days after they expired, not earlier
	is.Equal(len(o.letters()), 1)     // the sent one is gone, the waiting one stays
	is.Equal(o.letters()[0].User, roster.UserID("new"))
	o.clock.forward(1)
	o.tidy(0)
	is.Equal(len(o.tokens("ben")), 0)
	is.True(!o.good(second)) // what isn't there isn't good
}

func TestW1_TidyTellsWhatWasCounted(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.hire("ben", "sales", nil)
	for range 8 {
		_, err := o.Apply(t.Context(), roster.As("ben"), o.person("cleo", "sales"))
		is.True(errors.Is(err, roster.ErrDenied))
		_, err = o.SignIn(t.Context(), "ben@example.com", "wrong")
		is.True(errors.Is(err, roster.ErrSignIn))
	}
	before := len(o.events())
	o.clock.forward(refusalWindow - 1)
	o.tidy(0)
	is.Equal(len(o.events()), before) // the minute isn't over
	is.Equal(o.counters(""), 3)
	o.clock.forward(1)
	o.tidy(1)
	got := o.events()[before:]
	for i := range got {
		got[i].Seq, got[i].Time, got[i].Hash = 0, time.Time{}, roster.Hash{}
	}
	want := map[roster.Verb]roster.Event{
		roster.VerbUserAdd: {Actor: "ben", Verb: roster.VerbUserAdd, Outcome: roster.OutcomeRefused, Reason: "right-missing", Count: 7},
		roster.VerbSignIn:  {Verb: roster.VerbSignIn, User: "ben", Outcome: roster.OutcomeRefused, Reason: "wrong-password", Count: 7},
	}
	told := map[roster.Verb]roster.Event{}
	for _, e := range got {
		told[e.Verb] = e
	}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("what was counted (-want +got):\n%s", diff)
	}
	is.Equal(len(got), 2)
	is.Equal(o.counters("signin:"), 1) // attempts still count
	is.Equal(o.counters(""), 1)
	o.clock.forward(15 * time.Minute)
	o.tidy(0)
	is.Equal(o.counters(""), 0)
	is.Equal(len(o.events()), before+2) // nothing is told twice
	_, err := o.Verify(t.Context(), roster.Head{})
	is.NoErr(err)
}

// counters counts the counters whose key begins with prefix.
func (o *office) counters(prefix string) (n int) {
	o.t.Helper()
	err := o.store.View(o.t.Context(), func(tx roster.Tx) error {
		list, err := tx.ListCounters("", 1000)
		n = 0
		for _, c := range list {
			if strings.HasPrefix(c.Key, prefix) {
				n++
			}
		}
		return err
	})
	if err != nil {
		o.t.Error(err)
	}
	return n
}

func TestL7_TidyLeavesOthersCountersAlone(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	err := o.store.Update(t.Context(), func(tx roster.Tx) error {
		return tx.PutCounter(roster.Counter{Key: "host:1", Count: 1})
	})
	is.NoErr(err)
	o.clock.forward(1000 * month)
	o.tidy(0)
	is.Equal(o.counters("host:"), 1)
}

func TestL7_TidyGoesOnAfterAFailure(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.hire("ben", "sales", nil)
	o.signIn("ben")
	o.system(roster.Deactivate{User: "ben"})
	o.reopen(&forgetful{o.store, 0}, nil)
	more, err := o.Tidy(t.Context(), 0)
	is.True(errors.Is(err, errStore))
	is.True(more) // there is something left
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = o.Tidy(ctx, 0)
	is.True(errors.Is(err, context.Canceled))
	o.reopen(o.store, nil)
	o.tidy(0)
	is.Equal(o.tokens("ben")[0].Revoked, o.clock.now())
}
