package amocrm_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/amocrm"
)

// lost are what findings say of the rights at a path: "deal:view: all here, own there".
func lost(found amocrm.Findings, path string) []string {
	all := []string{}
	for _, f := range found {
		for _, p := range f.Places {
			if rest, ok := strings.CutPrefix(p.Path, path+".rights["); ok {
				if scopes, _, compared := strings.Cut(f.Text, " there: "); compared {
					all = append(all, strings.TrimSuffix(rest, "]")+": "+scopes+" there")
				}
			}
		}
	}
	slices.Sort(all)
	return all
}

// asTold compares permissions before and after: nothing reaches farther, and what reaches less far is
// exactly what findings say.
func asTold(t testing.TB, before, after *roster.Permissions, found amocrm.Findings, path string) {
	t.Helper()
	for _, d := range after.Exceeds(before) {
		t.Errorf("%s: %s is wider: %s, from %s", path, d.Right, d.To, d.From)
	}
	less := []string{}
	for _, d := range before.Difference(after) {
		less = append(less, fmt.Sprintf("%s: %s here, %s there", d.Right, d.From, d.To))
	}
	slices.Sort(less)
	if d := cmp.Diff(lost(found, path), less); d != "" {
		t.Errorf("%s: what is told (-), and what is less (+):\n%s", path, d)
	}
}

// lettersWithin compares the letters of a written rights object with permissions, by the naive reading. What the
// schema doesn't know and given names is denied there too.
func lettersWithin(t testing.TB, s *roster.Schema, p *roster.Permissions, given roster.Rights, rights map[string]any) {
	t.Helper()
	if _, ok := given["deal:view@9.9"]; ok && naive(rights, "deal", "view", "9.9") > 0 {
		t.Error("a stage that the schema doesn't know is open")
	}
	if entries, _ := rights["catalog_rights"].([]any); rights["catalog_access"] == true && given["catalog:view@99"] > 0 &&
		(naive(rights, "catalog", "view", "99") > 0 || !strings.Contains(fmt.Sprint(entries), "catalog_id:99")) {
		t.Error("a catalogue that the schema doesn't know isn't denied by name")
	}
	for _, k := range s.Kinds() {
		if k.Name == "task" || !slices.Contains([]string{"deal", "contact", "company", "catalog"}, k.Name) {
			continue // what a task's seeing follows from, tasks don't say
		}
		for _, part := range append([]roster.Part{{}}, k.Parts...) {
			for _, a := range k.Actions {
				if !slices.Contains([]string{"view", "edit", "create", "delete", "export"}, a.Name) {
					continue
				}
				right := s.MustRight(k.Name + ":" + a.Name).At(part.Name)
				if got, most := naive(rights, k.Name, a.Name, part.Name), int(p.Scope(right)-roster.Denied); got > most {
					t.Errorf("%s: the letters reach %d, the right %d", right, got, most)
				}
			}
		}
	}
}

