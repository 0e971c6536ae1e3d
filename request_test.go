package roster_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
)

func TestL4_EveryFaultOfARequestIsTold(t *testing.T) {
	t.Parallel()
	r := roster.Request{
		Leaver: " anna",
		Rules: []roster.Rule{
			{Do: roster.GiveTo},
			{Kind: "deal", Do: roster.SplitEvenly, To: to("boris")},
			{Kind: "deal", Part: "won", Do: roster.LeastLoaded, To: to("boris", "", "boris")},
			{Part: "won", Do: roster.ToHead, To: to("boris")},
			{Records: []string{"17"}, Do: roster.NoOwner},
			{Kind: "deal", Part: "won", Records: []string{"17"}, Do: roster.SwitchOff},
			{Kind: "deal", Do: roster.NoOwner},
			{Kind: "task"},
			{Kind: "note", Do: 99},
		},
		Authors: "x\n",
		HandOn:  []roster.HandOn{{}, {To: "boris", Role: true}, {To: "boris", Rights: []string{"*"}}},
		With:    to("carl", ""),
		Drift:   map[string]int{"task": -1, "deal": 0, "note": -2},
		Reason:  strings.Repeat("x", 1001),
	}
	want := roster.Faults{
		{Field: "leaver", Problem: "begins or ends with a space"},
		{Field: "rules[0].to", Problem: "needs exactly one successor, has 0"},
		{Field: "rules[1].to", Problem: "needs two successors or more, has 1"},
		{Field: "rules[2].to[1]", Problem: "missing"},
		{Field: "rules[2].to[2]", Problem: "named twice"},
		{Field: "rules[3].part", Problem: "needs a kind"},
		{Field: "rules[3].to", Problem: `names nobody for "head"`},
		{Field: "rules[4].records", Problem: "need a kind"},
		{Field: "rules[5].part", Problem: "a rule that names records names no part"},
		{Field: "rules[6]", Problem: "covers the same as rules[1]"},
		{Field: "rules[7].do", Problem: "missing or unknown"},
		{Field: "rules[8].do", Problem: "missing or unknown"},
		{Field: "hand_on[0].to", Problem: "missing"},
		{Field: "hand_on[0]", Problem: "hands nothing on"},
		{Field: "hand_on[2].to", Problem: "named twice"},
		{Field: "with[1]", Problem: "missing"},
		{Field: "authors", Problem: "begins or ends with a space"},
		{Field: "drift[note]", Problem: "must not be negative"},
		{Field: "drift[task]", Problem: "must not be negative"},
		{Field: "reason", Problem: "too long"},
	}
	if diff := cmp.Diff(error(want), r.Check()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	is := is.New(t)
	is.NoErr(roster.Request{Leaver: "anna"}.Check()) // the least there can be
}

func TestL4_NamedRecordsAreChecked(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	r := roster.Request{Leaver: "anna", Rules: []roster.Rule{
		{Kind: "deal", Records: []string{"1", "", "2", "1"}, Do: roster.NoOwner},
		{Kind: "deal", Records: []string{"3", "2"}, Do: roster.GiveTo, To: to("boris")},
		{Kind: "task", Records: []string{"1"}, Do: roster.NoOwner},
		{Kind: "task", Records: []string{}, Do: roster.NoOwner},
		{Kind: "task", Do: roster.NoOwner},
	}}
	want := roster.Faults{
		{Field: "rules[0].records[1]", Problem: "missing"},
		{Field: "rules[0].records[3]", Problem: "the same as rules[0].records[0]"},
		{Field: "rules[1].records[1]", Problem: "the same as rules[0].records[2]"},
		{Field: "rules[4]", Problem: "covers the same as rules[3]"},
	}
	if diff := cmp.Diff(error(want), r.Check()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	sized := func(rules, each int) roster.Request {
		r := roster.Request{Leaver: "anna"}
		for i := range rules {
			rule := roster.Rule{Kind: "deal", Do: roster.NoOwner}
			for k := range each {
				rule.Records = append(rule.Records, fmt.Sprint(i, k))
			}
			r.Rules = append(r.Rules, rule)
		}
		return r
	}
	is.NoErr(sized(1_000, 10).Check())                            // as much as a request may hold
	is.Equal(fields(sized(1_001, 1).Check()), []string{"rules"})  // a rule too many
	is.Equal(fields(sized(1, 10_001).Check()), []string{"rules"}) // a record too many
}

// TestL4_ARequestsListsAreBounded fills each list of a request up to its bound, and all of them beyond.
func TestL4_ARequestsListsAreBounded(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	people := func(n int) []roster.UserID {
		ids := make([]roster.UserID, n)
		for i := range ids {
			ids[i] = roster.UserID(fmt.Sprint("u", i))
		}
		return ids
	}
	sized := func(n int) roster.Request {
		r := roster.Request{Leaver: "anna", With: people(n), Drift: map[string]int{}}
		rights := make([]string, n)
		for i, id := range people(n) {
			rights[i] = fmt.Sprintf("deal:view@%d", i)
			r.Drift[fmt.Sprint("kind", i)] = 1
			r.HandOn = append(r.HandOn, roster.HandOn{To: id, Role: true})
		}
		r.HandOn[0].Rights = rights
		for i := range 10 {
			r.Rules = append(r.Rules, roster.Rule{Kind: "deal", Part: fmt.Sprint(i), Do: roster.SplitEvenly, To: people(n)})
		}
		return r
	}
	is.NoErr(sized(1_000).Check()) // as much as a request may hold
	over := sized(1_001)
	is.Equal(fields(over.Check()), []string{"rules", "hand_on", "with", "drift"}) // each list is told, its parts aren't
	over.HandOn = over.HandOn[:1]
	is.Equal(fields(over.Check()), []string{"rules", "hand_on[0].rights", "with", "drift"}) // one's rights as well
}

func TestL4_RequestsAreReadStrictly(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want, why string }{
		{"good", `{"leaver":"anna","rules":[{"kind":"deal","do":"split","to":["boris","vera"]}],"drift":{"deal":2}}`, "", "a request"},
		{"unknown field", `{"leaver":"anna","rule":[]}`, "request", "a typing error must not drop a rule"},
		{"unknown disposals", `{"leaver":"anna","rules":[{"do":"drop"},{"do":"no-owner"},{"do":"burn"}]}`, "rules[0].do rules[2].do", "unknown words"},
		{"wrong type", `{"leaver":"anna","rules":[{"do":"give","to":"boris"}]}`, "rules.to", "a text for a list"},
		{"two values", `{"leaver":"anna"} {}`, "request", "one request"},
		{"broken", `{"leaver":"anna"`, "request", "cut off"},
		{"list", `[]`, "request", "not an object"},
		{"malformed", `{"leaver":""}`, "leaver", "checked as well"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			got, err := roster.ParseRequest([]byte(c.text))
			is.Equal(strings.Join(fields(err), " "), c.want)          // the faults' fields
			is.Equal(errors.Is(err, roster.ErrInvalid), c.want != "") // refused as input
			is.Equal(got.Leaver == "", c.want != "")                  // nothing half-read
		})
	}
}

