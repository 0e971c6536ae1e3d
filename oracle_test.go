package roster_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/seed-8e8abc8d/roster"
)

// oracle is how far an action reaches on a part, straight from R4, R7, R12 and R13.
func oracle(g roster.Grants, k roster.Kind, action, part string) roster.Scope {
	if !k.Parted {
		part = "" // rights on the kind don't look at parts
	}
	known := part == "" || slices.ContainsFunc(k.Parts, func(p roster.Part) bool { return p.Name == part })
	if g.Admin || !known {
		return map[bool]roster.Scope{true: all, false: denied}[g.Admin]
	}
	s, right := denied, k.Name+":"+action
	for _, given := range []roster.Scope{g.Role[right], g.Role[right+"@"+part], g.Individual[right], g.Individual[right+"@"+part]} {
		if given != roster.Unset {
			s = given // what comes later is stronger
		}
	}
	for _, need := range k.Actions[slices.IndexFunc(k.Actions, func(a roster.Action) bool { return a.Name == action })].Needs {
		s = min(s, oracle(g, k, need, part))
	}
	return s
}

// covers is the oracle's reading of R1.
func covers(s roster.Scope, rel roster.Relation) bool {
	return s == all || s == dept && rel != roster.Stranger || s == own && rel == roster.Owner
}

// world is a random schema with two users of random rights.
type world struct {
	schema *roster.Schema
	kinds  []roster.Kind
	x, y   roster.Grants
}

// worlds runs f on thousands of random worlds; a failure names the world, which is always the same.
func worlds(t *testing.T, f func(t *testing.T, w world, rnd *rand.Rand)) {
	t.Helper()
	for n := range uint64(2000) {
		rnd := rand.New(rand.NewPCG(20, n))
		w := world{}
		kinds := 1 + rnd.IntN(3)
		if n%250 == 0 {
			kinds = 40 // more rights than a few words hold
		}
		for k := range kinds {
			w.kinds = append(w.kinds, randomKind(rnd, fmt.Sprint("kind", k)))
		}
		var err error
		if w.schema, err = roster.NewSchema(w.kinds, nil); err != nil {
			t.Fatalf("world %d: %v", n, err)
		}
		w.x, w.y = w.randomGrants(rnd), w.randomGrants(rnd)
		if f(t, w, rnd); t.Failed() {
			t.Fatalf("world %d: kinds %+v\nx %v\ny %v", n, w.kinds, w.x, w.y)
		}
	}
}

// randomKind makes a kind of 1 to 5 actions, in any order, with needs and up to 3 parts.
func randomKind(rnd *rand.Rand, name string) roster.Kind {
	k := roster.Kind{Name: name, Parted: rnd.IntN(4) > 0}
	for i, name := range []string{"create", "see", "edit", "drop", "copy"}[:1+rnd.IntN(5)] {
		a := roster.Action{Name: name}
		if i == 0 {
			a.Scopes = []roster.Scope{all, denied}
		}
		for _, earlier := range k.Actions {
			if rnd.IntN(3) == 0 {
				a.Needs = append(a.Needs, earlier.Name)
			}
		}
		k.Actions = append(k.Actions, a)
	}
	rnd.Shuffle(len(k.Actions), func(i, j int) { k.Actions[i], k.Actions[j] = k.Actions[j], k.Actions[i] })
	for p := range rnd.IntN(4) {
		if k.Parted {
			k.Parts = append(k.Parts, roster.Part{Name: fmt.Sprint("p", p)})
		}
	}
	return k
}

// randomGrants makes grants, a few of an administrator, with texts in them that no schema knows.
func (w world) randomGrants(rnd *rand.Rand) roster.Grants {
	return roster.Grants{Admin: rnd.IntN(16) == 0, Individual: w.randomRights(rnd, 6), Role: w.randomRights(rnd, 2)}
}

// randomRights sets every n-th right.
func (w world) randomRights(rnd *rand.Rand, n int) rights {
	set := rights{"kind0:fly": all, "kind0:see@nowhere": all, "kind9:see": all, "users:delete@x": all, "": all}
	for q := range w.points() {
		if rnd.IntN(n) == 0 {
			set[q.text] = q.scopes[rnd.IntN(len(q.scopes))]
		}
	}
	return set
}

// point is a right on a whole kind or on a part.
type point struct {
	kind         roster.Kind
	action, part string
	text         string
	scopes       []roster.Scope // that may be written
}