// roundTrip writes roles and users, reads what the account then tells, and compares.
func roundTrip(t testing.TB, s *roster.Schema, roles []roster.Role, users []roster.User) {
	t.Helper()
	account := amocrm.Account{Groups: map[roster.DepartmentID]int64{"": 0}}
	requests, ofRoles := amocrm.WriteRoles(s, account, roles)
	rolesThere, numbers := reply(t, "roles", requests)
	account.Roles = map[roster.RoleID]int64{}
	rights := map[roster.RoleID]roster.Rights{}
	for i, r := range roles {
		rights[r.ID] = r.Rights
		if i%3 > 0 { // every third has no number
			account.Roles[r.ID] = numbers[string(r.ID)]
		}
		lettersWithin(t, s, roster.Resolve(s, roster.Grants{Role: r.Rights}), r.Rights, items(t, requests)[i]["rights"].(map[string]any))
	}
	requests, ofUsers := amocrm.WriteUsers(s, account, roles, users, password)
	usersThere, numbers := reply(t, "users", requests)
	im, err := amocrm.Read([]amocrm.Source{rolesThere}, []amocrm.Source{usersThere})
	if err != nil {
		t.Fatalf("what was written can't be read: %v", err)
	}
	again := map[roster.RoleID]roster.Rights{}
	for i, r := range im.Roles { // numbered in the order of roles
		again[r.ID] = r.Rights
		asTold(t, roster.Resolve(s, roster.Grants{Role: roles[i].Rights}), roster.Resolve(s, roster.Grants{Role: r.Rights}), ofRoles, fmt.Sprintf("roles[%d]", i))
	}
	byID := map[roster.UserID]roster.User{}
	for _, u := range im.Users {
		byID[u.ID] = u
	}
	for i, u := range users {
		there, ok := byID[roster.UserID(fmt.Sprint(numbers[string(u.ID)]))]
		if !ok {
			t.Fatalf("user %s isn't there", u.ID)
		}
		before := roster.Resolve(s, roster.Grants{Individual: u.Rights, Role: rights[u.Role]})
		after := roster.Resolve(s, roster.Grants{Individual: there.Rights, Role: again[there.Role]})
		if there.Role != "" { // what is lost is told of the role
			at := slices.IndexFunc(roles, func(r roster.Role) bool { return r.ID == u.Role })
			asTold(t, before, after, ofRoles, fmt.Sprintf("roles[%d]", at))
			continue
		}
		asTold(t, before, after, ofUsers, fmt.Sprintf("users[%d]", i))
	}
}

