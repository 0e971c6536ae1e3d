package roster_test

import (
	"errors"
	"testing"

	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
)

func TestR16_WhoIsNotActiveMayNothing(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.hire("bob", "sales", nil)
	o.system(roster.GrantAdministrator{User: "bob"})
	is.True(o.may("bob", "deal:view", roster.Record{}))
	o.system(roster.Deactivate{User: "bob"})
	is.True(!o.may("bob", "deal:view", roster.Record{})) // an administrator neither
	for _, a := range []roster.Actor{roster.As("bob"), roster.As("ghost"), roster.As(""), {}, roster.System("")} {
		_, err := o.Apply(t.Context(), a, roster.CreateDepartment{Name: "X"})
		is.True(errors.Is(err, roster.ErrDenied)) // in the transaction that acts
	}
	p, err := o.Permissions(t.Context(), "bob")
	is.NoErr(err)
	is.Equal(p.Scope(o.schema.MustRight("deal:view")), roster.Denied)
	e, err := o.Explain(t.Context(), "bob", o.schema.MustRight("deal:view"), roster.Record{})
	is.NoErr(err)
	is.Equal(e.Source, roster.FromStatus) // and the reason is told (R11)
}

func TestL14_GuardsOfDeactivating(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.hire("max", "sales", roster.Rights{"users:deactivate": roster.All, "users:manage": roster.All})
	o.hire("ben", "sales", nil)
	_, err := o.Apply(t.Context(), roster.As("max"), roster.Deactivate{User: "max"})
	is.True(errors.Is(err, roster.ErrSelf))
	_, err = o.Apply(t.Context(), roster.As("max"), roster.Deactivate{User: "ada"})
	is.True(errors.Is(err, roster.ErrDenied)) // an administrator only by an administrator
	_, err = o.Apply(t.Context(), roster.System("test"), roster.Deactivate{User: "ada"})
	is.True(errors.Is(err, roster.ErrLastAdministrator)) // guards bind the system too
	_, err = o.Apply(t.Context(), roster.As("ada"), roster.WithdrawAdministrator{User: "ada"})
	is.True(errors.Is(err, roster.ErrLastAdministrator))
	_, err = o.Apply(t.Context(), roster.System("test"), roster.EditUser{User: "ada", EndDate: new(atNoon)})
	is.True(errors.Is(err, roster.ErrLastAdministrator)) // an end date would come true with nobody asked
	o.system(roster.GrantAdministrator{User: "ben"})
	_, err = o.Apply(t.Context(), roster.As("ada"), roster.Deactivate{User: "ben"}, roster.WithdrawAdministrator{User: "ada"})
	is.True(errors.Is(err, roster.ErrLastAdministrator)) // in a batch as well
	is.Equal(o.user("ben").Status, roster.StatusActive)  // of which nothing happened
	_, err = o.Apply(t.Context(), roster.As("ada"), roster.WithdrawAdministrator{User: "ada"})
	is.NoErr(err) // with another one left
}

func TestL22_ReactivatingRevivesNothing(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.hire("ben", "sales", nil)
	o.system(o.person("new", "sales"))
	before := o.user("ben").Epoch
	o.system(roster.Deactivate{User: "ben", Reason: "leave of absence"}, roster.Deactivate{User: "new"})
	ended := o.user("ben").Epoch
	is.True(ended > before) // every token was of the epoch before
	o.system(roster.Reactivate{User: "ben"}, roster.Reactivate{User: "new"})
	is.Equal(o.user("ben").Epoch, ended) // and stays ended
	err := o.store.View(t.Context(), func(tx roster.Tx) error { _, err := tx.Credential("new"); return err })
	is.True(errors.Is(err, roster.ErrNotFound)) // an initial password nobody confirmed is gone
	_, err = o.Apply(t.Context(), roster.As("ada"), roster.Reactivate{User: "ben"})
	is.True(errors.Is(err, roster.ErrState)) // active already
}

func TestL26_SeatsAreCounted(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	free := o.person("fee", "sales")
	free.Free = true
	e := o.system(o.person("ben", "sales"), free)
	is.Equal(e.Seats, 1) // the invited paid user holds one, the free one none
	e = o.system(roster.Deactivate{User: "ben"})
	is.Equal(e.Seats, 0) // inactive users hold theirs
}

func TestW1_ARepeatedRefusalRaisesACount(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.hire("ben", "sales", nil)
	events := len(o.events())
	try := func() {
		_, err := o.Apply(t.Context(), roster.As("ben"), roster.Deactivate{User: "ada"})
		is.True(errors.Is(err, roster.ErrDenied))
	}
	for range 5 {
		try()
	}
	is.Equal(len(o.events()), events+1) // one event for the first
	o.clock.forward(refusalWindow)
	try()
	is.Equal(len(o.events()), events+2)
	is.Equal(o.last().Count, 4) // which the next one tells of
}

func TestL18_MayReceive(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.hire("ben", "sales", roster.Rights{"deal:view": roster.Own, "deal:edit": roster.Own, "deal:edit@lost": roster.Denied})
	e, err := o.MayReceive(t.Context(), "ben", "deal", "won")
	is.NoErr(err)
	is.True(e.Allowed) // sees and edits what will be theirs
	e, err = o.MayReceive(t.Context(), "ben", "deal", "lost")
	is.NoErr(err)
	is.Equal(e.Missing, "deal:edit@lost") // a denial says what is missing
	e, err = o.MayReceive(t.Context(), "ben", "deal", "won", "view", "integrations:manage")
	is.NoErr(err)
	is.Equal(e.Missing, "integrations:manage") // the host's own needs
	_, err = o.MayReceive(t.Context(), "ben", "daal", "", "view")
	is.Equal(fields(err), []string{"needs[0]"}) // a misspelt kind is no silent denial
	_, err = o.MayReceive(t.Context(), "ben", "deal", "daydream")
	is.Equal(fields(err), []string{"part"}) // nor is a misspelt part, told once
	o.system(roster.Deactivate{User: "ben"})
	for _, id := range []roster.UserID{"ben", "ghost"} {
		e, err = o.MayReceive(t.Context(), id, "deal", "won")
		is.NoErr(err)
		is.True(!e.Allowed) // nobody assigns to who isn't active
		is.Equal(e.Missing, "an active user")
	}
}

