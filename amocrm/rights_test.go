package amocrm_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/amocrm"
)

// userWith is a reply with one active user of group 7 with a rights object's members.
func userWith(rights string) string {
	if rights != "" {
		rights += ","
	}
	return `[{"id":1,"name":"Anna Berg","email":"anna@example.com","rights":{` + rights +
		`"is_admin":false,"is_free":false,"is_active":true,"group_id":7,"role_id":null},"_embedded":{"groups":[{"id":7,"name":"Sales"}]}}]`
}

// codes counts findings by code and path.
func codes(im *amocrm.Import) map[string]int {
	all := map[string]int{}
	for _, f := range im.Findings {
		all[string(f.Code)+" "+f.Path] += f.Count
	}
	return all
}

func TestA1_LettersBecomeScopes(t *testing.T) {
	t.Parallel()
	const block = `"contacts":{"view":"D","edit":"D","add":"D","delete":"D","export":"D"},
		"companies":{"view":"D","edit":"D","add":"D","delete":"D","export":"D"},`
	const noTasks = `,"tasks":{"edit":"D","delete":"D"}`
	tests := []struct {
		name, rights string
		want         roster.Rights
		found        string // a finding's code and path, or nothing
		why          string
	}{
		{"all letters", block + `"leads":{"view":"A","edit":"G","add":"A","delete":"M","export":"D"}` + noTasks,
			roster.Rights{"deal:view": roster.All, "deal:edit": roster.InDepartment, "deal:create": roster.All, "deal:delete": roster.Own},
			"", "each letter has its scope; D says nothing, for nothing is what it gives"},
		{"linked", block + `"leads":{"view":"L","edit":"D","add":"D","delete":"D","export":"D"}` + noTasks,
			roster.Rights{}, "denied users[].rights.leads.view", "linked records have no counterpart"},
		{"unknown letter", block + `"leads":{"view":"N","edit":"A","add":"D","delete":"D","export":"D"}` + noTasks,
			roster.Rights{}, "denied users[].rights.leads.view", "an unknown letter gives nothing, nor what needs it"},
		{"add with a group", block + `"leads":{"view":"A","edit":"D","add":"G","delete":"D","export":"D"}` + noTasks,
			roster.Rights{"deal:view": roster.All}, "denied users[].rights.leads.add", "add is A or D: G can't be placed"},
		{"edit over view", block + `"leads":{"view":"M","edit":"A","add":"D","delete":"G","export":"G"}` + noTasks,
			roster.Rights{"deal:view": roster.Own, "deal:edit": roster.Own, "deal:delete": roster.Own, "deal:export": roster.Own},
			"lowered users[].rights.leads.edit", "nobody edits what they don't see (R13)"},
		{"missing letter", block + `"leads":{"view":"A","add":"D","delete":"A","export":"D"}` + noTasks,
			roster.Rights{"deal:view": roster.All}, "missing users[].rights.leads.edit", "a missing letter is D, and deleting needs editing"},
		{"missing block", block + `"mail_access":true` + noTasks,
			roster.Rights{"mail:use": roster.All}, "missing users[].rights.leads", "a missing block gives nothing"},
		{"tasks", block + `"leads":{"view":"D","edit":"D","add":"D","delete":"D","export":"D"},"tasks":{"edit":"G","delete":"A"}`,
			roster.Rights{"task:view": roster.InDepartment, "task:edit": roster.InDepartment, "task:delete": roster.InDepartment},
			"read-as users[].rights.tasks", "seeing tasks reaches as far as editing them"},
		{"tasks with a limit to view", block + `"leads":{"view":"D","edit":"D","add":"D","delete":"D","export":"D"},"tasks":{"view":"M","edit":"A","delete":"D"}`,
			roster.Rights{"task:view": roster.Own, "task:edit": roster.Own},
			"lowered users[].rights.tasks.edit", "an undocumented letter limits all the same"},
		{"functions", block + `"leads":{"view":"D","edit":"D","add":"D","delete":"D","export":"D"},"mail_access":true,"files_access":true,"catalog_access":true` + noTasks,
			roster.Rights{"mail:use": roster.All, "files:access": roster.All, "catalogs:access": roster.All}, "", "flags are functions"},
		{"a stage", block + `"leads":{"view":"M","edit":"M","add":"A","delete":"D","export":"D"},
			"status_rights":[{"entity_type":"leads","pipeline_id":5,"status_id":142,"rights":{"view":"A","edit":"D","delete":"D","export":"A"}}]` + noTasks,
			roster.Rights{"deal:view": roster.Own, "deal:edit": roster.Own, "deal:create": roster.All,
				"deal:view@5.142": roster.All, "deal:edit@5.142": roster.Denied, "deal:delete@5.142": roster.Denied, "deal:export@5.142": roster.All},
			"", "a stage limits and extends its kind, and says nothing of adding (R12)"},
		{"a stage with a wider letter", block + `"leads":{"view":"A","edit":"A","add":"A","delete":"A","export":"A"},
			"status_rights":[{"entity_type":"leads","pipeline_id":5,"status_id":6,"rights":{"view":"A","edit":"M","delete":"D","export":"D"}}]` + noTasks,
			roster.Rights{"deal:view": roster.All, "deal:edit": roster.All, "deal:create": roster.All, "deal:delete": roster.All, "deal:export": roster.All,
				"deal:view@5.6": roster.All, "deal:edit@5.6": roster.Denied, "deal:delete@5.6": roster.Denied, "deal:export@5.6": roster.Denied},
			"denied users[].rights.status_rights[].rights.edit", "a stage takes A or D only: M is narrowed to nothing, not read as A"},
		{"a stage twice", block + `"leads":{"view":"A","edit":"D","add":"D","delete":"D","export":"D"},
			"status_rights":[{"entity_type":"leads","pipeline_id":5,"status_id":6,"rights":{"view":"D","edit":"D","delete":"D","export":"D"}},
			{"entity_type":"leads","pipeline_id":5,"status_id":6,"rights":{"view":"A","edit":"A","delete":"D","export":"D"}}]` + noTasks,
			roster.Rights{"deal:view": roster.All, "deal:view@5.6": roster.Denied, "deal:edit@5.6": roster.Denied, "deal:delete@5.6": roster.Denied, "deal:export@5.6": roster.Denied},
			"duplicate users[].rights.status_rights[]", "the narrower of two counts"},
		{"a stage of customers", block + `"leads":{"view":"A","edit":"D","add":"D","delete":"D","export":"D"},
			"status_rights":[{"entity_type":"customers","pipeline_id":5,"status_id":6,"rights":{"view":"A","edit":"A","delete":"A","export":"A"}}]` + noTasks,
			roster.Rights{"deal:view": roster.All}, "no-counterpart users[].rights.status_rights[]", "stages of customers have no kind here"},
		{"a catalogue", block + `"leads":{"view":"D","edit":"D","add":"D","delete":"D","export":"D"},
			"catalog_rights":[{"catalog_id":77,"rights":{"view":"A","edit":"L","add":"A","delete":"D","export":"M"}}]` + noTasks,
			roster.Rights{"catalog:view@77": roster.All, "catalog:edit@77": roster.Denied, "catalog:create@77": roster.All, "catalog:delete@77": roster.Denied, "catalog:export@77": roster.Own},
			"denied users[].rights.catalog_rights[].rights.edit", "a catalogue is a part of the kind catalog"},
		{"unknown fields", block + `"leads":{"view":"A","edit":"D","add":"D","delete":"D","export":"D","fly":"A"}` + noTasks,
			roster.Rights{"deal:view": roster.All}, "unknown-field users[].rights.leads.fly", "an unknown field gives nothing and is told"},
		{"fields without a counterpart", block + `"leads":{"view":"A","edit":"D","add":"D","delete":"D","export":"D"},"oper_day_user_tracking":true` + noTasks,
			roster.Rights{"deal:view": roster.All}, "no-counterpart users[].rights.oper_day_user_tracking", "a known field without a place here is told"},
		{"a key twice", block + `"leads":{"view":"D","edit":"D","add":"D","delete":"D","export":"D","view":"A"}` + noTasks,
			nil, "duplicate users[].rights.leads.view", "a block that contradicts itself grants nothing"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			im := read(t, nil, texts(userWith(tt.rights)))
			if d := cmp.Diff(tt.want, im.Users[0].Rights); d != "" {
				t.Errorf("%s (-want +got):\n%s", tt.why, d)
			}
			if found := codes(im); tt.found != "" && found[tt.found] == 0 {
				t.Errorf("%s: %q isn't among the findings %v", tt.why, tt.found, found)
			}
		})
	}
}

