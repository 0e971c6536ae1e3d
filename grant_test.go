package roster_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
)

// verbs lists the verbs of the last n events.
func (o *office) verbs(n int) []roster.Verb {
	all := o.events()
	var v []roster.Verb
	for _, e := range all[max(0, len(all)-n):] {
		v = append(v, e.Verb)
	}
	return v
}

// reason is the reason code of a denial.
func reason(err error) string {
	d, ok := errors.AsType[*roster.Denial](err)
	if !ok {
		return ""
	}
	return d.Reason
}

func TestR3_ARoleIsReplacedNeverChanged(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	ada := roster.As("ada")
	rights := roster.Rights{"deal:view": roster.Own, "deal:edit": roster.Own}
	_, err := o.Apply(t.Context(), ada, roster.CreateRole{ID: "seller", Name: "Seller", Rights: rights})
	is.NoErr(err)
	rights["deal:view"] = roster.All // the caller's map is the caller's
	o.hire("ben", "sales", nil)
	o.hire("cleo", "sales", roster.Rights{"deal:view": roster.Denied})
	o.system(roster.SetRole{User: "ben", Role: "seller"}, roster.SetRole{User: "cleo", Role: "seller"})
	is.True(!o.may("ben", "deal:view", roster.Record{Owner: "cleo"})) // own only
	replace := roster.ReplaceRole{Role: "seller", ID: "seller-2", Name: "Seller", Rights: roster.Rights{"deal:view": roster.InDepartment}}
	e, err := o.Preview(t.Context(), ada, replace)
	is.NoErr(err)
	want := []roster.UserEffect{
		{User: "ben", From: roster.StatusActive, To: roster.StatusActive, Fields: []string{"role"},
			Gained: []roster.Delta{{Right: "deal:view", From: roster.Own, To: roster.InDepartment}},
			Lost:   []roster.Delta{{Right: "deal:edit", From: roster.Own, To: roster.Denied}}},
		{User: "cleo", From: roster.StatusActive, To: roster.StatusActive, Fields: []string{"role"}},
	}
	if diff := cmp.Diff(want, e.Users); diff != "" {
		t.Errorf("the preview (-want +got):\n%s", diff)
	}
	is.Equal(o.user("ben").Role, roster.RoleID("seller")) // a preview stores nothing
	_, err = o.Apply(t.Context(), ada, replace)
	is.NoErr(err)
	is.Equal(o.user("ben").Role, roster.RoleID("seller-2")) // all holders moved
	is.Equal(o.user("cleo").Role, roster.RoleID("seller-2"))
	is.True(o.may("ben", "deal:view", roster.Record{Owner: "cleo"})) // visible to the next check
	_, err = o.Apply(t.Context(), ada, roster.SetRole{User: "ben", Role: "seller"})
	is.Equal(fields(err), []string{"role"}) // the old one is gone
	_, err = o.Apply(t.Context(), ada, roster.CreateRole{ID: "seller-2", Name: "Other"})
	is.Equal(fields(err), []string{"id"}) // creating never overwrites
}

func TestR5_SwitchingByHandStoresAnIndividualRight(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.system(roster.CreateRole{ID: "seller", Name: "Seller", Rights: roster.Rights{"deal:view": roster.InDepartment}})
	o.hire("ben", "sales", nil)
	o.hire("cleo", "sales", nil)
	o.system(roster.SetRole{User: "ben", Role: "seller"}, roster.SetRole{User: "cleo", Role: "seller"})
	_, err := o.Apply(t.Context(), roster.As("ada"), roster.SetRights{User: "ben", Rights: roster.Rights{"deal:view": roster.Denied}})
	is.NoErr(err)
	is.True(!o.may("ben", "deal:view", roster.Record{Owner: "ben"})) // an explicit denial narrows
	is.True(o.may("cleo", "deal:view", roster.Record{Owner: "ben"})) // the role's other holders keep it
	is.Equal(o.user("ben").Role, roster.RoleID("seller"))
	_, err = o.Apply(t.Context(), roster.As("ada"), roster.SetRights{User: "ben", Rights: roster.Rights{"deal:view": roster.Unset}})
	is.NoErr(err)
	is.True(o.may("ben", "deal:view", roster.Record{Owner: "cleo"})) // unset, the role speaks again
	is.Equal(o.user("ben").Rights, roster.Rights(nil))
	_, err = o.Apply(t.Context(), roster.As("ada"), roster.SetRights{User: "ben", Rights: roster.Rights{"deal:fly": roster.All, "deal:create": roster.Own, "mail:use": roster.InDepartment}})
	is.Equal(len(fields(err)), 3) // every unknown right and senseless scope at once
}

