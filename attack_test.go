package roster_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
)

func TestR3_OnlyTheChangesThemselvesAreApplied(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		changes []roster.Change
		want    []string
		why     string
	}{
		{"nothing", []roster.Change{nil}, []string{"changes[0]"}, "a hole in a batch is input like any other"},
		{"nothing after something", []roster.Change{roster.CreateDepartment{Name: "X"}, nil}, []string{"changes[1]"}, "wherever it is"},
		{"nil pointer", []roster.Change{(*roster.AddUser)(nil)}, []string{"changes[0]"}, "a typed nil isn't nil to an interface"},
		{"pointer", []roster.Change{&roster.AddUser{}}, []string{"changes[0]"}, "its password would be lost"},
		{"embedded", []roster.Change{struct{ roster.AddUser }{}}, []string{"changes[0]"}, "the same"},
		{"embedded nothing", []roster.Change{struct{ roster.Change }{}}, []string{"changes[0]"}, "promoted methods of nil"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			o := newOffice(t)
			for _, a := range []roster.Actor{roster.As("ada"), roster.System("test")} {
				_, err := o.Apply(t.Context(), a, tt.changes...)
				is.Equal(fields(err), tt.want) // tt.why
				_, err = o.Preview(t.Context(), a, tt.changes...)
				is.Equal(fields(err), tt.want) // a preview says the same
			}
			_, err := o.Apply(t.Context(), roster.Actor{}, tt.changes...)
			is.True(err != nil) // nobody may anything
		})
	}
}

func TestL7_ABatchDoesNotFreeALeaver(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.system(roster.CreateRole{ID: "seller", Name: "S", Rights: roster.Rights{"deal:view": roster.Own}})
	o.hire("ben", "sales", nil)
	o.system(roster.SetRole{User: "ben", Role: "seller"})
	u := o.user("ben")
	u.Status = roster.StatusLeaving
	if err := o.store.Update(t.Context(), func(tx roster.Tx) error { return tx.PutUser(u) }); err != nil {
		t.Fatal(err)
	}
	for _, c := range []roster.Change{
		roster.Deactivate{User: "ben"}, roster.SetRights{User: "ben", Rights: roster.Rights{"deal:view": roster.All}},
		roster.GrantAdministrator{User: "ben"}, roster.EditUser{User: "ben", Email: new("x@example.com")},
	} {
		is := is.New(t)
		_, err := o.Apply(t.Context(), roster.As("ada"), roster.DeleteRole{Role: "seller"}, c)
		is.True(errors.Is(err, roster.ErrState)) // who is leaving can't be changed, whatever came before in the batch
		is.Equal(o.user("ben").Status, roster.StatusLeaving)
	}
}

func TestL25_AnEndDateThatPassedHasEndedEverything(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.hire("ben", "sales", nil)
	is.NoErr(o.RequestReset(t.Context(), "ben@example.com"))
	reset := o.letter("ben", roster.LetterReset)
	token := o.issue(roster.As("ben"), roster.TokenOrder{Kind: roster.TokenPersonal})
	refresh := o.issue(roster.As("ben"), roster.TokenOrder{Kind: roster.TokenRefresh})
	o.system(roster.EditUser{User: "ben", EndDate: new(o.clock.now().Add(time.Minute))})
	o.clock.forward(time.Minute)
	_, err := o.Check(t.Context(), token.Secret.Reveal())
	is.True(errors.Is(err, roster.ErrToken))
	o.system(roster.EditUser{User: "ben", EndDate: new(time.Time{})})
	_, err = o.Check(t.Context(), token.Secret.Reveal())
	is.True(errors.Is(err, roster.ErrToken)) // coming back revives nothing (L22)
	_, err = o.Rotate(t.Context(), refresh.Secret.Reveal())
	is.True(errors.Is(err, roster.ErrToken))
	is.True(errors.Is(o.ResetPassword(t.Context(), reset, password+"!"), roster.ErrToken))
}

func TestL14_AnAdministratorWhoseAccountEndsByItself(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	store, schema := new(memstore.Store), roster.CRMSchema()
	r, err := roster.New(store, schema, roster.Config{Hasher: cheap{}})
	is.NoErr(err)
	host := roster.System("setup")
	_, err = r.Apply(t.Context(), host, roster.CreateDepartment{ID: "sales", Name: "Sales"})
	is.NoErr(err)
	first := roster.AddUser{
		ID: "ada", FirstName: "Ada", LastName: "L", Email: "ada@example.com", Password: password, Department: "sales",
		EndDate: time.Now().Add(time.Hour),
	}
	_, err = r.Bootstrap(t.Context(), first)
	is.Equal(fields(err), []string{"end_date"}) // the first one would be the last as well
	_, err = r.Apply(t.Context(), host, roster.ImportUser{User: roster.User{
		ID: "eve", FirstName: "Eve", Department: "sales", Status: roster.StatusActive, Admin: true, EndDate: first.EndDate,
	}})
	is.NoErr(err)
	for _, c := range []roster.Change{
		roster.Deactivate{User: "eve"}, roster.WithdrawAdministrator{User: "eve"}, roster.EditUser{User: "eve", EndDate: &time.Time{}},
	} {
		_, err = r.Apply(t.Context(), host, c, roster.EditUser{User: "eve", EndDate: new(first.EndDate)})
		if _, back := c.(roster.EditUser); back {
			is.NoErr(err) // no worse than it was
			continue
		}
		is.True(errors.Is(err, roster.ErrLastAdministrator)) // while there is no other
	}
}

