package roster_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
)

// TestR1_DeclarationsReachTheirBounds tries the last that is good and the first that isn't.
func TestR1_DeclarationsReachTheirBounds(t *testing.T) {
	t.Parallel()
	kind := func(name string) []roster.Kind {
		return []roster.Kind{{Name: name, Actions: []roster.Action{{Name: "view"}}}}
	}
	part := func(name string) []roster.Kind {
		kinds := kind("deal")
		kinds[0].Parted, kinds[0].Parts = true, []roster.Part{{Name: name}}
		return kinds
	}
	name, where := []string{"kinds[0].name"}, []string{"kinds[0].parts[0].name"}
	for _, tc := range []struct {
		name  string
		kinds []roster.Kind
		want  []string // the faulty fields
		why   string
	}{
		{"a to z", kind("az"), nil, "both ends of the letters are letters"},
		{"digits", kind("a09"), nil, "both ends of the digits are digits"},
		{"before the digits", kind("a/"), name, "a slash comes before 0"},
		{"after the digits", kind("a:"), name, "a colon comes after 9"},
		{"before the letters", kind("a`"), name, "a backquote comes before a"},
		{"after the letters", kind("a{"), name, "a brace comes after z"},
		{"a long word", kind(strings.Repeat("a", 64)), nil, "64 bytes are allowed"},
		{"too long a word", kind(strings.Repeat("a", 65)), name, "65 aren't"},
		{"! to ~", part("!~"), nil, "both ends of what is printed are printed"},
		{"a space", part(" "), where, "a space comes before them"},
		{"delete", part("\x7f"), where, "delete comes after them"},
		{"a long part", part(strings.Repeat("a", 128)), nil, "128 bytes are allowed"},
		{"too long a part", part(strings.Repeat("a", 129)), where, "129 aren't"},
		{"a scope that isn't one", []roster.Kind{{Name: "deal", Actions: []roster.Action{{Name: "view", Scopes: []roster.Scope{denied, all + 1}}}}},
			[]string{"kinds[0].actions[0].scopes[1]", "kinds[0].actions[0].scopes"}, "it doesn't count: nothing but denied is left"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := roster.NewSchema(tc.kinds, nil)
			var faults roster.Faults
			errors.As(err, &faults)
			var got []string
			for _, f := range faults {
				got = append(got, f.Field)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s\n%v", tc.why, diff, err)
			}
		})
	}
}

// TestPermissionsAreResolvedOnce holds the promise that answers share one resolution: by their pointers.
func TestPermissionsAreResolvedOnce(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.system(roster.CreateRole{ID: "seller", Name: "Seller", Rights: roster.Rights{"deal:view": roster.Own}})
	for _, id := range []roster.UserID{"ben", "cleo", "dan"} {
		o.hire(id, "sales", nil)
		o.system(roster.SetRole{User: id, Role: "seller"})
	}
	o.system(roster.SetRights{User: "dan", Rights: roster.Rights{"deal:edit": roster.Own}})
	of := func(id roster.UserID) *roster.Permissions {
		p, err := o.Permissions(t.Context(), id)
		is.NoErr(err)
		return p
	}
	ben, dan := of("ben"), of("dan")
	is.True(of("ben") == ben)  // asked again, nothing is resolved again
	is.True(of("dan") == dan)  // nor is it for who has rights of their own
	is.True(of("cleo") == ben) // who has nothing but the role shares with its other holders
	is.True(dan != ben)        // and who has more doesn't
	is.NoErr(o.schema.AddParts("deal", roster.Part{Name: "unheard-of"}))
	is.True(of("ben") != ben) // a new part is a reason
}