func TestJ7_LettersFitTheStatus(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		change roster.Change
		why    string
	}{
		{"reset of the inactive", roster.SendReset{User: "off"}, "who can't sign in has no use for a password"},
		{"reset of the invited", roster.SendReset{User: "new"}, "they have an activation for that"},
		{"activation of the active", roster.SendActivation{User: "ben"}, "they are"},
		{"activation of the inactive", roster.SendActivation{User: "off"}, "reactivating is a step of its own"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			o := newOffice(t)
			o.hire("ben", "sales", nil)
			o.hire("off", "sales", nil)
			o.system(o.person("new", "sales"), roster.Deactivate{User: "off"})
			open := len(o.open())
			_, err := o.Apply(t.Context(), roster.As("ada"), tt.change)
			is.True(errors.Is(err, roster.ErrState)) // tt.why
			is.Equal(len(o.open()), open)            // and nothing is queued
		})
	}
}

func TestJ7_AnActivationIsOverOnceOneIsActive(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	ben := o.person("ben", "sales")
	ben.Password, ben.Identity = "", roster.Identity{Issuer: "https://id.example.com", Subject: "42"}
	o.system(ben)
	o.system(roster.SendActivation{User: "ben"})
	secret := o.letter("ben", roster.LetterActivation)
	_, err := o.SignInIdentity(t.Context(), roster.System("host"), ben.Identity)
	is.NoErr(err)                                                            // active without the letter
	is.True(errors.Is(o.Activate(t.Context(), secret, ""), roster.ErrToken)) // which has nothing left to confirm
	is.Equal(o.last().Reason, "address")
}

func TestJ7_IdentitiesAndEpochs(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.hire("ben", "sales", nil)
	known := roster.Identity{Issuer: "https://id.example.com", Subject: "42"}
	epoch := o.user("ben").Epoch
	is.NoErr(o.CheckEpoch(t.Context(), "ben", epoch))
	_, err := o.Apply(t.Context(), roster.As("ada"), roster.EditUser{User: "ben", Identity: &known})
	is.NoErr(err)
	is.True(errors.Is(o.CheckEpoch(t.Context(), "ben", epoch), roster.ErrToken)) // another credential ends what the old one opened
	u, err := o.UserByIdentity(t.Context(), roster.As("ada"), known)
	is.NoErr(err)
	is.Equal(u.ID, roster.UserID("ben"))
	_, err = o.Apply(t.Context(), roster.As("ada"), roster.EditUser{User: "ada", Identity: &known})
	is.Equal(fields(err), []string{"identity"}) // one person each
	u, err = o.UserByEmail(t.Context(), roster.As("ada"), "BEN@example.com")
	is.NoErr(err)
	is.NoErr(o.CheckEpoch(t.Context(), "ben", u.Epoch))
	o.system(roster.Deactivate{User: "ben"})
	u, err = o.User(t.Context(), roster.As("ada"), "ben")
	is.NoErr(err)
	is.True(errors.Is(o.CheckEpoch(t.Context(), "ben", u.Epoch), roster.ErrToken)) // not active
	is.True(errors.Is(o.CheckEpoch(t.Context(), "ghost", 0), roster.ErrToken))     // not there
	_, err = o.User(t.Context(), roster.As("ben"), "ada")
	is.True(errors.Is(err, roster.ErrDenied))
}

// TestL1_LeaversAreNobodyElse refuses to list other users to whoever may delete users and not manage them.
func TestL1_LeaversAreNobodyElse(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.hire("ben", "sales", nil)
	for _, status := range []roster.Status{roster.StatusNone, roster.StatusInvited, roster.StatusActive, roster.StatusInactive, 77} {
		listed := 0
		for _, err := range o.Runs().Leavers(t.Context(), roster.As("ada"), status) {
			is.True(errors.Is(err, roster.ErrInvalid)) // once, and nobody with it
			listed++
		}
		is.Equal(listed, 1)
	}
	for _, err := range o.Runs().Leavers(t.Context(), roster.As("ada"), roster.StatusDeleted) {
		t.Errorf("nobody is deleted: %v", err)
	}
}

func TestL1_UsersInPages(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	for _, id := range []roster.UserID{"b", "c", "d"} {
		o.hire(id, "sales", nil)
	}
	list := func(a roster.Actor, f roster.UserFilter, after roster.UserID) (ids []roster.UserID, err error) {
		for u, err := range o.Users(t.Context(), a, f, after) {
			if err != nil {
				return ids, err
			}
			if ids = append(ids, u.ID); len(ids) == 2 {
				break
			}
		}
		return ids, nil
	}
	page, err := list(roster.As("ada"), roster.UserFilter{Department: "sales"}, "")
	is.NoErr(err)
	is.Equal(page, []roster.UserID{"ada", "b"})
	page, err = list(roster.As("ada"), roster.UserFilter{Department: "sales"}, "b") // goes on after the last
	is.NoErr(err)
	is.Equal(page, []roster.UserID{"c", "d"})
	_, err = list(roster.As("b"), roster.UserFilter{}, "")
	is.True(errors.Is(err, roster.ErrDenied)) // a list of people is for who manages them
}