func TestR17_EveryGrantOfDeletingUsersIsInTheTrail(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.hire("bob", "sales", nil)
	o.system(roster.CreateRole{ID: "remover", Name: "Remover", Rights: roster.Rights{"users:delete": roster.All}})
	o.system(roster.GrantAdministrator{User: "bob"})
	o.system(roster.GrantDeleteUsers{User: "bob"})
	is.Equal(o.last().Verb, roster.VerbDeleteGrant) // to an administrator as well
	o.system(roster.WithdrawDeleteUsers{User: "bob"})
	o.system(roster.SetRole{User: "bob", Role: "remover"})
	o.system(roster.WithdrawAdministrator{User: "bob"})
	is.Equal(o.verbs(2), []roster.Verb{roster.VerbAdminWithdraw, roster.VerbDeleteGrant}) // it is what remains
	o.system(roster.GrantDeleteUsers{User: "bob"})
	is.Equal(o.verbs(2), []roster.Verb{roster.VerbDeleteGrant, roster.VerbDeleteGrant}) // over the role's, once
}

func TestW1_ARefusalNamesTheChangeAtFault(t *testing.T) {
	t.Parallel()
	for _, c := range []roster.Change{
		roster.SetRights{User: "big", Rights: roster.Rights{"deal:fly": roster.Denied}},
		roster.SetRights{User: "big", Rights: roster.Rights{"deal:view": roster.Denied}},
		roster.Deactivate{User: "big"},
	} {
		is := is.New(t)
		o := newOffice(t)
		o.hire("max", "sales", roster.Rights{"users:manage": roster.All})
		o.hire("ben", "sales", nil)
		o.hire("big", "sales", roster.Rights{"deal:view": roster.All})
		name := roster.EditUser{User: "ben", FirstName: new("B")}
		for _, batch := range [][]roster.Change{{name, c, name}, {o.person("new", "sales"), c, name}} {
			_, err := o.Apply(t.Context(), roster.As("max"), batch...)
			is.True(err != nil)
			is.Equal(o.last().User, roster.UserID("big")) // neither the first nor the last
			o.clock.forward(time.Hour)
		}
	}
}

func TestW3_SecretsHideFromEveryVerbOfPrinting(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.hire("ben", "sales", nil)
	made := o.issue(roster.As("ben"), roster.TokenOrder{Kind: roster.TokenRefresh})
	type hidden struct{ secret roster.Secret } // no method of an unexported field is called
	text := made.Secret.Reveal()
	for _, v := range []any{made, &made, made.Secret, &made.Secret, hidden{made.Secret}, []any{hidden{made.Secret}}, roster.Message{Secret: made.Secret}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%t", "%08.3f"} {
			if shown := fmt.Sprintf(verb, v); strings.Contains(shown, text) || strings.Contains(shown, fmt.Sprintf("%x", text)) {
				t.Errorf("%s of %T shows the secret: %s", verb, v, shown)
			}
		}
	}
	is := is.New(t)
	is.Equal(roster.Secret{}.Reveal(), "") // the zero one has none
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		shown := fmt.Sprintf(verb, []roster.Change{
			roster.AddUser{ID: "ben", Password: password}, roster.ImportUser{User: roster.User{ID: "ben"}, Hash: password},
		})
		is.True(!strings.Contains(shown, password)) // nor do the changes that bring one
		is.True(strings.Contains(shown, "ben"))
	}
}

