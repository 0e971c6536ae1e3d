package roster_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-8e8abc8d/roster"
)

// randomScene is a scene with random people, surveys, rules and policies; all its requests are well-formed.
func randomScene(t *testing.T, rnd *rand.Rand) *scene {
	sc := newScene(t)
	ids := to("boris", "vera", "hedda", "carl", "dora")
	depts := []roster.DepartmentID{"sales", "north", ""}
	scopes := []roster.Scope{roster.Denied, roster.Own, roster.InDepartment, roster.All}
	for _, id := range ids {
		r := roster.Rights{"integrations:manage": roster.All}
		for _, text := range []string{"deal:view", "deal:edit", "deal:view@won", "task:view", "task:edit"} {
			r[text] = scopes[rnd.IntN(4)]
			if rnd.IntN(3) > 0 {
				r[text] = scopes[1+rnd.IntN(3)]
			}
		}
		p := sc.person(id, depts[rnd.IntN(3)], false, r)
		if rnd.IntN(8) == 0 {
			p.User.Status = roster.Status(rnd.IntN(6))
		}
		sc.People[id] = p
		sc.Viewers = append(sc.Viewers, p)
	}
	for i := range sc.Stocks {
		st := &sc.Stocks[i]
		st.Survey.Responsible = map[string]int{"": rnd.IntN(9)}
		if st.Kind == "deal" {
			st.Survey.Responsible["won"], st.Survey.Responsible["lost"] = 1+rnd.IntN(9), rnd.IntN(9)
		}
		st.Authorship = roster.Authorship(rnd.IntN(3))
		st.Loads = map[roster.UserID]int{}
		for _, id := range ids {
			st.Loads[id] = rnd.IntN(12)
		}
	}
	sc.Req.Authors = "vera"
	sc.Req.Rules = nil
	for _, at := range []roster.Rule{
		{}, {Kind: "deal"}, {Kind: "deal", Part: "won"}, {Kind: "deal", Part: "lost"}, {Kind: "deal", Records: []string{"17"}}, {Kind: "task"}, {Kind: "integration"},
	} {
		if at.Do = roster.Disposal(rnd.IntN(int(roster.SwitchOff) + 1)); at.Do == roster.DisposeNone {
			continue
		}
		rnd.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
		switch at.Do {
		case roster.GiveTo:
			at.To = to(ids[0])
		case roster.SplitEvenly, roster.LeastLoaded:
			at.To = append(to(), ids[:2+rnd.IntN(3)]...)
		}
		sc.rule(at)
	}
	return sc
}

// TestL4_EveryRecordIsInOneStepOrBlocks holds random plans against what a plan promises.
func TestL4_EveryRecordIsInOneStepOrBlocks(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(4, 4))
	clear := 0
	for range 3000 {
		sc := randomScene(t, rnd)
		p := sc.plan()
		covered := map[[2]string]int{}
		for _, s := range p.Steps {
			sum, lowest, highest := 0, s.Count, 0
			for _, share := range s.Shares {
				sum += share.Count
				lowest, highest = min(lowest, share.Count), max(highest, share.Count)
			}
			if len(s.Shares) > 0 && sum != s.Count {
				t.Fatalf("shares of %v sum to %d", s, sum)
			}
			if s.Do == roster.SplitEvenly && len(s.Shares) == len(sc.Req.Rules[s.Rule].To) && highest-lowest > 1 {
				t.Fatalf("uneven: %v", s)
			}
			if s.Tie == roster.Responsible {
				covered[[2]string{s.Kind, s.Part}] += s.Count
			}
		}
		for _, f := range p.Blockers {
			if n := 0; f.Code == roster.BlockUncovered {
				if _, err := fmt.Sscanf(f.Text, "%d", &n); err != nil {
					t.Fatal(err)
				}
				covered[[2]string{f.Kind, f.Part}] += n
			}
		}
		for _, st := range sc.Stocks {
			for part, n := range st.Survey.Responsible {
				if got := covered[[2]string{st.Kind, part}]; got != n {
					t.Fatalf("%s@%s: %d records, %d of them in steps or blockers", st.Kind, part, n, got)
				}
			}
		}
		if len(p.Blockers) == 0 {
			clear++
			fitOnly(t, sc, p)
		}
	}
	if clear < 100 {
		t.Fatalf("only %d plans without blockers: the test proves too little", clear)
	}
}

// fitOnly fails when a plan without blockers names somebody unfit.
func fitOnly(t *testing.T, sc *scene, p roster.Plan) {
	t.Helper()
	for _, s := range p.Steps {
		for _, share := range s.Shares {
			to := sc.People[share.To]
			if !to.User.ActiveAt(sc.Now) || share.To == "anna" {
				t.Fatalf("%s receives, whose status is %s", share.To, to.User.Status)
			}
			if s.Kind == "integration" || s.Tie == roster.Author {
				continue
			}
			for _, action := range []string{":view", ":edit"} {
				if right := sc.Schema.MustRight(s.Kind + action).At(s.Part); !to.Permissions.Decide(right, roster.Owner).Allowed {
					t.Fatalf("%s receives without %s", share.To, right)
				}
			}
		}
	}
}

