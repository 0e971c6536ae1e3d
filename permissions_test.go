package roster_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"
	"github.com/seed-8e8abc8d/roster"
)

// The scopes, short, so that the tables read like a policy.
const (
	denied = roster.Denied
	own    = roster.Own
	dept   = roster.InDepartment
	all    = roster.All
)

// rights is short for the tables.
type rights = roster.Rights

// crm is a CRM whose deals have the stages won and new.
func crm(t testing.TB) *roster.Schema {
	t.Helper()
	s := roster.CRMSchema()
	if err := s.AddParts("deal", roster.Part{Name: "won"}, roster.Part{Name: "new"}); err != nil {
		t.Fatal(err)
	}
	return s
}

// policy is a case that reads like one: who holds grants gets these answers.
type policy struct {
	name   string
	grants roster.Grants
	want   rights // how far each right reaches
	why    string
}

func (c policy) run(t *testing.T, s *roster.Schema) {
	t.Helper()
	t.Run(c.name, func(t *testing.T) {
		t.Parallel()
		p := roster.Resolve(s, c.grants)
		got := rights{}
		for text := range c.want {
			got[text] = p.Scope(s.MustRight(text))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.why, diff)
		}
	})
}

func TestR4_IndividualRightOverridesRole(t *testing.T) {
	t.Parallel()
	s := crm(t)
	for _, c := range []policy{
		{"nothing", roster.Grants{},
			rights{"deal:view": denied, "users:delete": denied}, "where neither speaks the answer is no"},
		{"role", roster.Grants{Role: rights{"deal:view": dept, "mail:use": all}},
			rights{"deal:view": dept, "mail:use": all, "task:view": denied}, "the role speaks"},
		{"wider", roster.Grants{Role: rights{"deal:view": own}, Individual: rights{"deal:view": all}},
			rights{"deal:view": all}, "an individual right may widen"},
		{"narrower", roster.Grants{Role: rights{"deal:view": all}, Individual: rights{"deal:view": own}},
			rights{"deal:view": own}, "an individual right may narrow"},
		{"denied", roster.Grants{Role: rights{"deal:view": all, "mail:use": all}, Individual: rights{"deal:view": denied, "mail:use": denied}},
			rights{"deal:view": denied, "mail:use": denied}, "an explicit denial is an individual right too"},
		{"unset", roster.Grants{Role: rights{"deal:view": all}, Individual: rights{"deal:view": roster.Unset}},
			rights{"deal:view": all}, "unset says nothing, so the role speaks"},
		{"others untouched", roster.Grants{Role: rights{"deal:view": all, "task:view": own}, Individual: rights{"deal:view": denied}},
			rights{"deal:view": denied, "task:view": own}, "an individual right overrides that right only"},
	} {
		c.run(t, s)
	}
}

func TestR7_AdministratorHoldsEverything(t *testing.T) {
	t.Parallel()
	s := crm(t)
	policy{"admin", roster.Grants{Admin: true, Individual: rights{"deal:view": denied}, Role: rights{"mail:use": denied}},
		rights{"deal:view": all, "deal:delete@won": all, "users:delete": all, "mail:use": all, "deal:create": all},
		"whatever role and individual rights say"}.run(t, s)

	is := is.New(t)
	p := roster.Resolve(s, roster.Grants{Admin: true})
	later := s.MustRight("deal:view").At("later")
	is.True(p.Decide(later, roster.Stranger).Allowed)           // a part that nobody registered hides nothing from administrators
	is.True(!p.Decide(roster.Right{}, roster.Stranger).Allowed) // a right that isn't one is denied to them too
}