func TestR6_DeletingARoleLeavesIndividualRights(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.system(roster.CreateRole{ID: "seller", Name: "Seller", Rights: roster.Rights{"deal:view": roster.All, "contact:view": roster.All}})
	o.hire("ben", "sales", roster.Rights{"deal:view": roster.Own})
	o.system(roster.SetRole{User: "ben", Role: "seller"})
	e, err := o.Preview(t.Context(), roster.As("ada"), roster.DeleteRole{Role: "seller"})
	is.NoErr(err)
	is.Equal(e.Users[0].Lost, []roster.Delta{{Right: "contact:view", From: roster.All, To: roster.Denied}}) // who loses what
	o.system(roster.DeleteRole{Role: "seller"})
	is.True(o.may("ben", "deal:view", roster.Record{Owner: "ben"}))
	is.True(!o.may("ben", "contact:view", roster.Record{}))
}

func TestR8_OnlyAdministratorsGiveTheRightToDeleteUsers(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.hire("max", "sales", roster.Rights{"users:manage": roster.All, "roles:manage": roster.All, "users:delete": roster.All})
	o.hire("ben", "sales", nil)
	o.system(roster.CreateRole{ID: "remover", Name: "Remover", Rights: roster.Rights{"users:delete": roster.All}})
	for _, tt := range []struct {
		name   string
		change roster.Change
		why    string
	}{
		{"grant", roster.GrantDeleteUsers{User: "ben"}, "a holder who isn't an administrator can't pass it on"},
		{"withdraw", roster.WithdrawDeleteUsers{User: "max"}, "nor take it away"},
		{"role", roster.SetRole{User: "ben", Role: "remover"}, "nor give a role that has it"},
		{"create", roster.CreateRole{Name: "X", Rights: roster.Rights{"users:delete": roster.All}}, "nor make such a role"},
		{"administrator", roster.GrantAdministrator{User: "ben"}, "nor make an administrator (R10)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			is := is.New(t)
			_, err := o.Apply(t.Context(), roster.As("max"), tt.change)
			is.True(errors.Is(err, roster.ErrDenied)) // tt.why
		})
	}
	is := is.New(t)
	_, err := o.Apply(t.Context(), roster.As("ada"), roster.SetRights{User: "ben", Rights: roster.Rights{"users:delete": roster.All}})
	is.Equal(fields(err), []string{"rights[users:delete]"}) // not among other rights (R17)
}

