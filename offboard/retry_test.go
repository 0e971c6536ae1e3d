package offboard_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
)

// TestL17_AParkedRunIsGivenARule parks a run for a contact that no rule covers, and adds the rule.
func TestL17_AParkedRunIsGivenARule(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 1)
	f.hire(roster.User{ID: "dora", Department: "support", Rights: roster.Rights{"contact:view": roster.InDepartment}})
	f.system(roster.GrantDeleteUsers{User: "dora"})
	f.must(f.records["contact"].Put(memstore.Record{ID: "contact-000000", Owner: "sam", Author: "leo"}))
	req := request()
	req.Rules = append(req.Rules[:2:2], req.Rules[3:]...) // none for contacts
	run := f.start(req)
	f.must(f.records["contact"].Put(memstore.Record{ID: "late", Owner: "leo"}))
	run, err := f.desk.Work(t.Context(), run.ID, nil)
	is.True(errors.Is(err, roster.ErrParked))

	to := func(id roster.UserID) roster.Rule {
		return roster.Rule{Kind: "contact", Do: roster.GiveTo, To: []roster.UserID{id}}
	}
	for _, c := range []struct {
		name  string
		actor roster.UserID
		rules []roster.Rule
		want  error
		code  string
	}{
		{"without the right to delete users", "sam", []roster.Rule{to("sam")}, roster.ErrDenied, ""},
		{"malformed", "ada", []roster.Rule{{Kind: "contact"}}, roster.ErrInvalid, ""},
		{"covers the same as a confirmed one", "ada", []roster.Rule{{Kind: "deal", Do: roster.NoOwner}}, roster.ErrInvalid, ""},
		{"a successor who isn't there", "ada", []roster.Rule{to("eve")}, roster.ErrBlocked, roster.BlockSuccessorUnknown},
		{"a record that isn't the leaver's", "ada", []roster.Rule{to("sam"), {Kind: "task", Records: []string{"task-sam"}, Do: roster.NoOwner}}, roster.ErrBlocked, roster.BlockRuleRecord},
		{"by which the actor would see them", "dora", []roster.Rule{to("ben")}, roster.ErrDenied, roster.BlockGainsSight},
	} {
		t.Run(c.name, func(t *testing.T) {
			is := is.New(t)
			_, err := f.desk.Retry(t.Context(), roster.As(c.actor), run.ID, c.rules...)
			is.True(errors.Is(err, c.want)) // refused
			var blocked *roster.BlockedError
			if c.code != "" {
				is.True(errors.As(err, &blocked))
				is.Equal(blocked.Blockers[0].Code, c.code)
			}
			if diff := cmp.Diff(run, f.find(run.ID)); diff != "" {
				t.Errorf("a refused retry changed the run (-want +got):\n%s", diff)
			}
			refused := f.events(roster.VerbRunRetry)
			is.Equal(refused[len(refused)-1].Outcome, roster.OutcomeRefused) // and told
		})
	}

	run, err = f.desk.Retry(t.Context(), roster.As("ada"), run.ID, to("sam"))
	is.NoErr(err)
	is.Equal(run.Request.Rules, append(req.Rules, to("sam")))
	events := f.events(roster.VerbRunRetry)
	is.Equal(events[len(events)-1].Fields, []string{"rules[4]"}) // which rule is new
	is.Equal(f.work(run.ID).State, roster.RunDone)
	found, _ := f.records["contact"].Find("late")
	is.Equal(found.Owner, roster.UserID("sam"))
}

// TestR10_SweepShowsTheActorNothing sweeps by rules that would show the actor what they can't see.
func TestR10_SweepShowsTheActorNothing(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 1)
	f.hire(roster.User{ID: "dora", Department: "support", Role: "helper"})
	f.system(roster.GrantDeleteUsers{User: "dora"})
	f.work(f.start(request()).ID)
	f.must(f.records["contact"].Put(memstore.Record{ID: "late", Owner: "leo"}))
	hers := []roster.Rule{{Kind: "contact", Do: roster.GiveTo, To: []roster.UserID{"dora"}}}
	_, err := f.desk.Sweep(t.Context(), roster.As("dora"), roster.Request{Leaver: "leo", Rules: hers})
	is.True(errors.Is(err, roster.ErrDenied)) // not by rules of her own
	run, err := f.desk.Sweep(t.Context(), roster.As("dora"), roster.Request{Leaver: "leo"})
	is.NoErr(err) // by those that were confirmed
	is.Equal(f.work(run.ID).State, roster.RunDone)
	found, _ := f.records["contact"].Find("late")
	is.Equal(found.Owner, roster.UserID("sam"))
}