// points yields every right of the world's kinds, in the schema's order.
func (w world) points() func(func(point) bool) {
	return func(yield func(point) bool) {
		for _, k := range w.kinds {
			for _, a := range k.Actions {
				q := point{kind: k, action: a.Name, text: k.Name + ":" + a.Name, scopes: a.Scopes}
				if q.scopes == nil {
					q.scopes = []roster.Scope{denied, own, dept, all}
				}
				if !yield(q) {
					return
				}
				for _, p := range k.Parts {
					if on := (point{k, a.Name, p.Name, q.text + "@" + p.Name, q.scopes}); !yield(on) {
						return
					}
				}
			}
		}
	}
}

// records are one of each relation to user "u" of department "d", in each part and in none.
func records(k roster.Kind) []roster.Record {
	var list []roster.Record
	for _, part := range append(k.Parts, roster.Part{}, roster.Part{Name: "nowhere"}) {
		for _, r := range []roster.Record{{Owner: "u", Department: "d"}, {Owner: "v", Department: "d"}, {Owner: "w", Department: "e"}, {Department: "d"}} {
			r.Part, r.ID = part.Name, fmt.Sprint("r", len(list))
			list = append(list, r)
		}
	}
	return list
}

func TestR14_EveryAnswerEqualsTheOracle(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w world, _ *rand.Rand) {
		p := roster.Resolve(w.schema, w.x)
		for q := range w.points() {
			want := oracle(w.x, q.kind, q.action, q.part)
			right := w.schema.MustRight(q.text)
			for _, rel := range []roster.Relation{roster.Stranger, roster.Colleague, roster.Owner} {
				if got := p.Decide(right, rel); got != (roster.Decision{Allowed: covers(want, rel), Scope: want}) {
					t.Errorf("%s for %s: got %v, want %s", q.text, rel, got, want)
				}
				checkExplanation(t, w.schema, p, right, rel)
			}
			if q.part == "" {
				checkRecords(t, w, p, right, q)
			}
		}
	})
}

// checkExplanation wants the explanation to be about the decision, and to add up.
func checkExplanation(t *testing.T, s *roster.Schema, p *roster.Permissions, right roster.Right, rel roster.Relation) {
	t.Helper()
	e := p.Explain(right, rel)
	lowest := e.Given
	for _, text := range e.Lowered {
		lowest = min(lowest, p.Scope(s.MustRight(text)))
	}
	if e.Decision != p.Decide(right, rel) || e.Right != right.String() || lowest != e.Scope || e.Allowed != (e.Missing == "") {
		t.Errorf("%s for %s: %+v doesn't add up", right, rel, e)
	}
}

// checkRecords wants the check, the match, the condition read as a query and the list of records that
// qualify to agree with the oracle on every record, those in parts that nobody knows included.
func checkRecords(t *testing.T, w world, p *roster.Permissions, right roster.Right, q point) {
	t.Helper()
	c := p.Condition(right)
	var want []roster.Record
	for _, rec := range records(q.kind) {
		rel := roster.Relate("u", "d", rec)
		yes := covers(oracle(w.x, q.kind, q.action, rec.Part), rel)
		if yes {
			want = append(want, rec)
		}
		if got := p.Decide(right.At(rec.Part), rel).Allowed; got != yes {
			t.Errorf("%s on %+v: decide says %v", q.text, rec, got)
		}
		if got := c.Match("u", "d", rec); got != yes {
			t.Errorf("%s on %+v: %+v matches: %v", q.text, rec, c, got)
		}
		if got := asQuery(c, rec); got != yes {
			t.Errorf("%s on %+v: %+v as a query: %v", q.text, rec, c, got)
		}
		if c.None() && yes || c.All() && !yes {
			t.Errorf("%s on %+v: %+v is none or all", q.text, rec, c)
		}
	}
	if diff := cmp.Diff(want, slices.Collect(c.Which("u", "d", slices.Values(records(q.kind))))); diff != "" {
		t.Errorf("%s: which of the records (-want +got):\n%s", q.text, diff)
	}
}