func TestR17_GrantsAreStepsOfTheirOwnInTheTrail(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	ada := roster.As("ada")
	o.hire("ben", "sales", nil)
	o.system(roster.CreateRole{ID: "remover", Name: "Remover", Rights: roster.Rights{"users:delete": roster.All}},
		roster.CreateRole{ID: "plain", Name: "Plain", Rights: roster.Rights{"deal:view": roster.All}})
	for _, c := range []roster.Change{
		roster.GrantAdministrator{User: "ben"}, roster.WithdrawAdministrator{User: "ben"},
		roster.GrantDeleteUsers{User: "ben"}, roster.WithdrawDeleteUsers{User: "ben"},
	} {
		_, err := o.Apply(t.Context(), ada, c)
		is.NoErr(err)
		is.Equal(o.last().User, roster.UserID("ben")) // names the grantee
		is.Equal(o.last().Actor, roster.UserID("ada"))
	}
	is.Equal(o.verbs(4), []roster.Verb{roster.VerbAdminGrant, roster.VerbAdminWithdraw, roster.VerbDeleteGrant, roster.VerbDeleteWithdraw})
	_, err := o.Apply(t.Context(), ada, roster.SetRole{User: "ben", Role: "remover"})
	is.NoErr(err)
	is.Equal(o.verbs(2), []roster.Verb{roster.VerbRoleGive, roster.VerbDeleteGrant}) // by a role: found by itself as well
	_, err = o.Apply(t.Context(), ada, roster.WithdrawDeleteUsers{User: "ben"})
	is.NoErr(err)
	is.True(!o.may("ben", "users:delete", roster.Record{})) // denied over the role
	add := o.person("new", "sales")
	add.Role = "remover"
	_, err = o.Apply(t.Context(), ada, add)
	is.Equal(fields(err), []string{"role"}) // not on the side of adding somebody
	o.system(roster.SetRole{User: "ben", Role: "plain"})
	_, err = o.Apply(t.Context(), ada, roster.ReplaceRole{Role: "plain", Name: "Plain", Rights: roster.Rights{"users:delete": roster.All}})
	is.Equal(fields(err), []string{"rights[users:delete]"}) // nor by a replacement, for many at once
}

func TestR17_TheRightToDeleteUsersComesByItsOwnStep(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	add := o.person("new", "sales")
	add.NoRights, add.Rights = false, roster.Rights{"users:delete": roster.All}
	_, err := o.Apply(t.Context(), roster.As("ada"), add)
	is.Equal(fields(err), []string{"rights[users:delete]"}) // not on the side of adding somebody, and the field is the one to mend
}

func TestR17_WithdrawingDeniesOnlyWhatARoleGives(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.hire("ben", "sales", nil)
	o.system(roster.CreateRole{ID: "plain", Name: "Plain", Rights: roster.Rights{"deal:view": roster.All}},
		roster.CreateRole{ID: "remover", Name: "Remover", Rights: roster.Rights{"users:delete": roster.All}},
		roster.SetRole{User: "ben", Role: "plain"}, roster.GrantDeleteUsers{User: "ben"}, roster.WithdrawDeleteUsers{User: "ben"})
	is.Equal(len(o.user("ben").Rights), 0) // no denial is left behind where there was nothing to deny
	o.system(roster.SetRole{User: "ben", Role: "remover"})
	is.True(o.may("ben", "users:delete", roster.Record{})) // so that a role given later is worth what it says
}

func TestR10_WhoImportsMakesNoAdministrators(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.hire("max", "sales", roster.Rights{"import:run": roster.All})
	_, err := o.Apply(t.Context(), roster.As("max"), roster.ImportUser{User: roster.User{
		ID: "new", FirstName: "N", Department: "sales", Status: roster.StatusActive, Admin: true,
	}})
	is.Equal(reason(err), roster.DenyGrantsAdministrator) // told as what it is: not that a person exceeds the actor
}

