package amocrm_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/amocrm"
	"github.com/seed-8e8abc8d/roster/memstore"
)

// seller is a role with one right.
const seller = `{"id":9,"name":"Seller","rights":{"leads":{"view":"G","edit":"D","add":"D","delete":"D","export":"D"},
	"contacts":{"view":"D"},"companies":{"view":"D"},"tasks":{"edit":"D","delete":"D"}}}`

// sellersRights are what it gives.
var sellersRights = roster.Rights{"deal:view": roster.InDepartment}

// userLike is a user's reply with the members of rights.
func userLike(id int, rights string) string {
	return fmt.Sprintf(`{"id":%d,"name":"Anna Berg","email":"user%d@example.com","rights":{%s}}`, id, id, rights)
}

func TestA1_FlagsAndRoles(t *testing.T) {
	t.Parallel()
	role := read(t, texts("["+seller+"]"), nil).Roles[0].ID
	const all = `"leads":{"view":"A","edit":"A","add":"A","delete":"A","export":"A"}`
	everything := roster.Rights{"deal:view": roster.All, "deal:edit": roster.All, "deal:create": roster.All, "deal:delete": roster.All, "deal:export": roster.All}
	tests := []struct {
		name, rights string
		want         roster.User // what comes of it
		found        string
		why          string
	}{
		{"active", all + `,"is_active":true`, roster.User{Status: roster.StatusInvited, Rights: everything}, "",
			"active users are invited: they have no password here"},
		{"inactive", all + `,"is_active":false`, roster.User{Status: roster.StatusInactive, Rights: everything}, "", "inactive ones stay so"},
		{"not said", all, roster.User{Status: roster.StatusInactive, Rights: everything}, "missing users[].rights.is_active", "nobody is let in by silence"},
		{"administrator", all + `,"is_active":true,"is_admin":true`, roster.User{Status: roster.StatusInvited, Admin: true, Rights: everything}, "", "a flag, not a role"},
		{"free", all + `,"is_active":true,"is_free":true,"is_admin":true,"role_id":9`, roster.User{Status: roster.StatusInvited, Free: true},
			"ignored users[].rights", "free: everything else is ignored"},
		{"a role", `"is_active":true,"role_id":9`, roster.User{Status: roster.StatusInvited, Role: role}, "", "the role alone"},
		{"a role over other rights", all + `,"is_active":true,"role_id":9`, roster.User{Status: roster.StatusInvited, Role: role},
			"ignored users[].rights", "the individual rights are ignored, and told because they differ"},
		{"an unknown role", all + `,"is_active":true,"role_id":10`, roster.User{Status: roster.StatusInvited},
			"denied users[].rights.role_id", "no role was read: no rights, not the individual ones"},
		{"a role in quotes", `"is_active":true,"role_id":"9"`, roster.User{Status: roster.StatusInvited, Role: role}, "read-as users[].rights.role_id", "a number in quotes is one"},
		{"a flag twice", all + `,"is_active":true,"is_admin":false,"is_admin":true`, roster.User{Status: roster.StatusInactive},
			"duplicate users[].rights.is_admin", "what contradicts itself grants nothing"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			im := read(t, texts("["+seller+"]"), texts("["+userLike(1, tt.rights)+"]"))
			want := tt.want
			want.ID, want.FirstName, want.LastName, want.Email, want.Department = "1", "Anna", "Berg", "user1@example.com", "amocrm-group-0"
			if d := cmp.Diff(want, im.Users[0]); d != "" {
				t.Errorf("%s (-want +got):\n%s", tt.why, d)
			}
			if found := codes(im); tt.found != "" && found[tt.found] == 0 {
				t.Errorf("%s: %q isn't among the findings %v", tt.why, tt.found, found)
			}
		})
	}
}

func TestA1_SameRightsUnderARoleAreNotTold(t *testing.T) {
	t.Parallel()
	rights := strings.TrimSuffix(strings.SplitN(seller, `"rights":{`, 2)[1], "}}")
	im := read(t, texts("["+seller+"]"), texts("["+userLike(1, rights+`,"is_active":true,"role_id":9`)+"]"))
	found := codes(im)
	is := is.New(t)
	is.Equal(found["ignored users[].rights"], 0)               // the same rights: nothing to tell
	is.Equal(im.Roles[0].Rights, sellersRights)                // the role's own
	is.Equal(found["missing users[].rights.contacts.edit"], 0) // the blocks are ignored, their faults too
	is.Equal(found["missing roles[].rights.contacts.edit"], 1) // the role's are told
}

