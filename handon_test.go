package roster_test

import (
	"maps"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
)

func TestL11_RightsAreHandedOn(t *testing.T) {
	t.Parallel()
	type given map[roster.UserID]roster.Rights
	seller := func() *roster.Role {
		return &roster.Role{ID: "seller", Rights: roster.Rights{"deal:view": roster.Own, "deal:view@won": roster.All, "mail:use": roster.All}}
	}
	for _, c := range []struct {
		name   string
		leaver roster.Rights
		role   *roster.Role
		vera   roster.Rights
		post   *roster.Role // vera's
		on     roster.HandOn
		want   given
		roles  map[roster.UserID]roster.RoleID
		why    string
	}{
		{name: "one right", leaver: roster.Rights{"mail:use": roster.All, "calls:use": roster.All}, on: roster.HandOn{Rights: []string{"mail:use"}},
			want: given{"vera": {"mail:use": roster.All}}, why: "in part"},
		{name: "all individual rights", leaver: roster.Rights{"mail:use": roster.All, "deal:view": roster.Own, "task:view": roster.Denied}, on: roster.HandOn{Rights: []string{"*"}},
			want: given{"vera": {"mail:use": roster.All, "deal:view": roster.Own}}, why: "in whole; a denial is nothing to hand on"},
		{name: "never lowered", leaver: roster.Rights{"deal:view": roster.Own}, vera: roster.Rights{"deal:view": roster.All}, on: roster.HandOn{Rights: []string{"*"}},
			want: nil, why: "what they have reaches farther"},
		{name: "raised", leaver: roster.Rights{"deal:view": roster.All}, vera: roster.Rights{"deal:view": roster.Own, "mail:use": roster.All}, on: roster.HandOn{Rights: []string{"*"}},
			want: given{"vera": {"deal:view": roster.All}}, why: "only what changes is set"},
		{name: "a role's part isn't hidden", leaver: roster.Rights{"deal:view": roster.InDepartment},
			post: &roster.Role{ID: "closer", Rights: roster.Rights{"deal:view": roster.Own, "deal:view@won": roster.All, "deal:view@lost": roster.Own}}, on: roster.HandOn{Rights: []string{"deal:view"}},
			want: given{"vera": {"deal:view": roster.InDepartment, "deal:view@won": roster.All}},
			why:  "an individual right hides the role's parts: what reached farther there is repeated"},
		{name: "a part that the leaver lacks", leaver: roster.Rights{"deal:view": roster.All, "deal:view@lost": roster.Denied}, on: roster.HandOn{Rights: []string{"deal:view"}},
			want: given{"vera": {"deal:view": roster.All, "deal:view@lost": roster.Denied}}, why: "no farther than either had it"},
		{name: "one part", leaver: roster.Rights{"deal:view@won": roster.All}, on: roster.HandOn{Rights: []string{"deal:view@won"}},
			want: given{"vera": {"deal:view@won": roster.All}}, why: "a right on a part is a right"},
		{name: "the role, to one without", role: seller(), on: roster.HandOn{Role: true},
			roles: map[roster.UserID]roster.RoleID{"vera": "seller"}, why: "the role itself is given"},
		{name: "the role, to one with another", role: seller(), post: &roster.Role{ID: "clerk", Rights: roster.Rights{"deal:view": roster.InDepartment}}, on: roster.HandOn{Role: true},
			want: given{"vera": {"deal:view@won": roster.All, "mail:use": roster.All}}, why: "its rights one by one"},
		{name: "a right that the schema no longer knows", leaver: roster.Rights{"fax:use": roster.All}, on: roster.HandOn{Rights: []string{"*"}}, why: "gives nothing"},
		{name: "no role to hand on", on: roster.HandOn{Role: true}, why: "nothing there"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			sc := newScene(t)
			sc.Stocks, sc.Req.Rules = nil, nil
			sc.leaver(func(p *roster.Person) { p.User.Rights, p.Role = c.leaver, c.role })
			sc.edit("vera", func(p *roster.Person) { p.User.Rights, p.Role = c.vera, c.post })
			c.on.To = "vera"
			sc.Req.HandOn = []roster.HandOn{c.on}
			p := sc.plan()
			if diff := cmp.Diff(map[roster.UserID]roster.Rights(c.want), p.HandOn); diff != "" {
				t.Errorf("%s: rights (-want +got)\n%s", c.why, diff)
			}
			if diff := cmp.Diff(c.roles, p.Roles); diff != "" {
				t.Errorf("%s: roles (-want +got)\n%s", c.why, diff)
			}
			if diff := cmp.Diff([]string(nil), brief(p.Blockers)); diff != "" {
				t.Errorf("%s: blockers (-want +got)\n%s", c.why, diff)
			}
			idle := c.want == nil && c.roles == nil
			is := is.New(t)
			is.Equal(len(brief(p.Warnings)) > 0 && p.Warnings[0].Code == roster.WarnHandOn, idle) // nothing gained is said
		})
	}
}

