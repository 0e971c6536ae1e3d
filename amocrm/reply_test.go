package amocrm_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/fstest"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/amocrm"
)

// places are the messages of a joined error's parts.
func places(err error) []string {
	if err == nil {
		return nil
	}
	return strings.Split(err.Error(), "\n")
}

func TestA1_FormsOfReplies(t *testing.T) {
	t.Parallel()
	const one, two = `{"id":1,"name":"Anna","email":"a@example.com"}`, `{"id":2,"name":"Boris","email":"b@example.com"}`
	tests := []struct {
		name    string
		sources []string
		want    []roster.UserID
		why     string
	}{
		{"a list", []string{`{"_page":1,"_embedded":{"users":[` + one + "," + two + `]}}`}, []roster.UserID{"1", "2"}, "as the API replies"},
		{"embedded first", []string{`{"_embedded":{"x":1,"users":[` + one + `]},"_page":1}`}, []roster.UserID{"1"}, "members come in any order"},
		{"an array", []string{`[` + two + "," + one + `]`}, []roster.UserID{"1", "2"}, "users come out by number"},
		{"one", []string{`{"id":1,"name":"Anna","_embedded":{"groups":[],"roles":[]}}`}, []roster.UserID{"1"}, "as GET /users/1 replies"},
		{"one, embedded first", []string{`{"_embedded":{"groups":[]},"id":1,"name":"Anna"}`}, []roster.UserID{"1"}, "members come in any order"},
		{"pages", []string{`{"_page":2,"_embedded":{"users":[` + two + `]}}`, `{"_page":1,"_embedded":{"users":[` + one + `]}}`}, []roster.UserID{"1", "2"}, "pages come in any order"},
		{"one after another", []string{`[` + one + "]\n[" + two + `]`}, []roster.UserID{"1", "2"}, "a source may hold several replies"},
		{"nothing", []string{""}, nil, "204 has no body"},
		{"blank", []string{" \n"}, nil, "204 with a line break added"},
		{"an empty page", []string{`{"_page":1,"_embedded":{"users":[]}}`}, nil, "an empty list"},
		{"an empty page without a list", []string{`{"_page":1,"_embedded":[]}`}, nil, "an empty object in the API's language"},
		{"byte order mark", []string{"\ufeff[" + one + "]"}, []roster.UserID{"1"}, "editors add it"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			im := read(t, nil, texts(tt.sources...))
			var got []roster.UserID
			for _, u := range im.Users {
				got = append(got, u.ID)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("%s (-want +got):\n%s", tt.why, d)
			}
		})
	}
}

