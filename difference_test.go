package roster_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"
	"github.com/seed-8e8abc8d/roster"
)

func TestR18_DifferenceOfTwoPermissions(t *testing.T) {
	t.Parallel()
	s := crm(t)
	resolve := func(r rights) *roster.Permissions { return roster.Resolve(s, roster.Grants{Role: r}) }
	var nobody *roster.Permissions
	for _, c := range []struct {
		name string
		p, q *roster.Permissions
		want []roster.Delta
		why  string
	}{
		{"the same", resolve(rights{"deal:view": own}), resolve(rights{"deal:view": own}), nil, "nothing differs"},
		{"nobody", nobody, new(roster.Permissions), nil, "both deny everything"},
		{"from nobody", nobody, resolve(rights{"deal:view": own}), []roster.Delta{{"deal:view", denied, own}}, "nil denies everything"},
		{"to nobody", resolve(rights{"users:delete": all}), nobody, []roster.Delta{{"users:delete", all, denied}}, "the other way round"},
		{"order", resolve(nil), resolve(rights{"note:view": own, "deal:view": all, "deal:edit": own, "mail:use": all}),
			[]roster.Delta{{"mail:use", denied, all}, {"deal:view", denied, all}, {"deal:edit", denied, own}, {"note:view", denied, own}}, "the schema's order"},
		{"needs", resolve(rights{"deal:view": all, "deal:edit": all}), resolve(rights{"deal:view": own, "deal:edit": all}),
			[]roster.Delta{{"deal:view", all, own}, {"deal:edit", all, own}}, "what a need lowered differs too"},
		{"a part of the first", resolve(rights{"deal:view": all, "deal:view@won": own}), resolve(rights{"deal:view": all}),
			[]roster.Delta{{"deal:view@won", own, all}}, "the part alone"},
		{"a part of the second", resolve(rights{"deal:view": own}), resolve(rights{"deal:view": all, "deal:view@won": denied}),
			[]roster.Delta{{"deal:view", own, all}, {"deal:view@won", own, denied}}, "the kind gains, the part loses"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, c.p.Difference(c.q)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.why, diff)
			}
			var back []roster.Delta
			for _, d := range c.q.Difference(c.p) {
				back = append(back, roster.Delta{Right: d.Right, From: d.To, To: d.From})
			}
			if diff := cmp.Diff(c.want, back); diff != "" {
				t.Errorf("and back (-want +got):\n%s", diff)
			}
		})
	}
}

func TestR10_ExceedsIsWhatReachesFarther(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	s := crm(t)
	p := roster.Resolve(s, roster.Grants{Role: rights{"deal:view": dept, "deal:view@won": all, "mail:use": all}})
	q := roster.Resolve(s, roster.Grants{Role: rights{"deal:view": all, "deal:view@won": own}})
	is.Equal(p.Exceeds(q), []roster.Delta{{"mail:use", denied, all}, {"deal:view@won", own, all}}) // a part counts by itself
	is.Equal(q.Exceeds(p), []roster.Delta{{"deal:view", dept, all}})                               // each way by itself
	is.Equal(len(p.Exceeds(roster.Resolve(s, roster.Grants{Admin: true}))), 0)                     // nothing exceeds an administrator
	other := roster.Resolve(crm(t), roster.Grants{Admin: true})
	is.Equal(p.Exceeds(other), p.Exceeds(nil)) // permissions of another schema cover nothing
}

func TestR12_APartThatOnlyOneKnowsDiffers(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	s := crm(t)
	g := roster.Grants{Role: rights{"deal:view": own, "deal:export": own}}
	before := roster.Resolve(s, g)
	is.NoErr(s.AddParts("deal", roster.Part{Name: "late"}))
	after := roster.Resolve(s, g)
	want := []roster.Delta{{"deal:view@late", denied, own}, {"deal:export@late", denied, own}}
	is.Equal(before.Difference(after), want)           // records in the new part come into sight
	is.Equal(len(after.Difference(before)), len(want)) // whichever is asked
	is.Equal(after.Exceeds(before), want)              // which is more
	is.Equal(len(before.Exceeds(after)), 0)            // and not less
	is.Equal(len(before.Difference(before)), 0)        // to itself nothing differs
}

func TestR10_BeyondNobodyAndAdministrators(t *testing.T) {
	t.Parallel()
	s := crm(t)
	var nobody *roster.Permissions
	some := roster.Resolve(s, roster.Grants{Role: rights{"deal:view": dept, "lead:view": own, "deal:fly": own}})
	latent := roster.Resolve(s, roster.Grants{Role: rights{"lead:view": own, "deal:fly": own}, Individual: rights{"lead:view": denied}})
	three := roster.Resolve(s, roster.Grants{Role: rights{"deal:fly": own, "task:fly": own}, Individual: rights{"lead:fly": own}})
	admin := roster.Resolve(s, roster.Grants{Admin: true})
	for _, c := range []struct {
		name          string
		p, q          *roster.Permissions
		colleagues    bool
		right, reason string
	}{
		{"nobody can do no more than nobody", nobody, nobody, false, "", ""},
		{"or than somebody", nobody, some, false, "", ""},
		{"somebody can do more than nobody", some, nobody, true, "deal:view", "person-exceeds-actor"},
		{"an administrator can do more than somebody", admin, some, true, roster.UsersManage, "person-exceeds-actor"},
		{"nobody does more than an administrator", some, admin, false, "", ""},
		{"of colleagues, department covers department", some, some, true, "", ""},
		{"of others it doesn't", some, some, false, "deal:view", "other-department"},
		{"of several the first by its text is told", three, nobody, true, "deal:fly", "person-exceeds-actor"},
		{"what the schema doesn't know counts", latent, nobody, true, "deal:fly", "person-exceeds-actor"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			right, reason := roster.BeyondForTest(c.p, c.q, c.colleagues)
			is.Equal(right, c.right)   // the first right that isn't covered
			is.Equal(reason, c.reason) // and why
		})
	}
}
