package sqltest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// cutting is a transaction before whose n-th statement somebody's context ends.
type cutting struct {
	sqlstore.Tx
	n   int
	end func()
}

func (c *cutting) next() {
	if c.n--; c.n == 0 {
		c.end()
	}
}

func (c *cutting) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	c.next()
	return c.Tx.ExecContext(ctx, query, args...)
}

func (c *cutting) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	c.next()
	return c.Tx.QueryContext(ctx, query, args...)
}

// cancelledInside ends the context of a change, by turns before one of its first statements, after which the host goes on, and at a
// random instant: the change is taken back, and the host's transaction is whole, or lost as a whole.
func cancelledInside(t *testing.T, e Engine) {
	db, r, s := office(t, e, "anna")
	before, cut := whole(t, r), 0
	var want []int
	for n := range e.Rounds {
		tx := begin(t, db, sql.LevelDefault)
		note(t, tx, 2*n)
		ctx, cancel := context.WithCancel(t.Context())
		in := sqlstore.Tx(tx)
		if n%2 == 0 {
			in = &cutting{tx, 1 + n/2%7, cancel}
		} else {
			go func() {
				for range n * 20 {
					runtime.Gosched()
				}
				cancel()
			}()
		}
		_, err := r.On(s.InTx(in)).Apply(ctx, roster.As("admin"), roster.Deactivate{User: "anna"})
		cancel()
		if err == nil && n%2 == 1 { // it was quicker
			must(t, tx.Rollback())
			continue
		}
		cut++
		is(t, fmt.Sprint("a change cut short in round ", n), err, context.Canceled)
		if goneOn(t, tx, 2*n+1) {
			want = append(want, 2*n, 2*n+1)
		} else if n%2 == 0 {
			t.Errorf("round %d: a transaction is lost that no statement was cut short in", n)
		}
	}
	same(t, "notes", want, notes(t, db))
	same(t, "status", []roster.Status{roster.StatusActive}, []roster.Status{status(t, s, "anna")})
	same(t, "events", []uint64{before}, []uint64{whole(t, r)})
	if cut == 0 {
		t.Error("no change was cut short: nothing is shown")
	}
	t.Logf("%d of %d changes were cut short", cut, e.Rounds)
}

// goneOn goes on with a host's transaction, by another note, and tells whether it was committed.
func goneOn(t *testing.T, tx *sql.Tx, id int) bool {
	_, err := tx.ExecContext(t.Context(), "INSERT INTO notes (id) VALUES ($1)", id)
	return errors.Join(err, tx.Commit()) == nil // PostgreSQL's connection may be gone, and with it the transaction
}

// laggard makes each change of a user take a while, by a trigger of the host's.
var laggard = map[sqlstore.Dialect][]string{
	sqlstore.SQLite: {
		"CREATE TABLE lags (n INTEGER)",
		fmt.Sprintf("CREATE VIEW lag AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) SELECT count(*) AS n FROM n", 300_000/Thin/Thin),
		"CREATE TRIGGER lagging AFTER UPDATE ON roster_users BEGIN INSERT INTO lags SELECT n FROM lag; END",
	},
	sqlstore.PostgreSQL: {
		"CREATE FUNCTION lag() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.2); RETURN NEW; END'",
		"CREATE TRIGGER lagging AFTER UPDATE ON roster_users FOR EACH ROW EXECUTE FUNCTION lag()",
	},
}

// amid is a transaction in which somebody's context ends while a user is being changed.
type amid struct {
	sqlstore.Tx
	end func()
}

func (a amid) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if strings.HasPrefix(query, "INSERT INTO roster_users ") {
		time.AfterFunc(10*time.Millisecond, a.end)
	}
	return a.Tx.ExecContext(ctx, query, args...)
}

// cancelledAmid ends the context of a change while a statement of it runs: SQLite finishes the statement, since it would end the
// transaction otherwise, and the host goes on; with PostgreSQL's connection the whole transaction is lost.
func cancelledAmid(t *testing.T, e Engine) {
	db, r, s := office(t, e, "anna")
	before := whole(t, r)
	exec(t, db.Writer(), laggard[e.Dialect]...)
	for n := 0; ; n += 2 {
		tx := begin(t, db, sql.LevelDefault)
		note(t, tx, n)
		ctx, cancel := context.WithCancel(t.Context())
		_, err := r.On(s.InTx(amid{tx, cancel})).Apply(ctx, roster.As("admin"), roster.Deactivate{User: "anna"})
		cancel()
		if err == nil && n < 20 { // it was quicker: once more
			must(t, tx.Rollback())
			continue
		}
		is(t, "a change cut short", err, context.Canceled)
		var want []int
		if goneOn(t, tx, n+1) {
			want = []int{n, n + 1}
		} else if e.Dialect == sqlstore.SQLite {
			t.Error("the host can't go on")
		}
		same(t, "notes", want, notes(t, db))
		break
	}
	same(t, "status", []roster.Status{roster.StatusActive}, []roster.Status{status(t, s, "anna")})
	same(t, "events", []uint64{before}, []uint64{whole(t, r)})
}
