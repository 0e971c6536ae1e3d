package roster_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/offboard"
	"github.com/seed-8e8abc8d/roster/report"
)

// TestNamesInJSONAreSnakeCase walks through everything that a host sends to a browser.
func TestNamesInJSONAreSnakeCase(t *testing.T) {
	t.Parallel()
	seen := map[reflect.Type]bool{}
	for _, v := range []any{
		roster.Effect{}, roster.UserVerbs{}, roster.Profile{}, roster.Plan{}, roster.Run{}, roster.Entry{}, roster.Event{}, roster.Head{}, roster.Issued{},
		roster.Message{}, roster.Faults{}, roster.Denial{}, roster.StaleError{}, roster.BlockedError{}, roster.TamperError{},
		roster.Condition{}, roster.Delivery{}, roster.Kind{}, roster.Function{}, roster.Record{}, roster.Letter{}, roster.Role{}, roster.Department{},
		offboard.Outcome{}, offboard.Progress{}, offboard.Remains{}, offboard.Moved{},
		report.Deleters{}, report.Holders{}, report.RightCounts{}, report.Differences{}, report.Seats{}, report.Unseen{}, report.Ended{}, report.Parked{},
	} {
		tagged(t, reflect.TypeOf(v), seen)
	}
}

var snake = regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`)

// tagged reports fields of a type, and of those within it, that have no name in snake case.
func tagged(t *testing.T, typ reflect.Type, seen map[reflect.Type]bool) {
	switch typ.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Array:
		tagged(t, typ.Elem(), seen)
		return
	}
	if typ.Kind() != reflect.Struct || typ == reflect.TypeFor[time.Time]() || seen[typ] {
		return
	}
	seen[typ] = true
	for f := range typ.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.IsExported() && !f.Anonymous && name != "-" && !snake.MatchString(name) {
			t.Errorf("%s.%s is %q in JSON", typ, f.Name, name)
		}
		if f.IsExported() {
			tagged(t, f.Type, seen)
		}
	}
}

// TestSecretsStayOutOfJSON marshals whatever carries a secret.
func TestSecretsStayOutOfJSON(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	issued, err := o.Issue(t.Context(), roster.System("test"), roster.TokenOrder{User: "ada", Kind: roster.TokenRefresh})
	is.NoErr(err)
	text, err := json.Marshal([]any{issued, roster.Message{Secret: issued.Secret, User: roster.User{ID: "ada"}}})
	is.NoErr(err)
	is.Equal(strings.Count(string(text), `"secret":"[secret]"`), 3) // the token's, the access token's, the letter's
	for _, secret := range []string{issued.Secret.Reveal(), issued.Access.Secret.Reveal()} {
		is.True(secret != "")
		is.True(!strings.Contains(string(text), secret))
	}
	is.True(!strings.Contains(string(text), "hash")) // nor what the store knows it by
	text, err = json.Marshal([]any{roster.AddUser{ID: "ben", Password: password}, roster.ImportUser{Hash: password}, roster.Credential{Hash: password}})
	is.NoErr(err)
	is.True(!strings.Contains(string(text), password)) // a list of changes that is logged in JSON has no password
}

// TestL3_APlanHasNoNullLists marshals a plan of nothing at all.
func TestL3_APlanHasNoNullLists(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for _, s := range []roster.Snapshot{{Schema: roster.CRMSchema()}, {Schema: roster.CRMSchema(), Stocks: []roster.Stock{{Kind: "deal"}}}} {
		text, err := json.Marshal(roster.PlanHandover(s, roster.Request{}))
		is.NoErr(err)
		is.True(!strings.Contains(strings.SplitAfter(string(text), `"digest"`)[0], "null")) // a page maps over lists
	}
}

// TestHashesRoundTripAsText proves the form of hashes, and that no other is read.
func TestHashesRoundTripAsText(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	want := roster.Head{Seq: 3, Hash: roster.Hash{0: 0xab, 31: 1}}
	digits := "ab" + strings.Repeat("0", 61) + "1"
	is.Equal(want.Hash.String(), digits)
	text, err := json.Marshal(want)
	is.NoErr(err)
	is.Equal(string(text), `{"seq":3,"hash":"`+digits+`"}`)
	var got roster.Head
	is.NoErr(json.Unmarshal(text, &got))
	is.Equal(got, want)
	token, err := roster.TokenHash(want.Hash).MarshalText()
	is.NoErr(err)
	is.Equal(string(token), digits)
	var read roster.TokenHash
	is.NoErr(read.UnmarshalText(token))
	is.Equal(read, roster.TokenHash(want.Hash))
	for _, bad := range []string{"", digits[1:], digits + "00", strings.ToUpper(digits), digits[:63] + "g", " " + digits[1:]} {
		is.True(errors.Is(got.Hash.UnmarshalText([]byte(bad)), roster.ErrInvalid)) // not a hash's text
		is.True(errors.Is(read.UnmarshalText([]byte(bad)), roster.ErrInvalid))
		if diff := cmp.Diff(want.Hash, got.Hash); diff != "" {
			t.Errorf("the value wasn't left alone (-want +got):\n%s", diff)
		}
	}
}

func FuzzHash(f *testing.F) {
	f.Add(strings.Repeat("0f", 32))
	f.Add("F0")
	f.Fuzz(func(t *testing.T, text string) {
		var h roster.Hash
		if h.UnmarshalText([]byte(text)) == nil && h.String() != text {
			t.Errorf("%q is read as %s", text, h) // each hash has one text
		}
	})
}
