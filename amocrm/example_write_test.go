package amocrm_test

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/amocrm"
)

// A role becomes the body of a request; the account's reply is read like any other.
func ExampleWriteRoles() {
	schema := roster.CRMSchema()
	if err := schema.AddParts("deal", roster.Part{Name: "7.142"}); err != nil {
		fmt.Println(err)
		return
	}
	seller := roster.Role{ID: "seller", Name: "Seller", Rights: roster.Rights{
		"deal:view": roster.Own, "deal:edit": roster.Own, "deal:view@7.142": roster.All, "reports:view": roster.All,
	}}
	requests, found := amocrm.WriteRoles(schema, amocrm.Account{}, []roster.Role{seller})
	for _, r := range requests {
		fmt.Println(r)
	}
	fmt.Print(found)

	// The host sends the body, and the account answers with what it made of it.
	var sent []map[string]any
	if err := json.Unmarshal(requests[0].Body, &sent); err != nil {
		fmt.Println(err)
		return
	}
	sent[0]["id"] = 107995
	answer, err := json.Marshal(map[string]any{"_embedded": map[string]any{"roles": sent}, "_total_items": 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	im, err := amocrm.Read([]amocrm.Source{{Name: "answer", Body: strings.NewReader(string(answer))}}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	before := roster.Resolve(schema, roster.Grants{Role: seller.Rights})
	after := roster.Resolve(schema, roster.Grants{Role: im.Roles[0].Rights})
	for _, d := range before.Difference(after) {
		fmt.Println(d.Right, "was", d.From, "and is", d.To)
	}
	// Output:
	// POST /api/v4/roles
	// Narrowed: no letter says it:
	//   roles[0].rights[deal:edit@7.142]: own here, denied there: all or nothing can stand there (seller)
	// Without a counterpart, left out:
	//   roles[0].rights[reports:view]: all here, denied there: the account has no such right (seller)
	//   roles[0].rights[task:view]: seeing tasks can't be limited to denied: who sees what a task hangs on sees the task (seller)
	// reports:view was all and is denied
	// deal:edit@7.142 was own and is denied
}

// Users are created with passwords that the host makes; who can't be written is told.
func ExampleWriteUsers() {
	account := amocrm.Account{
		Roles:  map[roster.RoleID]int64{"seller": 107995}, // as the account answered
		Groups: map[roster.DepartmentID]int64{"sales": 267688},
	}
	roles := []roster.Role{{ID: "seller", Name: "Seller", Rights: roster.Rights{"deal:view": roster.All}}}
	users := []roster.User{
		{ID: "u1", FirstName: "Anna", LastName: "Berg", Email: "anna@example.com", Department: "sales", Role: "seller", Status: roster.StatusActive},
		{ID: "u2", FirstName: "Boris", LastName: "Lang", Email: "boris@example.com", Department: "sales", Status: roster.StatusInactive},
	}
	first := func(u roster.User) string { return "Welcome-1-" + u.FirstName } // of a host in earnest: random
	requests, found := amocrm.WriteUsers(roster.CRMSchema(), account, roles, users, first)
	for _, r := range requests {
		fmt.Println(r)
		fmt.Println(string(r.Body))
	}
	fmt.Print(found)
	// Output:
	// POST /api/v4/users
	// [{"name":"Anna Berg","email":"anna@example.com","password":"Welcome-1-Anna","rights":{"is_free":false,"role_id":107995,"group_id":267688},"request_id":"u1"}]
	// Not written:
	//   users[1].status: inactive: the account would make the user active (u2)
}
