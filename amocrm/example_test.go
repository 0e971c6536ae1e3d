package amocrm_test

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/amocrm"
	"github.com/seed-8e8abc8d/roster/memstore"
)

// Replies that were saved become changes, which a Roster tries and then applies.
func ExampleRead() {
	export := os.DirFS("testdata")
	roles, err := amocrm.Files(export, "roles_list*.json")
	if err != nil {
		fmt.Println(err)
		return
	}
	users, err := amocrm.Files(export, "users_list*.json")
	if err != nil {
		fmt.Println(err)
		return
	}
	im, err := amocrm.Read(roles, users)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(im.Findings)

	ctx, host := context.Background(), roster.System("import")
	r, err := roster.New(&memstore.Store{}, roster.CRMSchema(), roster.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	changes, err := im.Prepare(ctx, r, host)
	if err != nil {
		fmt.Println(err)
		return
	}
	effect, err := r.Apply(ctx, host, changes...)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, u := range effect.Users {
		fmt.Println("user", u.User, "is", u.To)
	}
	// Output:
	// Imported without an e-mail address:
	//   users[1].email: user 321321 is imported without an address: it is user 123123's (users_list_v4_docs_example.json:101)
	// Denied: no counterpart, unknown or out of place:
	//   users[1].rights.leads.add: G where only A or D can stand: denied (users_list_v4_docs_example.json:107)
	//   users[1].rights.contacts.add: G where only A or D can stand: denied (users_list_v4_docs_example.json:114)
	//   users[1].rights.companies.add: G where only A or D can stand: denied (users_list_v4_docs_example.json:121)
	// Contradictions, and what counted:
	//   users[0].rights.group_id: _embedded names another group: group_id counts (users_list_v4_docs_example.json:17)
	//   users[0]._embedded.roles[0].id: another role than role_id, which counts (users_list_v4_docs_example.json:81)
	// Not there, and what it was taken as:
	//   roles[0].rights.status_rights[0].rights.export: no letter: denied (roles_list_v4_docs_example.json:48)
	//   users[].rights.status_rights[].rights.export ×2: no letter: denied (users_list_v4_docs_example.json:50, users_list_v4_docs_example.json:60)
	// Without a counterpart, left out:
	//   users[]: lang ×2
	// Read as:
	//   roles[0].rights.tasks: tasks have no right to view: seeing reaches as far as editing; nor one to create: denied (roles_list_v4_docs_example.json:37)
	//   users[].rights.tasks ×2: tasks have no right to view: seeing reaches as far as editing; nor one to create: denied (users_list_v4_docs_example.json:39, users_list_v4_docs_example.json:125)
	// user 123123 is invited
	// user 321321 is invited
}

// Records whose responsible user is gone are found while they are read. A desk's Sweep hands them over.
func ExampleImport_Dangling() {
	im := &amocrm.Import{Users: []roster.User{{ID: "7"}}}
	tasks := amocrm.Source{Name: "tasks.json", Body: strings.NewReader(
		`[{"id":1,"responsible_user_id":7},{"id":2,"responsible_user_id":40},{"id":3,"responsible_user_id":40}]`)}
	for _, err := range im.Records(amocrm.Tasks, tasks) {
		if err != nil {
			fmt.Println(err)
			return
		}
	}
	for _, d := range im.Dangling() {
		fmt.Println(d.Count, d.Kind, "of", d.Owner)
	}
	// Output:
	// 2 task of 40
}

// A fault is told with its place.
func ExampleError() {
	_, err := amocrm.Read(nil, []amocrm.Source{{Name: "users.json", Body: strings.NewReader(`[{"id": 1, "name": 5}]`)}})
	fmt.Println(err)
	// Output:
	// amocrm: users.json:1:20: users[0].name: wrong type: want a text, got 5
}
