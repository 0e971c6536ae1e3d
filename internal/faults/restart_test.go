//go:build unix

package faults_test

import (
	"context"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/seed-8e8abc8d/roster/internal/pgtest"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// pool opens a database for a test.
func pool(t *testing.T, p place) *sqlstore.DB {
	t.Helper()
	db, err := p.open(t.Context())
	return opened(t, db, err)
}

// hosted opens a database and makes the host's tables in it.
func hosted(t *testing.T, p place) *sqlstore.DB {
	t.Helper()
	db := pool(t, p)
	must(t, host(t.Context(), p, db))
	return db
}

// TestL21_ServerStopsAtOnce stops PostgreSQL as -m immediate does, at random moments of one deletion, and starts it again.
func TestL21_ServerStopsAtOnce(t *testing.T) {
	t.Parallel()
	server, err := pgtest.Start()
	pgtest.Need(t, err)
	t.Cleanup(func() { server.Close() })
	p := place{Engine: sqlstore.PostgreSQL, DSN: server.DSN("postgres")}
	db := hosted(t, p)
	x := newTrouble(t, p, db, db, 60)
	var restart sync.WaitGroup
	restarts := 0
	x.strike = func(string) {
		if restarts == often(3) || !x.one(12) {
			return
		}
		restart.Wait() // one after another
		restarts++
		restart.Go(func() { // in the midst of the call, or of the next ones
			if err := server.Kill(); err != nil {
				t.Error(err)
			}
			if err := server.Up(); err != nil {
				t.Error(err)
			}
		})
	}
	x.insist(func(error) { restart.Wait() })
	restart.Wait()
	x.ended(db)
	t.Logf("%d stops at once, %d attempts failed, the run parked %d times", restarts, x.failures, x.parked)
	if restarts == 0 || x.failures == 0 {
		t.Error("the server never stopped, or nobody noticed")
	}
}

// TestL21_BackEndsAreTerminated ends every connection of the worker, again and again.
func TestL21_BackEndsAreTerminated(t *testing.T) {
	t.Parallel()
	p := place{Engine: sqlstore.PostgreSQL, DSN: pgtest.Database(t)}
	calm := hosted(t, p)
	db := pool(t, place{Engine: p.Engine, DSN: p.DSN + " application_name=worker"})
	x := newTrouble(t, p, calm, db, 60)
	var storm sync.WaitGroup
	ended := 0
	x.strike = func(string) {
		if ended == often(30) || !x.one(3) {
			return
		}
		storm.Wait()
		ended++
		storm.Go(func() {
			_, err := calm.Writer().ExecContext(context.WithoutCancel(t.Context()),
				"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'worker'")
			if err != nil {
				t.Error(err)
			}
		})
	}
	x.insist(func(error) {})
	storm.Wait()
	x.ended(calm)
	t.Logf("%d times all connections were terminated, %d attempts failed, the run parked %d times", ended, x.failures, x.parked)
	if ended == 0 || x.failures == 0 {
		t.Error("nothing was terminated, or nobody noticed")
	}
}

// TestL21_NoRoom limits how far SQLite's file may grow, again and again at random points of one deletion, and gives room
// again after each failure.
func TestL21_NoRoom(t *testing.T) {
	t.Parallel()
	p := place{Engine: sqlstore.SQLite, DSN: filepath.Join(t.TempDir(), "roster.db")}
	db := hosted(t, p)
	x := newTrouble(t, p, db, db, 120)
	x.fills(t, db, func(room bool) {
		pages := 0
		if err := db.Writer().QueryRowContext(t.Context(), "PRAGMA page_count").Scan(&pages); err != nil {
			t.Fatal(err)
		}
		if pages += x.random.IntN(3); room {
			pages = 1 << 30
		}
		if _, err := db.Writer().ExecContext(t.Context(), "PRAGMA max_page_count = "+strconv.Itoa(pages)); err != nil {
			t.Fatal(err)
		}
	})
}