func TestR17_TheRightToDeleteUsersIsNotHandedOn(t *testing.T) {
	t.Parallel()
	role := &roster.Role{ID: "chief", Rights: roster.Rights{"users:delete": roster.All, "mail:use": roster.All}}
	hand := func(h roster.HandOn) func(*scene) {
		return func(sc *scene) {
			h.To = "vera"
			sc.Req.HandOn = []roster.HandOn{h}
			sc.leaver(func(p *roster.Person) {
				p.Role = role
				p.User.Rights = roster.Rights{"users:delete": roster.All, "calls:use": roster.All}
			})
		}
	}
	runPlanCases(t, []planCase{
		{"by name", hand(roster.HandOn{Rights: []string{"users:delete"}}), []string{"hand-on-delete vera"}, "granting it is a step of its own"},
		{"by a role", hand(roster.HandOn{Role: true}), []string{"hand-on-delete vera"}, "a role can't be given without it"},
		{"with all others", hand(roster.HandOn{Rights: []string{"*"}}), nil, "the others can"},
		{"unknown right", hand(roster.HandOn{Rights: []string{"administrator"}}), []string{"hand-on-right vera"}, "administrator status is no right"},
		{"inactive successor", func(sc *scene) {
			hand(roster.HandOn{Rights: []string{"*"}})(sc)
			sc.edit("vera", func(p *roster.Person) { p.User.Status = roster.StatusInactive })
		}, []string{"successor-inactive vera"}, "rights go to active users"},
		{"unknown successor", func(sc *scene) {
			hand(roster.HandOn{Rights: []string{"*"}})(sc)
			sc.Req.HandOn[0].To = "nobody"
		}, []string{"successor-unknown nobody"}, "to known ones"},
		{"the leaver", func(sc *scene) {
			hand(roster.HandOn{Rights: []string{"*"}})(sc)
			sc.Req.HandOn[0].To = "anna"
		}, []string{"successor-is-leaver anna"}, "and to others"},
	})
	sc := newScene(t)
	sc.edit("vera", func(p *roster.Person) { p.Role = &roster.Role{ID: "clerk"} })
	hand(roster.HandOn{Role: true, Rights: []string{"*"}})(sc)
	p := sc.plan()
	want := map[roster.UserID]roster.Rights{"vera": {"mail:use": roster.All, "calls:use": roster.All}}
	if diff := cmp.Diff(want, p.HandOn); diff != "" {
		t.Errorf("all but that one (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"hand-on-no-delete vera", "hand-on-no-delete vera"}, brief(p.Warnings)[:2]); diff != "" {
		t.Errorf("and it is said, for the role and for the rights (-want +got)\n%s", diff)
	}
}

func TestR10_NobodyHandsOnMoreThanTheyHold(t *testing.T) {
	t.Parallel()
	hand := func(dept roster.DepartmentID, r roster.Rights) func(*scene) {
		return func(sc *scene) {
			r["users:delete"] = roster.All
			sc.Actor = sc.person("clerk", dept, false, r)
			sc.Stocks, sc.Req.Rules = nil, nil
			sc.leaver(func(p *roster.Person) { p.User.Rights = roster.Rights{"deal:view": roster.InDepartment} })
			sc.edit("vera", func(p *roster.Person) { p.User.Rights = nil })
			sc.Req.HandOn = []roster.HandOn{{To: "vera", Rights: []string{"*"}}}
		}
	}
	runPlanCases(t, []planCase{
		{"all of it", hand("hq", roster.Rights{"deal:view": roster.All}), nil, "what the actor holds may be handed on"},
		{"less", hand("north", roster.Rights{"deal:view": roster.Own}), []string{"hand-on-exceeds vera"}, "more than the actor holds may not"},
		{"their own department", hand("north", roster.Rights{"deal:view": roster.InDepartment}), nil, "department scope counts in the actor's own"},
		{"another department", hand("south", roster.Rights{"deal:view": roster.InDepartment}), []string{"hand-on-exceeds vera"}, "and nowhere else"},
		{"to an administrator", func(sc *scene) {
			hand("hq", roster.Rights{"deal:view": roster.All})(sc)
			sc.edit("vera", func(p *roster.Person) { p.User.Admin = true })
		}, []string{"hand-on-exceeds vera"}, "only an administrator changes an administrator's rights"},
	})
}

func TestL5_SuccessorsAreJudgedWithWhatTheyWillHold(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	sc := newScene(t)
	sc.edit("boris", func(p *roster.Person) { p.User.Rights = nil })
	is.Equal(len(sc.plan().Blockers), 4) // boris can receive nothing
	sc.Req.HandOn = []roster.HandOn{{To: "boris", Rights: []string{"*"}}}
	is.Equal(brief(sc.plan().Blockers), nil) // with the leaver's rights he can
}

// TestL11_HandingOnNeverLowers hands random rights on, and holds every right on every part against
// what the two had before.
func TestL11_HandingOnNeverLowers(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(11, 5))
	s := newScene(t).Schema
	var texts []string
	for _, action := range []string{"deal:view", "deal:edit", "deal:create", "deal:delete"} {
		texts = append(texts, action, action+"@won", action+"@lost")
	}
	texts = append(texts, "mail:use", "task:view")
	random := func() roster.Rights {
		r := roster.Rights{}
		for _, text := range texts {
			if rnd.IntN(2) == 0 {
				continue
			}
			if scope := roster.Scope(1 + rnd.IntN(4)); s.Check(roster.Rights{text: scope}) == nil {
				r[text] = scope
			}
		}
		return r
	}
	for range 1500 {
		sc := newScene(t)
		sc.Stocks, sc.Req.Rules = nil, nil
		sc.leaver(func(p *roster.Person) { p.User.Rights, p.Role = random(), &roster.Role{ID: "r1", Rights: random()} })
		sc.edit("vera", func(p *roster.Person) {
			if p.User.Rights = random(); rnd.IntN(2) == 0 {
				p.Role = &roster.Role{ID: "r2", Rights: random()}
			}
		})
		sc.Req.HandOn = []roster.HandOn{{To: "vera", Role: rnd.IntN(2) == 0, Rights: []string{"*", texts[rnd.IntN(len(texts))]}}}
		heldMatches(t, sc, texts)
	}
}