// asQuery reads a condition as a store would write it: a disjunction of terms over columns.
func asQuery(c roster.Condition, rec roster.Record) bool {
	term := func(s roster.Scope) bool {
		return s == all || s == dept && rec.Owner != "" && rec.Department == "d" || s >= own && s <= dept && rec.Owner == "u"
	}
	rest := rec.Part == "" || c.AnyPart || slices.Contains(c.Known, rec.Part)
	for part, s := range c.Parts {
		if rec.Part == part {
			rest = false
			if term(s) {
				return true
			}
		}
	}
	return rest && term(c.Base)
}

func TestJ6_ListEqualsTheOracle(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w world, _ *rand.Rand) {
		var want []string
		for q := range w.points() {
			s := oracle(w.x, q.kind, q.action, q.part)
			if q.part == "" && s > denied || s != oracle(w.x, q.kind, q.action, "") {
				want = append(want, q.text+" "+s.String())
			}
		}
		var got []string
		for text, s := range roster.Resolve(w.schema, w.x).List() {
			if text[:4] == "kind" {
				got = append(got, text+" "+s.String())
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("list (-want +got):\n%s", diff)
		}
	})
}

func TestR18_DifferenceEqualsTheOracle(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w world, _ *rand.Rand) {
		x, y := roster.Resolve(w.schema, w.x), roster.Resolve(w.schema, w.y)
		told, more := map[string]roster.Delta{}, map[string]roster.Delta{}
		for _, d := range x.Difference(y) {
			told[d.Right] = d
		}
		for _, d := range y.Exceeds(x) {
			more[d.Right] = d
		}
		for q := range w.points() {
			want := roster.Delta{Right: q.text, From: oracle(w.x, q.kind, q.action, q.part), To: oracle(w.y, q.kind, q.action, q.part)}
			wide := roster.Delta{Right: q.text, From: oracle(w.x, q.kind, q.action, ""), To: oracle(w.y, q.kind, q.action, "")}
			got, ok := told[q.text]
			if ok && (got != want || got.From == got.To) || !ok && want.From != want.To && want != wide {
				t.Errorf("%s: got %+v, want %+v", q.text, got, want)
			}
			if _, exceeds := more[q.text]; exceeds != (ok && got.To > got.From) {
				t.Errorf("%s: difference %+v, exceeds %v", q.text, got, exceeds)
			}
		}
	})
}

func TestR5_RemovingOnesRightNeverChangesAnother(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w world, rnd *rand.Rand) {
		w.x.Role = w.y.Role // the two share a role
		y := roster.Resolve(w.schema, w.y)
		before := maps.Collect(y.List())
		w.x.Individual = w.x.Individual.Clone()
		for q := range w.points() {
			if _, ok := w.x.Individual[q.text]; !ok {
				continue
			}
			was := roster.Resolve(w.schema, w.x)
			delete(w.x.Individual, q.text)
			for _, d := range was.Difference(roster.Resolve(w.schema, w.x)) {
				if kindOf(d.Right) != kindOf(q.text) {
					t.Errorf("without %s %s changes as well", q.text, d.Right)
				}
			}
			if diff := cmp.Diff(before, maps.Collect(roster.Resolve(w.schema, w.y).List())); diff != "" {
				t.Errorf("without x's %s y changes (-want +got):\n%s", q.text, diff)
			}
			if rnd.IntN(2) == 0 {
				break
			}
		}
	})
}

// kindOf is the kind of a right's text.
func kindOf(text string) string { kind, _, _ := strings.Cut(text, ":"); return kind }

func TestR4_WideningNeverRemoves(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w world, rnd *rand.Rand) {
		was := roster.Resolve(w.schema, w.x)
		wider := roster.Grants{Admin: w.x.Admin || rnd.IntN(4) == 0, Individual: w.x.Individual.Clone(), Role: w.x.Role.Clone()}
		for _, set := range []rights{wider.Individual, wider.Role} {
			for text, s := range set {
				if rnd.IntN(3) == 0 {
					set[text] = min(all, s+roster.Scope(rnd.IntN(3)))
				}
			}
		}
		// A scope that the schema doesn't allow denies, so creating goes to all at once.
		for q := range w.points() {
			for _, set := range []rights{wider.Individual, wider.Role} {
				if s := set[q.text]; s != roster.Unset && !slices.Contains(q.scopes, s) {
					set[q.text] = all
				}
			}
		}
		if lost := was.Exceeds(roster.Resolve(w.schema, wider)); len(lost) > 0 {
			t.Errorf("wider %v loses %v", wider, lost)
		}
	})
}
