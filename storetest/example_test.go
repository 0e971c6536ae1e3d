package storetest_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/storetest"
)

// Whatever call fails, nothing is half-done.
func ExampleNewFaulty() {
	ctx := context.Background()
	failures := 0
	for n := 1; ; n++ {
		store := storetest.NewFaulty(new(memstore.Store))
		store.FailAt(n, storetest.Failure{})
		err := store.Update(ctx, func(tx roster.Tx) error {
			return errors.Join(tx.PutUser(roster.User{ID: "ada"}), tx.PutUser(roster.User{ID: "ben"}))
		})
		if !store.Failed() {
			fmt.Println("after", failures, "failures:", err)
			return
		}
		failures++
		_ = store.View(ctx, func(tx roster.Tx) error {
			if users, err := tx.ListUsers(roster.UserFilter{}, "", 10); err != nil || len(users) > 0 {
				fmt.Println("half-done at", n, users, err)
			}
			return nil
		})
	}
	// Output:
	// after 4 failures: <nil>
}
