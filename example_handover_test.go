package roster_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/seed-8e8abc8d/roster"
)

// exampleSnapshot is a small world: Anna leaves, Boris and Vera stay.
func exampleSnapshot() roster.Snapshot {
	schema := roster.CRMSchema()
	worker := roster.Rights{"deal:view": roster.InDepartment, "deal:edit": roster.Own, "task:view": roster.Own, "task:edit": roster.Own}
	person := func(id roster.UserID, admin bool) roster.Person {
		u := roster.User{ID: id, Department: "sales", Status: roster.StatusActive, Rights: worker, Admin: admin, Version: 1}
		return roster.Person{User: u, Permissions: roster.Resolve(schema, roster.Grants{Admin: admin, Individual: worker})}
	}
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	return roster.Snapshot{
		Now: now, Schema: schema, OtherAdmin: true, Backup: now.Add(-5 * time.Hour),
		Actor: person("root", true), Leaver: person("anna", false),
		People: map[roster.UserID]roster.Person{"boris": person("boris", false), "vera": person("vera", false)},
		Stocks: []roster.Stock{
			{Kind: "deal", Survey: roster.Survey{Responsible: map[string]int{"": 120}, Open: 80, Fingerprint: "5f3a"}},
			{Kind: "task", Survey: roster.Survey{Responsible: map[string]int{"": 7}, Open: 7, Fingerprint: "09c1"}},
		},
	}
}

func ExamplePlan_Text() {
	plan := roster.PlanHandover(exampleSnapshot(), roster.Request{Leaver: "anna", Rules: []roster.Rule{
		{Kind: "deal", Do: roster.SplitEvenly, To: []roster.UserID{"boris", "vera"}},
		{Kind: "task", Do: roster.GiveTo, To: []roster.UserID{"vera"}},
	}})
	names := map[roster.UserID]string{"anna": "Anna Ivanova", "boris": "Boris Petrov", "vera": "Vera Sidorova"}
	fmt.Print(plan.Text(func(id roster.UserID) string { return names[id] }))
	// Output:
	// Deletion of Anna Ivanova
	// This can't be undone. Access ends at once; nothing that was made is deleted.
	//
	// What becomes of the records
	//   Deals  120  80 open
	//     all  120  split: Boris Petrov 60, Vera Sidorova 60
	//   Tasks    7  7 open
	//     all    7  to Vera Sidorova
	//
	// What ends
	//   tokens      none are live
	//   role        none
	//   own rights  deal:edit own, deal:view department, task:edit own, task:view own
	//   paid seats  1 freed
	//   backup      2026-03-02 07:00 UTC, 5 hours old
	//
	// Who sees more or fewer of these records
	//   Vera Sidorova  7 more
	//
	// Nothing stands in the way. Confirming this can't be undone.
}

func ExamplePlan_Err() {
	plan := roster.PlanHandover(exampleSnapshot(), roster.Request{Leaver: "anna"})
	err := plan.Err()
	fmt.Println(errors.Is(err, roster.ErrBlocked))
	fmt.Println(err)
	// Output:
	// true
	// the plan has blockers: deal: 120 records that no rule covers; task: 7 records that no rule covers
}

func ExampleDigest_Check() {
	world := exampleSnapshot()
	request := roster.Request{Leaver: "anna", Rules: []roster.Rule{{Do: roster.GiveTo, To: []roster.UserID{"boris"}}}}
	confirmed := roster.PlanHandover(world, request).Digest

	world.Stocks[0].Survey.Responsible = map[string]int{"": 121}
	world.Stocks[0].Survey.Fingerprint = "77d0"
	now := roster.PlanHandover(world, request).Digest

	fmt.Println(confirmed.Check(now, nil))
	fmt.Println(confirmed.Check(now, map[string]int{"deal": 1}))
	// Output:
	// the world changed since the assessment: deal records: was 120, is 121; deal fingerprint: was 5f3a, is 77d0
	// <nil>
}
