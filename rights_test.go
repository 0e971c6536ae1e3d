package roster_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"
	"github.com/seed-8e8abc8d/roster"
)

// faultFields lists the fields of a Faults; nil for no error.
func faultFields(t *testing.T, err error) []string {
	t.Helper()
	var faults roster.Faults
	if err != nil && !errors.As(err, &faults) {
		t.Fatalf("%v is no Faults", err)
	}
	var list []string
	for _, f := range faults {
		list = append(list, f.Field)
	}
	return list
}

func TestR1_CheckTellsEveryFaultOfRights(t *testing.T) {
	t.Parallel()
	s := crm(t)
	for _, c := range []struct {
		name   string
		rights rights
		want   []string
		why    string
	}{
		{"none", nil, nil, "no rights, no faults"},
		{"sound", rights{"deal:view": own, "deal:view@won": denied, "deal:create": all, "users:delete": denied}, nil, "what the schema knows and allows"},
		{"unknown", rights{"deal:fly": own, "lead:view": own, "": own, "deal:view@lost": own, "task:view@won": own, "users:fly": all},
			[]string{"rights[]", "rights[deal:fly]", "rights[deal:view@lost]", "rights[lead:view]", "rights[task:view@won]", "rights[users:fly]"}, "a typo is told, never stored"},
		{"not allowed", rights{"deal:create": own, "deal:create@won": dept, "users:delete": own, "deal:view": 9},
			[]string{"rights[deal:create]", "rights[deal:create@won]", "rights[deal:view]", "rights[users:delete]"}, "creating and functions are all or denied (R13, R2)"},
		{"unset", rights{"deal:view": roster.Unset}, []string{"rights[deal:view]"}, "unset says nothing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, faultFields(t, s.Check(c.rights))); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.why, diff)
			}
		})
	}
}

func TestR1_StoredNonsenseNeverWidens(t *testing.T) {
	t.Parallel()
	s := crm(t)
	for _, c := range []policy{
		{"not allowed", roster.Grants{Role: rights{"deal:create": own, "users:manage": dept}},
			rights{"deal:create": denied, "users:manage": denied}, "a scope that the schema doesn't allow denies"},
		{"not allowed on a part", roster.Grants{Role: rights{"deal:create": all, "deal:create@won": own}},
			rights{"deal:create": all, "deal:create@won": denied, "deal:create@new": all}, "on the part that it names"},
		{"no scope at all", roster.Grants{Individual: rights{"deal:view": 200}, Role: rights{"deal:view": all}},
			rights{"deal:view": denied}, "and it is an individual right: the role doesn't speak"},
		{"unknown texts", roster.Grants{Role: rights{"deal:fly": all, "deal:view@lost": all, "task:view@won": all, "users:delete@won": all, "@": all, "": all}},
			rights{"deal:view": denied, "deal:view@won": denied, "task:view": denied, "users:delete": denied}, "what isn't known gives nothing"},
	} {
		c.run(t, s)
	}
}

func TestRightsJSON(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	sound := rights{"deal:view": dept, "users:manage": all, "deal:view@won": denied, "x": roster.Unset}
	text, err := json.Marshal(sound)
	is.NoErr(err)
	is.Equal(string(text), `{"deal:view":"department","deal:view@won":"denied","users:manage":"all","x":"unset"}`)
	var back rights
	is.NoErr(json.Unmarshal(text, &back))
	is.Equal(back, sound) // what is written is read
	is.NoErr(json.Unmarshal([]byte("null"), &back))
	is.Equal(back, sound) // null leaves it alone, as encoding/json wants
	_, err = json.Marshal(rights{"deal:view": 9})
	is.True(errors.Is(err, roster.ErrInvalid)) // what isn't a scope isn't written

	for _, c := range []struct {
		text string
		want []string
		why  string
	}{
		{`{"deal:view":"Deny"}`, []string{"rights[deal:view]"}, "a misspelt denial is refused, not ignored"},
		{`{"a":null,"b":3,"c":{"x":[1]},"d":"","e":"ALL","f":"all"}`, []string{"rights[a]", "rights[b]", "rights[c]", "rights[d]", "rights[e]"}, "nothing but a scope's text is a scope"},
		{`{"a":"all","a":"denied"}`, []string{"rights[a]"}, "two answers to one question"},
		{`[]`, []string{"rights"}, "not an object"},
		{`"all"`, []string{"rights"}, "not an object"},
	} {
		var got rights
		if diff := cmp.Diff(c.want, faultFields(t, json.Unmarshal([]byte(c.text), &got))); diff != "" || got != nil {
			t.Errorf("%s: %s, read as %v (-want +got):\n%s", c.text, c.why, got, diff)
		}
	}
}

func TestRightsClone(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	r := rights{"deal:view": own}
	c := r.Clone()
	c["deal:view"] = all
	is.Equal(r["deal:view"], own)       // a clone is apart
	is.True(rights(nil).Clone() == nil) // nil stays nil
}