func TestR10_NobodyHandsOutMoreThanTheyHave(t *testing.T) {
	t.Parallel()
	manager := roster.Rights{"users:manage": roster.All, "roles:manage": roster.All, "deal:view": roster.InDepartment, "deal:edit": roster.Own}
	for _, tt := range []struct {
		name   string
		change roster.Change
		want   string // the reason code; empty for allowed
		why    string
	}{
		{"covered", roster.SetRights{User: "ben", Rights: roster.Rights{"deal:view": roster.InDepartment}}, "", "what the manager has, in their own department"},
		{"wider", roster.SetRights{User: "ben", Rights: roster.Rights{"deal:view": roster.All}}, "person-exceeds-actor", "wider than the manager's"},
		{"other right", roster.SetRights{User: "ben", Rights: roster.Rights{"contact:view": roster.Own}}, "person-exceeds-actor", "a right the manager lacks"},
		{"oneself", roster.SetRights{User: "max", Rights: roster.Rights{"deal:view": roster.All}}, "person-exceeds-actor", "oneself least of all"},
		{"part", roster.SetRights{User: "ben", Rights: roster.Rights{"deal:view@won": roster.All}}, "person-exceeds-actor", "on a part as well"},
		{"other department", roster.SetRights{User: "sue", Rights: roster.Rights{"deal:view": roster.InDepartment}}, "other-department", "the same scope reaches other records there"},
		{"own elsewhere", roster.SetRights{User: "sue", Rights: roster.Rights{"deal:view": roster.Own}}, "", "one's own records are nobody else's department"},
		{"lift a denial", roster.SetRights{User: "den", Rights: roster.Rights{"contact:view": roster.Unset}}, "person-exceeds-actor", "taking a denial away widens"},
		{"narrow the stronger", roster.SetRights{User: "big", Rights: roster.Rights{"contact:view": roster.Denied}}, "person-exceeds-actor", "who holds more is out of reach"},
		{"address of the stronger", roster.EditUser{User: "big", Email: new("mine@example.com")}, "person-exceeds-actor", "their letters would come here"},
		{"reset of the stronger", roster.SendReset{User: "big"}, "person-exceeds-actor", "credentials count"},
		{"address of an administrator", roster.EditUser{User: "ada", Email: new("mine@example.com")}, "person-is-administrator", "only an administrator"},
		{"name of an administrator", roster.EditUser{User: "ada", FirstName: new("Adelheid")}, "", "a name opens nothing"},
		{"end date of an administrator", roster.EditUser{User: "ada", EndDate: new(atNoon)}, "person-is-administrator", "it would end the access"},
		{"move oneself", roster.EditUser{User: "max", Department: new(roster.DepartmentID("support"))}, "other-department", "another department's records would come in sight"},
		{"pull in", roster.EditUser{User: "sue", Department: new(roster.DepartmentID("sales"))}, "pulls-into-own-department", "their records would come in sight"},
		{"push out", roster.EditUser{User: "ben", Department: new(roster.DepartmentID("support"))}, "", "nothing is gained"},
		{"role within", roster.CreateRole{Name: "R", Rights: roster.Rights{"deal:view": roster.InDepartment}}, "", "no more than held"},
		{"role beyond", roster.CreateRole{Name: "R", Rights: roster.Rights{"deal:view": roster.All}}, "role-exceeds-actor", "a role is handed out later"},
		{"role of the stronger", roster.DeleteRole{Role: "boss"}, "person-exceeds-actor", "its holder is out of reach"},
		{"give the stronger role", roster.SetRole{User: "ben", Role: "boss"}, "person-exceeds-actor", "more than held"},
		{"add within", roster.AddUser{FirstName: "N", LastName: "N", Email: "n@example.com", Password: password, Department: "sales", Rights: roster.Rights{"deal:edit": roster.Own, "deal:view": roster.Own}}, "", "covered"},
		{"add beyond", roster.AddUser{FirstName: "N", LastName: "N", Email: "n@example.com", Password: password, Department: "sales", Role: "boss"}, "person-exceeds-actor", "a new user is no way round"},
		{"import", roster.ImportUser{User: roster.User{ID: "i", FirstName: "I", Department: "sales", Status: roster.StatusActive}}, "right-missing", "importing is a right of its own"},
		{"deactivate", roster.Deactivate{User: "ben"}, "right-missing", "and so is deactivating"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			o := newOffice(t)
			o.system(roster.CreateRole{ID: "boss", Name: "Boss", Rights: roster.Rights{"contact:view": roster.All}})
			o.hire("max", "sales", manager)
			o.hire("ben", "sales", nil)
			o.hire("sue", "support", nil)
			o.hire("den", "sales", roster.Rights{"contact:view": roster.Denied})
			o.hire("big", "sales", nil)
			o.system(roster.SetRole{User: "big", Role: "boss"}, roster.SetRole{User: "den", Role: "boss"})
			events := len(o.events())
			_, err := o.Apply(t.Context(), roster.As("max"), tt.change)
			is.Equal(reason(err), tt.want)      // tt.why
			is.Equal(err == nil, tt.want == "") // and nothing else goes wrong
			is.True(len(o.events()) > events)   // done or refused, the trail tells (W1)
			is.Equal(o.last().Reason, tt.want)  // with the reason
		})
	}
}

