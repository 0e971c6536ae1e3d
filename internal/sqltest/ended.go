package sqltest

import (
	"database/sql"
	"testing"

	"github.com/seed-8e8abc8d/roster"
)

// endedBefore uses a host's transaction that has ended without the host's doing, as SQLite ends one on a full disk or when a
// statement is interrupted: nothing that comes then may be committed by itself.
func endedBefore(t *testing.T, e Engine) {
	db, r, s := office(t, e, "anna")
	before := whole(t, r)
	for _, what := range []string{"a change", "a barrier"} {
		tx := begin(t, db, sql.LevelDefault)
		note(t, tx, 1)
		_, err := tx.ExecContext(t.Context(), "ROLLBACK")
		must(t, err)
		in := s.InTx(tx)
		for range 2 {
			if what == "a change" {
				_, err = r.On(in).Apply(t.Context(), roster.As("admin"), roster.Deactivate{User: "anna"})
			} else {
				err = s.Receive(t.Context(), tx, "anna")
			}
			if err == nil && (what == "a change" || e.Waiting == "") { // PostgreSQL locks the row until the statement ends
				t.Errorf("%s in a transaction that has ended: no error", what)
			}
			if e.Waiting == "" {
				is(t, what+" in a transaction that has ended", err, roster.ErrState)
			}
		}
		_ = tx.Rollback()
	}
	same(t, "status", []roster.Status{roster.StatusActive}, []roster.Status{status(t, s, "anna")})
	same(t, "events", []uint64{before}, []uint64{whole(t, r)})
	same(t, "notes", nil, notes(t, db))
	tx := begin(t, db, sql.LevelDefault) // the connection is as good as ever
	must(t, s.Receive(t.Context(), tx, "anna"))
	_, err := r.On(s.InTx(tx)).Apply(t.Context(), roster.As("admin"), roster.Deactivate{User: "anna"})
	must(t, err)
	must(t, tx.Commit())
	same(t, "status after all", []roster.Status{roster.StatusInactive}, []roster.Status{status(t, s, "anna")})
}
