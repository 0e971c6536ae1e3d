package offboard_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/offboard"
)

// unreadable are Holdings that can't be counted.
type unreadable struct{ roster.Holdings }

var errDown = errors.New("connection refused")

func (unreadable) Survey(context.Context, roster.UserID) (roster.Survey, error) {
	return roster.Survey{}, errDown
}

func TestG2_UnknownIsNeverZero(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 6)
	f.wrap = func(kind string, h roster.Holdings) roster.Holdings {
		if kind == "contact" {
			return unreadable{h}
		}
		return h
	}
	f.desk = f.newDesk(f.Roster)
	plan, err := f.desk.Assess(t.Context(), roster.As("ada"), request())
	is.NoErr(err) // the assessment itself succeeds
	is.True(slices.ContainsFunc(plan.Blockers, func(b roster.Finding) bool {
		return b.Code == roster.BlockUnknown && b.Kind == "contact"
	})) // and names the source
	_, err = f.desk.Start(t.Context(), roster.As("ada"), plan.Request, plan.Digest)
	is.True(errors.Is(err, roster.ErrBlocked))          // nothing starts
	is.Equal(f.user("leo").Status, roster.StatusActive) // and nobody is fenced
}

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

func TestG7_EveryKindOfCredentialEnds(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 3)
	ctx, leo := t.Context(), roster.As("leo")
	const password = "correct horse battery staple"
	session, err := f.SignIn(ctx, "leo@example.com", password)
	is.NoErr(err) // he signs in
	refresh, err := f.Issue(ctx, leo, roster.TokenOrder{Kind: roster.TokenRefresh, Integration: "telephony"})
	is.NoErr(err) // an integration holds a pair
	secrets := map[string]string{
		"session": session.Secret.Reveal(), "access": refresh.Access.Secret.Reveal(), "personal": f.token("leo"),
	}
	for name, s := range secrets {
		if _, err := f.Check(ctx, s); err != nil {
			t.Errorf("%s isn't good before: %v", name, err)
		}
	}
	plan := f.assess(request())
	want := map[roster.TokenKind]int{roster.TokenSession: 1, roster.TokenAccess: 1, roster.TokenRefresh: 1, roster.TokenPersonal: 1}
	if diff := cmp.Diff(want, plan.Tokens); diff != "" {
		t.Errorf("inventory (-want +got):\n%s", diff)
	}
	_, err = f.desk.Start(ctx, roster.As("ada"), plan.Request, plan.Digest)
	is.NoErr(err) // the fence
	for name, s := range secrets {
		if _, err := f.Check(ctx, s); !errors.Is(err, roster.ErrToken) {
			t.Errorf("%s after the fence: %v", name, err)
		}
	}
	_, err = f.Rotate(ctx, refresh.Secret.Reveal())
	is.True(errors.Is(err, roster.ErrToken)) // nothing is renewed
	_, err = f.SignIn(ctx, "leo@example.com", password)
	is.True(errors.Is(err, roster.ErrSignIn)) // and nobody signs in
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

func TestG12_OwnersMoveAuthorsStay(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 6)
	before := f.all()
	f.work(f.start(request()).ID)
	after := f.all()
	is.Equal(len(after), len(before)) // nothing is deleted (L8)
	for id, was := range before {
		is := after[id]
		want := was.Author
		if id[:4] == "task" { // the one kind whose authors the host moves
			want = "sam"
		}
		if is.Author != want || is.Owner == "leo" {
			t.Errorf("%s: author %s, want %s; owner %s", id, is.Author, want, is.Owner)
		}
		is.Author, is.Owner = was.Author, was.Owner
		if diff := cmp.Diff(was, is); diff != "" {
			t.Errorf("%s: other fields (-want +got):\n%s", id, diff)
		}
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

// seats counts the paid seats that are held.
func (f *firm) seats() int {
	f.t.Helper()
	n := 0
	for u, err := range f.Users(f.t.Context(), roster.As("ada"), roster.UserFilter{Deleted: true}, "") {
		f.must(err)
		if u.HoldsSeat() {
			n++
		}
	}
	return n
}

func TestG19_L26_ASeatIsReleasedOnceAtTheFence(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 3)
	before := f.seats()
	is.Equal(f.assess(request()).Seats, 1) // told before
	run := f.start(request())
	is.Equal(f.seats(), before-1) // released at the fence
	f.work(run.ID)
	is.Equal(f.seats(), before-1) // not again at the burial
}

func TestL13_FreeUsersAreDeletedAlike(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ending := func(free bool) (map[string]memstore.Record, roster.Run, int) {
		f := newFirm(t, 9)
		f.system(roster.EditUser{User: "leo", Free: &free})
		before := f.seats()
		run := f.work(f.start(request()).ID)
		return f.all(), run, before - f.seats()
	}
	paidRecords, paid, paidSeats := ending(false)
	freeRecords, free, freeSeats := ending(true)
	is.Equal([]int{paidSeats, freeSeats}, []int{1, 0}) // the seat is the only difference
	is.Equal(free.State, paid.State)
	if diff := cmp.Diff(paid.Steps, free.Steps); diff != "" {
		t.Errorf("steps (-paid +free):\n%s", diff)
	}
	if diff := cmp.Diff(paidRecords, freeRecords); diff != "" {
		t.Errorf("records (-paid +free):\n%s", diff)
	}
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
