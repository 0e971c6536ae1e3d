package roster_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
)

// steps writes a plan's steps shortly: "0 give deal@won 4: boris 4".
func steps(list []roster.Step) []string {
	var all []string
	for _, s := range list {
		at := s.Kind
		if s.Part != "" {
			at += "@" + s.Part
		}
		if len(s.Records) > 0 {
			at += "#" + strings.Join(s.Records, "#")
		}
		if s.Tie == roster.Author {
			at += " author"
		}
		text := fmt.Sprintf("%d %s %s %d", s.Rule, s.Do, at, s.Count)
		for _, share := range s.Shares {
			text += fmt.Sprintf(" %s:%d", share.To, share.Count)
		}
		all = append(all, text)
	}
	return all
}

func TestL4_TheMostSpecificRuleWins(t *testing.T) {
	t.Parallel()
	sc := newScene(t)
	sc.Req.Rules = []roster.Rule{
		{Do: roster.GiveTo, To: to("boris")},
		{Kind: "deal", Do: roster.SplitEvenly, To: to("boris", "vera")},
		{Kind: "deal", Part: "won", Do: roster.ToHead},
		{Kind: "deal", Records: []string{"17"}, Do: roster.NoOwner},
		{Kind: "integration", Do: roster.SwitchOff},
	}
	p := sc.plan()
	want := []string{
		"3 no-owner deal@won#17 1",
		"1 split deal 2 boris:1 vera:1",
		"1 split deal@lost 7 boris:4 vera:3",
		"2 head deal@won 3 hedda:3",
		"0 give task 3 boris:3",
		"4 switch-off integration 2",
	}
	if diff := cmp.Diff(want, steps(p.Steps)); diff != "" {
		t.Errorf("record before part before kind before every kind (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string(nil), brief(p.Blockers)); diff != "" {
		t.Errorf("everything is covered (-want +got)\n%s", diff)
	}
}

func TestL4_NamedRecordsAreAStepPerPart(t *testing.T) {
	t.Parallel()
	sc := newScene(t)
	sc.Stocks[0].Records = nil
	for i, part := range []string{"won", "", "lost", "won", "lost", "lost"} {
		sc.Stocks[0].Records = append(sc.Stocks[0].Records, roster.Record{ID: fmt.Sprint(i), Owner: "anna", Part: part})
	}
	sc.rule(roster.Rule{Kind: "deal", Records: []string{"5", "3", "2", "1", "4"}, Do: roster.SplitEvenly, To: to("boris", "vera")})
	sc.rule(roster.Rule{Kind: "deal", Records: []string{"0"}, Do: roster.NoOwner})
	p := sc.plan()
	want := []string{
		"2 split deal#1 1 boris:1",
		"2 split deal@lost#2#4#5 3 boris:1 vera:2",
		"2 split deal@won#3 1 boris:1",
		"3 no-owner deal@won#0 1",
		"0 give deal 1 boris:1",
		"0 give deal@lost 4 boris:4",
		"0 give deal@won 2 boris:2",
	}
	if diff := cmp.Diff(want, steps(p.Steps)[:7]); diff != "" {
		t.Errorf("ids in order, shares even over all parts (-want +got)\n%s", diff)
	}
	is := is.New(t)
	is.Equal(len(p.Blockers), 0)
	is.Equal(sc.Req.Rules[2].Records[0], "5") // the caller's list is left alone
	text := strings.Join(strings.Fields(p.String()), " ")
	is.True(strings.Contains(text, "only 1 and 4 more 5 split: boris 3, vera 2 only 0 1 left without an owner")) // a line a rule
	sc.rule(roster.Rule{Kind: "deal", Records: []string{"a", "b", "5", "c", "d", "e", "f"}, Do: roster.NoOwner})
	is.Equal(sc.plan().Blockers[1].Text, `rules[4]: not the leaver's: "a" "b" "5" "c" "d" and 2 more`) // the first is of the record named twice
}

func TestL4_SplitsDifferByAtMostOneOverAllParts(t *testing.T) {
	t.Parallel()
	sc := newScene(t)
	sc.Stocks[0].Survey.Responsible = map[string]int{"": 1, "lost": 1, "won": 1}
	sc.Req.Rules[0] = roster.Rule{Kind: "deal", Do: roster.SplitEvenly, To: to("boris", "vera", "hedda")}
	want := []string{"0 split deal 1 boris:1", "0 split deal@lost 1 vera:1", "0 split deal@won 1 hedda:1"}
	if diff := cmp.Diff(want, steps(sc.plan().Steps)[:3]); diff != "" {
		t.Errorf("the first doesn't get the odd one of every part (-want +got)\n%s", diff)
	}
}

func TestL4_LeastLoadedEvensOut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		loads map[roster.UserID]int
		n     int
		want  string
		why   string
	}{
		{"the emptiest first", map[roster.UserID]int{"boris": 3, "vera": 0, "hedda": 5}, 2, "vera:2", "nobody else has as little"},
		{"up to the next", map[roster.UserID]int{"boris": 3, "vera": 0, "hedda": 5}, 6, "boris:2 vera:4", "3+0 → 5 and 4"},
		{"level, then in order", map[roster.UserID]int{"boris": 3, "vera": 0, "hedda": 5}, 8, "boris:3 vera:5", "all at 5, the odd one to the first"},
		{"equals in order", map[roster.UserID]int{"boris": 2, "vera": 2, "hedda": 2}, 4, "boris:2 vera:1 hedda:1", "ties by order"},
		{"nothing", map[roster.UserID]int{"boris": 0, "vera": 0, "hedda": 0}, 0, "", "no records, no step"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			sc := newScene(t)
			sc.Stocks = sc.Stocks[:1]
			sc.Stocks[0].Loads, sc.Stocks[0].Survey.Responsible = c.loads, map[string]int{"won": c.n}
			sc.Req.Rules = []roster.Rule{{Kind: "deal", Do: roster.LeastLoaded, To: to("boris", "vera", "hedda")}}
			plan := sc.plan()
			told := slices.ContainsFunc(plan.Warnings, func(f roster.Finding) bool { return f.Code == roster.WarnLoads })
			if told != (len(plan.Steps) > 0) {
				t.Error("the plan doesn't say that loads count as they are at the start")
			}
			is := is.New(t)
			got := strings.Join(steps(sc.plan().Steps), "\n")
			_, shares, _ := strings.Cut(got, fmt.Sprintf("deal@won %d ", c.n))
			is.Equal(shares, c.want) // who receives how many
		})
	}
}

