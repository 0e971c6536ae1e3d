package roster_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
)

// fields lists the fields of an error that is a Faults.
func fields(err error) []string {
	f, ok := errors.AsType[roster.Faults](err)
	if !ok {
		return nil
	}
	var names []string
	for _, x := range f {
		names = append(names, x.Field)
	}
	return names
}

func TestJ1_EveryFaultIsToldAtOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	long := strings.Repeat("x", 256)
	for _, tt := range []struct {
		name string
		in   roster.AddUser
		want []string
		why  string
	}{
		{"nothing", roster.AddUser{}, []string{"first_name", "last_name", "email", "password", "department", "rights"}, "every required field is missing"},
		{"blank", roster.AddUser{FirstName: " ", LastName: "\t", Email: " ", Password: "hunter2", Department: "nowhere", NoRights: true},
			[]string{"first_name", "last_name", "email", "password", "department"}, "blank isn't given, and the department is unknown"},
		{"over-long", roster.AddUser{FirstName: long, LastName: long, Email: long + "@example.com", Password: strings.Repeat("p", 257), Department: "sales", NoRights: true},
			[]string{"first_name", "last_name", "email", "password"}, "names ≤ 255 bytes, passwords ≤ 256 characters"},
		{"control", roster.AddUser{FirstName: "a\x00", LastName: "b\nc", Email: "a@example.com", Password: password, Department: "sales", NoRights: true},
			[]string{"first_name", "last_name"}, "control characters would break lists and letters"},
		{"rights", roster.AddUser{FirstName: "A", LastName: "B", Email: "a@example.com", Password: password, Department: "sales", Role: "ghost", Rights: roster.Rights{"deal:fly": roster.All}},
			[]string{"role", "rights[deal:fly]"}, "an unknown role and an unknown right"},
		{"identity", roster.AddUser{FirstName: "A", LastName: "B", Email: "a@example.com", Identity: roster.Identity{Issuer: "https://id.example.com"}, Department: "sales", NoRights: true},
			[]string{"identity"}, "an identity needs both halves"},
		{"id", roster.AddUser{ID: "ada", FirstName: "A", LastName: "B", Email: "ADA@Example.com", Password: password, Department: "sales", NoRights: true},
			[]string{"id", "email"}, "the id and the address, whatever its case, are taken (J2)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			is := is.New(t)
			before := len(o.events())
			_, err := o.Apply(t.Context(), roster.As("ada"), tt.in)
			if diff := cmp.Diff(tt.want, fields(err)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.why, diff)
			}
			is.True(errors.Is(err, roster.ErrInvalid))         // a fault is ErrInvalid
			is.True(len(o.events()) <= before+1)               // nothing but the refusal is written
			is.True(!strings.Contains(err.Error(), "hunter2")) // no password in a text
		})
	}
}

func TestJ2_Addresses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		address string
		good    bool
		why     string
	}{
		{"anna@example.com", true, "plain"},
		{"anna.b+crm@mail.example.co.uk", true, "dots and a tag"},
		{"анна@пример.рф", true, "internationalised (RFC 6531)"},
		{"anna", false, "no domain"},
		{"anna@", false, "no domain"},
		{"@example.com", false, "no local part"},
		{"anna@localhost", false, "no dotted domain unless the host allows it"},
		{"Anna <anna@example.com>", false, "a display name"},
		{"anna@example.com (home)", false, "a comment"},
		{"\"anna b\"@example.com", false, "a quoted local part"},
		{"anna@[127.0.0.1]", false, "an address literal"},
		{"anna@example..com", false, "an empty label"},
		{"anna@-example.com", false, "a label that begins with a hyphen"},
		{"anna@b@example.com", false, "two at-signs"},
		{"anna@example.com\r\nBcc: x@example.com", false, "a header of its own"},
		{strings.Repeat("a", 65) + "@example.com", false, "local part over 64 bytes"},
		{"a@" + strings.Repeat("b.", 130) + "com", false, "over 254 bytes"},
	} {
		t.Run(tt.address, func(t *testing.T) {
			is := is.New(t)
			o := newOffice(t)
			add := o.person("new", "sales")
			add.Email = tt.address
			_, err := o.Apply(t.Context(), roster.As("ada"), add)
			is.Equal(err == nil, tt.good) // tt.why
		})
	}
}

