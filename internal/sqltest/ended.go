package sqltest

import (
	"database/sql"
	"testing"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// endedBefore uses a host's transaction that has ended without the host's doing, as SQLite ends one on a full disk or when a
// statement is interrupted: nothing that comes then may be committed by itself, and no barrier may seem to hold.
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
			if what == "a barrier" {
				err = s.Receive(t.Context(), tx, "anna")
			} else if _, err = r.On(in).Apply(t.Context(), roster.As("admin"), roster.Deactivate{User: "anna"}); e.Dialect == sqlstore.PostgreSQL && err != nil {
				continue // it tells that there is no transaction, in its own words
			}
			is(t, what+" in a transaction that has ended", err, roster.ErrState)
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

// neverBegun hands in what is no transaction: a connection in which none has begun, a pool in disguise, pointers to nothing.
func neverBegun(t *testing.T, e Engine) {
	db, r, s := office(t, e, "anna")
	before := whole(t, r)
	conn, err := db.Writer().Conn(t.Context())
	must(t, err)
	is(t, "a barrier on a connection without a transaction", s.Receive(t.Context(), conn, "anna"), roster.ErrState)
	_, err = conn.ExecContext(t.Context(), "BEGIN")
	must(t, err)
	must(t, s.Receive(t.Context(), conn, "anna"))
	_, err = conn.ExecContext(t.Context(), "COMMIT")
	must(t, err)
	must(t, conn.Close())
	is(t, "a barrier on a pool in disguise", s.Receive(t.Context(), struct{ *sql.DB }{db.Writer()}, "anna"), roster.ErrState)
	for name, tx := range map[string]sqlstore.Tx{"no transaction": (*sql.Tx)(nil), "no connection": (*sql.Conn)(nil), "no pool": (*sql.DB)(nil)} {
		is(t, name, s.Receive(t.Context(), tx, "anna"), roster.ErrInvalid)
		_, err := r.On(s.InTx(tx)).Apply(t.Context(), roster.As("admin"), roster.Deactivate{User: "anna"})
		is(t, name, err, roster.ErrInvalid)
	}
	same(t, "events", []uint64{before}, []uint64{whole(t, r)})
}
