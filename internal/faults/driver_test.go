package faults_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"path/filepath"
	"sync"
	"testing"

	"github.com/seed-8e8abc8d/roster/internal/pgtest"
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
func (l *line) send(what string, call func() error) error {
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

// connector makes connections of another driver's that go over a line.
type connector struct {
	line   *line
	driver driver.Driver
	dsn    string
}

func (c connector) Driver() driver.Driver { return c.driver }

func (c connector) Connect(context.Context) (driver.Conn, error) {
	inner, err := c.driver.Open(c.dsn)
	if err != nil {
		return nil, err
	}
	return &conn{inner, c.line}, nil
}

// conn is a connection over a line.
type conn struct {
	driver.Conn
	line *line
}

func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (r driver.Result, err error) {
	err = c.line.send(query, func() (err error) {
		r, err = c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
		return err
	})
	return r, err
}

func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (r driver.Rows, err error) {
	err = c.line.send(query, func() (err error) {
		r, err = c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
		return err
	})
	if err != nil && r != nil {
		r.Close()
		r = nil
	}
	return r, err
}

func (c *conn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	var tx driver.Tx
	err := c.line.send("BEGIN", func() (err error) {
		tx, err = c.Conn.(driver.ConnBeginTx).BeginTx(ctx, o)
		return err
	})
	if err != nil && tx != nil {
		err = errors.Join(err, tx.Rollback())
	}
	return transaction{tx, c.line}, err
}

func (c *conn) CheckNamedValue(v *driver.NamedValue) error {
	if checker, ok := c.Conn.(driver.NamedValueChecker); ok {
		return checker.CheckNamedValue(v)
	}
	return driver.ErrSkip
}

func (c *conn) ResetSession(ctx context.Context) error {
	if r, ok := c.Conn.(driver.SessionResetter); ok {
		return r.ResetSession(ctx)
	}
	return nil
}

func (c *conn) IsValid() bool {
	v, ok := c.Conn.(driver.Validator)
	return !ok || v.IsValid()
}

// transaction is one over a line. A commit that fails before its effect is rolled back, as the server does when it notices.
type transaction struct {
	driver.Tx
	line *line
}

func (t transaction) Commit() error {
	sent := false
	err := t.line.send("COMMIT", func() error { sent = true; return t.Tx.Commit() })
	if !sent {
		t.Tx.Rollback()
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
	pool := func() *sql.DB { return sql.OpenDB(connector{l, known.Driver(), dsn}) }
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
