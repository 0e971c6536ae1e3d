package roster_test

import (
	"strings"
	"testing"
	"time"

	"github.com/seed-8e8abc8d/roster"
)

// planDay is when every plan of these tests is made.
func planDay() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) }

// scene is what a planner knows, ready to be changed by a test: Anna of the sales department leaves. Root is an
// administrator, Boris sits in sales, Vera in the north, Hedda heads sales.
type scene struct {
	roster.Snapshot
	Req roster.Request
}

// newScene is a scene whose plan has no blockers.
func newScene(t testing.TB) *scene {
	t.Helper()
	s := roster.CRMSchema()
	if err := s.AddParts("deal", roster.Part{Name: "won", Title: "Won"}, roster.Part{Name: "lost"}); err != nil {
		t.Fatal(err)
	}
	seller := roster.Rights{
		"deal:view": roster.InDepartment, "deal:edit": roster.Own, "task:view": roster.InDepartment, "task:edit": roster.Own,
		"integrations:manage": roster.All,
	}
	sc := &scene{}
	sc.Snapshot = roster.Snapshot{
		Now: planDay(), Schema: s, OtherAdmin: true, Backup: planDay().Add(-3 * time.Hour),
		Department: roster.Department{ID: "sales", Head: "hedda"},
		People:     map[roster.UserID]roster.Person{},
	}
	sc.Actor = sc.person("root", "hq", true, nil)
	sc.Leaver = sc.person("anna", "sales", false, seller)
	sc.People["boris"] = sc.person("boris", "sales", false, seller)
	sc.People["vera"] = sc.person("vera", "north", false, seller)
	sc.People["hedda"] = sc.person("hedda", "sales", false, seller)
	sc.Stocks = []roster.Stock{
		{Kind: "deal", Survey: roster.Survey{Responsible: map[string]int{"won": 4, "lost": 7, "": 2}, Open: 9, Authored: 30, Named: 1, Fingerprint: "d1"},
			Needs: []string{"view", "edit"}, Loads: map[roster.UserID]int{"boris": 3, "vera": 0, "hedda": 5},
			Records: []roster.Record{{ID: "17", Owner: "anna", Part: "won"}, {ID: "99", Owner: "boris", Part: "won"}}},
		{Kind: "task", Survey: roster.Survey{Responsible: map[string]int{"": 3}, Open: 3, Fingerprint: "t1"}},
		{Kind: "integration", Acting: true, Needs: []string{"integrations:manage"}, IDs: []string{"crm-sync", "mailer"},
			Survey: roster.Survey{Responsible: map[string]int{"": 2}, Fingerprint: "i1"}},
	}
	sc.Req = roster.Request{Leaver: "anna", Rules: []roster.Rule{
		{Do: roster.GiveTo, To: []roster.UserID{"boris"}},
		{Kind: "integration", Do: roster.GiveTo, To: []roster.UserID{"vera"}},
	}}
	return sc
}

// person is an active user with individual rights.
func (sc *scene) person(id roster.UserID, dept roster.DepartmentID, admin bool, r roster.Rights) roster.Person {
	return sc.resolve(roster.Person{User: roster.User{
		ID: id, Department: dept, Admin: admin, Rights: r, Status: roster.StatusActive, Version: 1,
	}})
}

// resolve computes a person's permissions again.
func (sc *scene) resolve(p roster.Person) roster.Person {
	g := roster.Grants{Admin: p.User.Admin, Individual: p.User.Rights}
	if p.User.Role = ""; p.Role != nil {
		p.User.Role, g.Role = p.Role.ID, p.Role.Rights
	}
	p.Permissions = roster.Resolve(sc.Schema, g)
	return p
}

// edit changes one of the successors.
func (sc *scene) edit(id roster.UserID, f func(*roster.Person)) {
	p := sc.People[id]
	p.User = p.User.Clone()
	f(&p)
	sc.People[id] = sc.resolve(p)
}

// leaver changes the leaver.
func (sc *scene) leaver(f func(*roster.Person)) {
	f(&sc.Leaver)
	sc.Leaver = sc.resolve(sc.Leaver)
}

// rule adds a rule.
func (sc *scene) rule(r roster.Rule) { sc.Req.Rules = append(sc.Req.Rules, r) }

// plan makes the plan.
func (sc *scene) plan() roster.Plan { return roster.PlanHandover(sc.Snapshot, sc.Req) }

// brief writes findings shortly: "successor-inactive boris deal@won".
func brief(findings []roster.Finding) []string {
	var all []string
	for _, f := range findings {
		parts := []string{f.Code}
		if f.User != "" {
			parts = append(parts, string(f.User))
		}
		if f.Part != "" {
			f.Kind += "@" + f.Part
		}
		if f.Kind != "" {
			parts = append(parts, f.Kind)
		}
		all = append(all, strings.Join(parts, " "))
	}
	return all
}

// to names successors.
func to(ids ...roster.UserID) []roster.UserID { return ids }
