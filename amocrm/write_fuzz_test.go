package amocrm_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/amocrm"
)

// FuzzRoundTrip reads roles and rights from any input, writes the roles, alone and held by users with the
// rights over them, and reads what the account then tells: see roundTrip.
func FuzzRoundTrip(f *testing.F) {
	for _, rights := range []string{`{}`, `{"deal:view":"own","deal:edit@7.142":"own","deal:create@7.143":"denied"}`,
		`{"task:view":"all","catalog:view":"all","catalog:edit@77":"department","deal:view@won":"denied"}`} {
		f.Add([]byte(`[{"id":1,"name":"R","rights":{"leads":{"view":"A","edit":"G","add":"A"},"catalog_access":true}}]`), []byte(rights))
	}
	f.Add([]byte(`[{"id":1,"rights":{"leads":{"view":"A","edit":"M"},"status_rights":[{"entity_type":"leads","pipeline_id":7,"status_id":142,"rights":{"view":"A"}}],`+
		`"catalog_rights":[{"catalog_id":77,"rights":{"view":"G"}}]}}]`), []byte(`{"deal:view@won":"all"}`))
	real, err := filepath.Glob("testdata/role*.json")
	if err != nil || len(real) == 0 {
		f.Fatalf("no replies to begin with: %v", err)
	}
	for _, name := range real {
		body, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body, []byte(`{"deal:view":"all","deal:delete@7829791.63288851":"denied"}`))
	}
	f.Fuzz(func(t *testing.T, body, over []byte) {
		var individual roster.Rights
		if len(body)+len(over) > 1<<14 || json.Unmarshal(over, &individual) != nil {
			return
		}
		im, err := amocrm.Read(texts(string(body)), nil)
		if err != nil || len(im.Roles) > 50 { // a finding remembers a hundred places
			return
		}
		s := crm(t)
		for kind, parts := range im.Parts {
			if err := s.AddParts(kind, parts...); err != nil {
				t.Fatal(err)
			}
		}
		roles := append(im.Roles, roster.Role{ID: "over", Name: "Over", Rights: individual})
		var users []roster.User
		for i, r := range roles {
			id := fmt.Sprint("u", i)
			users = append(users, roster.User{ID: roster.UserID(id), FirstName: "A", Email: id + "@example.com", Role: r.ID, Rights: individual, Status: roster.StatusActive})
		}
		roundTrip(t, s, roles, users)
	})
}
