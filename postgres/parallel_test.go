package postgres_test

import (
	"database/sql"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// A survey keeps to one processor, though the server would have several processes at it, as it has at the same count without
// the condition.
func TestG10_ASurveyKeepsToOneProcessor(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db, sent := engine().Recorded(t)
	for _, statement := range []string{
		"CREATE TABLE deals (id BIGINT PRIMARY KEY, owner TEXT, author TEXT, watcher TEXT, stage TEXT)",
		"INSERT INTO deals SELECT n, 'leo', 'leo', 'leo', 'new' FROM generate_series(1, 50000) n",
		"CREATE INDEX ON deals (owner, stage, id)", "CREATE INDEX ON deals (author, id)", "CREATE INDEX ON deals (watcher)",
		"VACUUM ANALYZE deals",
	} {
		_, err := db.Writer().ExecContext(t.Context(), statement)
		is.NoErr(err)
	}
	table := sqlstore.Table{Name: "deals", Key: "id", Owner: "owner", Author: "author", Named: []string{"watcher"}, Part: "stage"}
	h, err := db.Account("").Table(t.Context(), table)
	is.NoErr(err)
	sent.Take()
	s, err := h.Survey(t.Context(), "leo")
	is.NoErr(err)
	is.Equal([]int{s.Total(), s.Authored, s.Named}, []int{50_000, 50_000, 50_000})
	surveyed := sent.Take()
	is.Equal(len(surveyed), 1)

	tx, err := db.Writer().BeginTx(t.Context(), nil)
	is.NoErr(err)
	defer tx.Rollback()
	for _, wanted := range []string{"parallel_setup_cost = 0", "parallel_tuple_cost = 0", "min_parallel_table_scan_size = 0", "min_parallel_index_scan_size = 0"} {
		_, err := tx.ExecContext(t.Context(), "SET LOCAL "+wanted)
		is.NoErr(err)
	}
	helped := func(query string) bool {
		t.Helper()
		found, err := tx.QueryContext(t.Context(), "EXPLAIN "+query, surveyed[0].Args...)
		is.NoErr(err)
		defer found.Close()
		var plan []string
		for found.Next() {
			var line sql.NullString
			is.NoErr(found.Scan(&line))
			plan = append(plan, line.String)
		}
		is.NoErr(found.Err())
		is.True(len(plan) > 0)
		return strings.Contains(strings.Join(plan, "\n"), "Workers Planned")
	}
	is.Equal(helped(surveyed[0].Query), false)
	is.True(helped(strings.ReplaceAll(surveyed[0].Query, " AND pg_backend_pid() IS NOT NULL", "")))
}
