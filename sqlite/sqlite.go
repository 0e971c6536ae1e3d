// Package sqlite opens a SQLite file for package sqlstore, by the driver modernc.org/sqlite: pure Go, no C compiler.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/sqlstore"
	_ "modernc.org/sqlite" // registers the driver "sqlite"
)

// Open opens a file, makes it if it isn't there, in a directory that is, and prepares the tables (sqlstore.DB.Prepare).
// The path is a path, not a data source name: no settings follow a "?". It sets what a host needs whose commits must
// last and whose writers must not starve each other:
//
//   - WAL, so that readers and the writer don't wait for each other, and synchronous=FULL: with NORMAL the power's failure
//     takes back commits that were acknowledged, a revocation among them;
//   - one connection that writes, whose transactions begin by BEGIN IMMEDIATE: a queue inside the process, and no
//     deadlock. Another process's writer is waited for up to 5 s, even past the end of a context;
//   - two readers a processor, eight at least, which can't write, and stay open: DB.Reader().SetMaxOpenConns sets another number;
//   - foreign keys, for the tables that a host keeps in the same file.
//
// A new file has the rights that the process's umask leaves: it holds password hashes and addresses. The file must not be
// opened by other means while it is in use: even closing it again drops SQLite's locks. A copy is made by VACUUM INTO.
// One that is removed or replaced while it is open is noticed within a minute, for connections are renewed: every call is an ErrState
// from then on, and what was written meanwhile is lost.
//
// Options.Reader is Open's own to set, and a fault. The error names the file; it is fs.ErrNotExist for a missing directory, and
// sqlstore.ErrSchema for a file of a newer version.
func Open(ctx context.Context, path string, o sqlstore.Options) (*sqlstore.DB, error) {
	db, err := open(ctx, path, o)
	if err != nil {
		return nil, fmt.Errorf("sqlite: open %s: %w", path, err)
	}
	return db, nil
}

func open(ctx context.Context, path string, o sqlstore.Options) (*sqlstore.DB, error) {
	path, err := place(path, o)
	if err != nil {
		return nil, err
	}
	f := file{path: path, first: new(atomic.Pointer[fs.FileInfo])}
	writer, err := f.pool("&_txlock=immediate&_journal_mode=WAL&_synchronous=FULL")
	if err != nil {
		return nil, err
	}
	reader, err := f.pool("&_query_only=1")
	if err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	writer.SetMaxOpenConns(1)
	readers := max(8, 2*runtime.GOMAXPROCS(0))
	reader.SetMaxOpenConns(readers)
	reader.SetMaxIdleConns(readers)
	o.Reader = reader
	db, err := sqlstore.New(writer, sqlstore.SQLite, o)
	if err == nil {
		if err = connect(ctx, writer); err == nil {
			err = f.remember()
		}
		if err == nil {
			err = db.Prepare(ctx)
		}
	}
	if err != nil {
		return nil, errors.Join(err, reader.Close(), writer.Close())
	}
	return db, nil
}

// place is a path that stays right when the process changes its directory, since connections are opened later too. It
// tells what SQLite would only call "unable to open", and never opens the file itself.
func place(path string, o sqlstore.Options) (string, error) {
	var faults roster.Faults
	switch {
	case path == "" || path == ":memory:":
		faults = append(faults, roster.Fault{Field: "path", Problem: "must be a file's: package memstore keeps accounts in memory"})
	case strings.HasPrefix(path, "file:") || strings.ContainsRune(path, 0):
		faults = append(faults, roster.Fault{Field: "path", Problem: "must be a file's, not a data source name"})
	}
	if o.Reader != nil {
		faults = append(faults, roster.Fault{Field: "reader", Problem: "is for sqlstore.New: Open makes its own"})
	}
	if err := faults.Err(); err != nil {
		return "", err
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	switch there, err := os.Stat(path); {
	case err == nil && there.IsDir():
		return "", syscall.EISDIR
	case errors.Is(err, fs.ErrNotExist):
		_, err = os.Stat(filepath.Dir(path))
		return path, err
	default:
		return path, err
	}
}

// dsn is the driver's name of a file with settings: a URI, in which a path may hold anything.
func dsn(path, settings string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/…
	}
	uri := url.URL{Scheme: "file", Path: path}
	return uri.String() + "?_busy_timeout=5000&_foreign_keys=1&_error_rc=1" + settings
}

// connect opens the first connection, which turns a new file to WAL. That waits for nobody, whatever busy_timeout says: it
// fails where others open the file at the same moment.
func connect(ctx context.Context, db *sql.DB) error {
	for deadline := time.Now().Add(5 * time.Second); ; {
		err := db.PingContext(ctx)
		if err == nil || !sqlstore.Retryable(err) || time.Now().After(deadline) {
			return err
		}
		wait := time.NewTimer(time.Millisecond + rand.N(20*time.Millisecond))
		select {
		case <-wait.C:
		case <-ctx.Done():
			wait.Stop()
			return ctx.Err()
		}
	}
}
