package postgres_test

import (
	"database/sql"
	"testing"

	"github.com/matryer/is"
	"github.com/seed-8e8abc8d/roster"
)

// TestL21_ChecksOutliveTheirConnections ends the server's side of every connection of a pool, as a restart does: the next
// checks are answered all the same.
func TestL21_ChecksOutliveTheirConnections(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := open(t)
	store := db.Account("acme")
	is.NoErr(store.Update(t.Context(), func(tx roster.Tx) error {
		return tx.PutUser(roster.User{ID: "anna", Status: roster.StatusActive})
	}))
	var idle []*sql.Conn // as many as are to lie idle
	for range 5 {
		conn, err := db.Writer().Conn(t.Context())
		is.NoErr(err)
		idle = append(idle, conn)
	}
	_, err := idle[0].ExecContext(t.Context(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
	is.NoErr(err)
	for i := range idle { // the dead ones are taken first
		is.NoErr(idle[i].Close())
	}
	for range 5 {
		found, err := store.Standing(t.Context(), "anna")
		is.NoErr(err) // asked again on another connection
		is.Equal(found.User.ID, roster.UserID("anna"))
	}
}
