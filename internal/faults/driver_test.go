package faults_test

import (
	"database/sql"
	"database/sql/driver"
	"path/filepath"
	"sync"
	"testing"

	"github.com/seed-8e8abc8d/roster/internal/pgtest"
	"github.com/seed-8e8abc8d/roster/internal/wire"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// line is what a database's connections share: it counts what is sent over them, and fails one call as it is told. BEGIN,
// each statement and COMMIT count one.
type line struct {
	mu      sync.Mutex
	calls   int
	commits int
	at      int    // the call that fails; 0: none
	ats     string // which calls at counts: "call" or "commit"
	err     error  // how
	after   bool   // once the call has had its effect
	down    bool   // and every later one too
	failed  string
}

// arm counts anew, and fails the n-th call, or commit, from now on.
func (l *line) arm(which string, n int, err error, after, down bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls, l.commits, l.at, l.ats, l.err, l.after, l.down, l.failed = 0, 0, n, which, err, after, down, ""
}

// mend lets everything pass, and tells what had failed.
func (l *line) mend() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.at = 0
	return l.failed
}

// send makes one call, unless it is its turn to fail.
func (l *line) send(what string, _ []driver.NamedValue, call func() error) error {
	if what == "ROLLBACK" {
		return call()
	}
	l.mu.Lock()
	l.calls++
	count := l.calls
	if what == "COMMIT" {
		l.commits++
	}
	if l.ats == "commit" {
		count = l.commits
	}
	turn := l.at > 0 && count == l.at && (l.ats == "call" || what == "COMMIT") && l.failed == ""
	if turn {
		l.failed = what
	}
	lost := l.at > 0 && l.down && l.failed != "" && !turn
	err, after := l.err, l.after
	l.mu.Unlock()
	if lost || turn && !after {
		return err
	}
	if failed := call(); failed != nil || !turn {
		return failed
	}
	return err
}

// brittle opens a database that is there already, over a line.
func brittle(t *testing.T, name, dsn string, dialect sqlstore.Dialect) (*sqlstore.DB, *line) {
	t.Helper()
	known, err := sql.Open(name, dsn)
	must(t, err)
	must(t, known.Close())
	l := new(line)
	pool := func() *sql.DB { return wire.Pool(known.Driver(), dsn, l.send) }
	var o sqlstore.Options
	writer := pool()
	if dialect == sqlstore.SQLite {
		writer.SetMaxOpenConns(1)
		o.Reader = pool()
		o.Reader.SetMaxIdleConns(4)
	}
	db, err := sqlstore.New(writer, dialect, o)
	return opened(t, db, err), l
}

// eachLine runs f on both engines, each as a parallel subtest: on a database as a whole process has it, and on the same over
// a line that fails.
func eachLine(t *testing.T, f func(t *testing.T, whole, over *sqlstore.DB, l *line)) {
	t.Helper()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "roster.db")
		whole := liteAt(t, path)
		over, l := brittle(t, "sqlite", "file:"+path+"?_txlock=immediate&_pragma=busy_timeout(5000)", sqlstore.SQLite)
		f(t, whole, over, l)
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		dsn := pgtest.Database(t)
		whole := postAt(t, dsn)
		over, l := brittle(t, "pgx", dsn, sqlstore.PostgreSQL)
		f(t, whole, over, l)
	})
}