// letter is a random letter, sometimes none and sometimes one that doesn't exist.
func letter(r *rand.Rand) any {
	return []any{"A", "A", "A", "G", "G", "M", "M", "D", "D", "L", "N", "", nil}[r.IntN(13)]
}

// randomBlock is a random block of letters with some missing.
func randomBlock(r *rand.Rand, keys ...string) map[string]any {
	b := map[string]any{}
	for _, k := range keys {
		if r.IntN(12) > 0 {
			b[k] = letter(r)
		}
	}
	return b
}

// randomRights is a random rights object.
func randomRights(r *rand.Rand) map[string]any {
	all := map[string]any{"is_active": true, "group_id": 7}
	for _, k := range []string{"leads", "contacts", "companies"} {
		if r.IntN(20) > 0 {
			all[k] = randomBlock(r, "view", "edit", "add", "delete", "export")
		}
	}
	all["tasks"] = randomBlock(r, "edit", "delete")
	var stages, catalogs []any
	for range r.IntN(4) {
		stages = append(stages, map[string]any{
			"entity_type": []string{"leads", "leads", "leads", "customers"}[r.IntN(4)], "pipeline_id": 1 + r.IntN(2), "status_id": 1 + r.IntN(2),
			"rights": randomBlock(r, "view", "edit", "delete", "export"),
		})
		catalogs = append(catalogs, map[string]any{"catalog_id": 1 + r.IntN(3), "rights": randomBlock(r, "view", "edit", "add", "delete", "export")})
	}
	all["status_rights"], all["catalog_rights"] = stages, catalogs
	return all
}

