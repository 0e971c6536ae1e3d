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

// codes lists the codes of findings.
func codes(findings []roster.Finding) []string {
	var all []string
	for _, f := range findings {
		all = append(all, f.Code)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// TestL8_NothingIsDeletedAndAuthorsStay compares every record before and after a deletion.
func TestL8_NothingIsDeletedAndAuthorsStay(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 40)
	before := f.all()
	f.work(f.start(request()).ID)
	after := f.all()
	is.Equal(len(after), len(before)) // no record came or went
	for id, was := range before {
		now := after[id]
		if was.Author == "leo" && len(id) > 5 && id[:5] == "task/" {
			was.Author = "sam" // the host moves the authors of tasks, and of nothing else
		}
		was.Owner, now.Owner = "", ""
		if diff := cmp.Diff(was, now); diff != "" {
			t.Errorf("%s (-want +got):\n%s", id, diff)
		}
	}
	for id := range f.records["task"].All() {
		is.True(id.Author != "leo") // the moved authorship is complete
	}
}

// TestL7_AccessEndsAtTheFence tries every way in once the fence stands.
func TestL7_AccessEndsAtTheFence(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 3)
	session, err := f.SignIn(t.Context(), "leo@example.com", "correct horse battery staple")
	is.NoErr(err)
	secrets := []string{session.Secret.Reveal(), f.token("leo")}
	f.system(roster.SendReset{User: "leo"})
	f.start(request())
	for _, s := range secrets {
		_, err := f.Check(t.Context(), s)
		is.True(errors.Is(err, roster.ErrToken)) // sessions and personal tokens
	}
	_, err = f.SignIn(t.Context(), "leo@example.com", "correct horse battery staple")
	is.True(errors.Is(err, roster.ErrSignIn)) // the password
	_, err = f.Apply(t.Context(), roster.As("leo"), roster.EditUser{User: "leo", FirstName: new("Leonid")})
	is.True(errors.Is(err, roster.ErrDenied)) // R16: as an actor
	is.NoErr(f.store.View(t.Context(), func(tx roster.Tx) error {
		open, err := tx.ListLetters("leo", true, "", 10)
		is.Equal(len(open), 0) // no letter would mint a secret any more
		return err
	}))
}

// TestL12_AfterADeletionEveryAnswerIsDenied asks everything there is to ask about a tombstone.
func TestL12_AfterADeletionEveryAnswerIsDenied(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 3)
	f.work(f.start(request()).ID)
	record := roster.Record{ID: "x", Owner: "leo", Department: "sales"}
	ask := func(text string) {
		right, err := f.Schema().Right(text)
		is.NoErr(err)
		d, err := f.Can(t.Context(), "leo", right, record)
		is.NoErr(err)
		is.True(!d.Allowed) // every right on the leaver's own record
	}
	for _, k := range f.Schema().Kinds() {
		for _, a := range k.Actions {
			ask(k.Name + ":" + a.Name)
			for _, p := range k.Parts {
				ask(k.Name + ":" + a.Name + "@" + p.Name)
			}
		}
		d, err := f.MayReceive(t.Context(), "leo", k.Name, "")
		is.NoErr(err)
		is.True(!d.Allowed) // L18: no work is assigned to a tombstone
	}
	for _, fn := range f.Schema().Functions() {
		ask(fn.Name)
	}
	u := f.user("leo")
	want := roster.User{ID: "leo", FirstName: "Leo", LastName: "Example", Department: "sales", Status: roster.StatusDeleted,
		Epoch: u.Epoch, Created: u.Created, LastSeen: u.LastSeen, Version: u.Version}
	if diff := cmp.Diff(want, u); diff != "" {
		t.Errorf("tombstone (-want +got):\n%s", diff)
	}
	for listed, err := range f.Users(t.Context(), roster.As("ada"), roster.UserFilter{}, "") {
		is.NoErr(err)
		is.True(listed.ID != "leo") // out of the list
	}
	_, err := f.Apply(t.Context(), roster.As("ada"), roster.Reactivate{User: "leo"})
	is.True(errors.Is(err, roster.ErrState)) // irreversible through ordinary calls
	f.hire(roster.User{ID: "leo2", Department: "sales", Role: "seller"})
	_, err = f.Apply(t.Context(), roster.As("ada"), roster.EditUser{User: "leo2", Email: new("leo@example.com")})
	is.NoErr(err) // RFC 7644 §3.6: a tombstone's address doesn't collide
}

