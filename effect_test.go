package roster_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
)

// TestR15_R18_WhatIsSeenFirstIsWhatHappens walks through every way to change what one user may do: each is
// previewed, changes nothing, then applied with the very same effect on that user.
func TestR15_R18_WhatIsSeenFirstIsWhatHappens(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.system(
		roster.CreateRole{ID: "seller", Name: "Seller", Rights: roster.Rights{"deal:view": roster.InDepartment, "deal:edit": roster.Own}},
		roster.CreateRole{ID: "reader", Name: "Reader", Rights: roster.Rights{"deal:view": roster.All}},
	)
	o.hire("ben", "sales", nil)
	for _, tt := range []struct {
		name   string
		change roster.Change
		right  string
		want   roster.Scope
	}{
		{"a role is given", roster.SetRole{User: "ben", Role: "seller"}, "deal:view", roster.InDepartment},
		{"exchanged", roster.SetRole{User: "ben", Role: "reader"}, "deal:view", roster.All},
		{"a right is set", roster.SetRights{User: "ben", Rights: roster.Rights{"deal:view": roster.Own}}, "deal:view", roster.Own},
		{"and unset", roster.SetRights{User: "ben", Rights: roster.Rights{"deal:view": roster.Unset}}, "deal:view", roster.All},
		{"the role is taken away", roster.SetRole{User: "ben"}, "deal:view", roster.Denied},
	} {
		t.Run(tt.name, func(t *testing.T) {
			is := is.New(t)
			scope := func() roster.Scope {
				p, err := o.Permissions(t.Context(), "ben")
				is.NoErr(err)
				return p.Scope(o.schema.MustRight(tt.right))
			}
			before, user, events := scope(), o.user("ben"), len(o.events())
			seen, err := o.Preview(t.Context(), roster.As("ada"), tt.change)
			is.NoErr(err)
			is.Equal(scope(), before)         // nothing is stored
			is.Equal(len(o.events()), events) // and nothing told
			is.Equal(o.user("ben").Version, user.Version)
			did, err := o.Apply(t.Context(), roster.As("ada"), tt.change)
			is.NoErr(err)
			if diff := cmp.Diff(seen.Users, did.Users); diff != "" {
				t.Errorf("effect (-seen +done):\n%s", diff)
			}
			is.Equal(scope(), tt.want) // it holds at the next question
			is.True(before != tt.want) // and made a difference
		})
	}
}

func TestR9_DeletingRecordsNeedsTheRightWithinItsScope(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	see := roster.Rights{"deal:view": roster.All, "deal:edit": roster.All}
	with := func(s roster.Scope) roster.Rights {
		return roster.Rights{"deal:view": roster.All, "deal:edit": roster.All, "deal:delete": s}
	}
	o.hire("none", "sales", see)
	o.hire("own", "sales", with(roster.Own))
	o.hire("dept", "sales", with(roster.InDepartment))
	o.hire("all", "sales", with(roster.All))
	o.hire("far", "support", nil)
	records := []roster.Record{{Owner: "own"}, {Owner: "dept"}, {Owner: "far"}, {}}
	for _, tt := range []struct {
		user roster.UserID
		want []bool
		why  string
	}{
		{"none", []bool{false, false, false, false}, "editing isn't deleting"},
		{"own", []bool{true, false, false, false}, "the user's own alone"},
		{"dept", []bool{true, true, false, false}, "those of the department"},
		{"all", []bool{true, true, true, true}, "every record, nobody's included"},
		{"ada", []bool{true, true, true, true}, "an administrator (R7)"},
		{"far", []bool{false, false, false, false}, "no right at all, not even on one's own"},
	} {
		t.Run(string(tt.user), func(t *testing.T) {
			t.Parallel()
			var got []bool
			for _, rec := range records {
				got = append(got, o.may(tt.user, "deal:delete", rec))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.why, diff)
			}
		})
	}
}