func TestL3_EqualKnowledgeGivesEqualPlans(t *testing.T) {
	t.Parallel()
	for seed := range uint64(50) {
		one := randomScene(t, rand.New(rand.NewPCG(seed, 1)))
		two := randomScene(t, rand.New(rand.NewPCG(seed, 1)))
		two.Schema = one.Schema // a right belongs to one schema
		two.People, two.Viewers, two.Actor, two.Leaver = one.People, one.Viewers, one.Actor, one.Leaver
		if diff := cmp.Diff(one.plan(), two.plan()); diff != "" {
			t.Fatalf("seed %d (-one +two)\n%s", seed, diff)
		}
	}
}

func TestL3_PlansRoundTripAsJSON(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(3, 3))
	for range 100 {
		want := randomScene(t, rnd).plan()
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got roster.Plan
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-want +got)\n%s", diff)
		}
	}
}

// TestL9_SightMatchesEveryRecord counts record by record who sees it before and after, and holds the
// plan's numbers against that.
func TestL9_SightMatchesEveryRecord(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(9, 9))
	for range 500 {
		sc := randomScene(t, rnd)
		sc.leaver(func(p *roster.Person) { p.User.Department = []roster.DepartmentID{"sales", ""}[rnd.IntN(2)] })
		sc.Req.HandOn = []roster.HandOn{{To: "carl", Rights: []string{"deal:view"}}}
		p := sc.plan()
		want := map[roster.Sight]roster.Sight{}
		for _, s := range p.Steps {
			if s.Tie != roster.Responsible {
				continue
			}
			if len(s.Shares) == 0 {
				s.Shares = []roster.Share{{Count: s.Count}}
			}
			for _, share := range s.Shares {
				for range share.Count {
					countSight(sc, p, s, share.To, want)
				}
			}
		}
		got := map[roster.Sight]roster.Sight{}
		for _, x := range p.Sight {
			got[roster.Sight{User: x.User, Kind: x.Kind, Part: x.Part}] = x
		}
		if diff := cmp.Diff(want, got); diff != "" || len(got) != len(p.Sight) {
			t.Fatalf("(-want +got)\n%s", diff)
		}
	}
}

// countSight adds what every viewer gains or loses when one record goes to a new owner.
func countSight(sc *scene, p roster.Plan, s roster.Step, owner roster.UserID, sum map[roster.Sight]roster.Sight) {
	right, err := sc.Schema.Right(s.Kind + ":view")
	if err != nil {
		return
	}
	for id, before := range sc.People {
		if !before.User.ActiveAt(sc.Now) {
			continue
		}
		after := before
		if r := p.HandOn[id]; r != nil {
			after.User = after.User.Clone()
			maps.Copy(after.User.Rights, r)
			after = sc.resolve(after)
		}
		dept := before.User.Department
		saw := before.Permissions.Condition(right).Match(id, dept, roster.Record{Owner: "anna", Department: sc.Leaver.User.Department, Part: s.Part})
		will := after.Permissions.Condition(right).Match(id, dept, roster.Record{Owner: owner, Department: sc.People[owner].User.Department, Part: s.Part})
		if saw == will {
			continue
		}
		key := roster.Sight{User: id, Kind: s.Kind, Part: s.Part}
		x := sum[key]
		x.User, x.Kind, x.Part = id, s.Kind, s.Part
		if will {
			x.Gained++
		} else {
			x.Lost++
		}
		sum[key] = x
	}
}

func TestL9_OthersLoseAndGainSight(t *testing.T) {
	t.Parallel()
	sc := newScene(t)
	sc.Viewers = []roster.Person{
		sc.Leaver, sc.People["boris"],
		sc.person("gleb", "sales", false, roster.Rights{"deal:view": roster.InDepartment}),
		sc.person("dora", "north", false, roster.Rights{"deal:view": roster.InDepartment}),
		sc.person("boss", "sales", false, roster.Rights{"deal:view": roster.All}),
		sc.person("own", "north", false, roster.Rights{"deal:view": roster.Own}),
	}
	sc.Stocks = sc.Stocks[:1]
	sc.Stocks[0].Survey.Responsible = map[string]int{"won": 4}
	sc.Req.Rules[0] = roster.Rule{Kind: "deal", Do: roster.GiveTo, To: to("vera")}
	want := []roster.Sight{
		{User: "boris", Kind: "deal", Part: "won", Lost: 4},
		{User: "dora", Kind: "deal", Part: "won", Gained: 4},
		{User: "gleb", Kind: "deal", Part: "won", Lost: 4},
		{User: "hedda", Kind: "deal", Part: "won", Lost: 4},
		{User: "vera", Kind: "deal", Part: "won", Gained: 4},
	}
	if diff := cmp.Diff(want, sc.plan().Sight); diff != "" {
		t.Errorf("from sales to the north; who sees all or only their own sees no change (-want +got)\n%s", diff)
	}
}
