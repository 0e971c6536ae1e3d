package report_test

import (
	"context"
	"fmt"
	"time"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/report"
)

// firm is a company for the examples: an administrator, two sellers, a trainee whose time is over, and
// somebody on leave.
func firm() (*roster.Roster, report.Choice) {
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	r, err := roster.New(new(memstore.Store), roster.CRMSchema(), roster.Config{Now: func() time.Time { return now }})
	if err != nil {
		panic(err)
	}
	person := func(id roster.UserID, first, last string, seen int, change func(*roster.User)) roster.Change {
		u := roster.User{ID: id, FirstName: first, LastName: last, Department: "sales", Role: "seller", Status: roster.StatusActive,
			Created: now.AddDate(-1, 0, 0), LastSeen: now.AddDate(0, 0, -seen)}
		change(&u)
		return roster.ImportUser{User: u}
	}
	_, err = r.Apply(context.Background(), roster.System("setup"),
		roster.CreateDepartment{ID: "sales", Name: "Продажи"},
		roster.CreateRole{ID: "seller", Name: "Seller", Rights: roster.Rights{"deal:view": roster.InDepartment, "deal:edit": roster.Own, "deal:export": roster.Own}},
		person("ada", "Ada", "Lovelace", 0, func(u *roster.User) { u.Admin, u.Role = true, "" }),
		person("anna", "Анна", "Кузнецова", 1, func(u *roster.User) { u.Rights = roster.Rights{"deal:export": roster.Denied} }),
		person("ben", "Ben", "Ortiz", 2, func(u *roster.User) { u.Rights = roster.Rights{"deal:edit": roster.All, "contact:view": roster.All} }),
		person("olga", "Ольга", "Зимина", 40, func(u *roster.User) { u.Free, u.EndDate = true, now.AddDate(0, 0, -33) }),
		person("ivan", "Иван", "Фомин", 200, func(u *roster.User) { u.Status = roster.StatusInactive }),
	)
	if err == nil {
		_, err = r.Apply(context.Background(), roster.As("ada"), roster.GrantDeleteUsers{User: "anna"})
	}
	if err != nil {
		panic(err)
	}
	return r, report.Choice{Now: now}
}

func ExampleWhoDeletes() {
	r, choice := firm()
	deleters, err := report.WhoDeletes(context.Background(), r, roster.As("ada"), choice)
	fmt.Println(deleters, err)
	// Output:
	// Who may delete users: 2 users
	//   User            Id    Department  Status  By                Since       Given by
	//   Ada Lovelace    ada   Продажи     active  administrator     2026-11-02  the system: setup
	//   Анна Кузнецова  anna  Продажи     active  individual right  2026-11-02  Ada Lovelace
	//  <nil>
}

func ExampleWhoHolds() {
	r, choice := firm()
	holders, err := report.WhoHolds(context.Background(), r, roster.As("ada"), "deal:edit", choice)
	fmt.Println(holders, err)
	// Output:
	// Who holds deal:edit: 3 users, and 2 who can't act now
	//   User            Id    Department  Status             Reach       By                Lowered by
	//   Ada Lovelace    ada   Продажи     active             all         administrator
	//   Ben Ortiz       ben   Продажи     active             department  individual right  deal:view
	//   Анна Кузнецова  anna  Продажи     active             own         role Seller
	//   Иван Фомин      ivan  Продажи     inactive           own         role Seller
	//   Ольга Зимина    olga  Продажи     active, but ended  own         role Seller
	//  <nil>
}

func ExampleWhoHoldsWhat() {
	r, choice := firm()
	choice.Department = "sales"
	rights, err := report.WhoHoldsWhat(context.Background(), r, roster.As("ada"), choice)
	fmt.Println(rights, err)
	// Output:
	// Who holds what: 3 active users - Продажи
	//   Right         all  department  own  denied  administrators  individually  by role  unsaid
	//   deal:view       1           2                            1                      2
	//   deal:edit       1           1    1                       1             1        1
	//   deal:export     1                1       1               1             1        1
	//   contact:view    2                        1               1             1                1
	//   users:delete    2                        1               1             1                1
	//   Administrators alone hold: deal:create, deal:delete, contact:edit, contact:create, contact:delete,
	//     contact:export, company:view, company:edit, company:create, company:delete, company:export, task:view,
	//     task:edit, task:create, task:delete, task:export, note:view, note:edit, note:create, note:delete,
	//     note:export, catalog:view, catalog:edit, catalog:create, catalog:delete, catalog:export, users:manage,
	//     users:deactivate, roles:manage, trail:read, backup:run, erasure:run, import:run, mail:use, calls:use,
	//     chats:use, reports:view, integrations:manage, files:access, catalogs:access
	//  <nil>
}

func ExampleWhoDiffers() {
	r, choice := firm()
	differences, err := report.WhoDiffers(context.Background(), r, roster.As("ada"), choice)
	fmt.Println(differences, err)
	// Output:
	// Individual rights that differ from the role: 2 users, 0 of them without a role; 3 rights wider, 1 narrower
	//   User            Id    Role    Right         Role says            So it is
	//   Ben Ortiz       ben   Seller  deal:edit     own        wider     department
	//                                 contact:view  denied     wider     all
	//   Анна Кузнецова  anna  Seller  users:delete  denied     wider     all
	//                                 deal:export   own        narrower  denied
	//  <nil>
}

func ExampleWhatSeatsCost() {
	r, choice := firm()
	seats, err := report.WhatSeatsCost(context.Background(), r, roster.As("ada"), choice)
	fmt.Println(seats, err)
	// Output:
	// Seats: 4 paid
	//   Status    Users  Paid seats  Free users
	//   active        4           3           1
	//   inactive      1           1           0
	//   together      5           4           1
	//   Deleting the inactive would free 1 paid seat.
	//  <nil>
}

func ExampleWhoIsUnseen() {
	r, choice := firm()
	unseen, err := report.WhoIsUnseen(context.Background(), r, roster.As("ada"), 30*24*time.Hour, choice)
	fmt.Println(unseen, err)
	// Output:
	// Not seen since 2026-10-03: 2 users with 1 paid seat
	//   User          Id    Department  Status    Seat  Last seen   Days
	//   Иван Фомин    ivan  Продажи     inactive  paid  2026-04-16   200
	//   Ольга Зимина  olga  Продажи     active    free  2026-09-23    40
	//   Status    Users  Paid seats  Free users
	//   active        1           0           1
	//   inactive      1           1           0
	//   together      2           1           1
	//   Deleting the inactive would free 1 paid seat.
	//  <nil>
}

func ExampleWhoHasEnded() {
	r, choice := firm()
	ended, err := report.WhoHasEnded(context.Background(), r, roster.As("ada"), choice)
	fmt.Println(ended, err)
	// Output:
	// Past the end date and not deleted: 1 user with 0 paid seats
	//   User          Id    Department  Status  Seat  Ended on    Days
	//   Ольга Зимина  olga  Продажи     active  free  2026-09-30    33
	//  <nil>
}

func ExampleWhatIsParked() {
	r, choice := firm()
	parked, err := report.WhatIsParked(context.Background(), r, roster.As("ada"), choice)
	fmt.Println(parked, err)
	// Output:
	// Runs that wait for somebody: 0 parked, 0 at work
	//   none
	//  <nil>
}