// randomSchema is a schema much like a CRM's, with kinds, actions, needs, scopes and parts at random.
func randomSchema(t *testing.T, r *rand.Rand) *roster.Schema {
	t.Helper()
	var kinds []roster.Kind
	for _, name := range []string{"deal", "contact", "company", "task", "catalog", "note"} {
		if r.IntN(8) == 0 {
			continue
		}
		k := roster.Kind{Name: name, Parted: name == "deal" || name == "catalog" || r.IntN(4) == 0}
		for _, action := range []string{"view", "edit", "create", "delete", "export", "fly"} {
			if r.IntN(8) == 0 && action != "fly" {
				continue
			}
			a := roster.Action{Name: action, Scopes: [][]roster.Scope{nil, nil, nil, {roster.Denied, roster.All}, {roster.Denied, roster.Own, roster.All}}[r.IntN(5)]}
			for _, earlier := range k.Actions {
				if r.IntN(3) > 0 && (a.Scopes == nil || len(a.Scopes) >= len(earlier.Scopes) && earlier.Scopes != nil) { // it can be lowered to each
					a.Needs = append(a.Needs, earlier.Name)
				}
			}
			k.Actions = append(k.Actions, a)
		}
		if k.Parted {
			for _, part := range []string{"7.142", "7.143", "70.9", "7.0", "07.1", "7.1.1", "-7.1", "77", "78", "007", "won", "9223372036854775808"} {
				if r.IntN(3) == 0 {
					k.Parts = append(k.Parts, roster.Part{Name: part})
				}
			}
		}
		kinds = append(kinds, k)
	}
	s, err := roster.NewSchema(kinds, []roster.Function{{Name: "mail:use"}, {Name: "files:access"}, {Name: "catalogs:access"}, {Name: "reports:view"}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// scope is one at random.
func scope(r *rand.Rand) roster.Scope {
	return []roster.Scope{roster.Denied, roster.Own, roster.InDepartment, roster.All, roster.All}[r.IntN(5)]
}

// randomGrant is rights of a schema at random, with some that it doesn't know or allow.
func randomGrant(r *rand.Rand, s *roster.Schema) roster.Rights {
	rights := roster.Rights{"deal:swim": roster.All, "deal:view@nowhere": roster.All}
	if r.IntN(2) == 0 {
		rights["deal:view@9.9"], rights["catalog:view@99"] = scope(r), scope(r)
	}
	often := 1 + r.IntN(4)
	for _, f := range s.Functions() {
		if r.IntN(3) == 0 {
			rights[f.Name] = scope(r)
		}
	}
	for _, k := range s.Kinds() {
		for _, a := range k.Actions {
			if r.IntN(often+1) > 0 {
				rights[k.Name+":"+a.Name] = scope(r)
			}
			for _, p := range k.Parts {
				if r.IntN(2*often) == 0 {
					rights[k.Name+":"+a.Name+"@"+p.Name] = scope(r)
				}
			}
		}
	}
	return rights
}

// TestA1_WrittenRightsReadTheSame writes random rights of random schemas and reads what the account tells of
// them: nothing reaches farther, and what reaches less far is told, right by right, and nothing else is.
func TestA1_WrittenRightsReadTheSame(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	for n := range 300 {
		s := randomSchema(t, r)
		if n%4 == 0 {
			s = crm(t)
		}
		var roles []roster.Role
		var users []roster.User
		for i := range 4 {
			id := fmt.Sprint(i)
			roles = append(roles, roster.Role{ID: roster.RoleID("r" + id), Name: "Role " + id, Rights: randomGrant(r, s)})
			u := roster.User{ID: roster.UserID("u" + id), FirstName: "Anna", LastName: "Berg " + id, Email: "u" + id + "@example.com", Status: roster.StatusActive}
			if r.IntN(4) > 0 {
				u.Role = roster.RoleID(fmt.Sprint("r", r.IntN(4)))
			}
			if r.IntN(2) > 0 {
				u.Rights = randomGrant(r, s)
			}
			users = append(users, u)
		}
		if roundTrip(t, s, roles, users); t.Failed() {
			t.Fatalf("schema %v\nroles %v\nusers %v", s.Kinds(), roles, users)
		}
	}
}

// TestA1_RealRepliesAreWrittenBack reads the documentation's replies and those of live accounts, writes
// what came of them, and reads it again: roles and users are the same but for what can't be written.
func TestA1_RealRepliesAreWrittenBack(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	im := read(t, files(t, "role*.json"), files(t, "user*.json"))
	s := roster.CRMSchema()
	for kind, parts := range im.Parts {
		is.NoErr(s.AddParts(kind, parts...)) // stages are parts
	}
	requests, found := amocrm.WriteRoles(s, amocrm.Account{}, im.Roles)
	is.Equal(len(found), 0) // what came from the account can be said there
	there, _ := reply(t, "roles", requests)
	again := read(t, []amocrm.Source{there}, nil)
	is.Equal(len(again.Roles), 2) // both roles
	for i, r := range again.Roles {
		is.Equal(r.Name, im.Roles[i].Name) // by name
		same(t, s, im.Roles[i].Rights, r.Rights)
	}
	im.Users[2].Email = "second@example.com" // it was another user's
	requests, found = amocrm.WriteUsers(s, amocrm.Account{Groups: map[roster.DepartmentID]int64{"amocrm-group-0": 0}}, im.Roles, im.Users, password)
	want := []string{"no-counterpart users[2].admin: no request makes an administrator: role and rights are written"}
	if d := cmp.Diff(want, told(found)); d != "" {
		t.Errorf("findings (-want +got):\n%s", d)
	}
	there, _ = reply(t, "users", requests)
	again = read(t, nil, []amocrm.Source{there})
	is.Equal(len(again.Users), 4) // all users
	for i, u := range again.Users {
		same(t, s, im.Users[i].Rights, u.Rights)
		u.ID, u.Rights, u.Admin = im.Users[i].ID, im.Users[i].Rights, im.Users[i].Admin
		if d := cmp.Diff(im.Users[i], u); d != "" {
			t.Errorf("user %s (-want +got):\n%s", u.ID, d)
		}
	}
}

// same compares what rights give.
func same(t *testing.T, s *roster.Schema, want, got roster.Rights) {
	t.Helper()
	asTold(t, roster.Resolve(s, roster.Grants{Role: want}), roster.Resolve(s, roster.Grants{Role: got}), nil, "")
}
