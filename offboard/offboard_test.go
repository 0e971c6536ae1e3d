package offboard_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/offboard"
)

// TestL12_DeletionFromAssessmentToTombstone walks the whole way once.
func TestL12_DeletionFromAssessmentToTombstone(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 900)
	token := f.token("leo")
	_, err := f.Check(t.Context(), token)
	is.NoErr(err) // the token is good before
	before := f.all()

	plan := f.assess(request())
	is.Equal(plan.Tokens, map[roster.TokenKind]int{roster.TokenPersonal: 1}) // one token would end
	if diff := cmp.Diff(before, f.all()); diff != "" {
		t.Errorf("assessing changed records (-want +got):\n%s", diff) // L3
	}
	is.Equal(f.user("leo").Status, roster.StatusActive) // assessing changes nothing

	run, err := f.desk.Start(t.Context(), roster.As("ada"), plan.Request, plan.Digest)
	is.NoErr(err)
	is.Equal(f.user("leo").Status, roster.StatusLeaving) // fenced
	_, err = f.Check(t.Context(), token)
	is.True(errors.Is(err, roster.ErrToken)) // L7: access ends at the fence, before any record moves
	if diff := cmp.Diff(before, f.all()); diff != "" {
		t.Errorf("starting moved records (-want +got):\n%s", diff)
	}

	var told []offboard.Progress
	run, err = f.desk.Work(t.Context(), run.ID, func(p offboard.Progress) { told = append(told, p) })
	is.NoErr(err)
	is.Equal(run.State, roster.RunDone)
	is.Equal(told[len(told)-1].Moved, told[len(told)-1].Total) // the bar ends full
	is.Equal(f.user("leo").Status, roster.StatusDeleted)
	is.Equal(f.count("leo"), map[string]int{}) // nothing is the leaver's
	want := map[roster.UserID]map[string]int{
		"sam": {"deal": 301, "contact": 901, "task": 1, "integration": 1},
		"sue": {"deal": 300, "integration": 3},
		"sid": {"deal": 300, "task": 900},
	}
	for id, counts := range want {
		if diff := cmp.Diff(counts, f.count(id)); diff != "" {
			t.Errorf("records of %s (-want +got):\n%s", id, diff)
		}
	}
	_, err = f.Verify(t.Context(), roster.Head{})
	is.NoErr(err) // the trail verifies
	_, err = f.Check(t.Context(), token)
	is.True(errors.Is(err, roster.ErrToken)) // and the token stays dead
	again := f.work(run.ID)
	is.Equal(again.Ended, run.Ended) // working on a run that is done does nothing
}

// TestG23_OutcomeTellsEveryStep reads what became of a run in which every kind of thing happened.
func TestG23_OutcomeTellsEveryStep(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 6)
	is.NoErr(f.records["integration"].Put(memstore.Record{ID: "hook", Owner: "leo", Problem: "401 from the bank"}))
	req := request()
	req.Rules = append(req.Rules[:4:4],
		roster.Rule{Kind: "integration", Do: roster.SwitchOff},
		roster.Rule{Kind: "integration", Records: []string{"hook"}, Do: roster.GiveTo, To: []roster.UserID{"sue"}},
		roster.Rule{Kind: "contact", Records: []string{"contact-000003"}, Do: roster.NoOwner},
	)
	run := f.start(req)
	f.hold(func(kind string) { // between the page and the move somebody else decides
		switch kind {
		case "deal":
			_, err := f.records["deal"].Move(t.Context(), roster.MoveOrder{Tie: roster.Responsible, From: "leo", To: "ben", IDs: []string{"deal-000000"}})
			is.NoErr(err)
		case "task":
			f.records["task"].Delete("task-000001")
		}
	})
	f.work(run.ID)
	o, err := f.desk.Outcome(t.Context(), roster.As("ada"), run.ID)
	is.NoErr(err)
	want := `Run R of leo: done
  done: deal: 1 to sam, 0 to sue; 1 left alone
    left alone: deal-000000 (elsewhere)
  done: deal in new: 1 to sam, 1 to sue
  done: deal in won: 2 to sid
  done: contact contact-000003: 1 left without an owner
  done: contact: 5 to sam
  done: task: 5 to sid; 1 left alone
    left alone: task-000001 (gone)
  done: task, authors: 6 to sam
  done: integration hook: 1 to sue
  done: integration: 3 switched off
  FAILS: integration hook: 401 from the bank
`
	if diff := cmp.Diff(want, strings.ReplaceAll(o.String(), string(run.ID), "R")); diff != "" {
		t.Errorf("outcome (-want +got):\n%s", diff)
	}
	off, _ := f.records["integration"].Find("integration-000000")
	is.True(off.Off) // switched off on purpose
	_, err = f.desk.Outcome(t.Context(), roster.As("sam"), run.ID)
	is.True(errors.Is(err, roster.ErrDenied)) // a colleague may not read it
}
