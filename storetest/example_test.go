package storetest_test

import (
	"context"
	"errors"
	"fmt"
	"slices"

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

// Run is what a store's own tests call; Cases are for those who run the suite otherwise.
func ExampleCases() {
	for _, c := range storetest.Cases() {
		if err := c.Check(context.Background(), new(memstore.Store)); err != nil {
			fmt.Println(c.Name, c.Rule, err)
		}
	}
	fmt.Println("the contract holds")
	// Output:
	// the contract holds
}

// Two stores that give the same answers to the same script are equal, as far as it goes.
func ExampleScript() {
	ctx := context.Background()
	first, err := storetest.Script(ctx, new(memstore.Store), 7, 20)
	if err != nil {
		panic(err)
	}
	second, err := storetest.Script(ctx, storetest.NewFaulty(new(memstore.Store)), 7, 20)
	if err != nil {
		panic(err)
	}
	fmt.Println(slices.Equal(first, second))
	// Output:
	// true
}

// Two handles on one account are tried as one.
func ExampleShared() {
	for _, c := range storetest.Cases() {
		account := new(memstore.Store) // a store for many processes is opened twice
		if err := c.Check(context.Background(), storetest.Shared(account, account)); err != nil {
			fmt.Println(c.Name, c.Rule, err)
		}
	}
	fmt.Println("the contract holds between two processes")
	// Output:
	// the contract holds between two processes
}
