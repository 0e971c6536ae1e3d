package sqlite_test

import (
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// TestG10_AStretchIsFoundByItsUser moves a chunk in a table whose statistics are of the time when all rows were the leaver's:
// by them the table's own order would do as well, past whatever others have by now.
func TestG10_AStretchIsFoundByItsUser(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db, sent := engine().Recorded(t)
	for _, statement := range []string{
		"CREATE TABLE deals (id TEXT NOT NULL PRIMARY KEY, firm TEXT, owner TEXT, title TEXT) WITHOUT ROWID",
		"INSERT INTO deals WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 20000) SELECT printf('k%08d', n), 'acme', 'leo', 'a title' FROM s",
		"CREATE INDEX deals_owner ON deals (owner, id)",
		"ANALYZE",
	} {
		_, err := db.Writer().ExecContext(t.Context(), statement)
		is.NoErr(err)
	}
	h, err := db.Account("").Table(t.Context(), sqlstore.Table{Name: "deals", Key: "id", Owner: "owner"})
	is.NoErr(err)
	sent.Take()
	_, err = h.Move(t.Context(), roster.MoveOrder{Tie: roster.Responsible, From: "leo", To: "mia", IDs: []string{"k00000001", "k00000002", "k00000003"}})
	is.NoErr(err)
	updates := 0
	for _, s := range sent.Take() {
		if !strings.HasPrefix(s.Query, "UPDATE") {
			continue
		}
		updates++
		found, err := db.Writer().QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+s.Query, s.Args...)
		is.NoErr(err)
		defer found.Close()
		searches := 0
		for found.Next() {
			var id, parent, unused int
			var how string
			is.NoErr(found.Scan(&id, &parent, &unused, &how))
			if strings.Contains(how, "deals") {
				searches++
				is.True(strings.Contains(how, "deals_owner (owner=? AND id>? AND id<?)")) // both by the user's index
			}
		}
		is.NoErr(found.Err())
		is.Equal(searches, 2)
	}
	is.Equal(updates, 1)
}