// heldMatches plans the scene and compares what vera holds before and after on every right.
func heldMatches(t *testing.T, sc *scene, texts []string) {
	t.Helper()
	p, h := sc.plan(), sc.Req.HandOn[0]
	before, after := sc.People["vera"], sc.People["vera"]
	after.User.Rights = maps.Clone(after.User.Rights)
	maps.Copy(after.User.Rights, p.HandOn["vera"])
	leaver := roster.Resolve(sc.Schema, roster.Grants{Individual: sc.Leaver.User.Rights, Role: sc.Leaver.Role.Rights})
	role := roster.Resolve(sc.Schema, roster.Grants{})
	if h.Role {
		role = roster.Resolve(sc.Schema, roster.Grants{Role: sc.Leaver.Role.Rights})
		if p.Roles["vera"] != "" {
			after.Role = sc.Leaver.Role
		}
	}
	after = sc.resolve(after)
	for _, text := range texts {
		right := sc.Schema.MustRight(text)
		given := func(p *roster.Permissions) roster.Scope { return p.Explain(right, roster.Owner).Given }
		was, is := given(before.Permissions), given(after.Permissions)
		_, named := sc.Leaver.User.Rights[text]
		switch {
		case after.Permissions.Scope(right) < before.Permissions.Scope(right) || is < was:
			t.Fatalf("%s was lowered from %s to %s\n%+v\n%+v", text, was, is, before.User.Rights, p.HandOn)
		case is > max(was, given(leaver), given(role)):
			t.Fatalf("%s was raised from %s to %s, beyond the leaver's %s\n%+v", text, was, is, given(leaver), p.HandOn)
		case (named || text == h.Rights[1]) && is < given(leaver):
			t.Fatalf("%s was handed on as %s, the leaver had %s", text, is, given(leaver))
		}
	}
}
