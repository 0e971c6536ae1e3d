package sqltest

import (
	"database/sql"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/sqlstore"
	"github.com/seed-8e8abc8d/roster/storetest"
)

// Contract runs the suite of stores over one database, with an account for each of its stores.
func Contract(t *testing.T, db *sqlstore.DB) {
	t.Helper()
	var accounts atomic.Int64
	storetest.Run(t, func(*testing.T) roster.Store {
		return db.Account(strconv.FormatInt(accounts.Add(1), 10))
	})
}

// Names runs the suite of stores, and what a DB does besides, in a database whose tables have other names than the ordinary ones:
// that of the users is called users.
func Names(t *testing.T, db *sqlstore.DB, users string) {
	t.Helper()
	besides(t, db)
	same(t, "users", []string{"anna", "ben", "eva"}, lines(t, db.Reader(), "SELECT id FROM "+users+" WHERE account = 'acme' ORDER BY id"))
	Contract(t, db)
}

// besides does what no store does by the suite: the barrier, a Table's conditions, and the list of what is due.
func besides(t *testing.T, db *sqlstore.DB) {
	t.Helper()
	s := db.Account("acme")
	must(t, s.Update(t.Context(), func(tx roster.Tx) error {
		for _, id := range []roster.UserID{"anna", "ben"} {
			if err := tx.PutUser(roster.User{ID: id, Department: "sales", Status: roster.StatusActive}); err != nil {
				return err
			}
		}
		return tx.PutRun(roster.Run{ID: "run", State: roster.RunWorking, Started: time.UnixMicro(1).UTC()})
	}))
	must(t, within(t.Context(), db, sql.LevelDefault, func(tx *sql.Tx) error {
		is(t, "receiving by nobody who is there", s.Receive(t.Context(), tx, "anna", "nobody"), roster.ErrState)
		is(t, "receiving", s.Receive(t.Context(), tx, "anna", "ben"), nil)
		return s.InTx(tx).Update(t.Context(), func(tx roster.Tx) error { return tx.PutUser(roster.User{ID: "eva", Department: "sales"}) })
	}))
	due, err := db.Due(t.Context(), roster.Due{}, 2)
	must(t, err)
	same(t, "what is due", []roster.Due{{Account: "acme", Run: "run", Since: time.UnixMicro(1).UTC()}}, due)
	b, err := db.Backlog(t.Context())
	must(t, err)
	same(t, "backlog", []roster.Backlog{{Due: 1, Oldest: time.UnixMicro(1).UTC()}}, []roster.Backlog{b})
	exec(t, db.Writer(), "CREATE TABLE deals (id text NOT NULL PRIMARY KEY, owner text)", "CREATE INDEX deals_owner ON deals (owner, id)",
		"INSERT INTO deals VALUES ('1', 'anna'), ('2', 'ben'), ('3', 'zoe')")
	h, err := s.Table(t.Context(), sqlstore.Table{Name: "deals", Key: "id", Owner: "owner"})
	must(t, err)
	where, args := h.Where(roster.Condition{Base: roster.InDepartment, AnyPart: true}, "anna", "sales", 1)
	same(t, "what anna is shown", []string{"1", "2"}, lines(t, db.Reader(), "SELECT id FROM deals WHERE "+where+" ORDER BY id", args...))
}
