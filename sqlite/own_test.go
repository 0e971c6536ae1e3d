package sqlite_test

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/sqlite"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// TestG16_NoKeyDeletesARecord moves records into a unique key that says itself what becomes of a conflict: whatever it says, the
// successor's own record stays, and what can't move is told.
func TestG16_NoKeyDeletesARecord(t *testing.T) {
	t.Parallel()
	for _, clause := range []string{"ABORT", "REPLACE", "IGNORE", "ROLLBACK", "FAIL"} {
		for _, generated := range []bool{false, true} {
			is := is.New(t)
			db := open(t)
			table, key := sqlstore.Table{Name: "contacts", Key: "id", Owner: "owner", Collision: sqlstore.CollisionSkip}, "owner"
			if generated { // no policy is asked for
				table.Collision, key = sqlstore.CollisionNone, "folded"
			}
			for _, s := range []string{
				"CREATE TABLE contacts (id TEXT PRIMARY KEY, owner TEXT, name TEXT, folded TEXT AS (lower(owner)) STORED, UNIQUE (" + key + ", name) ON CONFLICT " + clause + ")",
				"CREATE INDEX contacts_owner ON contacts (owner, id)",
				"INSERT INTO contacts (id, owner, name) VALUES ('a', 'leo', 'Ann'), ('b', 'leo', 'Bob'), ('c', 'leo', 'Cy'), ('z', 'sam', 'Bob')",
			} {
				_, err := db.Writer().ExecContext(t.Context(), s)
				is.NoErr(err)
			}
			h, err := db.Account("").Table(t.Context(), table)
			is.NoErr(err)
			got, err := h.Move(t.Context(), roster.MoveOrder{Tie: roster.Responsible, From: "leo", To: "sam", IDs: []string{"a", "b", "c"}})
			is.NoErr(err)
			is.Equal(got, []roster.MoveResult{roster.MoveDone, roster.MoveCollides, roster.MoveDone})
			var all string
			is.NoErr(db.Reader().QueryRowContext(t.Context(), "SELECT group_concat(id || owner, ' ' ORDER BY id) FROM contacts").Scan(&all))
			is.Equal(all, "asam bleo csam zsam")
		}
	}
}

// TestL21_NumbersInDisguise refuses a column that is declared a UUID, in which SQLite takes '07' for 7.
func TestL21_NumbersInDisguise(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := open(t)
	for _, s := range []string{"CREATE TABLE deals (id TEXT PRIMARY KEY, owner UUID)", "CREATE INDEX deals_owner ON deals (owner, id)"} {
		_, err := db.Writer().ExecContext(t.Context(), s)
		is.NoErr(err)
	}
	_, err := db.Account("").Table(t.Context(), sqlstore.Table{Name: "deals", Key: "id", Owner: "owner"})
	is.True(err != nil && strings.Contains(err.Error(), "owner: the column owner is of type UUID: it must be an integer, a text or a varchar, for a UUID too"))
}

// TestG10_AKeyDownwardsIsNoRowNumber: INTEGER PRIMARY KEY DESC has an index of its own, so that one on the owner doesn't hold it.
func TestG10_AKeyDownwardsIsNoRowNumber(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := open(t)
	deals := sqlstore.Table{Name: "deals", Key: "id", Owner: "owner"}
	for _, s := range []string{"CREATE TABLE deals (id INTEGER PRIMARY KEY DESC, owner TEXT)", "CREATE INDEX deals_owner ON deals (owner)"} {
		_, err := db.Writer().ExecContext(t.Context(), s)
		is.NoErr(err)
	}
	_, err := db.Account("").Table(t.Context(), deals)
	is.True(err != nil && strings.Contains(err.Error(), `("owner", "id")`)) // it would sort all of the owner's for each page
	for _, s := range []string{"CREATE INDEX deals_owner_id ON deals (owner, id)", "INSERT INTO deals VALUES (1, 'leo'), (2, 'leo')"} {
		_, err := db.Writer().ExecContext(t.Context(), s)
		is.NoErr(err)
	}
	h, err := db.Account("").Table(t.Context(), deals)
	is.NoErr(err)
	page, err := h.Page(t.Context(), roster.Query{User: "leo", Tie: roster.Responsible, Limit: 10})
	is.NoErr(err)
	is.Equal(len(page), 2)
	got, err := h.Move(t.Context(), roster.MoveOrder{Tie: roster.Responsible, From: "leo", To: "sam", IDs: []string{"1", "2"}})
	is.NoErr(err)
	is.Equal(got, []roster.MoveResult{roster.MoveDone, roster.MoveDone})
}

// TestL17_L18_TheBarrierWrites: after a plain BEGIN a barrier makes the transaction the one that writes, for its records may be in
// another file, where nobody would notice a fence that came between.
func TestL17_L18_TheBarrierWrites(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	path := filepath.Join(t.TempDir(), "roster.db")
	db, err := sqlite.Open(t.Context(), path, sqlstore.Options{})
	is.NoErr(err)
	defer db.Close()
	store := db.Account("")
	is.NoErr(store.Update(t.Context(), func(tx roster.Tx) error { return tx.PutUser(roster.User{ID: "leo", Status: roster.StatusActive}) }))
	host, err := sql.Open("sqlite", path)
	is.NoErr(err)
	defer host.Close()
	tx, err := host.BeginTx(t.Context(), nil)
	is.NoErr(err)
	defer tx.Rollback()
	is.NoErr(store.Receive(t.Context(), tx, "leo"))
	_, err = host.ExecContext(t.Context(), "BEGIN IMMEDIATE") // over another connection, as a fence does
	is.True(sqlstore.Retryable(err))                          // it has to wait
}