func TestA1_DamageIsRefusedWithItsPlace(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", 100)
	tests := []struct {
		name, text string
		kind       error
		want       []string
		why        string
	}{
		{"a broken word", "[{\"id\": 1,\n  \"name\": tru}]", amocrm.ErrDamaged,
			[]string{"amocrm: test.json:2:11: damaged JSON: invalid character '}' in literal true (expecting 'e')"}, "the word's first byte"},
		{"a missing comma", "[{\"id\": 1\n \"name\": \"x\"}]", amocrm.ErrDamaged,
			[]string{"amocrm: test.json:2:2: damaged JSON: invalid character '\"' after object key:value pair"}, "where the comma should be"},
		{"cut off", "[{\"id\": 1,", amocrm.ErrDamaged,
			[]string{"amocrm: test.json:1:11: damaged JSON: it ends in the middle"}, "the end"},
		{"cut off in a text", "[{\"name\": \"An", amocrm.ErrDamaged,
			[]string{"amocrm: test.json:1:11: damaged JSON: it ends in the middle"}, "the text's first byte"},
		{"too deep", `[{"id":1,"x":` + deep, amocrm.ErrDamaged,
			[]string{"amocrm: test.json:1:74: damaged JSON: nested deeper than 64"}, "a bound on memory"},
		{"wrong types, all told", "[\n{\"id\":1,\"name\":5},\n{\"id\":\"x\",\"email\":[]}, 7]", amocrm.ErrType, []string{
			"amocrm: test.json:2:16: users[0].name: wrong type: want a text, got 5",
			"amocrm: test.json:3:7: users[1].id: wrong type: want a whole number from 0 to 9223372036854775807, got the text \"x\"",
			"amocrm: test.json:3:19: users[1].email: wrong type: want a text, got an array",
			"amocrm: test.json:3:24: users[2]: wrong type: want an object, got 7",
		}, "a person repairs all at once"},
		{"no id", `[{"name":"Anna"}]`, amocrm.ErrType,
			[]string{"amocrm: test.json:1:2: users[0].id: wrong type: want the id, a whole number above 0, got nothing"}, "the place of what lacks it"},
		{"a broken number", `[{"id":1.5},{"id":-1},{"id":9223372036854775808}]`, amocrm.ErrType, []string{
			"amocrm: test.json:1:8: users[0].id: wrong type: want a whole number from 0 to 9223372036854775807, got 1.5",
			"amocrm: test.json:1:19: users[1].id: wrong type: want a whole number from 0 to 9223372036854775807, got -1",
			"amocrm: test.json:1:29: users[2].id: wrong type: want a whole number from 0 to 9223372036854775807, got 9223372036854775808",
		}, "no number is rounded"},
		{"a stage of nothing", userWith(`"status_rights":[{"pipeline_id":1,"status_id":2,"rights":{"view":"D"}}]`), amocrm.ErrType,
			[]string{"amocrm: test.json:1:83: users[0].rights.status_rights[0].entity_type: wrong type: want what the stage belongs to, got nothing"},
			"to leave a limit out would widen"},
		{"HTML", "\n<html><head><title>Too Many Requests</title></head></html>", amocrm.ErrReply,
			[]string{`amocrm: test.json:2:1: not a reply with data: a page of HTML "Too Many Requests", as the API sends when it refuses calls (403, 429)`}, "429 and 403 have such bodies"},
		{"a problem", `{"title":"Unauthorized","status":401,"detail":"Invalid user name or password"}`, amocrm.ErrReply,
			[]string{"amocrm: test.json:1:1: not a reply with data: the API refused: 401, Unauthorized, Invalid user name or password"}, "problem+json"},
		{"a problem with details", `{"validation-errors":[{"request_id":"0","errors":[{"code":"NotSupportedChoice","path":"metadata.updated_by","detail":"x"}]}],"title":"Bad Request","status":400}`, amocrm.ErrReply,
			[]string{"amocrm: test.json:1:1: not a reply with data: the API refused: 400, Bad Request; NotSupportedChoice metadata.updated_by"}, "what wasn't accepted"},
		{"another list", `{"_embedded":{"leads":[]}}`, amocrm.ErrType,
			[]string{"amocrm: test.json:1:1: wrong type: want a list of users or one of them, got an object"}, "leads aren't users"},
		{"no reply", `"users"`, amocrm.ErrType,
			[]string{`amocrm: test.json:1:1: wrong type: want a reply of the API, got the text "users"`}, "nothing to read"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			im, err := amocrm.Read(nil, texts(tt.text))
			is := is.New(t)
			is.True(im == nil)                         // nothing comes with a fault
			is.True(errors.Is(err, tt.kind))           // the kind of refusal
			is.True(errors.Is(err, roster.ErrInvalid)) // bad input like any other
			if d := cmp.Diff(tt.want, places(err)); d != "" {
				t.Errorf("%s (-want +got):\n%s", tt.why, d)
			}
		})
	}
}

func TestA1_EverySourceIsTold(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	failed := errors.New("connection reset")
	_, err := amocrm.Read(texts("["), []amocrm.Source{
		text("{"), {Name: "gone.json", Body: iotest.ErrReader(failed)}, text("<p>"),
	})
	is.Equal(len(places(err)), 4)              // one fault of each source
	is.True(errors.Is(err, failed))            // a reader's own error stays what it is
	is.True(errors.Is(err, amocrm.ErrReply))   // HTML
	is.True(errors.Is(err, amocrm.ErrDamaged)) // cut off
	place, ok := errors.AsType[*amocrm.Error](err)
	is.True(ok)                                                                  // a place to show
	is.Equal(place.Place, amocrm.Place{Source: "test.json", Line: 1, Column: 2}) // of the first
}

