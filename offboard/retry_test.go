package offboard_test

import (
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/offboard"
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

// TestL17_WhoIsNotActiveAnyMoreIsReplaced lets a successor's account end by itself in the middle of a move that was
// carried out in part: what arrived is told, the rest goes to somebody else.
func TestL17_WhoIsNotActiveAnyMoreIsReplaced(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 12)
	end := f.clock.now().AddDate(0, 0, 1)
	f.system(roster.EditUser{User: "sam", EndDate: &end})
	req := request()
	req.Authors = "sue"
	req.Rules = append(req.Rules, roster.Rule{Kind: "task", Records: []string{"task-000004", "task-000002"}, Do: roster.GiveTo, To: []roster.UserID{"sam"}})
	run := f.start(req)
	x := &faults{at: 2} // the second move, of deals to sue; the first was to sam
	f.wrap = func(kind string, h roster.Holdings) roster.Holdings {
		if kind != "contact" {
			return h
		}
		return halfway{h.(*memstore.Records), x}
	}
	f.desk = f.newDesk(f.Roster).With(offboard.Settings{Chunk: 4})
	_, err := f.desk.Work(t.Context(), run.ID, nil)
	is.True(errors.Is(err, errHoldings)) // two of the second four contacts have moved
	f.clock.forward(48 * time.Hour)
	run, err = f.desk.Work(t.Context(), run.ID, nil)
	is.True(errors.Is(err, roster.ErrParked))
	is.Equal(f.count("sam"), map[string]int{"deal": 5, "contact": 7, "task": 1, "integration": 1}) // with one of sam's own in each
	for m, err := range f.desk.Moved(t.Context(), roster.As("ada"), run.ID) {
		is.NoErr(err)
		is.True(!m.Open) // what was intended is known
	}
	o, err := f.desk.Outcome(t.Context(), roster.As("ada"), run.ID)
	is.NoErr(err)
	is.Equal(o.Steps[3].Skips, []roster.Skip{{ID: "contact-000006", Reason: "inactive"}, {ID: "contact-000007", Reason: "inactive"}})
	_, err = f.desk.Retry(t.Context(), roster.As("ada"), run.ID)
	is.NoErr(err)
	_, err = f.desk.Work(t.Context(), run.ID, nil)
	is.True(errors.Is(err, roster.ErrParked)) // by the same rules it comes to the same
	to := func(kind string, id roster.UserID, records ...string) roster.Rule {
		return roster.Rule{Kind: kind, Records: records, Do: roster.GiveTo, To: []roster.UserID{id}}
	}
	_, err = f.desk.Retry(t.Context(), roster.As("ada"), run.ID, to("contact", "sue"))
	is.True(errors.Is(err, roster.ErrBlocked)) // of the others something is left too
	_, err = f.desk.Retry(t.Context(), roster.As("ada"), run.ID, to("contact", "sue"), to("task", "sue", "task-000002", "task-000004"),
		roster.Rule{Kind: "deal", Part: "won", Do: roster.NoOwner})
	is.True(errors.Is(err, roster.ErrInvalid)) // sid is active: that rule stands
	run, err = f.desk.Retry(t.Context(), roster.As("ada"), run.ID, to("contact", "sue"), to("task", "sue", "task-000002", "task-000004"))
	is.NoErr(err)
	is.Equal(len(run.Request.Rules), len(req.Rules)) // in the places of those before
	events := f.events(roster.VerbRunRetry)
	is.Equal(events[len(events)-1].Fields, []string{"rules[2]", "rules[5]"})
	run = f.work(run.ID)
	is.Equal(run.State, roster.RunDone)
	for m, err := range f.desk.Moved(t.Context(), roster.As("ada"), run.ID) {
		is.NoErr(err)
		rec, _ := f.records[m.Kind].Find(m.ID)
		is.True(m.Tie == roster.Author || rec.Owner == m.To) // the journal tells the truth
	}
	is.Equal(f.count("sue")["contact"], 6) // the rest of them
}

// TestL17_NobodyElsesRetryCausesASurvey has those who may read runs, and no more, retry one with a rule.
func TestL17_NobodyElsesRetryCausesASurvey(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 1)
	f.hire(roster.User{ID: "mara", Department: "support", Rights: roster.Rights{"users:manage": roster.All}})
	f.must(f.records["contact"].Put(memstore.Record{ID: "contact-000000", Owner: "sam", Author: "leo"}))
	req := request()
	req.Rules = slices.Delete(req.Rules, 2, 3) // none for contacts
	run := f.start(req)
	f.must(f.records["contact"].Put(memstore.Record{ID: "late", Owner: "leo"}))
	run, err := f.desk.Work(t.Context(), run.ID, nil)
	is.True(errors.Is(err, roster.ErrParked))
	var times atomic.Int64
	f.wrap = func(_ string, h roster.Holdings) roster.Holdings {
		return surveysCounted{h.(*memstore.Records), &times}
	}
	desk := f.newDesk(f.Roster)
	rule := roster.Rule{Kind: "contact", Do: roster.GiveTo, To: []roster.UserID{"sam"}}
	for _, a := range []roster.Actor{roster.As("mara"), roster.As("sam"), {}} {
		_, err := desk.Retry(t.Context(), a, run.ID, rule)
		is.True(errors.Is(err, roster.ErrDenied)) // it needs users:delete
	}
	is.Equal(times.Load(), int64(0)) // a survey may cost the host much
	_, err = desk.Retry(t.Context(), roster.As("ada"), run.ID, rule)
	is.NoErr(err)
	is.True(times.Load() > 0) // who may causes one
}
