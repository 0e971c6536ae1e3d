package roster_test

import (
	"fmt"

	"github.com/seed-8e8abc8d/roster"
)

// leaving is what a planner sees of ada, an administrator, deleting ben, who has 120 deals.
func leaving() roster.Snapshot {
	schema := roster.CRMSchema()
	person := func(id roster.UserID, admin bool, rights roster.Rights) roster.Person {
		return roster.Person{
			User:        roster.User{ID: id, Status: roster.StatusActive, Admin: admin, Department: "sales", Rights: rights},
			Permissions: roster.Resolve(schema, roster.Grants{Admin: admin, Individual: rights}),
		}
	}
	return roster.Snapshot{
		Schema: schema,
		Actor:  person("ada", true, nil),
		Leaver: person("ben", false, sellers),
		People: map[roster.UserID]roster.Person{"eva": person("eva", false, sellers)},
		Stocks: []roster.Stock{{
			Kind:   "deal",
			Needs:  []string{"view", "edit"},
			Survey: roster.Survey{Responsible: map[string]int{"": 120}, Open: 40},
		}},
		OtherAdmin: true,
	}
}

func ExamplePlanHandover() {
	request := roster.Request{Leaver: "ben"}
	plan := roster.PlanHandover(leaving(), request)
	for _, b := range plan.Blockers {
		fmt.Println(b.Code, b.Kind)
	}
	request.Rules = []roster.Rule{{Kind: "deal", Do: roster.GiveTo, To: []roster.UserID{"eva"}}}
	plan = roster.PlanHandover(leaving(), request)
	fmt.Println(len(plan.Blockers), "blockers")
	for _, s := range plan.Steps {
		fmt.Println(s.Count, s.Kind, s.Do, s.Shares[0].To)
	}
	// Output:
	// uncovered deal
	// 0 blockers
	// 120 deal give eva
}

func ExampleParseRequest() {
	request, err := roster.ParseRequest([]byte(`{"leaver": "ben", "rules": [{"do": "give", "to": ["eva"]}]}`))
	fmt.Println(request.Leaver, request.Rules[0].Do, err)
	_, err = roster.ParseRequest([]byte(`{"leaver": "", "rules": [{"do": "give"}]}`))
	fmt.Println(err)
	// Output:
	// ben give <nil>
	// invalid input: leaver: missing; rules[0].to: needs exactly one successor, has 0
}

// A store that implements Checker keeps a Standing per user and replaces it in the commit that changes
// the user.
func ExampleNewStanding() {
	role := &roster.RoleStanding{Role: roster.Role{ID: "seller", Rights: sellers}}
	was := roster.NewStanding(roster.User{ID: "ben", Role: "seller"}, role, nil)
	is := roster.NewStanding(roster.User{ID: "ben", Role: "seller", Status: roster.StatusActive}, role, was)
	fmt.Println(was.User.Status, is.User.Status)
	// Output:
	// none active
}
