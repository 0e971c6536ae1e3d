package offboard_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/offboard"
)

// TestL2_SeveralLeaversKnowOfEachOther assesses two who would succeed each other.
func TestL2_SeveralLeaversKnowOfEachOther(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 3)
	leo, sam := request(), roster.Request{Leaver: "sam", Authors: "sue", Rules: []roster.Rule{
		{Do: roster.GiveTo, To: []roster.UserID{"sue"}}, {Kind: "integration", Do: roster.SwitchOff},
	}}
	plans, err := f.desk.AssessAll(t.Context(), roster.As("ada"), leo, sam)
	is.NoErr(err)
	is.Equal(codes(plans[0].Blockers), []string{roster.BlockSuccessorLeaving}) // sam leaves too
	is.Equal(len(plans[1].Blockers), 0)
	for i := range leo.Rules {
		if leo.Rules[i].Do == roster.GiveTo || leo.Rules[i].Do == roster.SplitEvenly {
			leo.Rules[i] = roster.Rule{Kind: leo.Rules[i].Kind, Part: leo.Rules[i].Part, Do: roster.GiveTo, To: []roster.UserID{"sue"}}
		}
	}
	leo.Authors = "sue"
	plans, err = f.desk.AssessAll(t.Context(), roster.As("ada"), leo, sam)
	is.NoErr(err)
	for _, plan := range plans {
		is.NoErr(plan.Err())
		run, err := f.desk.Start(t.Context(), roster.As("ada"), plan.Request, plan.Digest)
		is.NoErr(err) // each is started by itself
		f.work(run.ID)
	}
	is.Equal(f.user("sam").Status, roster.StatusDeleted)
	_, err = f.desk.AssessAll(t.Context(), roster.As("ada"), leo, leo)
	is.True(errors.Is(err, roster.ErrInvalid)) // the same leaver twice
}

// TestL17_SweepFindsAndHandsOverWhatCameLate writes records for a tombstone.
func TestL17_SweepFindsAndHandsOverWhatCameLate(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 6)
	f.work(f.start(request()).ID)
	remains := func() (all []offboard.Remains) {
		for r, err := range f.desk.Remains(t.Context(), roster.As("ada")) {
			is.NoErr(err)
			r.Survey.Fingerprint = ""
			all = append(all, r)
		}
		return all
	}
	is.Equal(len(remains()), 0) // nothing is left
	is.NoErr(f.records["deal"].Put(memstore.Record{ID: "late", Part: "won", Owner: "leo"}))
	want := []offboard.Remains{{User: "leo", Status: roster.StatusDeleted, Kind: "deal", Survey: roster.Survey{Responsible: map[string]int{"won": 1}, Authored: 7}}}
	if diff := cmp.Diff(want, remains()); diff != "" {
		t.Errorf("remains (-want +got):\n%s", diff)
	}
	_, err := f.desk.Sweep(t.Context(), roster.As("sam"), roster.Request{Leaver: "leo"})
	is.True(errors.Is(err, roster.ErrDenied)) // not everybody
	_, err = f.desk.Sweep(t.Context(), roster.As("ada"), roster.Request{Leaver: "sam"})
	is.True(errors.Is(err, roster.ErrState)) // only what reached the deleted
	before := f.user("leo")
	run, err := f.desk.Sweep(t.Context(), roster.As("ada"), roster.Request{Leaver: "leo"})
	is.NoErr(err)
	_, err = f.desk.Sweep(t.Context(), roster.As("ada"), roster.Request{Leaver: "leo"})
	is.True(errors.Is(err, roster.ErrState)) // one run a user
	is.Equal(f.work(run.ID).State, roster.RunDone)
	found, _ := f.records["deal"].Find("late")
	is.Equal(found.Owner, roster.UserID("sid")) // by the rules of the deletion
	is.Equal(len(remains()), 0)
	if diff := cmp.Diff(before, f.user("leo")); diff != "" {
		t.Errorf("sweeping changed the tombstone (-want +got):\n%s", diff)
	}
	is.NoErr(f.records["deal"].Put(memstore.Record{ID: "later", Owner: "leo"}))
	run, err = f.desk.Sweep(t.Context(), roster.As("ada"), roster.Request{Leaver: "leo", Rules: []roster.Rule{{Kind: "deal", Do: roster.NoOwner}}})
	is.NoErr(err)
	_, err = f.desk.Lift(t.Context(), roster.As("ada"), run.ID, "")
	is.NoErr(err)
	is.Equal(f.user("leo").Status, roster.StatusDeleted) // lifting a sweep brings nobody back
	_, err = f.desk.Sweep(t.Context(), roster.As("ada"), roster.Request{Leaver: "leo", Rules: []roster.Rule{{Kind: "task", Do: roster.NoOwner}}})
	is.True(errors.Is(err, roster.ErrBlocked)) // no rule covers deals
}