// reach is the naive reading of a letter: how far it goes, 0 to 3.
func reach(v any) int {
	letter, _ := v.(string)
	return map[string]int{"M": 1, "G": 2, "A": 3}[letter]
}

// naive is how far a rights object lets a user go, read without the importer's help: the letter on
// the part where the object names it, else the letter of the kind, and no farther than what is needed.
func naive(rights map[string]any, kind, action, part string) int {
	best := -1
	list, id := "status_rights", func(m map[string]any) string {
		return fmt.Sprintf("%v.%v", m["pipeline_id"], m["status_id"])
	}
	if kind == "catalog" {
		list, id = "catalog_rights", func(m map[string]any) string { return fmt.Sprint(m["catalog_id"]) }
	}
	entries, _ := rights[list].([]any)
	for _, e := range entries {
		m, _ := e.(map[string]any)
		if kind != "deal" && kind != "catalog" || part == "" || id(m) != part || kind == "deal" && m["entity_type"] != "leads" {
			continue
		}
		b, _ := m["rights"].(map[string]any)
		if kind == "deal" && action == "create" {
			continue
		}
		n := needed(b, kind, action, kind == "deal")
		if best < 0 || n < best {
			best = n
		}
	}
	if best >= 0 {
		return best
	}
	b, _ := rights[map[string]string{"deal": "leads", "contact": "contacts", "company": "companies", "task": "tasks"}[kind]].(map[string]any)
	return needed(b, kind, action, false)
}

// needed is a letter's reach, no farther than the letters that it needs.
func needed(b map[string]any, kind, action string, stage bool) int {
	at := func(key string) int {
		if kind == "task" && key == "view" {
			key = "edit"
		}
		n := reach(b[key])
		if (stage || key == "add") && n < 3 {
			return 0
		}
		return n
	}
	switch action {
	case "edit":
		return min(at("edit"), at("view"))
	case "delete":
		return min(at("delete"), at("edit"), at("view"))
	case "export":
		return min(at("export"), at("view"))
	case "create":
		return at("add")
	}
	return at("view")
}

// TestA1_NothingIsWidened compares what imported users may do, as roster resolves it, with a naive
// reading of random rights: on every kind and part no right reaches farther, and none less far.
func TestA1_NothingIsWidened(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for range 1500 {
		rights := randomRights(r)
		body, err := json.Marshal([]any{map[string]any{"id": 1, "name": "Anna Berg", "email": "anna@example.com", "rights": rights}})
		if err != nil {
			t.Fatal(err)
		}
		im := read(t, nil, texts(string(body)))
		if !asNaive(t, im, im.Users[0].Rights, decoded(t, body)) {
			t.Fatalf("rights: %s", body)
		}
	}
}

// decoded is the rights object of the first item as encoding/json reads it.
func decoded(t *testing.T, body []byte) map[string]any {
	t.Helper()
	var items []map[string]any
	if err := json.Unmarshal(body, &items); err != nil {
		t.Fatal(err)
	}
	rights, _ := items[0]["rights"].(map[string]any)
	return rights
}

// asNaive reports whether rights, resolved, reach exactly as far as the naive reading.
func asNaive(t *testing.T, im *amocrm.Import, given roster.Rights, rights map[string]any) bool {
	t.Helper()
	schema := roster.CRMSchema()
	for kind, parts := range im.Parts {
		if err := schema.AddParts(kind, parts...); err != nil {
			t.Fatal(err)
		}
	}
	if err := schema.Check(given); err != nil {
		t.Errorf("the schema refuses what was imported: %v", err)
		return false
	}
	p := roster.Resolve(schema, roster.Grants{Individual: given})
	same := true
	for _, kind := range []string{"deal", "contact", "company", "task", "note", "catalog"} {
		for _, part := range append([]roster.Part{{}}, im.Parts[kind]...) {
			for _, action := range []string{"view", "edit", "create", "delete", "export"} {
				right := schema.MustRight(kind + ":" + action).At(part.Name)
				got, want := int(p.Scope(right)-roster.Denied), naive(rights, kind, action, part.Name)
				if got != want {
					t.Errorf("%s reaches %d, its letters %d", right, got, want)
					same = false
				}
			}
		}
	}
	return same
}

func TestA1_RoleRightsAreReadAlike(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	is := is.New(t)
	for range 200 {
		body, err := json.Marshal([]any{map[string]any{"id": 1, "name": "Sales", "rights": randomRights(r)}})
		is.NoErr(err) // marshals
		im := read(t, texts(string(body)), nil)
		if !asNaive(t, im, im.Roles[0].Rights, decoded(t, body)) {
			t.Fatalf("rights: %s", body)
		}
	}
}