// TestL4_LeastLoadedEqualsDealingOneByOne deals records one by one to whoever has the fewest then, and
// holds the plan's shares against that.
func TestL4_LeastLoadedEqualsDealingOneByOne(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(4, 1))
	ids := to("boris", "vera", "hedda")
	for range 1000 {
		sc := newScene(t)
		sc.Stocks = sc.Stocks[:1]
		n, loads, want := 1+rnd.IntN(30), map[roster.UserID]int{}, map[roster.UserID]int{}
		for _, id := range ids {
			loads[id] = rnd.IntN(12)
		}
		sc.Stocks[0].Survey.Responsible, sc.Stocks[0].Loads = map[string]int{"": n}, maps.Clone(loads)
		sc.Req.Rules = []roster.Rule{{Kind: "deal", Do: roster.LeastLoaded, To: ids}}
		for range n {
			least := slices.MinFunc(ids, func(a, b roster.UserID) int { return loads[a] - loads[b] })
			loads[least]++
			want[least]++
		}
		got := map[roster.UserID]int{}
		for _, share := range sc.plan().Steps[0].Shares {
			got[share.To] = share.Count
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%d records (-want +got)\n%s", n, diff)
		}
	}
}

func TestL4_LoadsGrowByWhatWasDealtBefore(t *testing.T) {
	t.Parallel()
	sc := newScene(t)
	sc.Stocks = sc.Stocks[:1]
	sc.Stocks[0].Survey.Responsible = map[string]int{"lost": 3, "won": 3}
	sc.Req.Rules = []roster.Rule{
		{Kind: "deal", Part: "lost", Do: roster.GiveTo, To: to("vera")},
		{Kind: "deal", Do: roster.LeastLoaded, To: to("boris", "vera")},
	}
	want := []string{"0 give deal@lost 3 vera:3", "1 least-loaded deal@won 3 boris:2 vera:1"}
	if diff := cmp.Diff(want, steps(sc.plan().Steps)); diff != "" {
		t.Errorf("vera has three by then, as boris (-want +got)\n%s", diff)
	}
	is := is.New(t)
	is.Equal(sc.Stocks[0].Loads["vera"], 0) // the caller's map is left alone
}