func FuzzRequest(f *testing.F) {
	for _, text := range []string{
		`{"leaver":"anna","rules":[{"do":"give","to":["boris"]},{"kind":"deal","part":"won","do":"split","to":["a","b"]}]}`,
		`{"leaver":"anna","rules":[{"kind":"deal","records":["17"],"do":"no-owner"}],"authors":"vera","with":["x"],"drift":{"deal":1}}`,
		`{"leaver":"anna","hand_on":[{"to":"vera","role":true,"rights":["*","deal:view@won"]}],"reason":"left"}`,
		`{"leaver":"anna","rules":[{"kind":"deal","do":"least-loaded","to":["boris","vera"]},{"kind":"integration","do":"switch-off"}]}`,
		`{}`, `[]`, `{"leaver":1}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var loose roster.Request
		if json.Unmarshal(data, &loose) == nil {
			sc := newScene(t)
			sc.Req = loose
			p := sc.plan() // no request makes it panic, malformed ones included
			if loose.Check() != nil && len(p.Blockers) == 0 {
				t.Fatalf("a malformed request isn't blocked: %s", data)
			}
			_ = p.String()
		}
		r, err := roster.ParseRequest(data)
		if err != nil {
			if !errors.Is(err, roster.ErrInvalid) {
				t.Fatalf("not a Faults: %v", err)
			}
			return
		}
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		again, err := roster.ParseRequest(text)
		if err != nil {
			t.Fatalf("%s isn't read back: %v", text, err)
		}
		one, two := newScene(t), newScene(t)
		one.Req, two.Req = r, again
		if !one.plan().Digest.Equal(two.plan().Digest) {
			t.Fatalf("%s changes on its way", text)
		}
	})
}
