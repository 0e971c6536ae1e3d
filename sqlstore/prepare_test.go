package sqlstore_test

import (
	"database/sql"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-8e8abc8d/roster/internal/sqltest"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// TestL21_TheSchemaHasTheColumnsThatAreUsed compares the SQL of each engine with the columns that the package's statements name,
// and with the other engine's.
func TestL21_TheSchemaHasTheColumnsThatAreUsed(t *testing.T) {
	t.Parallel()
	called := map[string]string{"BIGINT": "INT8", "BOOLEAN": "BOOL"}                   // in the catalogue, and as the driver says
	common := map[string]string{"INT8": "INTEGER", "BOOL": "INTEGER", "BYTEA": "BLOB"} // PostgreSQL's, and SQLite's
	other := map[sqlstore.Dialect][]string{}
	for _, d := range []sqlstore.Dialect{sqlstore.SQLite, sqlstore.PostgreSQL} {
		pool := sql.OpenDB(unconnected{})
		defer pool.Close()
		db, err := sqlstore.New(pool, d, sqlstore.Options{})
		if err != nil {
			t.Fatal(err)
		}
		got := renamed(sqltest.Columns(db.SQL()), called)
		want := db.Layout()
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s's columns (-used +defined):\n%s", d, diff)
		}
		other[d] = renamed(got, common)
	}
	if diff := cmp.Diff(other[sqlstore.SQLite], other[sqlstore.PostgreSQL]); diff != "" {
		t.Errorf("the engines' columns (-SQLite +PostgreSQL):\n%s", diff)
	}
}

// renamed replaces types by others.
func renamed(columns []string, types map[string]string) (all []string) {
	for _, c := range columns {
		column, kind, _ := strings.Cut(c, " ")
		if to := types[kind]; to != "" {
			kind = to
		}
		all = append(all, column+" "+kind)
	}
	return all
}