// TestL13_FreeUsersAreDeletedTheVerySameWay compares the ending with that of a paid user.
func TestL13_FreeUsersAreDeletedTheVerySameWay(t *testing.T) {
	t.Parallel()
	run := func(free bool) (ending, []roster.Verb) {
		f := newFirm(t, 12)
		f.system(roster.EditUser{User: "leo", Free: &free})
		f.work(f.start(request()).ID)
		var verbs []roster.Verb
		for _, e := range f.events("") {
			if e.Verb == roster.VerbRunFence || verbs != nil {
				verbs = append(verbs, e.Verb)
			}
		}
		return f.ending(), verbs
	}
	paid, paidVerbs := run(false)
	free, freeVerbs := run(true)
	leo := free.Users["leo"]
	leo.Free = false
	free.Users["leo"] = leo
	leo = paid.Users["leo"]
	leo.Version = free.Users["leo"].Version // setting the flag to what it was may count as a change or not
	paid.Users["leo"] = leo
	if diff := cmp.Diff(paid, free); diff != "" {
		t.Errorf("ending (-paid +free):\n%s", diff)
	}
	if diff := cmp.Diff(paidVerbs, freeVerbs); diff != "" {
		t.Errorf("trail (-paid +free):\n%s", diff)
	}
}

// TestL26_SeatIsReleasedOnceAtTheFence counts seats on the way.
func TestL26_SeatIsReleasedOnceAtTheFence(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 3)
	seats := func() (n int) {
		for u, err := range f.Users(t.Context(), roster.As("ada"), roster.UserFilter{Deleted: true}, "") {
			is.NoErr(err)
			if u.HoldsSeat() {
				n++
			}
		}
		return n
	}
	is.Equal(seats(), 7)
	is.Equal(f.assess(request()).Seats, 1) // the plan says so
	run := f.start(request())
	is.Equal(seats(), 6) // at the fence
	f.work(run.ID)
	is.Equal(seats(), 6) // not again at the burial
	f.hire(roster.User{ID: "guest", Department: "sales", Free: true})
	req := roster.Request{Leaver: "guest"}
	is.Equal(f.assess(req).Seats, 0) // a free user holds none
	f.work(f.start(req).ID)
	is.Equal(seats(), 6) // so none is freed
}

// TestL14_GuardsHoldAtTheFence tries who may not, on whom nobody may.
func TestL14_GuardsHoldAtTheFence(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		actor  roster.Actor
		leaver roster.UserID
		setup  []roster.Change
		want   error
		why    string
	}{
		{"without the right", roster.As("sam"), "leo", nil, roster.ErrDenied, "a user without the right deletes no one"},
		{"the zero actor", roster.Actor{}, "leo", nil, roster.ErrDenied, "nobody may do nothing"},
		{"an unknown actor", roster.As("nobody"), "leo", nil, roster.ErrDenied, "R16"},
		{"an inactive actor", roster.As("alan"), "leo", []roster.Change{roster.Deactivate{User: "alan"}}, roster.ErrDenied, "R16, administrators included"},
		{"with the right, an administrator", roster.As("sam"), "alan", []roster.Change{roster.GrantDeleteUsers{User: "sam"}}, roster.ErrDenied, "only an administrator deletes an administrator"},
		{"with the right, oneself", roster.As("sam"), "sam", []roster.Change{roster.GrantDeleteUsers{User: "sam"}}, roster.ErrSelf, "nobody deletes themselves"},
		{"an administrator, oneself", roster.As("ada"), "ada", nil, roster.ErrSelf, "nobody deletes themselves"},
		{"the last administrator", roster.System("cron"), "ada", []roster.Change{roster.Deactivate{User: "alan"}}, roster.ErrLastAdministrator, "the host is bound too"},
		{"an unknown leaver", roster.As("ada"), "nobody", nil, roster.ErrBlocked, "there is nobody to delete"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			f := newFirm(t, 3)
			f.system(tc.setup...)
			req := roster.Request{Leaver: tc.leaver, Rules: []roster.Rule{{Do: roster.NoOwner}, {Kind: "integration", Do: roster.SwitchOff}}, Authors: "sue"}
			plan, err := f.desk.Assess(t.Context(), tc.actor, req)
			if err == nil {
				err = plan.Err()
			}
			is.True(errors.Is(err, tc.want)) // the assessment says so
			head, err := f.Head(t.Context())
			is.NoErr(err)
			_, err = f.desk.Start(t.Context(), tc.actor, req, plan.Digest)
			is.True(errors.Is(err, tc.want)) // and the fence, in its own transaction
			is.Equal(len(f.events(roster.VerbRunFence)), 1)
			is.Equal(f.events(roster.VerbRunFence)[0].Seq, head.Seq+1) // the refusal alone is in the trail (W1)
		})
	}
	t.Run("who may", func(t *testing.T) {
		t.Parallel()
		is := is.New(t)
		f := newFirm(t, 3)
		f.system(roster.GrantDeleteUsers{User: "sue"})
		req := roster.Request{Leaver: "alan"}
		f.work(f.start(req).ID) // an administrator another administrator
		req = roster.Request{Leaver: "ben"}
		plan, err := f.desk.Assess(t.Context(), roster.As("sue"), req)
		is.NoErr(err)
		_, err = f.desk.Start(t.Context(), roster.As("sue"), plan.Request, plan.Digest)
		is.NoErr(err) // who holds the right, a user who isn't an administrator
	})
}