func TestJ3_ALetterIsQueuedAndTheUserIsInvited(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	e, err := o.Apply(t.Context(), roster.As("ada"), o.person("ben", "sales"))
	is.NoErr(err)
	is.Equal(e.IDs, []string{"ben"})                          // the id of what was made
	is.Equal(o.user("ben").Status, roster.StatusInvited)      // not active before activation
	is.True(!o.may("ben", "deal:create", roster.Record{}))    // an invited user may nothing
	p, err := o.Profile(t.Context(), roster.As("ada"), "ben") //
	is.NoErr(err)                                             //
	is.Equal(len(p.Letters), 1)                               // one letter waits
	is.Equal(p.Letters[0].Kind, roster.LetterActivation)      // with the activation
	_, err = o.Apply(t.Context(), roster.As("ada"), roster.SendActivation{User: "ben"})
	is.NoErr(err)
	again, err := o.Profile(t.Context(), roster.As("ada"), "ben")
	is.NoErr(err)
	is.Equal(len(again.Letters), 1)                 // sending again voids the old one
	is.True(again.Letters[0].ID != p.Letters[0].ID) // by a new one
}

func TestJ4_UserAndRightsTogetherOrNotAtAll(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	add := o.person("ben", "sales")
	add.NoRights = false
	_, err := o.Apply(t.Context(), roster.As("ada"), add)
	is.Equal(fields(err), []string{"rights"}) // neither role nor rights must be asked for
	add.Rights = roster.Rights{"deal:view": roster.Own}
	_, err = o.Apply(t.Context(), roster.As("ada"), add, roster.SetRole{User: "ben", Role: "ghost"})
	is.Equal(fields(err), []string{"changes[1].role"}) // the second change fails …
	_, err = o.Profile(t.Context(), roster.As("ada"), "ben")
	is.True(errors.Is(err, roster.ErrNotFound)) // … and the first didn't happen
}

func TestJ6_AProfileTellsRightByRightWhereItComesFrom(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.system(roster.CreateRole{ID: "seller", Name: "Seller", Rights: roster.Rights{
		"deal:view": roster.InDepartment, "deal:edit": roster.Own, "deal:view@won": roster.All,
	}})
	o.hire("ben", "sales", roster.Rights{"deal:edit": roster.Denied})
	o.system(roster.SetRole{User: "ben", Role: "seller"})
	p, err := o.Profile(t.Context(), roster.As("ada"), "ben")
	is.NoErr(err)
	is.Equal(p.Department.Name, "Sales")
	got := map[string]roster.Source{}
	for _, e := range p.Rights {
		got[e.Right] = e.Source
	}
	is.Equal(got["deal:view"], roster.FromRole)       // the role speaks
	is.Equal(got["deal:view@won"], roster.FromRole)   // on its part too
	is.Equal(got["deal:edit"], roster.FromIndividual) // the individual right overrides
	is.Equal(got["contact:view"], roster.FromDefault) // nobody speaks: no
	_, ok := got["users:delete"]
	is.True(ok) // functions are told as well
	_, err = o.Profile(t.Context(), roster.As("ben"), "ada")
	is.True(errors.Is(err, roster.ErrDenied)) // others only for who manages users
	_, err = o.Profile(t.Context(), roster.As("ben"), "ben")
	is.NoErr(err) // oneself always
}

func TestJ7_EditingUsers(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.hire("ben", "sales", nil)
	ada := roster.As("ada")
	_, err := o.Apply(t.Context(), ada, roster.EditUser{User: "ben", FirstName: new(""), Email: new("ada@EXAMPLE.com"), Department: new(roster.DepartmentID("x"))})
	is.Equal(fields(err), []string{"first_name", "email", "department"}) // the rules of adding, all at once
	e, err := o.Apply(t.Context(), ada, roster.EditUser{User: "ben", FirstName: new("Benjamin"), Free: new(true), Email: new("new@example.com")})
	is.NoErr(err)
	is.Equal(e.Users[0].Fields, []string{"first_name", "free", "email"})
	is.Equal(e.Seats, -1) // a free user holds no seat (L26)
	u := o.user("ben")
	is.Equal(u.Email, "ben@example.com")        // the old address stands …
	is.Equal(u.PendingEmail, "new@example.com") // … until the new one is confirmed
	_, err = o.Apply(t.Context(), ada, roster.EditUser{User: "ben", Email: new("ben@example.com")})
	is.NoErr(err)
	is.Equal(o.user("ben").PendingEmail, "") // back to the old one
	_, err = o.Apply(t.Context(), ada, roster.EditUser{User: "ghost", FirstName: new("X")})
	is.True(errors.Is(err, roster.ErrNotFound)) // an unknown user
}

