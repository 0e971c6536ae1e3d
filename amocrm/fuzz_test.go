package amocrm_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/amocrm"
)

// seeds adds the documentation's examples that match, without white space, and damaged texts.
func seeds(f *testing.F, pattern string) {
	f.Helper()
	names, err := filepath.Glob(filepath.Join("testdata", pattern))
	if err != nil || len(names) == 0 {
		f.Fatalf("no files match %s: %v", pattern, err)
	}
	for _, name := range names {
		body, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		var small bytes.Buffer
		if err := json.Compact(&small, body); err != nil {
			f.Fatal(err)
		}
		f.Add(small.Bytes())
	}
	for _, s := range []string{"", "[", `[{"id":1,"rights":{"leads":{"view":"A","view":"D"}}}]`, `{"_embedded":{"users":[{"id":"2"}]},"_page":1e9}`, "<html>", "\ufeff[]", `[{"id":1}][{"id":1}]`} {
		f.Add([]byte(s))
	}
}

// objects are all JSON objects in a text of one or several values, wherever they stand.
func objects(body []byte) []map[string]any {
	var all []map[string]any
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			all = append(all, v)
			for _, x := range v {
				walk(x)
			}
		case []any:
			for _, x := range v {
				walk(x)
			}
		}
	}
	d := json.NewDecoder(bytesWithoutMark(body))
	d.UseNumber()
	for {
		var v any
		if d.Decode(&v) != nil {
			return all
		}
		walk(v)
	}
}

// bytesWithoutMark reads a text after its byte order mark.
func bytesWithoutMark(body []byte) io.Reader {
	return bytes.NewReader(bytes.TrimPrefix(body, []byte("\ufeff")))
}

// split takes the text of a right on a kind apart.
func split(text string) (kind, action, part string, ok bool) {
	kind, action, _ = strings.Cut(text, ":")
	action, part, _ = strings.Cut(action, "@")
	switch kind {
	case "deal", "contact", "company", "task", "catalog":
		return kind, action, part, text != "catalogs:access"
	}
	return "", "", "", false
}

// number is the account's number in a role's id.
func number(id roster.RoleID) string { return strings.Split(string(id), "-")[1] }

// granted reports whether some object with this id in a text grants as much as rights, by the naive reading.
func granted(body []byte, id string, rights roster.Rights) error {
	for _, o := range objects(body) {
		if fmt.Sprint(o["id"]) != id {
			continue
		}
		r, _ := o["rights"].(map[string]any)
		over := ""
		for text, scope := range rights {
			if kind, action, part, ok := split(text); ok {
				if int(scope-roster.Denied) > naive(r, kind, action, part) {
					over = text
				}
			} else if field := map[string]string{"mail:use": "mail_access", "files:access": "files_access", "catalogs:access": "catalog_access"}[text]; r[field] != true {
				over = text
			}
		}
		if over == "" {
			return nil
		}
	}
	return fmt.Errorf("%s holds %v, more than any object of that id grants", id, rights)
}

// invariants are what an import from any input holds to.
func invariants(t *testing.T, im *amocrm.Import, err error) {
	t.Helper()
	if err != nil {
		if im != nil || !errors.Is(err, roster.ErrInvalid) {
			t.Fatalf("a refusal that isn't ErrInvalid, or with an import: %v", err)
		}
		return
	}
	schema := roster.CRMSchema()
	for kind, parts := range im.Parts {
		if err := schema.AddParts(kind, parts...); err != nil {
			t.Fatalf("parts of %s: %v", kind, err)
		}
	}
	for _, u := range im.Users {
		if u.Status != roster.StatusInvited && u.Status != roster.StatusInactive {
			t.Errorf("user %s is %v", u.ID, u.Status)
		}
		if err := schema.Check(u.Rights); err != nil {
			t.Errorf("user %s: %v", u.ID, err)
		}
	}
	for _, r := range im.Roles {
		if err := schema.Check(r.Rights); err != nil {
			t.Errorf("role %s: %v", r.ID, err)
		}
	}
	if len(im.Findings) > 0 && im.Findings.String() == "" {
		t.Error("findings without a report")
	}
}

func FuzzUsers(f *testing.F) {
	seeds(f, "user*.json")
	f.Fuzz(func(t *testing.T, body []byte) {
		im, err := amocrm.Read(nil, texts(string(body)))
		invariants(t, im, err)
		if err != nil {
			return
		}
		for _, u := range im.Users {
			if err := granted(body, string(u.ID), u.Rights); err != nil {
				t.Error(err)
			}
			if u.Admin && !flagged(body, string(u.ID), "is_admin") || u.Status == roster.StatusInvited && !flagged(body, string(u.ID), "is_active") {
				t.Errorf("user %s is an administrator or invited and no object says so", u.ID)
			}
		}
	})
}

// flagged reports whether some object with this id has a flag among its rights.
func flagged(body []byte, id, flag string) bool {
	for _, o := range objects(body) {
		if r, ok := o["rights"].(map[string]any); ok && fmt.Sprint(o["id"]) == id && r[flag] == true {
			return true
		}
	}
	return false
}

func FuzzRoles(f *testing.F) {
	seeds(f, "role*.json")
	f.Fuzz(func(t *testing.T, body []byte) {
		im, err := amocrm.Read(texts(string(body)), nil)
		invariants(t, im, err)
		if err != nil {
			return
		}
		for _, r := range im.Roles {
			if err := granted(body, number(r.ID), r.Rights); err != nil {
				t.Error(err)
			}
		}
	})
}

func FuzzRecords(f *testing.F) {
	seeds(f, "leads*.json")
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, e := range []amocrm.Entity{amocrm.Leads, amocrm.Tasks} {
			im := &amocrm.Import{}
			n := 0
			for rec, err := range im.Records(e, text(string(body))) {
				if err != nil && (!errors.Is(err, roster.ErrInvalid) || rec != (amocrm.Record{})) {
					t.Fatalf("a refusal that isn't ErrInvalid, or with a record: %v", err)
				}
				if err == nil {
					n++
					if rec.ID == "" || rec.ID == "0" || e == amocrm.Leads && rec.Part == "" {
						t.Fatalf("a record without an id or a stage: %+v", rec)
					}
				}
			}
			invariants(t, im, nil)
			for _, d := range im.Dangling() {
				n -= d.Count
			}
			if n < 0 {
				t.Fatal("more dangling records than records")
			}
		}
	})
}