func TestL8_AuthorshipSteps(t *testing.T) {
	t.Parallel()
	for policy, want := range map[roster.Authorship][]string{
		roster.AuthorKept:      nil,
		roster.AuthorMoved:     {"-1 give deal author 30 vera:30"},
		roster.AuthorUndefined: {"-1 no-owner deal author 30"},
	} {
		t.Run(policy.String(), func(t *testing.T) {
			t.Parallel()
			sc := newScene(t)
			sc.Req.Authors = "vera"
			sc.Stocks[0].Authorship = policy
			got := slices.DeleteFunc(sc.plan().Steps, func(s roster.Step) bool { return s.Tie != roster.Author })
			if diff := cmp.Diff(want, steps(got)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestL17_LateRecordsFollowTheConfirmedRules(t *testing.T) {
	t.Parallel()
	sc := newScene(t)
	sc.Leaver.User.Status = roster.StatusLeaving
	sc.Runs = []roster.Run{{ID: "r1", Leaver: "anna", State: roster.RunWorking}}
	sc.rule(roster.Rule{Kind: "deal", Records: []string{"gone-by-now"}, Do: roster.NoOwner})
	sc.rule(roster.Rule{Kind: "deal", Part: "lost", Do: roster.GiveTo, To: to("vera")})
	sc.edit("vera", func(p *roster.Person) { p.User.Status = roster.StatusInactive })
	sc.Stocks = sc.Stocks[:1]
	sc.Stocks[0].Survey.Responsible = map[string]int{"won": 1}
	list, blockers := roster.PlanMoreForTest(sc.Snapshot, sc.Req, len(sc.Req.Rules))
	if diff := cmp.Diff([]string{"0 give deal@won 1 boris:1"}, steps(list)); diff != "" {
		t.Errorf("what came late goes where its rule says (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string(nil), brief(blockers)); diff != "" {
		t.Errorf("who receives nothing now isn't judged now (-want +got)\n%s", diff)
	}
	sc.Stocks[0].Survey.Responsible["lost"] = 2
	sc.Req.Rules = sc.Req.Rules[3:]
	_, blockers = roster.PlanMoreForTest(sc.Snapshot, sc.Req, len(sc.Req.Rules))
	if diff := cmp.Diff([]string{"successor-inactive vera", "uncovered deal@won"}, brief(blockers)); diff != "" {
		t.Errorf("what can't be disposed of parks the run (-want +got)\n%s", diff)
	}
}

func TestL10_ActingThingsAreNamed(t *testing.T) {
	t.Parallel()
	sc := newScene(t)
	sc.Tokens = []roster.Token{
		{ID: "1", Kind: roster.TokenAccess, Integration: "crm-sync"}, {ID: "2", Kind: roster.TokenRefresh, Integration: "crm-sync"},
		{ID: "3", Kind: roster.TokenSession}, {ID: "4", Kind: roster.TokenAccess, Integration: "abroad"},
	}
	p := sc.plan()
	want := []roster.Finding{
		{Code: roster.WarnReauthorise, Text: `"abroad" holds 1 live token of the leaver and needs new authorisation`},
		{Code: roster.WarnReauthorise, Kind: "integration", Text: `"crm-sync" holds 2 live tokens of the leaver and needs new authorisation`},
		{Code: roster.WarnActing, Kind: "integration", Text: "2 acting things with a new owner: each is checked after the run"},
	}
	if diff := cmp.Diff(want, p.Warnings[:3]); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(map[roster.TokenKind]int{roster.TokenAccess: 2, roster.TokenRefresh: 1, roster.TokenSession: 1}, p.Tokens); diff != "" {
		t.Errorf("live tokens by kind (-want +got)\n%s", diff)
	}
}

func TestL3_WarningsTellWhatAPersonShouldKnow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*scene)
		want   string
	}{
		{"no backup", func(sc *scene) { sc.Backup = roster.Snapshot{}.Backup }, "no-backup"},
		{"administrator", func(sc *scene) { sc.Leaver.User.Admin = true }, "leaver-admin anna"},
		{"invited", func(sc *scene) { sc.Leaver.User.Status = roster.StatusInvited }, "leaver-invited anna"},
		{"head", func(sc *scene) { sc.Department.Head = "anna" }, "head anna"},
		{"ownerless", func(sc *scene) { sc.Req.Rules[0] = roster.Rule{Do: roster.NoOwner} }, "ownerless deal"},
		{"no fingerprint", func(sc *scene) { sc.Stocks[1].Survey.Fingerprint = "" }, "no-fingerprint task"},
		{"drift", func(sc *scene) { sc.Req.Drift = map[string]int{"deal": 5} }, "drift deal"},
		{"idle rule", func(sc *scene) {
			sc.rule(roster.Rule{Kind: "deal", Part: "won", Do: roster.NoOwner})
			sc.Stocks[0].Survey.Responsible["won"] = 0
		},
			"rule-idle deal@won"},
		{"idle author", func(sc *scene) { sc.Req.Authors = "vera" }, "rule-idle vera"},
		{"sight", func(sc *scene) { sc.Viewers = []roster.Person{sc.People["hedda"]}; sc.Req.Rules[0].To = to("vera") }, "sight"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			sc := newScene(t)
			before := brief(sc.plan().Warnings)
			is := is.New(t)
			is.True(!slices.Contains(before, c.want)) // not told where it isn't so
			c.change(sc)
			is.True(slices.Contains(brief(sc.plan().Warnings), c.want)) // and told where it is
		})
	}
}

func TestL26_ASeatIsFreedWhereOneIsHeld(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	sc := newScene(t)
	is.Equal(sc.plan().Seats, 1) // a paid user holds one
	sc.Leaver.User.Free = true
	is.Equal(sc.plan().Seats, 0) // a free one none (L13)
}

func TestL3_PlanningChangesNothing(t *testing.T) {
	t.Parallel()
	sc := newScene(t)
	sc.Req.HandOn = []roster.HandOn{{To: "vera", Rights: []string{"*"}}}
	sc.Req.Drift = map[string]int{}
	was := newScene(t)
	was.Req.HandOn = []roster.HandOn{{To: "vera", Rights: []string{"*"}}}
	was.Req.Drift = map[string]int{}
	p := sc.plan()
	p.Request.Rules[0].To[0] = "nobody"
	p.Rights["deal:view"] = roster.Denied
	maps.DeleteFunc(p.Kinds[0].Survey.Responsible, func(string, int) bool { return true })
	if diff := cmp.Diff(was.Req, sc.Req); diff != "" {
		t.Errorf("the request (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(was.Stocks, sc.Stocks); diff != "" {
		t.Errorf("the stocks (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(was.Leaver.User, sc.Leaver.User); diff != "" {
		t.Errorf("the leaver (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(was.People["vera"].User, sc.People["vera"].User); diff != "" {
		t.Errorf("the successor (-want +got)\n%s", diff)
	}
}

// TestL4_ExemptedKindsAreToldAndNotPlanned exempts notes, which a rule may then not name.
func TestL4_ExemptedKindsAreToldAndNotPlanned(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	sc := newScene(t)
	steps := len(sc.plan().Steps)
	sc.Stocks = append(sc.Stocks, roster.Stock{Kind: "note", Exempt: "they follow their deal"})
	p := sc.plan()
	is.NoErr(p.Err())             // nothing blocks
	is.Equal(len(p.Steps), steps) // nothing is moved
	is.Equal(p.Kinds[3].Exempt, "they follow their deal")
	is.True(strings.Contains(p.String(), "-  not counted: they follow their deal\n"))
	is.True(slices.Contains(p.Digest.Holdings, roster.Fact{Name: "note exempt", Value: "they follow their deal"}))
	sc.rule(roster.Rule{Kind: "note", Do: roster.NoOwner})
	is.Equal(brief(sc.plan().Blockers), []string{"rule-kind note"})
}
