package sqlite_test

import (
	"testing"

	"github.com/seed-8e8abc8d/roster/internal/sqltest"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

func TestL4_TablesOfTheHost(t *testing.T) {
	t.Parallel()
	sqltest.Tables(t, sqlstore.SQLite, open)
}
