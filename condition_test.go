package roster_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"
	"github.com/seed-8e8abc8d/roster"
)

func TestR1_RelateByResponsibleUser(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		user roster.UserID
		dept roster.DepartmentID
		rec  roster.Record
		want roster.Relation
		why  string
	}{
		{"own", "ann", "sales", roster.Record{Owner: "ann", Department: "support"}, roster.Owner, "the responsible one, wherever the record says they are"},
		{"colleague", "ann", "sales", roster.Record{Owner: "ben", Department: "sales"}, roster.Colleague, "the responsible user's present department is the user's"},
		{"stranger", "ann", "sales", roster.Record{Owner: "eva", Department: "support"}, roster.Stranger, "another department"},
		{"no departments", "ann", "", roster.Record{Owner: "ben"}, roster.Stranger, "two without a department aren't colleagues"},
		{"nobody's", "ann", "sales", roster.Record{Department: "sales"}, roster.Stranger, "a record without a responsible user is seen by all only"},
		{"nobody's, of nobody", "", "", roster.Record{}, roster.Stranger, "the empty user owns nothing"},
		{"letter case", "ann", "sales", roster.Record{Owner: "Ann", Department: "Sales"}, roster.Stranger, "ids are compared byte by byte"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := roster.Relate(c.user, c.dept, c.rec); got != c.want {
				t.Errorf("got %s, want %s: %s", got, c.want, c.why)
			}
		})
	}
}

func TestR14_ConditionsAreExplicit(t *testing.T) {
	t.Parallel()
	s := crm(t)
	known := []string{"new", "won"}
	for _, c := range []struct {
		name      string
		grants    roster.Grants
		right     string
		want      roster.Condition
		none, all bool
		why       string
	}{
		{"denied", roster.Grants{}, "contact:view", roster.Condition{Base: denied, AnyPart: true}, true, false, "none"},
		{"all", roster.Grants{Role: rights{"contact:view": all}}, "contact:view", roster.Condition{Base: all, AnyPart: true}, false, true, "all"},
		{"department", roster.Grants{Role: rights{"contact:view": dept}}, "contact:view", roster.Condition{Base: dept, AnyPart: true}, false, false, "a condition"},
		{"administrator", roster.Grants{Admin: true}, "deal:view", roster.Condition{Base: all, AnyPart: true}, false, true, "all, whatever part a record is in"},
		{"all of a parted kind", roster.Grants{Role: rights{"deal:view": all}}, "deal:view", roster.Condition{Base: all, Known: known}, false, false, "of the parts that are known"},
		{"a part", roster.Grants{Role: rights{"deal:view": all, "deal:view@won": own}}, "deal:view",
			roster.Condition{Base: all, Known: known, Parts: map[string]roster.Scope{"won": own}}, false, false, "the part by itself"},
		{"only a part", roster.Grants{Role: rights{"deal:view@won": own}}, "deal:view@new",
			roster.Condition{Base: denied, Known: known, Parts: map[string]roster.Scope{"won": own}}, false, false, "the part that the right names doesn't matter"},
		{"nothing in any part", roster.Grants{Role: rights{"deal:edit@won": own}}, "deal:edit", roster.Condition{Base: denied, Known: known}, true, false, "a need lowered it to none"},
		{"function", roster.Grants{Role: rights{"mail:use": all}}, "mail:use", roster.Condition{Base: all, AnyPart: true}, false, true, "an allowed function is all"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			got := roster.Resolve(s, c.grants).Condition(s.MustRight(c.right))
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.why, diff)
			}
			is.Equal(got.None(), c.none) // explicitly none
			is.Equal(got.All(), c.all)   // explicitly all
		})
	}
}

func TestR14_HandMadeConditions(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	is.True(roster.Condition{}.None())                                      // the zero condition is none
	is.True(!roster.Condition{}.Match("u", "d", roster.Record{Owner: "u"})) // and matches nothing
	narrow := roster.Condition{Base: all, AnyPart: true, Parts: map[string]roster.Scope{"won": own}}
	is.True(!narrow.All()) // a narrower part
	narrow.Parts["won"] = all
	is.True(narrow.All())                                                           // a part that isn't narrower after all
	is.True(roster.Condition{Parts: map[string]roster.Scope{"won": denied}}.None()) // a part that is denied too
}

func TestR14_WhichOfTheseStopsWhenAsked(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	s := crm(t)
	c := roster.Resolve(s, roster.Grants{Role: rights{"deal:view": own}}).Condition(s.MustRight("deal:view"))
	asked := 0
	list := func(yield func(roster.Record) bool) {
		for _, rec := range []roster.Record{{ID: "1", Owner: "u"}, {ID: "2"}, {ID: "3", Owner: "u"}, {ID: "4", Owner: "u"}} {
			if asked++; !yield(rec) {
				return
			}
		}
	}
	for rec := range c.Which("u", "", list) {
		if rec.ID == "3" {
			break
		}
	}
	is.Equal(asked, 3) // it reads no farther than its caller
	var ids []string
	for rec := range c.Which("u", "", list) {
		ids = append(ids, rec.ID)
	}
	is.True(slices.Equal(ids, []string{"1", "3", "4"})) // those that match, in their order
}
