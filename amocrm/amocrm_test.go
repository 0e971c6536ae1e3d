package amocrm_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/amocrm"
)

// text is a source of a text.
func text(s string) amocrm.Source {
	return amocrm.Source{Name: "test.json", Body: strings.NewReader(s)}
}

// texts are sources of texts.
func texts(all ...string) []amocrm.Source {
	sources := make([]amocrm.Source, len(all))
	for i, s := range all {
		sources[i] = text(s)
	}
	return sources
}

// files are the sources of files in testdata, of which there is at least one.
func files(t *testing.T, pattern string) []amocrm.Source {
	t.Helper()
	sources, err := amocrm.Files(os.DirFS("testdata"), pattern)
	is := is.New(t)
	is.NoErr(err)              // the pattern is well-formed
	is.True(len(sources) >= 1) // the files are there
	return sources
}

// read reads roles and users that must be good.
func read(t *testing.T, roles, users []amocrm.Source) *amocrm.Import {
	t.Helper()
	im, err := amocrm.Read(roles, users)
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	return im
}

func TestA1_DocumentationExamples(t *testing.T) {
	t.Parallel()
	im := read(t, files(t, "role*.json"), files(t, "user*.json"))
	type person struct {
		ID                 roster.UserID
		First, Last, Email string
		Role               roster.RoleID
		Department         roster.DepartmentID
		Status             roster.Status
		Admin, Free        bool
	}
	var got []person
	for _, u := range im.Users {
		got = append(got, person{u.ID, u.FirstName, u.LastName, u.Email, u.Role, u.Department, u.Status, u.Admin, u.Free})
	}
	want := []person{
		{"123123", "Example", "user", "user@example.com", "", "amocrm-group-0", roster.StatusInvited, false, false},
		{"185848", "John", "Doe", "test@example.com", "", "amocrm-group-0", roster.StatusInvited, false, false},
		{"321321", "Example", "user 2", "", "", "amocrm-group-0", roster.StatusInvited, true, false},
		{"6029791", "testUser", "", "user_add-test@example.com", "", "amocrm-group-0", roster.StatusInvited, false, false},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("users (-want +got):\n%s", d)
	}
	departments := []roster.Department{{ID: "amocrm-group-0", Name: "amoCRM default group"}, {ID: "amocrm-group-267688", Name: "Managers"}}
	if d := cmp.Diff(departments, im.Departments); d != "" {
		t.Errorf("departments (-want +got):\n%s", d)
	}
	is := is.New(t)
	is.Equal(len(im.Roles), 2)                                                   // both roles came
	is.Equal(im.Roles[1].Rights["deal:delete@11680155.89774811"], roster.Denied) // a stage limits its kind
	is.Equal(im.Roles[1].Rights["deal:export@7829791.63288855"], roster.All)     // a letter on a stage
	is.Equal(im.Users[1].Rights["deal:view"], roster.Own)                        // M
	is.Equal(im.Users[2].Rights["company:edit"], roster.InDepartment)            // G
	is.Equal(len(im.Parts["deal"]), 17)                                          // every stage that rights name
	for _, u := range im.Users {
		is.True(u.Status != roster.StatusActive) // nobody comes in active: nobody has a password
	}
}

func TestA1_UnknownFieldsAreToldByPath(t *testing.T) {
	t.Parallel()
	im := read(t, texts(`{"_page":1,"odd":1,"_embedded":{"strange":1,"roles":[{"id":1,"name":"R","odd":1,"rights":{"odd":{},"is_admin":true},
			"_embedded":{"odd":[],"users":[{"id":1,"name":"A B"}]}}]}}`),
		texts(`[{"id":2,"name":"C D","rights":{"is_active":true,"role_id":1,"under_a_role":1},
			"_embedded":{"odd":1,"groups":[{"id":0,"uuid":"x"}],"roles":[{"id":1,"odd":1}]}},{"id":1,"name":"A B","odd key":1,"uuid":null,"phone_number":"1","rights":{"leads":{"odd":"A"},"status_rights":[
			{"entity_type":"leads","pipeline_id":1,"status_id":2,"odd":1,"rights":{"view":"A"}}],
			"catalog_rights":[{"catalog_id":1,"odd":1,"rights":{"view":"A"}}]}}]`))
	var got []string
	for _, f := range im.Findings {
		if f.Code == amocrm.CodeUnknownField || f.Code == amocrm.CodeNoCounterpart {
			got = append(got, string(f.Code)+" "+f.Places[0].Path)
		}
	}
	want := []string{
		"unknown-field roles[0].rights.odd", "unknown-field roles[0].rights.is_admin", "no-counterpart roles[0]._embedded.users[0].name",
		"unknown-field roles[0]._embedded.odd", "unknown-field roles[0].odd", "unknown-field odd", "unknown-field _embedded.strange",
		"unknown-field users[0]._embedded.groups[0].uuid", "unknown-field users[0].rights.under_a_role",
		"unknown-field users[0]._embedded.roles[0].odd", "unknown-field users[0]._embedded.odd",
		"unknown-field users[1].rights.leads.odd", "unknown-field users[1].rights.status_rights[0].odd",
		"unknown-field users[1].rights.catalog_rights[0].odd", `unknown-field users[1]."odd key"`, "no-counterpart users[1].phone_number",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("unknown fields (-want +got):\n%s", d)
	}
}

func TestA1_ReportIsReadable(t *testing.T) {
	t.Parallel()
	place := func(line int) amocrm.Place {
		return amocrm.Place{Source: "users.json", Line: line, Column: 1, Path: "users[2].lang"}
	}
	f := amocrm.Findings{
		{Code: amocrm.CodeNoCounterpart, Path: "users[].lang", Count: 7, Places: []amocrm.Place{place(3)}},
		{Code: amocrm.CodeNoCounterpart, Path: "users[].uuid", Count: 1, Places: []amocrm.Place{place(4)}},
		{Code: amocrm.CodeUnknownField, Path: "users[].wings", Count: 5, Places: []amocrm.Place{place(1), place(2), place(3), place(4), place(5)}},
		{Code: amocrm.CodeLowered, Path: "users[].lang", Text: "lowered", Count: 1, Places: []amocrm.Place{place(9)}},
		{Code: amocrm.CodeDuplicate, Path: "x", Text: "twice", Count: 2},
	}
	want := `Lowered to what they need:
  users[2].lang: lowered (users.json:9)
Told twice:
  x ×2: twice
Unknown fields, left out:
  users[].wings ×5 (users.json:1, users.json:2, users.json:3, … 2 more)
Without a counterpart, left out:
  users[]: lang ×7, uuid ×1
`
	if d := cmp.Diff(want, f.String()); d != "" {
		t.Errorf("report (-want +got):\n%s", d)
	}
	is.New(t).Equal(amocrm.Findings{}.String(), "") // nothing found, nothing told
}
