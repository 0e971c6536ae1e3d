package roster_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
)

// fullName gives the people of a scene names, one of them not in ASCII.
func fullName(id roster.UserID) string {
	switch id {
	case "anna":
		return "Anna Ivanova"
	case "boris":
		return "Борис Петров"
	case "vera":
		return "Vera Sidorova"
	}
	return string(id)
}

func TestL6_ThePlanReadsWell(t *testing.T) {
	t.Parallel()
	sc := newScene(t)
	sc.Leaver.Role = &roster.Role{ID: "seller-3", Name: "Seller", Rights: roster.Rights{"mail:use": roster.All}}
	sc.leaver(func(p *roster.Person) { p.User.Admin = true })
	sc.edit("vera", func(p *roster.Person) { p.User.Rights["deal:view"] = roster.Own })
	sc.Viewers = []roster.Person{sc.People["boris"]}
	sc.Tokens = []roster.Token{{Kind: roster.TokenSession}, {Kind: roster.TokenSession}, {Kind: roster.TokenPersonal}, {Kind: roster.TokenAccess, Integration: "crm-sync"}}
	sc.Stocks[0].Authorship = roster.AuthorUndefined
	sc.Stocks[1].Survey.Authored = 12
	sc.Req.Rules = []roster.Rule{
		{Kind: "deal", Do: roster.SplitEvenly, To: to("boris", "vera")},
		{Kind: "deal", Part: "lost", Do: roster.NoOwner},
		{Kind: "deal", Records: []string{"17"}, Do: roster.GiveTo, To: to("vera")},
		{Kind: "task", Do: roster.ToHead},
		{Kind: "integration", Do: roster.SwitchOff},
	}
	sc.Req.HandOn = []roster.HandOn{{To: "vera", Role: true, Rights: []string{"*"}}}
	want := `Deletion of Anna Ivanova
This can't be undone. Access ends at once; nothing that was made is deleted.

What becomes of the records
  Deals                          13  9 open, named on 1 more
    only 17                       1  to Vera Sidorova
    lost                          7  left without an owner
    the rest, in 1 part or none   5  split: Борис Петров 3, Vera Sidorova 2
    authorship                   30  left without an author
  Tasks                           3  3 open, wrote 12 (the author stays)
    all                           3  to hedda
  integration                     2  act on their own
    all                           2  switched off

What ends
  tokens      2 session tokens, 1 access token, 1 personal token
  status      administrator
  role        Seller (seller-3)
  own rights  deal:edit own, deal:view department, integrations:manage all, task:edit own, task:view department
  paid seats  1 freed
  backup      2026-03-02 09:00 UTC, 3 hours old

Rights handed on
  Vera Sidorova  the role Seller (seller-3), deal:view department

Who sees more or fewer of these records
  Борис Петров   10 fewer
  hedda          10 fewer
  Vera Sidorova  3 more

Before you confirm
  - Anna Ivanova: is an administrator
  - integration: "crm-sync" holds 1 live token of the leaver and needs new authorisation
  - Deals: 7 records left without an owner: seen by those alone who see all
  - 2 users lose sight of records

Nothing stands in the way. Confirming this can't be undone.
`
	if diff := cmp.Diff(want, sc.plan().Text(fullName)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestL6_ABlockedPlanSaysSoFirstAndLast(t *testing.T) {
	t.Parallel()
	sc := newScene(t)
	sc.Leaver = sc.person("anna", "sales", false, nil)
	sc.Leaver.User.Free = true
	sc.Department.Head, sc.Backup = "", time.Time{}
	sc.Stocks[0].Authorship = roster.AuthorMoved
	sc.Stocks[1].Unknown = "connection refused"
	sc.Req.Rules = []roster.Rule{{Kind: "deal", Part: "won", Do: roster.ToHead}, {Kind: "ticket", Do: roster.NoOwner}}
	want := `Deletion of anna
This can't be undone. Access ends at once; nothing that was made is deleted.

BLOCKED: 7 things to settle first
  - Deals: 2 records that no rule covers
  - Deals in lost: 7 records that no rule covers
  - Deals in Won: the leaver's department has no other head to receive these
  - Deals: 30 records need a new author, and the request names none
  - Tasks: could not be counted: connection refused
  - integration: 2 acting things that no rule covers
  - ticket: rules[1]: no such kind

What becomes of the records
  Deals         13  9 open, named on 1 more
    Won          4  NOBODY TO RECEIVE THESE
    in no part   2  NO RULE COVERS THESE
    lost         7  NO RULE COVERS THESE
    authorship  30  NOBODY TO RECEIVE THESE
  Tasks          ?  UNKNOWN: connection refused
  integration    2  act on their own
    all          2  NO RULE COVERS THESE

What ends
  tokens      none are live
  role        none
  own rights  none
  paid seats  0 freed
  backup      none is known

Before you confirm
  - no verified backup is known

This plan is blocked: it can't be confirmed.
`
	if diff := cmp.Diff(want, sc.plan().String()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestL3_LongPlansStayShort(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	sc := newScene(t)
	rights := roster.Rights{}
	for _, right := range []string{"deal", "contact", "company", "task"} {
		for _, action := range []string{"view", "edit", "delete", "export"} {
			rights[right+":"+action] = roster.Own
		}
	}
	sc.leaver(func(p *roster.Person) { p.User.Rights = rights })
	sc.Stocks[0].Survey.Responsible["won"] = 40
	for i := range 40 {
		id := fmt.Sprintf("r%02d", i)
		sc.Stocks[0].Records = append(sc.Stocks[0].Records, roster.Record{ID: id, Owner: "anna", Part: "won"})
		sc.rule(roster.Rule{Kind: "deal", Records: []string{id}, Do: roster.NoOwner})
		sc.Viewers = append(sc.Viewers, sc.person(roster.UserID("user-"+id), "sales", false, roster.Rights{"deal:view": roster.InDepartment}))
	}
	text := sc.plan().String()
	is.True(strings.Contains(strings.Join(strings.Fields(text), " "), "more named ones 35 by further rules")) // of forty, five are shown
	is.True(strings.Contains(text, "  and 32 more users\n"))                                                  // of forty, ten
	is.True(strings.Contains(text, "deal:view own, and 4 more"))                                              // of sixteen, twelve
	is.True(strings.Count(text, "\n") < 50)                                                                   // a page
	empty := roster.PlanHandover(roster.Snapshot{Schema: sc.Schema}, roster.Request{}).String()
	is.True(strings.Contains(empty, "nothing is registered")) // no kinds at all
}

func TestL3_TheBackupsAgeIsTold(t *testing.T) {
	t.Parallel()
	for ago, want := range map[time.Duration]string{
		-time.Minute: "0 minutes old", 59 * time.Minute: "59 minutes old", time.Hour: "1 hour old", 47 * time.Hour: "47 hours old", 72 * time.Hour: "3 days old",
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			sc := newScene(t)
			sc.Backup = sc.Now.Add(-ago)
			is.True(strings.Contains(sc.plan().String(), " UTC, "+want+"\n")) // in the largest unit that fits
		})
	}
}

// TestL3_PartsGetLinesOnlyWhereRulesDiffer plans deals in eighteen stages.
func TestL3_PartsGetLinesOnlyWhereRulesDiffer(t *testing.T) {
	t.Parallel()
	sc := newScene(t)
	stages := map[string]int{}
	for i := range 18 {
		stages[fmt.Sprintf("stage-%02d", i)] = 10
	}
	sc.Stocks = []roster.Stock{{Kind: "deal", Survey: roster.Survey{Responsible: stages}}}
	for _, name := range slices.Sorted(maps.Keys(stages)) {
		if err := sc.Schema.AddParts("deal", roster.Part{Name: name}); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range []roster.UserID{"boris", "vera"} {
		sc.edit(id, func(*roster.Person) {}) // the parts are new
	}
	sc.Req.Rules = []roster.Rule{{Kind: "deal", Do: roster.SplitEvenly, To: to("boris", "vera")}}
	lines := func() []string {
		_, text, _ := strings.Cut(sc.plan().String(), "What becomes of the records\n")
		text, _, _ = strings.Cut(text, "\n\n")
		var all []string
		for line := range strings.Lines(text) {
			all = append(all, strings.Join(strings.Fields(line), " "))
		}
		return all
	}
	want := []string{"Deals 180", "all, in 18 parts 180 split: boris 90, vera 90"}
	if diff := cmp.Diff(want, lines()); diff != "" {
		t.Errorf("one rule (-want +got):\n%s", diff)
	}
	sc.rule(roster.Rule{Kind: "deal", Part: "stage-07", Do: roster.NoOwner})
	want = []string{"Deals 180", "stage-07 10 left without an owner", "the rest, in 17 parts 170 split: boris 85, vera 85"}
	if diff := cmp.Diff(want, lines()); diff != "" {
		t.Errorf("one part by a rule of its own (-want +got):\n%s", diff)
	}
}