// TestL11_RightsAreHandedOn hands a right and a role to a colleague, who then may receive.
func TestL11_RightsAreHandedOn(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 9)
	f.hire(roster.User{ID: "new", Department: "sales"})
	f.system(roster.SetRights{User: "leo", Rights: roster.Rights{"reports:view": roster.All}})
	req := request()
	req.Rules[2].To = []roster.UserID{"ben"} // ben sees contacts of support only, and edits his own: enough to receive
	req.Rules[1].To = []roster.UserID{"new"} // new may receive deals only by what is handed on
	req.HandOn = []roster.HandOn{{To: "new", Role: true}, {To: "ben", Rights: []string{"*"}}}
	before, err := f.Permissions(t.Context(), "ben")
	is.NoErr(err)
	run := f.start(req)
	is.Equal(f.user("new").Role, roster.RoleID("seller")) // the role, to one who had none
	after, err := f.Permissions(t.Context(), "ben")
	is.NoErr(err)
	is.Equal(len(before.Exceeds(after)), 0)                                 // never lowered
	is.Equal(after.Scope(f.Schema().MustRight("reports:view")), roster.All) // the individual right
	is.Equal(len(f.events(roster.VerbRightsHandOn)), 2)                     // each found by itself in the trail
	f.work(run.ID)
	is.Equal(f.count("new")["deal"], 3) // and the records went where the rights went
}

// TestR10_HandingOnIsGranting refuses an actor who hands on more than they hold.
func TestR10_HandingOnIsGranting(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 3)
	f.hire(roster.User{ID: "dora", Department: "sales", Role: "seller"})
	f.system(roster.GrantDeleteUsers{User: "dora"}, roster.SetRights{User: "leo", Rights: roster.Rights{"reports:view": roster.All}})
	req := request()
	req.HandOn = []roster.HandOn{{To: "sam", Rights: []string{"reports:view"}}}
	plan, err := f.desk.Assess(t.Context(), roster.As("dora"), req)
	is.NoErr(err)
	is.Equal(codes(plan.Blockers), []string{roster.BlockHandOnExceeds}) // dora doesn't see reports herself
	_, err = f.desk.Start(t.Context(), roster.As("dora"), plan.Request, plan.Digest)
	is.True(errors.Is(err, roster.ErrDenied)) // held at the fence as well
	is.Equal(f.user("sam").Rights["reports:view"], roster.Unset)
}

// TestL9_SightChangesAreTold gives contacts to a department that sees its own only.
func TestL9_SightChangesAreTold(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 10)
	f.hire(roster.User{ID: "bob", Department: "support", Role: "helper"})
	req := request()
	req.Rules[2].To = []roster.UserID{"ben"}
	plan := f.assess(req)
	want := []roster.Sight{{User: "ben", Kind: "contact", Gained: 10}, {User: "bob", Kind: "contact", Gained: 10}}
	if diff := cmp.Diff(want, plan.Sight); diff != "" {
		t.Errorf("sight (-want +got):\n%s", diff)
	}
	is.Equal(len(f.assess(request()).Sight), 0) // within sales nobody's sight changes
}

// TestL10_TokensOfActingThingsAreNamed warns of integrations that hold the leaver's tokens.
func TestL10_TokensOfActingThingsAreNamed(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 3)
	_, err := f.Issue(t.Context(), roster.As("leo"), roster.TokenOrder{Kind: roster.TokenRefresh, Integration: "integration-000001"})
	is.NoErr(err)
	plan := f.assess(request())
	is.True(slices.Contains(codes(plan.Warnings), roster.WarnReauthorise)) // it needs new authorisation
	is.Equal(plan.Tokens[roster.TokenRefresh], 1)
	is.Equal(plan.Tokens[roster.TokenAccess], 1)
}

