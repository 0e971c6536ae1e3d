package sqltest

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"slices"
	"sync"
)

// Statement is what a pool sent to its engine: a statement, or "BEGIN", "BEGIN READ ONLY", "COMMIT", "ROLLBACK".
type Statement struct {
	Query string
	Args  []any
}

// Recorder keeps what its pools send. It is safe for concurrent use.
type Recorder struct {
	mu   sync.Mutex
	sent []Statement
}

// Pool opens a pool whose statements are recorded, with a driver and its name of the database.
func (r *Recorder) Pool(d driver.Driver, dsn string) *sql.DB {
	return sql.OpenDB(recorded{r, d, dsn})
}

// Take are the statements since the last Take.
func (r *Recorder) Take() []Statement {
	r.mu.Lock()
	defer r.mu.Unlock()
	sent := r.sent
	r.sent = nil
	return sent
}

func (r *Recorder) add(query string, args []driver.NamedValue) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := Statement{Query: query}
	for _, a := range args {
		if b, ok := a.Value.([]byte); ok {
			a.Value = slices.Clone(b)
		}
		s.Args = append(s.Args, a.Value)
	}
	r.sent = append(r.sent, s)
}

// recorded is a driver.Connector.
type recorded struct {
	*Recorder
	driver driver.Driver
	dsn    string
}

func (r recorded) Driver() driver.Driver { return r.driver }

func (r recorded) Connect(context.Context) (driver.Conn, error) {
	c, err := r.driver.Open(r.dsn)
	if err != nil {
		return nil, err
	}
	return conn{c, r.Recorder}, nil
}

// conn is a connection that has what both engines' have.
type conn struct {
	driver.Conn
	r *Recorder
}

func (c conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	c.r.add(query, args)
	return c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
}

func (c conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.r.add(query, args)
	return c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
}

func (c conn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	if o.ReadOnly {
		c.r.add("BEGIN READ ONLY", nil)
	} else {
		c.r.add("BEGIN", nil)
	}
	tx, err := c.Conn.(driver.ConnBeginTx).BeginTx(ctx, o)
	return ending{tx, c.r}, err
}

func (c conn) CheckNamedValue(v *driver.NamedValue) error {
	if checker, ok := c.Conn.(driver.NamedValueChecker); ok {
		return checker.CheckNamedValue(v)
	}
	return driver.ErrSkip
}

// ending is a transaction whose end is recorded.
type ending struct {
	driver.Tx
	r *Recorder
}

func (e ending) Commit() error {
	e.r.add("COMMIT", nil)
	return e.Tx.Commit()
}

func (e ending) Rollback() error {
	e.r.add("ROLLBACK", nil)
	return e.Tx.Rollback()
}
