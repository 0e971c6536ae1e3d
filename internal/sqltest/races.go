package sqltest

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// LastAdministrator races a host's transaction that deactivates one of two administrators with a Roster that deactivates the
// other, and wants one of them to remain. A host whose transaction goes without the account's lock must be found out.
func LastAdministrator(t *testing.T, e Engine) {
	t.Helper()
	for _, level := range append([]sql.IsolationLevel{sql.LevelDefault}, e.Levels...) {
		t.Run(level.String(), func(t *testing.T) {
			t.Parallel()
			none, refused, retried := race(t, e, level, nil)
			if none > 0 {
				t.Errorf("%d of %d races left no administrator", none, e.Rounds)
			}
			if refused != e.Rounds {
				t.Errorf("%d of %d races had a loser", refused, e.Rounds)
			}
			t.Logf("%d races, %d tries of the host's given up by the engine", e.Rounds, retried)
		})
	}
	if len(e.Levels) == 0 {
		return // an engine with one writer at a time: the lock is the engine's
	}
	t.Run("planted", func(t *testing.T) {
		t.Parallel()
		none, _, _ := race(t, e, e.Levels[0], func(tx sqlstore.Tx, judged func(), other <-chan struct{}) sqlstore.Tx {
			return lockless{tx, judged, other}
		})
		if none < e.Rounds {
			t.Errorf("%d of %d races find out that the lock is missing", none, e.Rounds)
		}
		t.Logf("%d of %d races without the lock left no administrator", none, e.Rounds)
	})
}

// lockless is a transaction that leaves out the statement which locks the account, and between judging and recording
// lets the other side begin and waits for it: nothing holds that up.
type lockless struct {
	sqlstore.Tx
	judged func()
	other  <-chan struct{}
}

func (l lockless) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if strings.HasPrefix(query, "INSERT INTO roster_accounts ") {
		return nil, nil
	}
	return l.Tx.ExecContext(ctx, query, args...)
}

func (l lockless) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if strings.HasPrefix(query, "SELECT seq, hash FROM ") {
		l.judged()
		<-l.other
	}
	return l.Tx.QueryContext(ctx, query, args...)
}

// race counts the races that left no administrator, those that refused one side, and the tries that the engine gave up.
func race(t *testing.T, e Engine, level sql.IsolationLevel, wrap func(sqlstore.Tx, func(), <-chan struct{}) sqlstore.Tx) (none, refused, retried int) {
	db, other := e.Open(t)
	table(t, db, "notes (id INTEGER PRIMARY KEY)")
	r := staffed(t, db).Roster
	system, two := roster.System("test"), r.On(other.Account("acme"))
	_, err := r.Apply(t.Context(), system, roster.ImportUser{User: roster.User{ID: "boss", FirstName: "The", LastName: "Boss", Department: "office", Admin: true, Status: roster.StatusActive}})
	must(t, err)
	for n := range e.Rounds {
		var sides [2]error
		ready, other, done := make(chan struct{}), make(chan struct{}), sync.WaitGroup{}
		begin := sync.OnceFunc(func() { close(ready) })
		done.Go(func() {
			defer begin()
			if wrap == nil {
				begin()
			}
			for ; ; retried++ {
				sides[0] = within(t.Context(), db, level, func(tx *sql.Tx) error {
					if _, err := tx.ExecContext(t.Context(), "INSERT INTO notes (id) VALUES ($1)", n); err != nil {
						return err
					}
					in := sqlstore.Tx(tx)
					if wrap != nil {
						in = wrap(tx, begin, other)
					}
					_, err := r.On(db.Account("acme").InTx(in)).Apply(t.Context(), system, roster.Deactivate{User: "admin"})
					return err
				})
				if !sqlstore.Retryable(sides[0]) {
					return
				}
			}
		})
		done.Go(func() {
			defer close(other)
			<-ready
			_, sides[1] = two.Apply(t.Context(), system, roster.Deactivate{User: "boss"})
		})
		done.Wait()
		back := []roster.Change{}
		for i, id := range []roster.UserID{"admin", "boss"} {
			switch {
			case errors.Is(sides[i], roster.ErrLastAdministrator):
				refused++
			case sides[i] != nil && wrap == nil:
				t.Errorf("race %d: side %d: %v", n, i, sides[i])
			}
			if status(t, db.Account("acme"), id) == roster.StatusInactive {
				back = append(back, roster.Reactivate{User: id})
			}
		}
		if len(back) == 2 {
			none++
		}
		_, err := r.Apply(t.Context(), system, back...)
		must(t, err)
	}
	whole(t, r)
	return none, refused, retried
}
