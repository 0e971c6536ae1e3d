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

func ExampleRead() {
	users, err := amocrm.Files(os.DirFS("testdata"), "users_list_*.json")
	if err != nil {
		panic(err)
	}
	im, err := amocrm.Read(nil, users)
	if err != nil {
		panic(err) // every fault, each with its place
	}
	for _, u := range im.Users {
		fmt.Println(u.ID, u.Status)
	}
	_, err = amocrm.Read(nil, []amocrm.Source{{Name: "users.json", Body: strings.NewReader(`{"_embedded": {"users": [{"id": "x"}]}}`)}})
	fmt.Println(err)
	// Output:
	// 123123 invited
	// 321321 invited
	// amocrm: users.json:1:33: users[0].id: wrong type: want a whole number from 0 to 9223372036854775807, got the text "x"
}

func ExampleHandOver() {
	var deals memstore.Records
	if err := deals.Put(memstore.Record{ID: "1", Owner: "404"}, memstore.Record{ID: "2", Owner: "404"}, memstore.Record{ID: "3", Owner: "ben"}); err != nil {
		panic(err)
	}
	moved, err := amocrm.HandOver(context.Background(), &deals, "404", "eva", 1000)
	fmt.Println(moved.Done, len(moved.Skipped), err)
	survey, err := deals.Survey(context.Background(), roster.UserID("eva"))
	fmt.Println(survey.Total(), err)
	// Output:
	// 2 0 <nil>
	// 2 <nil>
}
