package roster_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/storetest"
)

// TestL27_WhyNot names the reason for each kind of refusal.
func TestL27_WhyNot(t *testing.T) {
	t.Parallel()
	w := &walker{office: newOffice(t)}
	w.hire("max", "sales", roster.Rights{"users:manage": roster.All, "users:deactivate": roster.All, "deal:view": roster.All})
	w.hire("ben", "sales", roster.Rights{"deal:view": roster.Own})
	w.hire("sue", "sales", roster.Rights{"deal:export": roster.All, "deal:view": roster.All})
	w.hire("dee", "sales", nil)
	w.system(w.person("new", "sales"), roster.GrantDeleteUsers{User: "dee"})
	w.furnish()
	for _, c := range []struct {
		actor roster.Actor
		user  roster.UserID
		verb  roster.Verb
		field string
		want  error
		code  string
		why   string
	}{
		{roster.As("max"), "ben", roster.VerbUserEdit, "", nil, "", "he manages users"},
		{roster.As("max"), "sue", roster.VerbUserEdit, "", nil, "", "a name may be set right whatever she holds"},
		{roster.As("max"), "sue", roster.VerbUserEdit, "email", roster.ErrDenied, "person-exceeds-actor", "she exports deals, he doesn't (R10)"},
		{roster.As("max"), "sue", roster.VerbRoleGive, "", roster.ErrDenied, "person-exceeds-actor", "before the change he must cover her (R10)"},
		{roster.As("max"), "ben", roster.VerbRightsSet, "", nil, "", "which rights is judged when they are set"},
		{roster.As("max"), "ben", roster.VerbUserEdit, "identity", roster.ErrDenied, "not-administrator", "a way into somebody else's account (R10)"},
		{roster.As("max"), "max", roster.VerbUserEdit, "identity", nil, "", "his own"},
		{roster.As("max"), "max", roster.VerbUserEdit, "end_date", roster.ErrSelf, "self", "nobody sets their own"},
		{roster.As("max"), "max", roster.VerbUserDeactivate, "", roster.ErrSelf, "self", "nobody deactivates themselves (L14)"},
		{roster.As("max"), "ada", roster.VerbUserDeactivate, "", roster.ErrDenied, "person-is-administrator", "only an administrator an administrator (L14)"},
		{roster.As("max"), "ben", roster.VerbUserDeactivate, "", roster.ErrInUse, "in-use", "the successor of an unfinished run"},
		{roster.As("max"), "sue", roster.VerbUserDeactivate, "", nil, "", "needs no cover"},
		{roster.As("max"), "sue", roster.VerbUserReactivate, "", roster.ErrState, "state", "she is active"},
		{roster.As("max"), "leo", roster.VerbUserEdit, "", roster.ErrState, "state", "he is leaving"},
		{roster.As("max"), "nobody", roster.VerbUserEdit, "", roster.ErrNotFound, "not-found", "who manages users may know who is there"},
		{roster.As("max"), "ben", roster.VerbUserDelete, "", roster.ErrDenied, "right-missing", "nobody deletes by default (R8)"},
		{roster.As("max"), "ben", roster.VerbAdminGrant, "", roster.ErrDenied, "not-administrator", "R10"},
		{roster.As("max"), "new", roster.VerbLetterQueue, "", nil, "", "invited"},
		{roster.As("max"), "bare", roster.VerbLetterQueue, "", roster.ErrInvalid, "invalid", "there is nowhere to send the letter"},
		{roster.As("max"), "elsewhere", roster.VerbPasswordReset, "", roster.ErrDenied, "not-administrator", "a password by the way (R10)"},
		{roster.As("max"), "ben", roster.VerbTokenIssue, "", roster.ErrDenied, "not-self", "only one's own"},
		{roster.As("max"), "ben", roster.VerbTokenRevoke, "", nil, "", "he covers him (L23)"},
		{roster.As("ben"), "ben", roster.VerbTokenRevoke, "", nil, "", "his own (L23)"},
		{roster.As("dee"), "sue", roster.VerbUserDelete, "", nil, "", "she was given it"},
		{roster.As("dee"), "dee", roster.VerbUserDelete, "", roster.ErrSelf, "self", "L14"},
		{roster.As("dee"), "ada", roster.VerbUserDelete, "", roster.ErrDenied, "last-administrator", "no administrator by her, nor the last one by anybody (L14)"},
		{roster.As("dee"), "leo", roster.VerbUserDelete, "", roster.ErrBlocked, "blocked", "leaving already"},
		{roster.As("dee"), "ben", roster.VerbUserDelete, "", roster.ErrBlocked, "blocked", "a successor in a run"},
		{roster.As("ada"), "ada", roster.VerbAdminWithdraw, "", roster.ErrLastAdministrator, "last-administrator", "L14"},
		{roster.System("x"), "ada", roster.VerbUserEdit, "end_date", roster.ErrLastAdministrator, "last-administrator", "it would come true with nobody asked"},
		{roster.System("x"), "ada", roster.VerbUserDeactivate, "", roster.ErrLastAdministrator, "last-administrator", "guards bind the system too (R7)"},
		{roster.Actor{}, "ben", roster.VerbUserEdit, "", roster.ErrDenied, "no-actor", "the zero Actor may do nothing"},
		{roster.As("ghost"), "ben", roster.VerbUserEdit, "", roster.ErrDenied, "actor-inactive", "R16"},
	} {
		v := w.ask(c.actor, c.user)[0].Verdict(c.verb, c.field)
		if v.Verb != c.verb || v.Allowed != (c.want == nil) || !errors.Is(v.Err, c.want) || v.Reason != c.code {
			t.Errorf("%s: %s on %s, %s %s: %v (%s), want %v (%s)", c.why, c.actor, c.user, c.verb, c.field, v.Err, v.Reason, c.want, c.code)
		}
	}
}

