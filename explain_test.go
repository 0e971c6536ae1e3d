package roster_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"
	"github.com/seed-8e8abc8d/roster"
)

func TestR11_DecisionsAreExplained(t *testing.T) {
	t.Parallel()
	s := crm(t)
	yes := func(s roster.Scope) roster.Decision { return roster.Decision{Allowed: true, Scope: s} }
	no := func(s roster.Scope) roster.Decision { return roster.Decision{Scope: s} }
	for _, c := range []struct {
		name   string
		grants roster.Grants
		right  string
		rel    roster.Relation
		want   roster.Explanation
		why    string
	}{
		{"nobody", roster.Grants{}, "deal:view", roster.Owner,
			roster.Explanation{Decision: no(denied), Source: roster.FromDefault, Given: denied, Missing: "deal:view with scope own or more"}, "nobody gave it"},
		{"function", roster.Grants{}, "users:delete", roster.Stranger,
			roster.Explanation{Decision: no(denied), Source: roster.FromDefault, Given: denied, Missing: "users:delete"}, "a function has no scope to tell"},
		{"administrator", roster.Grants{Admin: true, Individual: rights{"deal:view": denied}}, "deal:view", roster.Stranger,
			roster.Explanation{Decision: yes(all), Source: roster.FromAdministrator, Given: all}, "administrators hold every right (R7)"},
		{"role", roster.Grants{Role: rights{"deal:view": dept}}, "deal:view", roster.Colleague,
			roster.Explanation{Decision: yes(dept), Source: roster.FromRole, Given: dept}, "the role speaks (R4)"},
		{"individual", roster.Grants{Individual: rights{"deal:view": denied}, Role: rights{"deal:view": all}}, "deal:view", roster.Colleague,
			roster.Explanation{Decision: no(denied), Source: roster.FromIndividual, Given: denied, Missing: "deal:view with scope department or more"}, "an individual denial (R4)"},
		{"too short", roster.Grants{Role: rights{"deal:view": own}}, "deal:view", roster.Stranger,
			roster.Explanation{Decision: no(own), Source: roster.FromRole, Given: own, Missing: "deal:view with scope all"}, "given, but not that far"},
		{"creating", roster.Grants{}, "deal:create", roster.Owner,
			roster.Explanation{Decision: no(denied), Source: roster.FromDefault, Given: denied, Missing: "deal:create with scope all"}, "the lowest scope that may be written"},
		{"part", roster.Grants{Role: rights{"deal:view": all, "deal:view@won": own}}, "deal:view@won", roster.Owner,
			roster.Explanation{Decision: yes(own), Source: roster.FromRole, Part: "won", Given: own}, "the part spoke (R12)"},
		{"part by its kind", roster.Grants{Individual: rights{"deal:view": own}, Role: rights{"deal:view@won": all}}, "deal:view@won", roster.Owner,
			roster.Explanation{Decision: yes(own), Source: roster.FromIndividual, Given: own}, "the kind spoke for the part (R12)"},
		{"lowered", roster.Grants{Role: rights{"deal:view": own, "deal:edit": all, "deal:delete": all}}, "deal:delete", roster.Owner,
			roster.Explanation{Decision: yes(own), Source: roster.FromRole, Given: all, Lowered: []string{"deal:view", "deal:edit"}}, "by both of its needs (R13)"},
		{"not lowered", roster.Grants{Role: rights{"deal:view": own, "deal:edit": own}}, "deal:edit", roster.Owner,
			roster.Explanation{Decision: yes(own), Source: roster.FromRole, Given: own}, "a need that reaches as far lowers nothing"},
		{"lowered on a part", roster.Grants{Role: rights{"deal:view": all, "deal:view@won": denied, "deal:edit": all}}, "deal:edit@won", roster.Owner,
			roster.Explanation{Decision: no(denied), Source: roster.FromRole, Given: all, Lowered: []string{"deal:view@won"}, Missing: "deal:view@won with scope own or more"}, "what is missing is the need"},
		{"all missing", roster.Grants{Individual: rights{"deal:delete": own}}, "deal:delete", roster.Colleague,
			roster.Explanation{Decision: no(denied), Source: roster.FromIndividual, Given: own, Lowered: []string{"deal:view", "deal:edit"},
				Missing: "deal:delete with scope department or more; deal:view with scope department or more; deal:edit with scope department or more"}, "each need once"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.want.Right = c.right
			if diff := cmp.Diff(c.want, roster.Resolve(s, c.grants).Explain(s.MustRight(c.right), c.rel)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.why, diff)
			}
		})
	}
}

func TestR11_ExplanationsOfTheUnknown(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	s := crm(t)
	p := roster.Resolve(s, roster.Grants{Role: rights{"deal:view": all}})
	is.Equal(p.Explain(roster.Right{}, roster.Owner).Missing, "a right that the schema knows")
	is.Equal(p.Explain(crm(t).MustRight("deal:view"), roster.Owner).Missing, "permissions resolved by the right's schema")
	lost := p.Explain(s.MustRight("deal:view").At("lost"), roster.Owner)
	is.Equal(lost.Missing, "a part that the schema knew when the permissions were resolved")
	is.Equal(lost.Right, "deal:view@")
}
