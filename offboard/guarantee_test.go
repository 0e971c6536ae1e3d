package offboard_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/offboard"
)

func TestG2_CountsDontDependOnWhoLooks(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 6)
	f.hire(roster.User{ID: "dora", Department: "support"})
	f.system(roster.GrantDeleteUsers{User: "dora"}) // who may see no record at all
	hers, err := f.desk.Assess(t.Context(), roster.As("dora"), request())
	is.NoErr(err) // she may assess
	if diff := cmp.Diff(f.assess(request()).Kinds, hers.Kinds); diff != "" {
		t.Errorf("what is there (-administrator +dora):\n%s", diff)
	}
}

func TestG9_TheRunHoldsAllThatWorkNeeds(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 9)
	run := f.start(request())
	other := roster.UserID("sue")
	f.system(roster.EditDepartment{Department: "sales", Head: &other}) // tasks were confirmed for sid, the head then
	r, err := roster.New(f.store, f.Schema(), roster.Config{Now: f.clock.now, Hasher: cheap{}})
	is.NoErr(err) // another process
	run, err = f.newDesk(r).Work(t.Context(), run.ID, nil)
	is.NoErr(err)                                      // which knows the run's id alone
	is.Equal(run.State, roster.RunDone)                // finishes
	is.Equal(f.count("sid")["task"], 9)                // what was confirmed
	is.Equal(len(f.count("leo")), 0)                   // all of it
	is.Equal(f.count("sue")["task"], 0)                // and nothing else
	is.Equal(run.Request.Leaver, roster.UserID("leo")) // the request is in the run
}

// measured are Holdings that remember the largest page and move they were asked for.
type measured struct {
	*memstore.Records
	page, move *int
}

func (m measured) Page(ctx context.Context, q roster.Query) ([]roster.Record, error) {
	*m.page = max(*m.page, q.Limit)
	return m.Records.Page(ctx, q)
}

func (m measured) Move(ctx context.Context, o roster.MoveOrder) ([]roster.MoveResult, error) {
	*m.move = max(*m.move, len(o.IDs))
	return m.Records.Move(ctx, o)
}

func TestG10_ChunksAreBounded(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 300)
	page, move := 0, 0
	f.wrap = func(_ string, h roster.Holdings) roster.Holdings {
		return measured{h.(*memstore.Records), &page, &move}
	}
	set := offboard.Settings{Chunk: 20}
	f.desk = f.newDesk(f.Roster).With(set)
	f.work(f.start(request()).ID)
	is.Equal(len(f.count("leo")), 0) // all of it moved
	is.Equal(move, set.Chunk)        // in chunks as large as asked for, none larger
	is.True(page <= 1000)            // and read in pages that don't grow either
}

func TestG11_OrphansAreReportedNeverDeleted(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 3)
	f.work(f.start(request()).ID)
	late := memstore.Record{ID: "late", Part: "new", Owner: "leo", Author: "sam"}
	is.NoErr(f.records["deal"].Put(late)) // a writer that never asked
	before := f.all()
	found := 0
	for left, err := range f.desk.Remains(t.Context(), roster.As("ada")) {
		is.NoErr(err)                             // everything could be counted
		is.Equal(left.User, roster.UserID("leo")) // it names the leaver
		found += left.Survey.Total()
	}
	is.Equal(found, 1) // the one that came late
	if diff := cmp.Diff(before, f.all()); diff != "" {
		t.Errorf("sweeping changed records (-want +got):\n%s", diff)
	}
}

func TestG17_ActingThingsNeedARuleOfTheirOwn(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 3)
	req := roster.Request{Leaver: "leo", Authors: "sam", Rules: []roster.Rule{{Do: roster.GiveTo, To: []roster.UserID{"sam"}}}}
	plan, err := f.desk.Assess(t.Context(), roster.As("ada"), req)
	is.NoErr(err)
	is.Equal(len(plan.Blockers), 1)                // a rule for every kind is for records
	is.Equal(plan.Blockers[0].Kind, "integration") // not for what acts in the leaver's name
	req.Rules = append(req.Rules, roster.Rule{Kind: "integration", Do: roster.SwitchOff})
	f.work(f.start(req).ID)
	for id, rec := range f.all() {
		if rec.Author == "leo" && rec.Owner == "" && !rec.Off {
			t.Errorf("%s has no owner and still acts", id)
		}
	}
	is.Equal(f.count("leo"), map[string]int{}) // nothing acts for the leaver
}

func TestG18_L18_WhoLeavesReceivesNothing(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 3)
	receives := func(id roster.UserID) bool {
		d, err := f.MayReceive(t.Context(), id, "deal", "won")
		is.NoErr(err)
		return d.Allowed
	}
	is.True(receives("leo")) // before
	run := f.start(request())
	is.True(!receives("leo")) // from the fence on
	is.True(receives("sam"))  // others go on
	f.work(run.ID)
	is.True(!receives("leo"))    // nor does a tombstone
	is.True(!receives("nobody")) // nor who isn't there
}

func TestG22_L22_NoVerbImpliesAnother(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 3)
	before := f.all()
	f.system(roster.Deactivate{User: "leo"})
	is.Equal(f.user("leo").Status, roster.StatusInactive) // deactivating doesn't delete
	if diff := cmp.Diff(before, f.all()); diff != "" {
		t.Errorf("deactivating moved records (-want +got):\n%s", diff)
	}
	run := f.start(request())
	_, err := f.desk.Lift(t.Context(), roster.As("ada"), run.ID, "he stays")
	is.NoErr(err)
	is.Equal(f.user("leo").Status, roster.StatusInactive) // lifting doesn't reactivate
	f.work(f.start(request()).ID)
	leo := f.user("leo")
	is.Equal(leo.Status, roster.StatusDeleted) // deleting doesn't erase
	is.Equal(leo.LastName, "Example")          // the tombstone keeps the name until that is asked for
	_, err = f.Apply(t.Context(), roster.As("ada"), roster.Reactivate{User: "leo"})
	is.True(errors.Is(err, roster.ErrState)) // and nothing brings the user back
}