// TestL4_LeastLoadedEvensOut gives to whoever has the fewest open records.
func TestL4_LeastLoadedEvensOut(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 0)
	for i := range 30 {
		is.NoErr(f.records["contact"].Put(memstore.Record{ID: dealID(i), Owner: "leo", Open: true}))
		if i < 9 {
			is.NoErr(f.records["contact"].Put(memstore.Record{ID: "own" + dealID(i), Owner: "sam", Open: true}))
		}
	}
	req := roster.Request{Leaver: "leo", Authors: "sid", Rules: []roster.Rule{
		{Kind: "contact", Do: roster.LeastLoaded, To: []roster.UserID{"sam", "sue"}}, {Kind: "integration", Do: roster.SwitchOff},
	}}
	f.work(f.start(req).ID)
	sam, sue := f.count("sam")["contact"], f.count("sue")["contact"]
	is.Equal(sam, 20) // nine, one of the firm's own, and ten more
	is.Equal(sue, 20) // twenty, which makes both equal
}

// TestG2_WhatCannotBeCountedBlocks meets sources that can't be read or make no sense.
func TestG2_WhatCannotBeCountedBlocks(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		survey roster.Survey
		err    error
	}{
		{"an error", roster.Survey{}, errHoldings},
		{"a negative count", roster.Survey{Responsible: map[string]int{"": -1}}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			f := newFirm(t, 3)
			f.wrap = func(kind string, h roster.Holdings) roster.Holdings {
				if kind != "contact" {
					return h
				}
				return told{h, tc.survey, tc.err}
			}
			f.desk = f.newDesk(f.Roster)
			plan, err := f.desk.Assess(t.Context(), roster.As("ada"), request())
			is.NoErr(err)                                                 // assessing itself succeeds
			is.Equal(codes(plan.Blockers), []string{roster.BlockUnknown}) // unknown is never zero
			_, err = f.desk.Start(t.Context(), roster.As("ada"), plan.Request, plan.Digest)
			is.True(errors.Is(err, roster.ErrBlocked)) // and nothing starts
			is.Equal(f.user("leo").Status, roster.StatusActive)
		})
	}
}

// told are Holdings whose survey is given.
type told struct {
	roster.Holdings
	survey roster.Survey
	err    error
}

func (x told) Survey(context.Context, roster.UserID) (roster.Survey, error) { return x.survey, x.err }

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
		for r, err := range f.desk.Sweep(t.Context(), roster.As("ada")) {
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
	_, err := f.desk.StartSweep(t.Context(), roster.As("sam"), roster.Request{Leaver: "leo"})
	is.True(errors.Is(err, roster.ErrDenied)) // not everybody
	_, err = f.desk.StartSweep(t.Context(), roster.As("ada"), roster.Request{Leaver: "sam"})
	is.True(errors.Is(err, roster.ErrState)) // only what reached the deleted
	before := f.user("leo")
	run, err := f.desk.StartSweep(t.Context(), roster.As("ada"), roster.Request{Leaver: "leo"})
	is.NoErr(err)
	_, err = f.desk.StartSweep(t.Context(), roster.As("ada"), roster.Request{Leaver: "leo"})
	is.True(errors.Is(err, roster.ErrState)) // one run a user
	is.Equal(f.work(run.ID).State, roster.RunDone)
	found, _ := f.records["deal"].Find("late")
	is.Equal(found.Owner, roster.UserID("sid")) // by the rules of the deletion
	is.Equal(len(remains()), 0)
	if diff := cmp.Diff(before, f.user("leo")); diff != "" {
		t.Errorf("sweeping changed the tombstone (-want +got):\n%s", diff)
	}
	is.NoErr(f.records["deal"].Put(memstore.Record{ID: "later", Owner: "leo"}))
	run, err = f.desk.StartSweep(t.Context(), roster.As("ada"), roster.Request{Leaver: "leo", Rules: []roster.Rule{{Kind: "deal", Do: roster.NoOwner}}})
	is.NoErr(err)
	_, err = f.desk.Lift(t.Context(), roster.As("ada"), run.ID, "")
	is.NoErr(err)
	is.Equal(f.user("leo").Status, roster.StatusDeleted) // lifting a sweep brings nobody back
	_, err = f.desk.StartSweep(t.Context(), roster.As("ada"), roster.Request{Leaver: "leo", Rules: []roster.Rule{{Kind: "task", Do: roster.NoOwner}}})
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
	)
	var faults roster.Faults
	is.True(errors.As(err, &faults))
	var fields []string
	for _, x := range faults {
		fields = append(fields, x.Field)
	}
	want := []string{"kinds[1].name", "kinds[2].name", "kinds[3].needs", "kinds[4].holdings", "kinds[4].authorship", "kinds[4].needs[0]", "kinds[4].needs[1]"}
	if diff := cmp.Diff(want, fields); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
	_, err = offboard.New(nil)
	is.True(err != nil) // a roster is needed
	_, err = offboard.New(f.Roster)
	is.NoErr(err) // a host without records still has people who leave
}