func TestA1_FullNamesAreSplit(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("я", 200)
	tests := []struct{ name, full, first, last, why string }{
		{"two words", "Анна Волкова", "Анна", "Волкова", "the first word is the first name"},
		{"more", "Anna Maria van den Berg", "Anna", "Maria van den Berg", "all that follows is the last name"},
		{"one", "Anna", "Anna", "", "one word is the first name"},
		{"spaces", " Anna \t Berg\n", "Anna", "Berg", "spaces are put together"},
		{"blank", "  ", "amoCRM user", "1", "a user without a name is called by the number"},
		{"control characters", "An\u0007na Berg", "An", "na Berg", "control characters can't be stored"},
		{"too long", "A " + long, "A", strings.Repeat("я", 126), "at most 255 bytes in all, no half letters"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			name, err := json.Marshal(tt.full)
			is.NoErr(err) // marshals
			im := read(t, nil, texts(fmt.Sprintf(`[{"id":1,"name":%s,"email":"a@example.com"}]`, name)))
			is.Equal(im.Users[0].FirstName, tt.first) // first name
			is.Equal(im.Users[0].LastName, tt.last)   // last name
		})
	}
}

func TestA1_Groups(t *testing.T) {
	t.Parallel()
	user := func(id int, group, embedded string) string {
		return fmt.Sprintf(`{"id":%d,"name":"A B","email":"u%d@example.com","rights":{"is_active":true%s},"_embedded":{"groups":[%s]}}`, id, id, group, embedded)
	}
	im := read(t, nil, texts("["+strings.Join([]string{
		user(1, `,"group_id":7`, `{"id":7,"name":"Sales"}`),
		user(2, `,"group_id":0`, ``),
		user(3, `,"group_id":null`, ``),
		user(4, ``, ``),
		user(5, `,"group_id":8`, ``),
		user(6, `,"group_id":"7"`, ``),
		user(7, `,"group_id":0`, `{"id":9,"name":"Support"}`),
	}, ",")+"]"))
	var got []roster.DepartmentID
	for _, u := range im.Users {
		got = append(got, u.Department)
	}
	// User 5's group has no name, and is a department of its own: to put its people into the default
	// department would widen what they see.
	want := []roster.DepartmentID{"amocrm-group-7", "amocrm-group-0", "amocrm-group-0", "amocrm-group-0", "amocrm-group-8", "amocrm-group-7", "amocrm-group-0"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("members (-want +got):\n%s", d)
	}
	departments := []roster.Department{
		{ID: "amocrm-group-0", Name: "amoCRM default group"}, {ID: "amocrm-group-7", Name: "Sales"},
		{ID: "amocrm-group-8", Name: "amoCRM group 8"}, {ID: "amocrm-group-9", Name: "Support"},
	}
	if d := cmp.Diff(departments, im.Departments); d != "" {
		t.Errorf("departments (-want +got):\n%s", d)
	}
	found := codes(im)
	is := is.New(t)
	is.Equal(found["missing users[].rights.group_id"], 1) // user 4's
	is.Equal(found["missing _embedded.groups"], 1)        // group 8's name
	is.Equal(found["ignored users[].rights.group_id"], 1) // user 7's
}

func TestA1_Addresses(t *testing.T) {
	t.Parallel()
	im := read(t, nil, texts(`[
		{"id":3,"name":"A B","email":"ANNA@example.com"},
		{"id":1,"name":"A B","email":" anna@example.com "},
		{"id":2,"name":"A B","email":"anna at example"},
		{"id":4,"name":"A B","email":null},
		{"id":5,"name":"A B","email":"Anna <a@example.com>"}]`))
	var got []string
	for _, u := range im.Users {
		got = append(got, u.Email)
	}
	if d := cmp.Diff([]string{"anna@example.com", "", "", "", ""}, got); d != "" {
		t.Errorf("addresses, by user (-want +got):\n%s", d)
	}
	var texts []string
	for _, f := range im.Findings {
		if f.Code == amocrm.CodeNoAddress {
			texts = append(texts, f.Places[0].Path+": "+f.Text)
		}
	}
	want := []string{
		"users[2].email: user 2 is imported without an address: not an e-mail address",
		"users[0].email: user 3 is imported without an address: it is user 1's",
		"users[3].email: user 4 is imported without an address: missing",
		"users[4].email: user 5 is imported without an address: not a bare e-mail address",
	}
	if d := cmp.Diff(want, texts); d != "" {
		t.Errorf("findings (-want +got):\n%s", d)
	}
}