func TestJ7_AnInvitedUsersNewAddressVoidsTheOldActivation(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.system(o.person("ben", "sales"))
	epoch := o.user("ben").Epoch
	o.system(roster.EditUser{User: "ben", Email: new("b@example.com")})
	is.Equal(o.user("ben").Email, "b@example.com") // nobody has confirmed the old one
	is.True(o.user("ben").Epoch > epoch)           // and its activation is void
}

func TestJ8_Departments(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	ada := roster.As("ada")
	_, err := o.Apply(t.Context(), ada, roster.CreateDepartment{ID: "sales", Name: " ", Head: "ghost"})
	is.Equal(fields(err), []string{"name", "id", "head"}) // all at once
	_, err = o.Apply(t.Context(), ada, roster.EditDepartment{Department: "support", Name: new("Help"), Head: new(roster.UserID("ada"))})
	is.NoErr(err)
	_, err = o.Apply(t.Context(), ada, roster.DeleteDepartment{Department: "sales"})
	is.True(errors.Is(err, roster.ErrInUse)) // ada is in it
	_, err = o.Apply(t.Context(), ada, roster.DeleteDepartment{Department: "support"})
	is.NoErr(err)
	var names []string
	for d, err := range o.Departments(t.Context(), ada) {
		is.NoErr(err)
		names = append(names, d.Name)
	}
	is.Equal(names, []string{"Sales"}) // what is left
}

func TestJ8_AMoveTellsWhoGainsAndLosesSight(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.hire("ben", "sales", roster.Rights{"deal:view": roster.InDepartment})
	o.hire("cleo", "sales", roster.Rights{"deal:view": roster.InDepartment, "contact:view": roster.All})
	o.hire("dan", "support", roster.Rights{"deal:view": roster.Own, "deal:view@won": roster.InDepartment})
	move := roster.EditUser{User: "ben", Department: new(roster.DepartmentID("support"))}
	e, err := o.Preview(t.Context(), roster.As("ada"), move)
	is.NoErr(err)
	want := []roster.SightChange{
		{Viewer: "ben", Department: "sales", Right: "deal:view"},
		{Viewer: "cleo", Whose: "ben", Right: "deal:view"},
		{Viewer: "ben", Department: "support", Right: "deal:view", Gained: true},
		{Viewer: "dan", Whose: "ben", Right: "deal:view@won", Gained: true},
	}
	if diff := cmp.Diff(want, e.Sight); diff != "" {
		t.Errorf("who gains and loses (-want +got):\n%s", diff)
	}
	is.Equal(o.user("ben").Department, roster.DepartmentID("sales")) // a preview stores nothing
}

func TestJ9_TheFirstAdministratorOnce(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t) // names ada
	is.True(o.user("ada").Admin)
	is.Equal(o.user("ada").Status, roster.StatusActive) // usable at once
	_, err := o.Bootstrap(t.Context(), o.person("eve", "sales"))
	is.True(errors.Is(err, roster.ErrExists))         // not twice
	is.Equal(o.last().Verb, roster.VerbBootstrap)     // and the attempt is in the trail
	is.Equal(o.last().Outcome, roster.OutcomeRefused) //
}

func TestJ3_AMovingClockVoidsNoLetter(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	r, err := roster.New(o.store, o.schema, roster.Config{Hasher: cheap{}, Sender: o.post, Now: func() time.Time {
		o.clock.forward(time.Millisecond) // every reading is later than the one before
		return o.clock.now()
	}})
	is.NoErr(err)
	_, err = r.Apply(t.Context(), roster.As("ada"), o.person("ben", "sales"))
	is.NoErr(err)
	d, err := r.Deliver(t.Context(), 0)
	is.NoErr(err)
	is.Equal(d, roster.Delivery{Sent: 1})
}
