package amocrm_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/amocrm"
)

// items are the roles or users of requests, decoded.
func items(t testing.TB, requests []amocrm.Request) []map[string]any {
	t.Helper()
	var all []map[string]any
	for _, r := range requests {
		var several []map[string]any
		body := r.Body
		if r.Method == "PATCH" {
			body = append(append([]byte("["), body...), ']')
		}
		d := json.NewDecoder(bytes.NewReader(body))
		d.UseNumber()
		if err := d.Decode(&several); err != nil {
			t.Fatalf("%s: %v", r, err)
		}
		for _, item := range several {
			if _, number, ok := strings.Cut(r.Path, "/roles/"); ok {
				item["request_id"] = number
			}
			all = append(all, item)
		}
	}
	return all
}

// reply is what the account tells afterwards of roles or users: numbered from 1, users active, and
// no passwords. The numbers come by request_id.
func reply(t testing.TB, list string, requests []amocrm.Request) (amocrm.Source, map[string]int64) {
	t.Helper()
	all := items(t, requests)
	numbers := map[string]int64{}
	for i, item := range all {
		item["id"] = i + 1
		numbers[item["request_id"].(string)] = int64(i + 1)
		delete(item, "password")
		if rights, ok := item["rights"].(map[string]any); ok && list == "users" {
			rights["is_active"], rights["is_admin"] = true, false
		}
	}
	body, err := json.Marshal(map[string]any{"_page": 1, "_embedded": map[string]any{list: all}})
	if err != nil {
		t.Fatal(err)
	}
	return text(string(body)), numbers
}

// password gives everybody one that fits.
func password(u roster.User) string { return "Secret1-" + string(u.ID) }

// crm is the ready-made schema with stages and catalogues.
func crm(t testing.TB) *roster.Schema {
	t.Helper()
	s := roster.CRMSchema()
	for kind, parts := range map[string][]roster.Part{
		"deal":    {{Name: "7.142"}, {Name: "7.143"}, {Name: "won"}},
		"catalog": {{Name: "77"}, {Name: "78"}, {Name: "prices"}},
	} {
		if err := s.AddParts(kind, parts...); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// told are findings as "code path: text".
func told(f amocrm.Findings) []string {
	var all []string
	for _, x := range f {
		for _, p := range x.Places {
			all = append(all, fmt.Sprintf("%s %s: %s", x.Code, p.Path, x.Text))
		}
	}
	return all
}

// golden compares with a file of testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	want, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, got, "", "  "); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), indented.String()+"\n"); d != "" {
		t.Errorf("%s (-want +got):\n%s", name, d)
	}
}

// team is a few roles and users.
func team() ([]roster.Role, []roster.User) {
	roles := []roster.Role{
		{ID: "manager", Name: "Менеджер <1>", Rights: roster.Rights{
			"deal:view": roster.InDepartment, "deal:edit": roster.Own, "deal:create": roster.All, "deal:view@7.143": roster.All,
			"deal:view@7.142": roster.Denied, "contact:view": roster.All, "contact:export": roster.All, "task:view": roster.Own, "task:edit": roster.Own,
			"mail:use": roster.All, "catalogs:access": roster.All, "catalog:view@78": roster.All, "catalog:edit@78": roster.All}},
		{ID: "old", Name: "Old", Rights: roster.Rights{"company:view": roster.Own, "company:edit": roster.All}},
	}
	user := func(id, first, last string, role roster.RoleID, rights roster.Rights) roster.User {
		return roster.User{ID: roster.UserID(id), FirstName: first, LastName: last, Email: id + "@example.com",
			Department: "sales", Role: role, Rights: rights, Status: roster.StatusActive}
	}
	users := []roster.User{
		user("anna", "Anna", "Berg", "manager", nil),
		user("boris", "Boris", "von der Linde", "manager", roster.Rights{"deal:edit": roster.Denied}),
		user("clara", "Clara", "", "", roster.Rights{"deal:view": roster.All}),
		user("dora", "Dora", "Stein", "", nil),
	}
	users[2].Status, users[2].Department, users[3].Free = roster.StatusInvited, "office", true
	return roles, users
}

