package faults_test

import (
	"database/sql"
	"database/sql/driver"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/seed-8e8abc8d/roster/internal/pgtest"
	"github.com/seed-8e8abc8d/roster/internal/wire"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// line is what a database's connections share: it counts what is sent over them, and fails one call as it is told. BEGIN,
// each statement and COMMIT count one.
type line struct {
	mu     sync.Mutex
	counts map[string]int
	at     int    // the call that fails; 0: none
	ats    string // which calls at counts: "call", "commit", or "range", a statement that moves a range
	err    error  // how
	after  bool   // once the call has had its effect
	down   bool   // and every later one too
	failed string
	ranged func() // is called for each range that moved; may be nil
}

// movesRange says whether a statement moves a range of an index, as sqlstore's do where a chunk is all that somebody has there.
func movesRange(statement string) bool {
	return strings.HasPrefix(statement, "UPDATE ") && strings.Contains(statement, " BETWEEN ")
}

// arm counts anew, and fails the n-th call, or commit, from now on.
func (l *line) arm(which string, n int, err error, after, down bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counts, l.at, l.ats, l.err, l.after, l.down, l.failed = nil, n, which, err, after, down, ""
}

// mend lets everything pass, and tells what had failed.
func (l *line) mend() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.at = 0
	return l.failed
}

// send makes one call, unless it is its turn to fail.
func (l *line) send(what string, _ []driver.NamedValue, call func() (changed int64, err error)) error {
	if what == "ROLLBACK" {
		_, err := call()
		return err
	}
	l.mu.Lock()
	turn := l.turn(what)
	if turn {
		l.failed = what
	}
	lost := l.at > 0 && l.down && l.failed != "" && !turn
	err, after := l.err, l.after
	l.mu.Unlock()
	if lost || turn && !after {
		return err
	}
	changed, failed := call()
	if failed == nil && changed > 0 && l.ranged != nil && movesRange(what) {
		l.ranged()
	}
	if failed != nil || !turn {
		return failed
	}
	return err
}

// turn counts a call, and says whether it is the one that fails.
func (l *line) turn(what string) bool {
	if l.counts == nil {
		l.counts = map[string]int{}
	}
	mine := false
	for which, is := range map[string]bool{"call": true, "commit": what == "COMMIT", "range": movesRange(what)} {
		if is {
			l.counts[which]++
			mine = mine || which == l.ats
		}
	}
	return mine && l.at > 0 && l.counts[l.ats] == l.at && l.failed == ""
}

// over opens a database that is there already, over a line.
func (p place) over(l *line) (*sqlstore.DB, error) {
	name, dsn := "pgx", p.DSN
	if p.Engine == sqlstore.SQLite {
		name, dsn = "sqlite", "file:"+p.DSN+"?_txlock=immediate&_pragma=busy_timeout(5000)"
	}
	known, err := sql.Open(name, dsn)
	if err == nil {
		err = known.Close()
	}
	if err != nil {
		return nil, err
	}
	pool := func() *sql.DB { return wire.Pool(known.Driver(), dsn, l.send) }
	var o sqlstore.Options
	writer := pool()
	if p.Engine == sqlstore.SQLite {
		writer.SetMaxOpenConns(1)
		o.Reader = pool()
		o.Reader.SetMaxIdleConns(4)
	}
	return sqlstore.New(writer, p.Engine, o)
}

// eachLine runs f on both engines, each as a parallel subtest: on a database as a whole process has it, and on the same over
// a line that fails.
func eachLine(t *testing.T, f func(t *testing.T, p place, whole, over *sqlstore.DB, l *line)) {
	t.Helper()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		brittle(t, place{Engine: sqlstore.SQLite, DSN: filepath.Join(t.TempDir(), "roster.db")}, f)
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		brittle(t, place{Engine: sqlstore.PostgreSQL, DSN: pgtest.Database(t)}, f)
	})
}

// brittle runs f on a database as a whole process has it, and on the same over a line that fails.
func brittle(t *testing.T, p place, f func(t *testing.T, p place, whole, over *sqlstore.DB, l *line)) {
	t.Helper()
	whole, l := pool(t, p), new(line)
	over, err := p.over(l)
	f(t, p, whole, opened(t, over, err), l)
}