func TestR12_PartsLimitOrExtendTheirKind(t *testing.T) {
	t.Parallel()
	s := crm(t)
	for _, c := range []policy{
		{"limits", roster.Grants{Role: rights{"deal:view": all, "deal:view@won": denied}},
			rights{"deal:view": all, "deal:view@won": denied, "deal:view@new": all}, "a part may be narrower"},
		{"extends", roster.Grants{Role: rights{"deal:view": own, "deal:view@won": all}},
			rights{"deal:view": own, "deal:view@won": all, "deal:view@new": own}, "a part may be wider"},
		{"individual kind beats the role's part", roster.Grants{Individual: rights{"deal:view": own}, Role: rights{"deal:view@won": all}},
			rights{"deal:view": own, "deal:view@won": own}, "an individual right, kind-wide or on a part, comes first"},
		{"individual part beats all", roster.Grants{Individual: rights{"deal:view@won": denied}, Role: rights{"deal:view": all, "deal:view@won": all}},
			rights{"deal:view": all, "deal:view@won": denied, "deal:view@new": all}, "for that part only"},
		{"role's part beside an individual part", roster.Grants{Individual: rights{"deal:view@won": dept}, Role: rights{"deal:view@new": own}},
			rights{"deal:view": denied, "deal:view@won": dept, "deal:view@new": own}, "each part by itself"},
	} {
		c.run(t, s)
	}
}

func TestR13_NeedsLower(t *testing.T) {
	t.Parallel()
	s := crm(t)
	for _, c := range []policy{
		{"edit", roster.Grants{Role: rights{"deal:view": own, "deal:edit": all}},
			rights{"deal:edit": own}, "nobody edits beyond what they see"},
		{"export", roster.Grants{Role: rights{"deal:export": all}},
			rights{"deal:export": denied}, "nobody exports what they don't see"},
		{"delete", roster.Grants{Role: rights{"deal:view": all, "deal:edit": dept, "deal:delete": all}},
			rights{"deal:delete": dept}, "or deletes beyond what they edit"},
		{"through two", roster.Grants{Role: rights{"deal:view": own, "deal:edit": all, "deal:delete": all}},
			rights{"deal:edit": own, "deal:delete": own}, "edit lowered by view lowers delete"},
		{"by an individual right", roster.Grants{Individual: rights{"deal:view": denied}, Role: rights{"deal:view": all, "deal:edit": all, "deal:delete": all}},
			rights{"deal:edit": denied, "deal:delete": denied}, "whoever takes view away takes the rest away"},
		{"on a part", roster.Grants{Role: rights{"deal:view": all, "deal:edit": all, "deal:view@won": own}},
			rights{"deal:edit": all, "deal:edit@won": own, "deal:edit@new": all}, "a part that limits view limits edit there"},
		{"create", roster.Grants{Role: rights{"deal:create": all}},
			rights{"deal:create": all, "deal:view": denied}, "creating needs nothing"},
	} {
		c.run(t, s)
	}
}

func TestR1_ScopesReachRelations(t *testing.T) {
	t.Parallel()
	reaches := func(s roster.Scope) [4]bool {
		return [4]bool{s.Reaches(roster.Owner), s.Reaches(roster.Colleague), s.Reaches(roster.Stranger), s.Reaches(roster.Relation(9))}
	}
	for _, c := range []struct {
		scope roster.Scope
		want  [4]bool // owner, colleague, stranger, no relation
		why   string
	}{
		{roster.Unset, [4]bool{}, "unset isn't a right"},
		{denied, [4]bool{}, "denied is denied"},
		{own, [4]bool{true, false, false, false}, "own is the user's own"},
		{dept, [4]bool{true, true, false, false}, "department includes own"},
		{all, [4]bool{true, true, true, true}, "all includes everything"},
		{roster.Scope(9), [4]bool{}, "a number that isn't a scope reaches nothing"},
	} {
		if diff := cmp.Diff(c.want, reaches(c.scope)); diff != "" {
			t.Errorf("%s: %s (-want +got):\n%s", c.scope, c.why, diff)
		}
	}
}