func TestA1_PlacesAreExact(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	// Small reads and long white space: the place doesn't depend on how the text arrives.
	body := "[\n" + strings.Repeat(" \n", 9000) + "   {\"id\": 1, \"name\": \"Анна\", \"email\":\n\n  \t 5}]"
	for _, r := range []io.Reader{strings.NewReader(body), iotest.OneByteReader(strings.NewReader(body))} {
		_, err := amocrm.Read(nil, []amocrm.Source{{Name: "x", Body: r}})
		is.Equal(places(err), []string{"amocrm: x:9004:5: users[0].email: wrong type: want a text, got 5"}) // line and column in bytes
	}
}

func TestA1_MissingPagesAreTold(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		sources []string
		want    []string
		why     string
	}{
		{"all there", []string{
			`{"_page":1,"_page_count":2,"_links":{"next":{"href":"https://x/api/v4/users?page=2"}},"_embedded":{"users":[]}}`,
			`{"_page":2,"_page_count":2,"_links":{},"_embedded":{"users":[]}}`}, nil, "nothing to tell"},
		{"the next", []string{`{"_page":1,"_links":{"next":{"href":"https://x/api/v4/users?page=2"}},"_embedded":{"users":[]}}`},
			[]string{"users: page 2 is missing: linked to as the next"}, "the reply links on"},
		{"the next without a number", []string{`{"_page":4,"_links":{"next":{"href":"https://x/?cursor=a"}},"_embedded":{"users":[]}}`, `[]`},
			[]string{"users: pages 1 to 3 are missing: not read, later ones were", "users: page 5 is missing: linked to as the next"}, "one more than its own"},
		{"a gap", []string{`{"_page":1,"_embedded":{"users":[]}}`, `{"_page":5,"_embedded":{"users":[]}}`},
			[]string{"users: pages 2 to 4 are missing: not read, later ones were"}, "pages between"},
		{"by its own link", []string{`{"_links":{"self":{"href":"https://x/?page=2"}},"_embedded":{"users":[]}}`},
			[]string{"users: page 1 is missing: not read, later ones were"}, "without _page the link tells"},
		{"counted", []string{`{"_page":1,"_page_count":3,"_total_items":5,"_embedded":{"users":[]}}`},
			[]string{"users: pages 2 to 3 are missing: counted", "users: 5 in all, 0 read"}, "the envelope's counts"},
		{"far away", []string{`{"_page":9223372036854775807,"_links":{"next":{}},"_embedded":{"users":[]}}`},
			[]string{"users: pages 1 to 9223372036854775806 are missing: not read, later ones were"}, "no loop over pages"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			im := read(t, nil, texts(tt.sources...))
			var got []string
			for _, f := range im.Findings {
				if f.Code == amocrm.CodeMissingPage {
					got = append(got, f.Text)
				}
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("%s (-want +got):\n%s", tt.why, d)
			}
		})
	}
}

func TestFilesAreOpenedWhenRead(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	dir := fstest.MapFS{"users-2.json": {Data: []byte(`[{"id":2}]`)}, "users-1.json": {Data: []byte(`[{"id":1}]`)}, "roles.json": {}}
	sources, err := amocrm.Files(dir, "users*.json")
	is.NoErr(err)
	is.Equal(sources[0].Name, "users-1.json") // in the order of names
	delete(dir, "users-2.json")
	_, err = amocrm.Read(nil, sources)
	is.Equal(places(err), []string{"amocrm: users-2.json: open users-2.json: file does not exist"}) // opened late, told
	_, err = amocrm.Files(dir, "[")
	is.True(err != nil) // a malformed pattern
	none, err := amocrm.Files(dir, "tasks*.json")
	is.NoErr(err)
	is.Equal(len(none), 0) // an account may have no tasks
}