func TestR10_NobodySetsAWayToSignInForSomebodyElse(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.hire("max", "sales", roster.Rights{"users:manage": roster.All})
	o.hire("ben", "sales", nil)
	sso := o.person("sue", "sales")
	sso.Password, sso.Identity = "", roster.Identity{Issuer: "i", Subject: "sue"}
	o.system(sso)
	if _, err := o.SignInIdentity(t.Context(), roster.System("oidc"), sso.Identity); err != nil {
		t.Fatal(err)
	}
	mine := roster.Identity{Issuer: "i", Subject: "max"}
	for _, tt := range []struct {
		name   string
		actor  roster.UserID
		change roster.Change
		want   string // the reason code; empty for allowed
		why    string
	}{
		{"identity of another", "max", roster.EditUser{User: "ben", Identity: &mine}, "not-administrator", "ben wouldn't notice, and may hold more one day"},
		{"identity away", "max", roster.EditUser{User: "sue", Identity: &roster.Identity{}}, "not-administrator", "a letter would then set a password"},
		{"a password for who has none", "max", roster.SendReset{User: "sue"}, "not-administrator", "sue wouldn't notice"},
		{"a reset", "max", roster.SendReset{User: "ben"}, "", "who has a password would notice"},
		{"one's own", "max", roster.EditUser{User: "max", Identity: &mine}, "", "it is max who signs in"},
		{"by an administrator", "ada", roster.EditUser{User: "ben", Identity: &roster.Identity{Issuer: "i", Subject: "ben"}}, "", "who may do anything"},
		{"a reset by an administrator", "ada", roster.SendReset{User: "sue"}, "", "the same"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			is := is.New(t)
			_, err := o.Apply(t.Context(), roster.As(tt.actor), tt.change)
			is.Equal(reason(err), tt.want)      // tt.why
			is.Equal(err == nil, tt.want == "") // and nothing else goes wrong
		})
	}
}

func TestW1_RefusalsNameOnlyWhatIsThere(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.hire("max", "sales", nil)
	events := len(o.events())
	for i := range 50 {
		id := fmt.Sprintf("anna.smith.%d@example.com", i)
		for _, c := range []roster.Change{
			roster.Deactivate{User: roster.UserID(id)}, roster.DeleteRole{Role: roster.RoleID(id)},
			roster.DeleteDepartment{Department: roster.DepartmentID(id)},
		} {
			_, err := o.Apply(t.Context(), roster.As("max"), c)
			is.True(errors.Is(err, roster.ErrDenied))
		}
		_, err := o.Runs().Lift(t.Context(), roster.As("max"), roster.RunID(id), "")
		is.True(errors.Is(err, roster.ErrDenied))
	}
	is.Equal(len(o.events()), events+4) // made-up ids are one refusal repeated, and no way to write into the trail
	for _, e := range o.events()[events:] {
		is.Equal(string(e.User)+e.Object, "")
	}
	_, err := o.Apply(t.Context(), roster.As("max"), roster.DeleteDepartment{Department: "sales"})
	is.True(errors.Is(err, roster.ErrDenied))
	is.Equal(o.last().Object, "sales") // what is there is named
}

func TestW1_WhatEventsTakeFromCallersIsPlain(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.hire("ben", "sales", nil)
	for _, err := range o.Events(t.Context(), roster.As("ada"), roster.EventFilter{User: "Anna Smith"}, 0) {
		is.NoErr(err)
	}
	is.Equal(o.last().Verb, roster.VerbTrailRead)
	is.Equal(o.last().User, roster.UserID("")) // nobody's id is no id
	o.system(roster.Deactivate{User: "ben", Reason: "\n leave of absence \n"})
	is.Equal(o.last().Reason, "leave of absence")
	_, err := o.Apply(t.Context(), roster.System("nightly \xff\x00 import"), roster.Reactivate{User: "ben"})
	is.NoErr(err)
	is.Equal(o.last().System, "nightly \uFFFD\uFFFD import") // what every store can keep
	var read []roster.Event
	text, err := json.Marshal(o.events())
	is.NoErr(err)
	is.NoErr(json.Unmarshal(text, &read))
	_, err = roster.VerifyEvents(roster.Head{}, func(yield func(roster.Event, error) bool) {
		for _, e := range read {
			if !yield(e, nil) {
				return
			}
		}
	})
	is.NoErr(err) // a trail that was exported as JSON still verifies
	_, err = o.Verify(t.Context(), roster.Head{Hash: roster.Hash{1}})
	is.True(errors.Is(err, roster.ErrTampered)) // an anchor that no trail begins with
}

// hangUp is a store whose caller hangs up as soon as a transaction has refused.
type hangUp struct {
	roster.Store
	cancel context.CancelFunc
}

func (s hangUp) Update(ctx context.Context, f func(roster.Tx) error) error {
	err := s.Store.Update(ctx, f)
	if err != nil {
		s.cancel()
	}
	return err
}

func TestW1_WhoHangsUpIsInTheTrail(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.hire("max", "sales", nil)
	ctx, cancel := context.WithCancel(t.Context())
	o.reopen(hangUp{o.store, cancel}, nil)
	_, err := o.Apply(ctx, roster.As("max"), roster.Deactivate{User: "ada"})
	is.True(errors.Is(err, roster.ErrDenied))
	is.True(!errors.Is(err, context.Canceled))
	is.Equal(o.last().Reason, "right-missing")
}
