package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"io/fs"
	"os"
	"sync/atomic"
	"time"

	"github.com/seed-8e8abc8d/roster"
)

// renewed is how old a connection becomes: so long may pass until a file that was taken away is noticed.
const renewed = time.Minute

// file makes connections to a file, as long as it is the one that was opened first. SQLite itself writes on into a file that
// was removed or replaced, and loses all of that at the end, while new connections go to what is there instead.
type file struct {
	opens     driver.Driver
	path, dsn string
	first     *atomic.Pointer[fs.FileInfo] // of all pools; nil in it until the file is there
}

// pool is a pool of such connections.
func (f file) pool(settings string) (*sql.DB, error) {
	f.dsn = dsn(f.path, settings)
	db, err := sql.Open("sqlite", f.dsn)
	if err != nil {
		return nil, err
	}
	f.opens = db.Driver()
	db = sql.OpenDB(f)
	db.SetConnMaxLifetime(renewed)
	return db, nil
}

// remember is called when the file is there.
func (f file) remember() error {
	is, err := os.Stat(f.path)
	if err == nil {
		f.first.Store(&is)
	}
	return err
}

// Connect is driver.Connector's.
func (f file) Connect(context.Context) (driver.Conn, error) {
	if first := f.first.Load(); first != nil {
		if is, err := os.Stat(f.path); err != nil || !os.SameFile(is, *first) {
			return nil, fmt.Errorf("%w: the file %s was removed or replaced while it was open: nothing more is written to it", roster.ErrState, f.path)
		}
	}
	return f.opens.Open(f.dsn)
}

// Driver is driver.Connector's.
func (f file) Driver() driver.Driver { return f.opens }
