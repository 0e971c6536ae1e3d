package offboard_test

import (
	"errors"
	"slices"
	"strings"
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

// TestL8_G12_NothingIsDeletedAndAuthorsStay compares every record before and after a deletion.
func TestL8_G12_NothingIsDeletedAndAuthorsStay(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 40)
	want := f.all()
	f.work(f.start(request()).ID)
	got := f.all()
	for id, was := range want {
		is.True(got[id].Owner != "leo") // owners move
		if was.Author == "leo" && strings.HasPrefix(id, "task/") {
			was.Author = "sam" // authors stay, but for the one kind whose authors the host moves
		}
		was.Owner = got[id].Owner
		want[id] = was
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("records, owners apart (-want +got):\n%s", diff)
	}
}

// TestL7_G7_AccessEndsAtTheFence tries every way in, before the fence and once it stands.
func TestL7_G7_AccessEndsAtTheFence(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 3)
	ctx, leo := t.Context(), roster.As("leo")
	const password = "correct horse battery staple"
	session, err := f.SignIn(ctx, "leo@example.com", password)
	is.NoErr(err)
	refresh, err := f.Issue(ctx, leo, roster.TokenOrder{Kind: roster.TokenRefresh, Integration: "telephony"})
	is.NoErr(err)
	secrets := map[string]string{"session": session.Secret.Reveal(), "access": refresh.Access.Secret.Reveal(), "personal": f.token("leo")}
	for name, s := range secrets {
		if _, err := f.Check(ctx, s); err != nil {
			t.Errorf("%s isn't good before: %v", name, err)
		}
	}
	f.system(roster.SendReset{User: "leo"})
	plan := f.assess(request())
	inventory := map[roster.TokenKind]int{roster.TokenSession: 1, roster.TokenAccess: 1, roster.TokenRefresh: 1, roster.TokenPersonal: 1}
	if diff := cmp.Diff(inventory, plan.Tokens); diff != "" {
		t.Errorf("inventory (-want +got):\n%s", diff)
	}
	epoch := f.user("leo").Epoch
	_, err = f.desk.Start(ctx, roster.As("ada"), plan.Request, plan.Digest)
	is.NoErr(err)                          // the fence
	is.Equal(f.user("leo").Epoch, epoch+1) // what was issued under the one before can't be good in any status
	for name, s := range secrets {
		if _, err := f.Check(ctx, s); !errors.Is(err, roster.ErrToken) {
			t.Errorf("%s after the fence: %v", name, err)
		}
	}
	_, err = f.Rotate(ctx, refresh.Secret.Reveal())
	is.True(errors.Is(err, roster.ErrToken)) // nothing is renewed
	_, err = f.SignIn(ctx, "leo@example.com", password)
	is.True(errors.Is(err, roster.ErrSignIn)) // the password
	_, err = f.Apply(ctx, leo, roster.EditUser{User: "leo", FirstName: new("Leonid")})
	is.True(errors.Is(err, roster.ErrDenied)) // R16: as an actor
	is.NoErr(f.store.View(ctx, func(tx roster.Tx) error {
		open, err := tx.ListLetters("leo", true, "", 10)
		is.NoErr(err)
		is.Equal(len(open), 0) // no letter would mint a secret any more
		_, err = tx.Credential("leo")
		is.True(errors.Is(err, roster.ErrNotFound)) // nor is there a password to come back with
		return nil
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

// TestG19_L26_ASeatIsReleasedOnceAtTheFence counts seats on the way.
func TestG19_L26_ASeatIsReleasedOnceAtTheFence(t *testing.T) {
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
