package roster_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
)

// TestL11_EachSuccessorIsJudgedByThemselves hands rights on to several, of whom one can't have them or gains
// nothing: the others do all the same.
func TestL11_EachSuccessorIsJudgedByThemselves(t *testing.T) {
	t.Parallel()
	all := []string{"*"}
	gains := roster.Rights{"mail:use": roster.All}
	for _, tc := range []struct {
		name  string
		first roster.HandOn
		scene func(*scene)
		want  map[roster.UserID]roster.Rights
		why   string
	}{
		{"unknown", roster.HandOn{To: "nobody", Rights: all}, func(*scene) {}, map[roster.UserID]roster.Rights{"vera": gains}, "nobody gains nothing"},
		{"the leaver", roster.HandOn{To: "anna", Rights: all}, func(sc *scene) {
			sc.People["anna"] = sc.person("anna", "sales", false, nil)
		}, map[roster.UserID]roster.Rights{"vera": gains}, "nobody hands on to themselves"},
		{"has them", roster.HandOn{To: "boris", Rights: all}, func(sc *scene) {
			sc.edit("boris", func(p *roster.Person) { p.User.Rights["mail:use"] = roster.All })
		}, map[roster.UserID]roster.Rights{"vera": gains}, "what one has already the other may lack"},
		{"lacks them too", roster.HandOn{To: "boris", Rights: all}, func(*scene) {}, map[roster.UserID]roster.Rights{"boris": gains, "vera": gains}, "both gain"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			sc := newScene(t)
			sc.leaver(func(p *roster.Person) { p.User.Rights = roster.Rights{"mail:use": roster.All} })
			tc.scene(sc)
			sc.Req.HandOn = []roster.HandOn{tc.first, {To: "vera", Rights: all}}
			if diff := cmp.Diff(tc.want, sc.plan().HandOn); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.why, diff)
			}
		})
	}
}

func TestR17_ARoleThatDeniesDeletingMayBeHandedOn(t *testing.T) {
	t.Parallel()
	runPlanCases(t, []planCase{
		{"denied", func(sc *scene) {
			sc.leaver(func(p *roster.Person) {
				p.Role = &roster.Role{ID: "clerk", Rights: roster.Rights{"users:delete": roster.Denied, "mail:use": roster.All}}
			})
			sc.Req.HandOn = []roster.HandOn{{To: "vera", Role: true}}
		}, nil, "what it denies nobody gains"},
	})
}

func TestR17_OnlyWhatGivesTheRightIsToldToStay(t *testing.T) {
	t.Parallel()
	sc := newScene(t)
	sc.leaver(func(p *roster.Person) {
		p.User.Rights = roster.Rights{"users:delete": roster.Denied, "mail:use": roster.All}
	})
	sc.Req.HandOn = []roster.HandOn{{To: "vera", Rights: []string{"*"}}}
	for _, w := range sc.plan().Warnings {
		if w.Code == roster.WarnDeleteStays {
			t.Errorf("told, though the leaver is denied it: %s", w.Text)
		}
	}
}

// TestL4_OneKindDoesNotStopTheNext plans past kinds and parts that can't be planned.
func TestL4_OneKindDoesNotStopTheNext(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		change func(*scene)
		want   []string // steps
		told   []string // blockers
	}{
		{"exempt", func(sc *scene) { sc.Stocks[0] = roster.Stock{Kind: "deal", Exempt: "why not"} }, []string{"task 3", "integration 2"}, nil},
		{"not counted", func(sc *scene) { sc.Stocks[0].Unknown = "the disk is gone" }, []string{"task 3", "integration 2"}, []string{"unknown deal"}},
		{"a part that changed meanwhile", func(sc *scene) {
			sc.Stocks = sc.Stocks[:1]
			sc.Stocks[0].Survey.Responsible = map[string]int{"won": 4}
			sc.Stocks[0].Records = []roster.Record{{ID: "17", Owner: "anna", Part: "won"}, {ID: "5", Owner: "anna", Part: "lost"}}
			sc.Req.Rules = []roster.Rule{sc.Req.Rules[0], {Kind: "deal", Records: []string{"5", "17"}, Do: roster.GiveTo, To: to("boris")}}
		}, []string{"deal@won 1", "deal@won 3"}, []string{"unknown deal@lost"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			sc := newScene(t)
			tc.change(sc)
			sc.Stocks[0].Survey.Open, sc.Stocks[0].Survey.Named = 0, 0
			p := sc.plan()
			at := map[string]int{}
			for _, s := range p.Steps {
				name := s.Kind
				if s.Part != "" {
					name += "@" + s.Part
				}
				at[fmt.Sprint(name, " ", s.Count)]++
			}
			for _, want := range tc.want {
				if at[want] != 1 {
					t.Errorf("%q isn't among the steps %v", want, at)
				}
			}
			if diff := cmp.Diff(tc.told, brief(p.Blockers)); diff != "" {
				t.Errorf("blockers (-want +got):\n%s", diff)
			}
		})
	}
}