func TestA1_WrittenRequestsAreTheAPIs(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	roles, users := team()
	account := amocrm.Account{Roles: map[roster.RoleID]int64{"old": 107995}, Groups: map[roster.DepartmentID]int64{"sales": 625, "office": 0}}
	requests, found := amocrm.WriteRoles(crm(t), account, roles)
	is.Equal(len(requests), 2)                                   // one creates, one changes
	is.Equal(requests[0].String(), "POST /api/v4/roles")         // what has no number is created
	is.Equal(requests[1].String(), "PATCH /api/v4/roles/107995") // what has one is changed
	narrowed := []string{"narrowed roles[0].rights[deal:edit@7.143]: own here, denied there: all or nothing can stand there",
		"no-counterpart roles[0].rights[task:view]: seeing tasks can't be limited to own: " + sight,
		"no-counterpart roles[1].rights[task:view]: seeing tasks can't be limited to denied: " + sight}
	if d := cmp.Diff(narrowed, told(found)); d != "" {
		t.Errorf("findings of roles (-want +got):\n%s", d)
	}
	golden(t, "write_roles_post.json", requests[0].Body)  // an array
	golden(t, "write_roles_patch.json", requests[1].Body) // an object
	again, _ := amocrm.WriteRoles(crm(t), account, roles) // the same once more
	is.True(bytes.Equal(again[0].Body, requests[0].Body)) // maps have no order, requests do
	account.Roles["manager"] = 12                         // its number came with the reply
	requests, found = amocrm.WriteUsers(crm(t), account, roles, users, password)
	is.Equal(len(requests), 1)                           // four go into one
	is.Equal(requests[0].String(), "POST /api/v4/users") // which creates them
	golden(t, "write_users_post.json", requests[0].Body)
	want := []string{"written-as users[1].role: individual rights over a role: all rights are the user's own, and the role is left out",
		"no-counterpart users[1].rights[task:view]: seeing tasks can't be limited to own: " + sight,
		"no-counterpart users[2].rights[task:view]: seeing tasks can't be limited to denied: " + sight}
	if d := cmp.Diff(want, told(found)); d != "" {
		t.Errorf("findings (-want +got):\n%s", d)
	}
}

func TestA1_WrittenPasswordsDontShow(t *testing.T) {
	t.Parallel()
	_, users := team()
	requests, _ := amocrm.WriteUsers(crm(t), amocrm.Account{Groups: map[roster.DepartmentID]int64{"sales": 1}}, nil, users, password)
	shown, err := json.Marshal(requests)
	is := is.New(t)
	is.NoErr(err)                                                                                                                             // a request has a JSON form
	is.Equal(string(shown), `[{"method":"POST","path":"/api/v4/users"}]`)                                                                     // without the body
	is.Equal(fmt.Sprintf("%v %+v %#v", requests[0], requests[0], requests[0]), strings.Repeat("POST /api/v4/users ", 2)+"POST /api/v4/users") // nor when printed
	is.True(bytes.Contains(requests[0].Body, []byte(`"password":"Secret1-anna"`)))                                                            // the body has them
}

