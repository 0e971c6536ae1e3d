package roster_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/seed-8e8abc8d/roster"
)

// FuzzRight reads right texts: what is read is written back as it was, and what isn't is an
// ErrInvalid and denied.
func FuzzRight(f *testing.F) {
	for _, seed := range []string{"deal:view", "deal:view@won", "users:delete", "deal:view@", "deal:view@won@new", "", ":", "@", "deal:fly", "task:view@won", "users:delete@won", "Deal:View", "deal:view\x00", "deal:view@ü"} {
		f.Add(seed)
	}
	s := crm(f)
	p := roster.Resolve(s, roster.Grants{Role: rights{"deal:view": all}})
	f.Fuzz(func(t *testing.T, text string) {
		right, err := s.Right(text)
		if err != nil {
			if !errors.Is(err, roster.ErrInvalid) || right.Known() || p.Decide(right, roster.Owner).Allowed {
				t.Errorf("%q: %v, but %v", text, err, right)
			}
		} else if right.String() != text || !right.Known() {
			t.Errorf("%q is read as %q", text, right)
		}
		// Stored under any text, a right never gives more than that right and what needs it.
		wider := roster.Resolve(s, roster.Grants{Role: rights{"deal:view": all, text: all}})
		for _, d := range p.Difference(wider) {
			if err != nil || d.Right != text {
				t.Errorf("%q gives %+v", text, d)
			}
		}
		if roster.Resolve(s, roster.Grants{Role: rights{text: 200}}).Exceeds(nil) != nil {
			t.Errorf("%q with no scope gives something", text)
		}
	})
}

// FuzzSchema reads declarations: a schema that is accepted knows all its rights, and every scope that
// a right can be lowered to is one that may be written for it.
func FuzzSchema(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"Functions":[{"Name":"mail:use"},{"Name":"users:delete"}]}`,
		`{"Kinds":[{"Name":"deal","Parted":true,"Parts":[{"Name":"won"}],"Actions":[{"Name":"view"},{"Name":"edit","Needs":["view"]},{"Name":"create","Scopes":["denied","all"]}]}]}`,
		`{"Kinds":[{"Name":"deal","Actions":[{"Name":"a","Needs":["b"]},{"Name":"b","Needs":["a"]}]}]}`,
		`{"Kinds":[{"Name":"deal","Actions":[{"Name":"a","Scopes":["denied","own"]},{"Name":"b","Needs":["a"],"Scopes":["denied","all"]}]}]}`,
		`{"Kinds":[{"Name":"users","Actions":[{"Name":"view","Scopes":["unset"]}]},{"Name":"users"}]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var declared struct {
			Kinds     []roster.Kind
			Functions []roster.Function
		}
		if json.Unmarshal(data, &declared) != nil {
			return
		}
		s, err := roster.NewSchema(declared.Kinds, declared.Functions)
		if err != nil {
			if !errors.Is(err, roster.ErrInvalid) || s != nil {
				t.Errorf("refused by %v", err)
			}
			return
		}
		again, err := roster.NewSchema(s.Kinds(), declared.Functions)
		if err != nil || again.Digest() != s.Digest() {
			t.Errorf("its own declaration is refused or says something else: %v", err)
		}
		for _, k := range s.Kinds() {
			for _, a := range k.Actions {
				lowered(t, s, k, a)
			}
		}
	})
}

// lowered gives a at all, and one of its needs at each of that one's scopes.
func lowered(t *testing.T, s *roster.Schema, k roster.Kind, a roster.Action) {
	t.Helper()
	right := s.MustRight(k.Name + ":" + a.Name)
	for _, b := range k.Actions {
		for _, scope := range b.Scopes {
			g := rights{}
			for _, c := range k.Actions {
				g[k.Name+":"+c.Name] = c.Scopes[len(c.Scopes)-1]
			}
			g[k.Name+":"+b.Name] = scope
			got := roster.Resolve(s, roster.Grants{Role: g}).Scope(right)
			if s.Check(rights{right.String(): got}) != nil {
				t.Errorf("%s is %s when %s is %s, which may not be written", right, got, b.Name, scope)
			}
		}
	}
}

// FuzzRightsJSON reads rights: what is read is written and read again the same, and checking and
// resolving it doesn't panic and gives nothing that Check finds fault with.
func FuzzRightsJSON(f *testing.F) {
	for _, seed := range []string{`{}`, `null`, `{"deal:view":"own","deal:view@won":"denied"}`, `{"deal:view":null}`, `{"a":"all","a":"own"}`, `{"deal:create":"own"}`, `[]`, `{"":"unset"}`, `{"users:delete":"all"}`, "{\"\\ud800\":\"all\"}"} {
		f.Add([]byte(seed))
	}
	s := crm(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		var read, again rights
		if err := json.Unmarshal(data, &read); err != nil {
			return
		}
		text, err := json.Marshal(read)
		if err != nil || json.Unmarshal(text, &again) != nil {
			t.Fatalf("%v isn't written, or not read again: %v", read, err)
		}
		if diff := cmp.Diff(read, again); diff != "" {
			t.Errorf("written and read again (-want +got):\n%s", diff)
		}
		p := roster.Resolve(s, roster.Grants{Role: read, Individual: again})
		for right, scope := range p.List() {
			if s.Check(rights{right: scope}) != nil {
				t.Errorf("%s gives %s %s", text, right, scope)
			}
		}
	})
}