// TestL3_WarningsCountEveryStep looks at the numbers and titles in what a person reads.
func TestL3_WarningsCountEveryStep(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	sc := newScene(t)
	is.NoErr(sc.Schema.AddParts("deal", roster.Part{Name: "frozen", Title: "Frozen"}))
	sc.rule(roster.Rule{Kind: "deal", Do: roster.NoOwner})
	sc.Stocks[2].Records = []roster.Record{{ID: "crm-sync", Owner: "anna"}}
	sc.rule(roster.Rule{Kind: "integration", Records: []string{"crm-sync"}, Do: roster.GiveTo, To: to("boris")})
	sc.Stocks[1].Survey = roster.Survey{}
	sc.Stocks[1].Authorship, sc.Req.Authors = roster.AuthorMoved, "boris"
	p := sc.plan()
	is.Equal(p.Kinds[0].Parts, map[string]string{"won": "Won"}) // the titles of parts in which there is something, where they differ
	texts := map[string]string{}
	for _, w := range p.Warnings {
		texts[w.Code+" "+w.Kind+string(w.User)] = w.Text
	}
	is.Equal(texts[roster.WarnOwnerless+" deal"], "13 records left without an owner: seen by those alone who see all")
	is.Equal(texts[roster.WarnActing+" integration"], "2 acting things with a new owner: each is checked after the run")
	is.Equal(texts[roster.WarnFingerprint+" task"], "") // where there is nothing, nothing can be exchanged
	is.Equal(texts[roster.WarnIdle+" boris"], "")       // a kind moves its authors, if none at present
	sc = newScene(t)
	sc.rule(roster.Rule{Kind: "deal", Records: []string{"a", "b", "c", "d", "e"}, Do: roster.NoOwner})
	is.Equal(sc.plan().Blockers[0].Text, `rules[2]: not the leaver's: "a" "b" "c" "d" "e"`) // five are told in full
}

// TestL4_LoadsKeepWhatWasThereBefore deals two parts to one who has much and one who has nothing.
func TestL4_LoadsKeepWhatWasThereBefore(t *testing.T) {
	t.Parallel()
	sc := newScene(t)
	sc.Stocks = sc.Stocks[:1]
	sc.Stocks[0].Survey = roster.Survey{Responsible: map[string]int{"lost": 4, "won": 4}}
	sc.Stocks[0].Loads = map[roster.UserID]int{"boris": 10, "vera": 0}
	sc.Req.Rules = []roster.Rule{{Kind: "deal", Do: roster.LeastLoaded, To: to("boris", "vera")}}
	for _, s := range sc.plan().Steps {
		if diff := cmp.Diff([]roster.Share{{To: "vera", Count: 4}}, s.Shares); diff != "" {
			t.Errorf("%s: boris has more still (-want +got):\n%s", s.Part, diff)
		}
	}
}

func TestL4_RecordsAreBoundedOverAllRules(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ids := make([]string, 10_000)
	for i := range ids {
		ids[i] = fmt.Sprint(i)
	}
	req := roster.Request{Leaver: "anna", Rules: []roster.Rule{
		{Kind: "deal", Records: ids[:6000], Do: roster.NoOwner}, {Kind: "deal", Records: ids[6000:], Do: roster.NoOwner},
	}}
	is.NoErr(req.Check()) // 10,000 in two rules
	req.Rules[1].Records = append(req.Rules[1].Records, "one more")
	is.Equal(fields(req.Check()), []string{"rules"})
}