// TestG17_DeskRefusesHalfRegisteredKinds lists everything wrong with the kinds at once.
func TestG17_DeskRefusesHalfRegisteredKinds(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 0)
	_, err := offboard.New(f.Roster,
		offboard.Kind{Name: "deal", Holdings: f.records["deal"]},
		offboard.Kind{Name: "deal", Holdings: f.records["deal"]},
		offboard.Kind{Holdings: f.records["deal"], Needs: []string{}},
		offboard.Kind{Name: "webhook", Holdings: f.records["deal"], Acting: true},
		offboard.Kind{Name: "task", Needs: []string{"fly", "moon:land", "view"}, Authorship: 9},
		offboard.Kind{Name: "note", Exempt: "notes follow their deal", Holdings: f.records["deal"]},
	)
	var faults roster.Faults
	is.True(errors.As(err, &faults))
	var fields []string
	for _, x := range faults {
		fields = append(fields, x.Field)
	}
	want := []string{"kinds[1].name", "kinds[2].name", "kinds[3].needs", "kinds[4].holdings", "kinds[4].authorship", "kinds[4].needs[0]", "kinds[4].needs[1]",
		"kinds[5].exempt", "kinds", "kinds", "kinds"} // contact, company and catalog are forgotten
	if diff := cmp.Diff(want, fields); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
	_, err = offboard.New(nil)
	is.True(err != nil) // a roster is needed
	_, err = offboard.New(f.Roster, exempt(f.Schema())...)
	is.NoErr(err) // a host without records still has people who leave
}

// TestR10_ASweepShowsItsActorNothing has vera, who is no administrator and sees her department's tasks, sweep by
// the rules that an administrator confirmed: what came late would go to her colleague, and so into her sight.
func TestR10_ASweepShowsItsActorNothing(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 3)
	f.hire(roster.User{ID: "vera", Department: "support", Rights: roster.Rights{"task:view": roster.InDepartment}})
	f.system(roster.GrantDeleteUsers{User: "vera"}, roster.SetRights{User: "ben", Rights: roster.Rights{"task:view": roster.Own, "task:edit": roster.Own}})
	req := request()
	req.Rules[3] = roster.Rule{Kind: "task", Do: roster.GiveTo, To: []roster.UserID{"ben"}}
	is.Equal(f.work(f.start(req).ID).State, roster.RunDone)
	f.must(f.records["task"].Put(memstore.Record{ID: "late", Owner: "leo"}))
	_, err := f.desk.Sweep(t.Context(), roster.As("vera"), roster.Request{Leaver: "leo"})
	var blocked *roster.BlockedError
	is.True(errors.As(err, &blocked)) // the rules were confirmed, what they do for her was not
	is.Equal(blocked.Blockers[0].Code, roster.BlockGainsSight)
	run, err := f.desk.Sweep(t.Context(), roster.As("ada"), roster.Request{Leaver: "leo"})
	is.NoErr(err) // an administrator sees it anyhow
	is.Equal(f.work(run.ID).State, roster.RunDone)
	late, _ := f.records["task"].Find("late")
	is.Equal(late.Owner, roster.UserID("ben"))
}

// surveysCounted counts how often records are surveyed.
type surveysCounted struct {
	*memstore.Records
	times *atomic.Int64
}

func (s surveysCounted) Survey(ctx context.Context, user roster.UserID) (roster.Survey, error) {
	s.times.Add(1)
	return s.Records.Survey(ctx, user)
}

// TestSweep_NobodyElseCausesASurvey has those who may not delete users ask for a sweep.
func TestSweep_NobodyElseCausesASurvey(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 0)
	f.dangle(3)
	var times atomic.Int64
	f.wrap = func(_ string, h roster.Holdings) roster.Holdings {
		return surveysCounted{h.(*memstore.Records), &times}
	}
	desk := f.newDesk(f.Roster)
	for _, a := range []roster.Actor{roster.As("sam"), roster.As("nobody"), {}} {
		_, err := desk.Sweep(t.Context(), a, danglingTo("sam"))
		is.True(errors.Is(err, roster.ErrDenied)) // it needs users:delete
	}
	is.Equal(times.Load(), int64(0)) // a survey may cost the host much
	_, err := desk.Sweep(t.Context(), roster.As("ada"), danglingTo("sam"))
	is.NoErr(err)
	is.True(times.Load() > 0) // who may does
}
