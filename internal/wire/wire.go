// Package wire stands between a pool and its engine, for tests that want to know what is sent, or to cut it off.
package wire

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
)

// Through is called instead of whatever a pool sends: a statement with its arguments, or "BEGIN", "BEGIN READ ONLY", "COMMIT",
// "ROLLBACK". It calls send, which tells how many rows were changed, or doesn't, and its error is what the pool is told.
type Through func(query string, args []driver.NamedValue, send func() (changed int64, err error)) error

// Pool opens a pool, by a driver and its name of the database, which sends everything through a function. Its connections have
// what those of both engines' drivers have.
func Pool(d driver.Driver, dsn string, through Through) *sql.DB {
	return sql.OpenDB(connector{d, dsn, through})
}

// connector makes connections of another driver's.
type connector struct {
	driver  driver.Driver
	dsn     string
	through Through
}

func (c connector) Driver() driver.Driver { return c.driver }

func (c connector) Connect(context.Context) (driver.Conn, error) {
	inner, err := c.driver.Open(c.dsn)
	if err != nil {
		return nil, err
	}
	return conn{inner, c.through}, nil
}

// conn is a connection.
type conn struct {
	driver.Conn
	through Through
}

func (c conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (r driver.Result, err error) {
	err = c.through(query, args, func() (changed int64, err error) {
		if r, err = c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args); err == nil {
			changed, err = r.RowsAffected()
		}
		return changed, err
	})
	return r, err
}

func (c conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (r driver.Rows, err error) {
	err = c.through(query, args, func() (_ int64, err error) {
		r, err = c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
		return 0, err
	})
	if err != nil && r != nil {
		r.Close()
		r = nil
	}
	return r, err
}

func (c conn) BeginTx(ctx context.Context, o driver.TxOptions) (tx driver.Tx, err error) {
	query := "BEGIN"
	if o.ReadOnly {
		query = "BEGIN READ ONLY"
	}
	err = c.through(query, nil, func() (_ int64, err error) {
		tx, err = c.Conn.(driver.ConnBeginTx).BeginTx(ctx, o)
		return 0, err
	})
	if err != nil && tx != nil {
		err = errors.Join(err, tx.Rollback())
	}
	return transaction{tx, c.through}, err
}

func (c conn) CheckNamedValue(v *driver.NamedValue) error {
	if checker, ok := c.Conn.(driver.NamedValueChecker); ok {
		return checker.CheckNamedValue(v)
	}
	return driver.ErrSkip
}

func (c conn) ResetSession(ctx context.Context) error {
	if r, ok := c.Conn.(driver.SessionResetter); ok {
		return r.ResetSession(ctx)
	}
	return nil
}

func (c conn) IsValid() bool {
	v, ok := c.Conn.(driver.Validator)
	return !ok || v.IsValid()
}

// transaction is a transaction's end. A commit that isn't sent is rolled back, as the server does when it notices.
type transaction struct {
	driver.Tx
	through Through
}

func (t transaction) Commit() error {
	sent := false
	err := t.through("COMMIT", nil, func() (int64, error) { sent = true; return 0, t.Tx.Commit() })
	if !sent {
		t.Tx.Rollback()
	}
	return err
}

func (t transaction) Rollback() error {
	return t.through("ROLLBACK", nil, func() (int64, error) { return 0, t.Tx.Rollback() })
}