func TestR10_PartsAndUnknownRightsAreCoveredToo(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		actor  roster.Rights
		person roster.Rights
		want   string // the reason code
		why    string
	}{
		{"all covers a department", roster.Rights{"deal:view": roster.All}, roster.Rights{"deal:view": roster.InDepartment}, "", "wherever it is"},
		{"a part of the actor's", roster.Rights{"deal:view": roster.All, "deal:view@won": roster.InDepartment}, roster.Rights{"deal:view": roster.InDepartment},
			"other-department", "on that part the actor sees their own department only"},
		{"a right from elsewhere", roster.Rights{"deal:view": roster.All}, roster.Rights{"deal:view@late": roster.Own},
			"person-exceeds-actor", "another process may know the part already"},
		{"a denial from elsewhere", roster.Rights{"deal:view": roster.All}, roster.Rights{"deal:view@late": roster.Denied}, "", "gives nothing anywhere"},
		{"the same from elsewhere", roster.Rights{"deal:view@late": roster.All, "deal:fly": roster.All}, roster.Rights{"deal:view@late": roster.Own, "deal:fly": roster.All}, "", "the actor has as much"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			o := newOffice(t)
			tt.actor["users:manage"] = roster.All
			o.hire("max", "sales", nil)
			o.hire("sue", "support", nil)
			o.state("max", tt.actor)
			o.state("sue", tt.person)
			_, err := o.Apply(t.Context(), roster.As("max"), roster.EditUser{User: "sue", Email: new("new@example.com")})
			is.Equal(reason(err), tt.want)      // tt.why
			is.Equal(err == nil, tt.want == "") // and nothing else goes wrong
		})
	}
}

// state stores individual rights as another process, with another schema, may have stored them.
func (o *office) state(id roster.UserID, rights roster.Rights) {
	o.t.Helper()
	u := o.user(id)
	u.Rights = rights
	if err := o.store.Update(o.t.Context(), func(tx roster.Tx) error { return tx.PutUser(u) }); err != nil {
		o.t.Fatal(err)
	}
}

func TestW1_TheTrailKeepsNoTextOfARefusedInput(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	add := o.person(" Anna Smith, anna@example.com", "sales")
	add.Rights = roster.Rights{"anna@example.com": roster.All}
	_, err := o.Apply(t.Context(), roster.As("ada"), add, roster.SetRole{User: "ada", Role: "ghost"})
	is.True(errors.Is(err, roster.ErrInvalid))
	e := o.last()
	is.Equal(e.User, roster.UserID("")) // not an id, so not kept
	is.Equal(e.Fields, []string{"changes[0].id", "changes[0].email", "changes[0].rights", "changes[1].role"})
}

func TestR10_OnlyTheSystemImportsPasswords(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	in := roster.ImportUser{Hash: "$cheap$known", User: roster.User{
		ID: "ivy", FirstName: "Ivy", Email: "ivy@example.com", Department: "sales", Status: roster.StatusActive, Admin: true,
	}}
	_, err := o.Apply(t.Context(), roster.As("ada"), in)
	is.Equal(reason(err), "imports-password") // an administrator leaves one day, and would still know it
	e := o.system(in)
	is.Equal(e.Users[0].Added, true)
	is.Equal(o.verbs(2), []roster.Verb{roster.VerbUserImport, roster.VerbAdminGrant}) // R17
	in.User.FirstName = "Changed"
	e = o.system(in)
	is.Equal(e.Users, []roster.UserEffect{{User: "ivy", Kept: true, From: roster.StatusActive, To: roster.StatusActive}}) // re-runnable
	is.Equal(o.user("ivy").FirstName, "Ivy")
	_, err = o.Apply(t.Context(), roster.System("test"), roster.ImportUser{User: roster.User{ID: "x ", Status: roster.StatusDeleted, Email: "bad", Department: "nowhere", Role: "ghost", Rights: roster.Rights{"a": 9}}})
	is.Equal(fields(err), []string{"id", "last_name", "status", "email", "department", "role", "rights[a]"}) // all at once
}
