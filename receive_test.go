package roster_test

import (
	"errors"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
)

func TestL18_WhoMayReceiveWork(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	seller := roster.Rights{"deal:view": roster.Own, "deal:edit": roster.Own, "deal:edit@won": roster.Denied, "integrations:manage": roster.All, "note:view": roster.All}
	o.hire("ben", "sales", seller)
	o.hire("eva", "sales", seller)
	o.hire("ian", "sales", seller)
	o.system(roster.Deactivate{User: "eva"}, roster.EditUser{User: "ian", EndDate: new(o.clock.now().Add(time.Hour))})
	for _, c := range []struct {
		name       string
		user       roster.UserID
		kind, part string
		needs      []string
		want       bool
		why        string
	}{
		{"fit", "ben", "deal", "lost", nil, true, "active, and may view and edit"},
		{"in a part that is denied", "ben", "deal", "won", nil, false, "a part has rights of its own"},
		{"without edit", "ben", "note", "", nil, false, "both are needed"},
		{"view only, when that is all", "ben", "note", "", []string{"view"}, true, "a host may ask for less"},
		{"a function", "ben", "integration", "", []string{"integrations:manage"}, true, "acting things ask for functions"},
		{"an administrator", "ada", "deal", "won", nil, true, "holds every right"},
		{"inactive", "eva", "deal", "lost", nil, false, "work goes to active users only"},
		{"until the end date", "ian", "deal", "lost", nil, true, "still there"},
		{"nobody", "zoe", "deal", "lost", nil, false, "no such user"},
	} {
		t.Run(c.name, func(t *testing.T) {
			is := is.New(t)
			d, err := o.MayReceive(t.Context(), c.user, c.kind, c.part, c.needs...)
			is.NoErr(err)
			is.Equal(d.Allowed, c.want) // see why
		})
	}
	is := is.New(t)
	for _, at := range [][2]string{{"deal", "wom"}, {"ticket", ""}} {
		d, err := o.MayReceive(t.Context(), "ben", at[0], at[1])
		is.True(errors.Is(err, roster.ErrInvalid)) // what the schema doesn't know is the host's mistake
		is.True(!d.Allowed)                        // and no yes
	}
	o.clock.forward(time.Hour)
	d, err := o.MayReceive(t.Context(), "ian", "deal", "lost")
	is.NoErr(err)
	is.True(!d.Allowed) // past the end date
}
