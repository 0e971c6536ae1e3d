package offboard_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
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
