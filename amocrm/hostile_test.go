package amocrm_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster/amocrm"
)

// TestA1_NothingIsLeftOutSilently reads replies whose lists aren't where, or what, they should be.
func TestA1_NothingIsLeftOutSilently(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"an object for a list", `{"_page":1,"_embedded":{"users":{"0":{"id":1}}}}`, "amocrm: test.json:1:33: _embedded.users: wrong type: want an array, got an object"},
		{"another list", `{"_page":1,"_embedded":{"leads":[{"id":1}]}}`, "amocrm: test.json:1:1: wrong type: want a list of users or one of them, got an object"},
		{"no object around the list", `{"_page":1,"_embedded":7}`, "amocrm: test.json:1:24: _embedded: wrong type: want an object, got 7"},
		{"minus zero", `[{"id":-0,"rights":{}}]`, "amocrm: test.json:1:8: users[0].id: wrong type: want a whole number from 0 to 9223372036854775807, got -0"},
		{"zeros in quotes", `[{"id":"00","rights":{}}]`, `amocrm: test.json:1:8: users[0].id: wrong type: want the id, a whole number above 0, got the text "00"`},
		{"zero", `[{"id":0,"rights":{}}]`, "amocrm: test.json:1:8: users[0].id: wrong type: want the id, a whole number above 0, got 0"},
		{"a number without end", `[{"id":` + strings.Repeat("9", 1_000_000) + `}]`, "amocrm: test.json:1:8: users[0].id: wrong type: want a whole number from 0 to 9223372036854775807, got " +
			strings.Repeat("9", 60) + "…"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			im, err := amocrm.Read(nil, texts(c.text))
			is := is.New(t)
			is.True(im == nil)                      // nothing comes with a fault
			is.True(errors.Is(err, amocrm.ErrType)) // refused
			if d := cmp.Diff([]string{c.want}, places(err)); d != "" {
				t.Errorf("faults (-want +got):\n%s", d)
			}
		})
	}
	for _, empty := range []string{`{"_page":1,"_embedded":{"users":[]}}`, `{"_page":1,"_embedded":[]}`, `{"_page":1,"_embedded":{}}`, `{"_page":1}`} {
		im := read(t, nil, texts(empty))
		if len(im.Users)+len(im.Findings) > 0 {
			t.Errorf("%s: %v", empty, im.Findings) // an empty page is one
		}
	}
}

// TestA1_DamagedCharactersAreTold reads bytes that are no UTF-8.
func TestA1_DamagedCharactersAreTold(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	im := read(t, nil, texts("[{\"id\":1,\"name\":\"Anna B\xd0\",\"email\":\"an\xffna@example.com\",\"rights\":{}}]"))
	is.Equal(im.Users[0].Email, "") // no letter goes to an address that was guessed
	codes := map[amocrm.Code]string{}
	for _, f := range im.Findings {
		codes[f.Code+" "+amocrm.Code(f.Path)] = f.Text
	}
	is.Equal(codes["read-as users[].name"], "a name with damaged characters")
	is.Equal(codes["no-address users[].email"], "user 1 is imported without an address: damaged characters")
}

// TestA1_FindingsAreBounded meets more fields of different names than a person reads: the rest is counted.
func TestA1_FindingsAreBounded(t *testing.T) {
	t.Parallel()
	const n = 30_000
	var b strings.Builder
	b.WriteString(`[{"id":1`)
	for i := range n {
		fmt.Fprintf(&b, `,"k%d":1`, i)
	}
	b.WriteString(`}]`)
	im := read(t, nil, texts(b.String()))
	is := is.New(t)
	is.True(len(im.Findings) <= 10_010) // a bound on memory
	told := 0
	for _, f := range im.Findings {
		if f.Code == amocrm.CodeUnknownField {
			told += f.Count
		}
	}
	is.Equal(told, n) // and none is left out of the count
}
