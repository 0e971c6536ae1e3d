package faults_test

import (
	"testing"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/sqlstore"
	"github.com/seed-8e8abc8d/roster/storetest"
)

// TestL21_TwoProcessesShareAnAccount runs the contract on two handles on one account, each with pools of its own.
func TestL21_TwoProcessesShareAnAccount(t *testing.T) {
	t.Parallel()
	for name, database := range map[string]func(*testing.T) func() *sqlstore.DB{"SQLite": lite, "PostgreSQL": post} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Run(t, func(t *testing.T) roster.Store {
				open := database(t)
				return storetest.Shared(open().Account("acme"), open().Account("acme"))
			})
		})
	}
}