// TestL27_AskingTellsNothingThatTryingWouldNot asks without a right to anybody.
func TestL27_AskingTellsNothingThatTryingWouldNot(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.hire("ben", "sales", nil)
	o.hire("sue", "sales", roster.Rights{"users:deactivate": roster.All})
	o.hire("dan", "sales", roster.Rights{"deal:view": roster.All})
	reasons := func(a roster.Actor, id roster.UserID) (all []string) {
		for _, v := range o.ask(a, id)[0].Verbs {
			all = append(all, v.Reason)
		}
		return all
	}
	there := reasons(roster.As("ben"), "ada")
	for _, id := range []roster.UserID{"dan", "nobody", ""} {
		if diff := cmp.Diff(there, reasons(roster.As("ben"), id)); diff != "" {
			t.Errorf("of %q ben is told otherwise (-ada +%s):\n%s", id, id, diff)
		}
	}
	dan, ada := o.ask(roster.As("sue"), "dan")[0], o.ask(roster.As("sue"), "ada")[0]
	is.True(dan.Verdict(roster.VerbUserDeactivate, "").Allowed)                                         // her verb
	is.Equal(ada.Verdict(roster.VerbUserDeactivate, "").Reason, "person-is-administrator")              // which she'd learn by trying
	is.Equal(ada.Verdict(roster.VerbTokenRevoke, "").Reason, "right-missing")                           // and no more
	is.Equal(o.ask(roster.As("sue"), "no")[0].Verdict(roster.VerbUserEdit, "").Reason, "right-missing") // not even who is there
	is.Equal(o.ask(roster.As("sue"), "sue")[0].Verdict(roster.VerbRunSweep, ""), roster.Verdict{})      // a verb that isn't among them
}

// TestL27_AnswersInJSON looks at what a browser gets, and at the bounds.
func TestL27_AnswersInJSON(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.hire("ben", "sales", nil)
	told := o.ask(roster.As("ben"), "ben", "ada", "ben")
	is.Equal(len(told), 3)     // each id is answered for, twice where it is asked for twice
	is.Equal(told[0], told[2]) // alike
	is.Equal(len(o.ask(roster.As("ben"))), 0)
	text, err := json.Marshal(told)
	is.NoErr(err)
	is.True(!strings.Contains(string(text), "null"))
	is.True(strings.HasPrefix(string(text), `[{"user":"ben","verbs":[{"verb":"user.edit","allowed":false,"reason":"right-missing","text":"denied: needs users:manage (right-missing)"},`+
		`{"verb":"user.edit","field":"email","allowed":false,`))
	_, err = o.Verbs(t.Context(), roster.As("ben"), make([]roster.UserID, 101)...)
	is.Equal(fields(err), []string{"users"}) // a page, not the account
}

// TestL27_AStoreThatFailsIsNoVerdict fails each call that asking makes.
func TestL27_AStoreThatFailsIsNoVerdict(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.hire("max", "sales", roster.Rights{"users:manage": roster.All, "users:deactivate": roster.All, "users:delete": roster.All})
	o.hire("ben", "sales", nil)
	faulty := storetest.NewFaulty(o.store)
	o.reopen(faulty, func(*roster.Config) {})
	n := 1
	for ; ; n++ {
		faulty.FailAt(n, storetest.Failure{})
		told, err := o.Verbs(t.Context(), roster.As("max"), "ben")
		if !faulty.Failed() {
			break
		}
		if !errors.Is(err, storetest.ErrInjected) || told != nil {
			t.Errorf("call %d, %s: %v, %v", n, faulty.FailedCall(), told, err)
		}
	}
	if n < 20 {
		t.Errorf("only %d calls", n)
	}
}
