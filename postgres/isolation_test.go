package postgres_test

import (
	"testing"

	"github.com/seed-8e8abc8d/roster/internal/sqltest"
)

func TestL21_AccountsShareNothing(t *testing.T) {
	t.Parallel()
	sqltest.Isolation(t, open)
}
