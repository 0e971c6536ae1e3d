package offboard_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
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
