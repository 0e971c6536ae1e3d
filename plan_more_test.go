package roster_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
)

// TestL17_RulesAddedLaterAreCheckedLikeAny adds a rule for integrations to a request that was confirmed
// without, and whose first rule names a record that was handed over since.
func TestL17_RulesAddedLaterAreCheckedLikeAny(t *testing.T) {
	t.Parallel()
	actor := func(sc *scene, dept roster.DepartmentID, rights roster.Rights) {
		sc.Actor = sc.person("dora", dept, false, rights)
	}
	for _, c := range []struct {
		name   string
		change func(sc *scene)
		add    roster.Rule
		want   []string
		why    string
	}{
		{"covers what was uncovered", nil, roster.Rule{Kind: "integration", Do: roster.SwitchOff}, nil, "nothing is left over"},
		{"another kind", nil, roster.Rule{Kind: "task", Do: roster.NoOwner}, []string{"uncovered integration"}, "integrations are still uncovered"},
		{"no such kind", nil, roster.Rule{Kind: "ticket", Do: roster.NoOwner}, []string{"uncovered integration", "rule-kind ticket"}, "nobody registered tickets"},
		{"no such part", nil, roster.Rule{Kind: "deal", Part: "wom", Do: roster.NoOwner}, []string{"uncovered integration", "rule-part deal@wom"}, "a slip of the pen"},
		{"no such record", nil, roster.Rule{Kind: "deal", Records: []string{"99"}, Do: roster.NoOwner}, []string{"rule-record deal", "uncovered integration"}, "99 is boris's"},
		{"an unknown successor", nil, roster.Rule{Kind: "integration", Do: roster.GiveTo, To: to("zoe")}, []string{"successor-unknown zoe"}, "no such user"},
		{"an unfit successor of nothing", nil, roster.Rule{Kind: "task", Part: "", Do: roster.GiveTo, To: to("anna")},
			[]string{"successor-is-leaver anna", "uncovered integration"}, "judged though it may cover nothing"},
		{"who lacks the rights", func(sc *scene) { sc.edit("vera", func(p *roster.Person) { p.User.Rights = nil }) },
			roster.Rule{Kind: "integration", Do: roster.GiveTo, To: to("vera")}, []string{"successor-rights vera integration"}, "L5"},
		{"an actor who gains sight", func(sc *scene) {
			actor(sc, "north", roster.Rights{"users:delete": roster.All, "deal:view": roster.InDepartment, "deal:view@lost": roster.Denied})
			sc.Stocks = append(sc.Stocks[:2:2], roster.Stock{Kind: "note", Exempt: "they follow their deal"})
		}, roster.Rule{Kind: "deal", Do: roster.GiveTo, To: to("vera")}, []string{"gains-sight dora deal", "gains-sight dora deal@won"},
			"R10: vera is dora's colleague; lost deals dora doesn't see either way"},
		{"an actor who sees no more", func(sc *scene) {
			actor(sc, "north", roster.Rights{"users:delete": roster.All, "deal:view": roster.InDepartment})
			sc.Stocks = sc.Stocks[:2]
		}, roster.Rule{Kind: "deal", Part: "lost", Do: roster.ToHead}, nil, "the head is of another department"},
		{"an actor of the head's department", func(sc *scene) {
			actor(sc, "hq", roster.Rights{"users:delete": roster.All, "deal:view": roster.InDepartment})
			sc.edit("hedda", func(p *roster.Person) { p.User.Department = "hq" })
			sc.Stocks = sc.Stocks[:2]
		}, roster.Rule{Kind: "deal", Part: "lost", Do: roster.ToHead}, []string{"gains-sight dora deal@lost"}, "R10 holds for a head as well"},
		{"a rule for every kind", func(sc *scene) {
			actor(sc, "north", roster.Rights{"users:delete": roster.All, "deal:view": roster.InDepartment})
			sc.Req.Rules[1].Kind, sc.Stocks = "task", sc.Stocks[:2]
		}, roster.Rule{Do: roster.GiveTo, To: to("vera")}, []string{"gains-sight dora deal", "gains-sight dora deal@lost", "gains-sight dora deal@won"},
			"it may cover deals"},
		{"a rule for a kind that the actor doesn't see", func(sc *scene) {
			actor(sc, "north", roster.Rights{"users:delete": roster.All, "deal:view": roster.InDepartment})
			sc.Stocks = sc.Stocks[:2]
		}, roster.Rule{Kind: "task", Do: roster.GiveTo, To: to("vera")}, nil, "no deal comes by it"},
		{"a rule beside that of a part", func(sc *scene) {
			actor(sc, "north", roster.Rights{"users:delete": roster.All, "deal:view": roster.InDepartment})
			sc.Req.Rules[1].Kind, sc.Req.Rules[1].Part, sc.Stocks = "deal", "won", sc.Stocks[:1]
			sc.Stocks[0].Survey.Responsible = map[string]int{"": 2, "won": 4}
		}, roster.Rule{Kind: "deal", Do: roster.GiveTo, To: to("vera")}, []string{"gains-sight dora deal", "gains-sight dora deal@lost"},
			"won deals go to boris; a lost one may still arrive"},
		{"a rule for the second kind", func(sc *scene) {
			actor(sc, "north", roster.Rights{"users:delete": roster.All, "task:view": roster.InDepartment})
			sc.Stocks = sc.Stocks[:2]
		}, roster.Rule{Kind: "task", Do: roster.GiveTo, To: to("vera")}, []string{"gains-sight dora task"}, "every kind is looked at"},
	} {
		t.Run(c.name, func(t *testing.T) {
			sc := newScene(t)
			sc.Req.Rules = []roster.Rule{
				{Kind: "deal", Records: []string{"18"}, Do: roster.GiveTo, To: to("boris")}, // handed over long ago
				{Do: roster.GiveTo, To: to("boris")},
				c.add,
			}
			if c.change != nil {
				c.change(sc)
			}
			_, blockers := roster.PlanMoreForTest(sc.Snapshot, sc.Req, 2)
			if diff := cmp.Diff(c.want, brief(blockers)); diff != "" {
				t.Errorf("%s: blockers (-want +got):\n%s", c.why, diff)
			}
		})
	}
	is := is.New(t)
	sc := newScene(t)
	sc.rule(roster.Rule{Kind: "ticket", Do: roster.NoOwner})
	_, blockers := roster.PlanMoreForTest(sc.Snapshot, sc.Req, len(sc.Req.Rules))
	is.Equal(len(blockers), 0) // a rule that was confirmed isn't asked about again
}
