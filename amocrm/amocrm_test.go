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