func TestR1_UnknownIsDenied(t *testing.T) {
	t.Parallel()
	s, other := crm(t), crm(t)
	everything := rights{}
	for text := range roster.Resolve(s, roster.Grants{Admin: true}).List() {
		everything[text] = all
	}
	p := roster.Resolve(s, roster.Grants{Role: everything})
	var nobody *roster.Permissions
	view := s.MustRight("deal:view")
	for _, c := range []struct {
		name  string
		p     *roster.Permissions
		right roster.Right
	}{
		{"the zero right", p, roster.Right{}},
		{"the zero right on a part", p, roster.Right{}.At("won")},
		{"another schema's right", p, other.MustRight("deal:view")},
		{"another schema's right on a part", p, other.MustRight("deal:view@won")},
		{"an unknown part", p, view.At("later")},
		{"nil permissions", nobody, view},
		{"zero permissions", new(roster.Permissions), view},
		{"the zero right of zero permissions", new(roster.Permissions), roster.Right{}},
		{"the zero schema's permissions", roster.Resolve(new(roster.Schema), roster.Grants{Admin: true}), view},
		{"no schema's permissions", roster.Resolve(nil, roster.Grants{Admin: true}), view},
	} {
		is := is.New(t)
		want := roster.Decision{Scope: denied}
		is.Equal(c.p.Decide(c.right, roster.Owner), want)                                          // denied: an unknown right, part or schema
		is.Equal(c.p.Explain(c.right, roster.Owner).Decision, want)                                // and so says the explanation
		is.True(c.p.Explain(c.right, roster.Owner).Missing != "")                                  // which says what is missing
		is.True(!c.p.Condition(c.right).Match("u", "d", roster.Record{Owner: "u", Part: "later"})) // and the condition
	}
}

func TestR1_TheZeroSchemaGivesNothing(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	s := new(roster.Schema)
	_, err := s.Right(roster.UsersDelete)
	is.True(err != nil)                                          // it knows no right, the library's own neither
	is.True(s.AddParts("deal", roster.Part{Name: "won"}) != nil) // and no kind
	p := roster.Resolve(s, roster.Grants{Admin: true, Role: rights{"deal:view@won": all}})
	is.Equal(len(p.Difference(nil)), 0) // so that nobody holds anything
	for right := range p.List() {
		t.Errorf("%s is listed", right)
	}
}

func TestR12_PartsAddedLaterAreDeniedUntilResolvedAgain(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	s := crm(t)
	g := roster.Grants{Role: rights{"deal:view": all, "deal:view@late": own, "task:view@late": all, "deal:fly": all}}
	p := roster.Resolve(s, g)
	is.NoErr(s.AddParts("deal", roster.Part{Name: "late"}))
	late := s.MustRight("deal:view@late")
	is.Equal(p.Scope(late), denied)                                         // p was resolved before
	is.Equal(roster.Resolve(s, g).Scope(late), own)                         // what the role said of it before it was there
	is.Equal(p.Scope(s.MustRight("deal:view@won")), all)                    // older parts are as they were
	is.True(!p.Condition(late).Match("u", "", roster.Record{Part: "late"})) // the condition denies it too
}

func TestR12_ANewPartIsKnownToTheNextCheck(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.system(roster.CreateRole{ID: "seller", Name: "Seller", Rights: rights{"deal:view": all}})
	o.hire("ben", "sales", rights{"deal:view": all})
	o.hire("cleo", "sales", nil)
	o.system(roster.SetRole{User: "cleo", Role: "seller"})
	late := roster.Record{Part: "late"}
	is.True(!o.may("ben", "deal:view", late) && !o.may("cleo", "deal:view", late)) // nobody knows the part
	is.NoErr(o.schema.AddParts("deal", roster.Part{Name: "late"}))
	is.True(o.may("ben", "deal:view", late))  // resolved again, with individual rights
	is.True(o.may("cleo", "deal:view", late)) // and with a role alone
}