func TestA1_GivenTwice(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	active := userLike(1, `"mail_access":true,"is_active":true`)
	im := read(t, nil, texts("["+active+"]", "["+active+"]"))
	is.Equal(len(im.Users), 1)                                          // once
	is.Equal(im.Users[0].Rights, roster.Rights{"mail:use": roster.All}) // the same: it counts
	im = read(t, nil, texts("["+active+"]", "["+userLike(1, `"is_active":true,"files_access":true`)+"]"))
	is.Equal(len(im.Users), 1)                          // once
	is.Equal(len(im.Users[0].Rights), 0)                // other rights: none count
	is.Equal(im.Users[0].Status, roster.StatusInactive) // nor does being active
	im = read(t, texts("["+seller+"]", "["+seller+"]"), nil)
	is.Equal(im.Roles[0].Rights, sellersRights) // the same: it counts
	is.Equal(len(im.Roles), 1)
	im = read(t, texts("["+seller+"]", "["+strings.Replace(seller, "G", "A", 1)+"]"), nil)
	is.Equal(len(im.Roles), 1)
	is.Equal(len(im.Roles[0].Rights), 0) // other rights: none count
	im = read(t, texts("["+strings.Replace(seller, `"rights":{`, `"rights":{"mail_access":false,"mail_access":true,`, 1)+"]"), nil)
	is.Equal(len(im.Roles[0].Rights), 0) // a key twice: nothing counts
}

func TestA1_RoleIDsFollowTheirContent(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	id := func(role string) roster.RoleID { return read(t, texts("["+role+"]"), nil).Roles[0].ID }
	is.Equal(id(seller), id(strings.Replace(seller, `"view":"G","edit":"D"`, `"edit":"D","view":"G"`, 1))) // the same rights: the same role
	is.True(id(seller) != id(strings.Replace(seller, "G", "A", 1)))                                        // other rights: a new role
	is.True(id(seller) != id(strings.Replace(seller, "Seller", "Sales", 1)))                               // another name: a new role
	is.True(strings.HasPrefix(string(id(seller)), "amocrm-9-"))                                            // the account's number is in it
}

func TestA1_RolesListTheirUsers(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	users := "[" + userLike(1, `"is_active":true,"role_id":9`) + "," + userLike(2, `"is_active":true`) + "]"
	for _, list := range []string{`[1,2]`, `[{"id":1},{"id":2}]`, `["1","2"]`} {
		role := strings.TrimSuffix(seller, "}") + `,"_embedded":{"users":` + list + `}}`
		found := codes(read(t, texts("["+role+"]"), texts(users)))
		is.Equal(found["ignored roles[]._embedded.users[]"]+found["ignored roles[]._embedded.users[].id"], 1) // user 2 says otherwise
	}
	nameless := read(t, texts(`[{"id":5,"name":null,"rights":{}}]`), nil)
	is.Equal(nameless.Roles[0].Name, "amoCRM role 5") // a role has a name
}

// TestA1_ImportRunsTwice applies an import, and a second one after a role was changed.
func TestA1_ImportRunsTwice(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := t.Context()
	r, err := roster.New(&memstore.Store{}, roster.CRMSchema(), roster.Config{})
	is.NoErr(err) // made
	users := "[" + userLike(1, `"is_active":true,"is_admin":true,"group_id":3`) + "," + userLike(2, `"is_active":true,"role_id":9`) + "]"
	first := apply(ctx, t, r, read(t, texts("["+seller+"]"), texts(users)))
	is.Equal(len(first.Users), 2)                         // both users
	is.True(first.Users[0].Added && first.Users[1].Added) // new
	second := apply(ctx, t, r, read(t, texts("["+strings.Replace(seller, "G", "A", 1)+"]"), texts(users)))
	is.True(second.Users[0].Kept && second.Users[1].Kept) // left as they are
	is.Equal(len(second.IDs), 3)                          // the changed role came as a new one, besides the users
	u, err := r.Profile(ctx, roster.System("test"), "2")
	is.NoErr(err)
	is.Equal(u.User.Status, roster.StatusInvited) // no one came in active
}

// apply brings an import in.
func apply(ctx context.Context, t *testing.T, r *roster.Roster, im *amocrm.Import) roster.Effect {
	t.Helper()
	changes, err := im.Prepare(ctx, r, roster.System("import"))
	if err != nil {
		t.Fatalf("Prepare: %v", err)
	}
	effect, err := r.Apply(ctx, roster.System("import"), changes...)
	if err != nil {
		t.Fatalf("Apply: %v", err)
	}
	return effect
}

func TestPrepareTellsWhatStopsIt(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	r, err := roster.New(&memstore.Store{}, roster.CRMSchema(), roster.Config{})
	is.NoErr(err) // made
	im := &amocrm.Import{Parts: map[string][]roster.Part{"contact": {{Name: "1"}}}}
	_, err = im.Prepare(t.Context(), r, roster.As("nobody"))
	is.True(errors.Is(err, roster.ErrDenied)) // an actor who may not manage users
	_, err = im.Prepare(t.Context(), r, roster.System("import"))
	is.True(errors.Is(err, roster.ErrInvalid)) // the schema's contacts have no parts
}