func TestA1_TenUsersAreWrittenAtOnce(t *testing.T) {
	t.Parallel()
	account := amocrm.Account{Groups: map[roster.DepartmentID]int64{"": 0}}
	for n, want := range map[int][]int{0: nil, 1: {1}, 9: {9}, 10: {10}, 11: {10, 1}, 25: {10, 10, 5}} {
		var users []roster.User
		for i := range n + 1 {
			id := strconv.Itoa(i)
			users = append(users, roster.User{ID: roster.UserID(id), FirstName: "N" + id, Email: id + "@example.com", Status: roster.StatusActive})
		}
		users[n].Status = roster.StatusInactive // the last one is left out
		requests, _ := amocrm.WriteUsers(crm(t), account, nil, users, password)
		var got []int
		for i, r := range requests {
			got = append(got, len(items(t, requests[i:i+1])))
			if first := items(t, []amocrm.Request{r})[0]["request_id"]; first != strconv.Itoa(10*i) {
				t.Errorf("request %d begins with user %v", i, first)
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%d users (-want +got):\n%s", n, d)
		}
	}
}

func TestA1_UsersWhoCantBeWrittenAreLeftOut(t *testing.T) {
	t.Parallel()
	account := amocrm.Account{Groups: map[roster.DepartmentID]int64{"sales": 1, "wrong": -1}}
	pass := "Abc123"
	sales := roster.User{ID: "u", FirstName: "Anna", LastName: "Berg", Email: "anna@example.com", Department: "sales", Status: roster.StatusActive}
	for _, tt := range []struct {
		name     string
		change   func(u *roster.User)
		password string
		field    string
	}{
		{"nothing wrong", func(u *roster.User) {}, pass, ""},
		{"invited", func(u *roster.User) { u.Status = roster.StatusInvited }, pass, ""},
		{"inactive", func(u *roster.User) { u.Status = roster.StatusInactive }, pass, "status"},
		{"leaving", func(u *roster.User) { u.Status = roster.StatusLeaving }, pass, "status"},
		{"deleted", func(u *roster.User) { u.Status = roster.StatusDeleted }, pass, "status"},
		{"no status", func(u *roster.User) { u.Status = roster.StatusNone }, pass, "status"},
		{"an end date", func(u *roster.User) { u.EndDate = time.Unix(4e9, 0) }, pass, "end_date"},
		{"no name", func(u *roster.User) { u.FirstName, u.LastName = " ", "" }, pass, "first_name"},
		{"no address", func(u *roster.User) { u.Email = "" }, pass, "email"},
		{"no department", func(u *roster.User) { u.Department = "" }, pass, "department"},
		{"a department without a group", func(u *roster.User) { u.Department = "office" }, pass, "department"},
		{"a group that is no number of any", func(u *roster.User) { u.Department = "wrong" }, pass, "department"},
		{"no password", func(u *roster.User) {}, "", "password"},
		{"a short password", func(u *roster.User) {}, "Abc12", "password"},
		{"no digit", func(u *roster.User) {}, "Abcdef", "password"},
		{"no capital", func(u *roster.User) {}, "abc123", "password"},
		{"no small letter", func(u *roster.User) {}, "ABC123", "password"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			u := sales
			tt.change(&u)
			requests, found := amocrm.WriteUsers(crm(t), account, nil, []roster.User{u}, func(roster.User) string { return tt.password })
			if tt.field == "" {
				is.Equal(len(requests), 1) // written
				is.Equal(len(found), 0)    // and nothing to tell
				return
			}
			is.Equal(len(requests), 0)                                                             // not written
			is.Equal(len(found), 1)                                                                // which is told once
			is.Equal(found[0].Code, amocrm.CodeLeftOut)                                            // as left out
			is.Equal(found[0].Places, []amocrm.Place{{Source: "u", Path: "users[0]." + tt.field}}) // with the place
		})
	}
	requests, found := amocrm.WriteUsers(crm(t), account, nil, []roster.User{sales}, nil)
	is := is.New(t)
	is.Equal(len(requests), 0)    // nobody to ask for a password
	is.Equal(len(told(found)), 1) // is told
}

// TestA1_TwoRolesUnderOneNumberAreLeftOut has a role that was imported before and after it changed there: what is
// written of one would widen the other's holders.
func TestA1_TwoRolesUnderOneNumberAreLeftOut(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	roles := []roster.Role{
		{ID: "amocrm-12-old", Name: "Seller", Rights: roster.Rights{"deal:view": roster.Own, "task:view": roster.All}},
		{ID: "amocrm-12-new", Name: "Seller", Rights: roster.Rights{"deal:view": roster.All, "task:view": roster.All}},
		{ID: "amocrm-13", Name: "Guest"}, {ID: "a", Name: "A"}, {ID: "b", Name: "B"},
	}
	account := amocrm.Account{
		Roles:  map[roster.RoleID]int64{"amocrm-12-old": 12, "amocrm-12-new": 12, "amocrm-13": 13, "a": 0, "b": 0},
		Groups: map[roster.DepartmentID]int64{"": 0},
	}
	requests, found := amocrm.WriteRoles(crm(t), account, roles)
	is.Equal(len(requests), 2)                               // two without a number are created, one is changed
	is.Equal(requests[1].String(), "PATCH /api/v4/roles/13") // which has a number of its own
	want := []string{"left-out roles[0]: another role has its number, 12: holders of one would get the other's rights",
		"left-out roles[1]: another role has its number, 12: holders of one would get the other's rights"}
	if d := cmp.Diff(want, butTasks(told(found))); d != "" {
		t.Errorf("findings of roles (-want +got):\n%s", d)
	}
	anna := roster.User{ID: "anna", FirstName: "Anna", Email: "anna@example.com", Role: "amocrm-12-old", Status: roster.StatusActive}
	requests, found = amocrm.WriteUsers(crm(t), account, roles, []roster.User{anna}, password)
	rights := items(t, requests)[0]["rights"].(map[string]any)
	is.Equal(rights["role_id"], nil)               // she holds neither
	is.Equal(naive(rights, "deal", "view", ""), 1) // but what hers gives, as her own
	if d := cmp.Diff([]string{"written-as users[0].role: another role has its number: its rights are the user's own"}, butTasks(told(found))[:1]); d != "" {
		t.Errorf("findings of users (-want +got):\n%s", d)
	}
}
