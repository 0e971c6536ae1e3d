package sqlite_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/internal/sqltest"
	"github.com/seed-8e8abc8d/roster/sqlite"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

func TestL21_PathsAreTakenAsTheyAre(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"with space.db", "what?.db", "a?_pragma=query_only(1)", "100%.db", "%41.db", "a#b.db", "a&b=c;d.db", "a+b.db", "'quoted\".db", "имя.db", ":memory:.db", "no-suffix",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			dir := t.TempDir()
			db, err := sqlite.Open(t.Context(), filepath.Join(dir, name), sqlstore.Options{})
			is.NoErr(err) // it opens
			_, err = os.Stat(filepath.Join(dir, name))
			is.NoErr(err) // under its own name
			is.NoErr(db.Close())
			left, err := os.ReadDir(dir)
			is.NoErr(err)          // a directory
			is.Equal(len(left), 1) // and nothing else is there: no WAL after Close
		})
	}
}

func TestL21_OpenRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text := filepath.Join(dir, "letter.txt")
	long := strings.Repeat("This is no database. ", 1000)
	if err := os.WriteFile(text, []byte(long), 0o600); err != nil {
		t.Fatal(err)
	}
	other, err := sqlite.Open(t.Context(), filepath.Join(dir, "other.db"), sqlstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	done, cancel := context.WithCancel(t.Context())
	cancel()
	cases := []struct {
		name, path string
		ctx        context.Context
		options    sqlstore.Options
		want       error
		says       string
	}{
		{name: "no path", want: roster.ErrInvalid, says: "path"},
		{name: "memory", path: ":memory:", want: roster.ErrInvalid, says: "memstore"},
		{name: "a data source name", path: "file:app.db?mode=ro", want: roster.ErrInvalid, says: "not a data source name"},
		{name: "NUL", path: filepath.Join(dir, "a\x00b"), want: roster.ErrInvalid, says: "path"},
		{name: "a reader", path: filepath.Join(dir, "r.db"), options: sqlstore.Options{Reader: other.Reader()}, want: roster.ErrInvalid, says: "reader"},
		{name: "a prefix", path: filepath.Join(dir, "p.db"), options: sqlstore.Options{Prefix: "Staff-"}, want: roster.ErrInvalid, says: "prefix"},
		{name: "no directory", path: filepath.Join(dir, "missing", "app.db"), want: fs.ErrNotExist, says: "missing"},
		{name: "a directory", path: dir, says: "is a directory"},
		{name: "below a file", path: filepath.Join(text, "app.db"), says: "not a directory"},
		{name: "not a database", path: text, says: "not a database"},
		{name: "a context that is done", path: filepath.Join(dir, "c.db"), ctx: done, want: context.Canceled, says: "canceled"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			is := is.New(t)
			if c.ctx == nil {
				c.ctx = t.Context()
			}
			db, err := sqlite.Open(c.ctx, c.path, c.options)
			is.True(db == nil && err != nil)                                // refused
			is.True(c.want == nil || errors.Is(err, c.want))                // the kind
			is.True(strings.Contains(err.Error(), c.says))                  // why
			is.True(strings.HasPrefix(err.Error(), "sqlite: open "+c.path)) // and which file
		})
	}
	is := is.New(t)
	now, err := os.ReadFile(text)
	is.NoErr(err)               // it is there
	is.Equal(string(now), long) // untouched
}

// TestL21_OpenFollowsNoDirectory changes the directory between the first connection and later ones. It can't be parallel.
func TestL21_OpenFollowsNoDirectory(t *testing.T) {
	is := is.New(t)
	t.Chdir(t.TempDir())
	db, err := sqlite.Open(t.Context(), "app.db", sqlstore.Options{})
	is.NoErr(err) // a relative path
	defer db.Close()
	db.Reader().SetMaxIdleConns(0) // the next reader is a new connection
	t.Chdir(t.TempDir())
	is.NoErr(db.Ready(t.Context())) // it finds the same file
	_, err = os.Stat("app.db")
	is.True(errors.Is(err, fs.ErrNotExist)) // and makes none here
}

func TestL21_OpenSetsWhatLasts(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := open(t)
	ask := func(pragma string) (writer, reader string) {
		is.NoErr(db.Writer().QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&writer)) // a setting
		is.NoErr(db.Reader().QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&reader)) // a setting
		return writer, reader
	}
	for _, c := range []struct{ pragma, writer, reader, why string }{
		{"journal_mode", "wal", "wal", "readers and the writer don't wait for each other"},
		{"synchronous", "2", "2", "FULL: a commit that was acknowledged lasts"},
		{"busy_timeout", "5000", "5000", "another process's writer is waited for"},
		{"foreign_keys", "1", "1", "the host's own"},
		{"query_only", "0", "1", "a reader can't write"},
	} {
		writer, reader := ask(c.pragma)
		is.Equal(writer, c.writer) // see why
		is.Equal(reader, c.reader) // see why
	}
	_, err := db.Reader().ExecContext(t.Context(), "CREATE TABLE t (x)")
	is.True(err != nil)                                                        // a reader can't
	is.Equal(db.Writer().Stats().MaxOpenConnections, 1)                        // a queue
	is.True(db.Reader().Stats().MaxOpenConnections >= 2*runtime.GOMAXPROCS(0)) // enough
	before := db.Reader().Stats().MaxIdleClosed
	for range 50 {
		is.NoErr(db.Ready(t.Context())) // reads
	}
	is.Equal(db.Reader().Stats().MaxIdleClosed, before) // by connections that stay open
}

// TestL21_ReadOnlyFile opens files that may not be written, as an ordinary user: root may write all.
func TestL21_ReadOnlyFile(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name            string
		file, directory fs.FileMode
		fresh           bool
		says            string
	}{
		{"a file", 0o444, 0o777, false, "readonly"},
		{"a file and its directory", 0o444, 0o555, false, "readonly"},
		{"no right at all", 0, 0o777, false, "unable to open"},
		{"a directory for a new file", 0, 0o555, true, "unable to open"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			home := t.TempDir()
			dir := filepath.Join(home, "data")
			is.NoErr(os.Mkdir(dir, 0o755)) // of its own
			path := filepath.Join(dir, "app.db")
			if !c.fresh {
				db, err := sqlite.Open(t.Context(), path, sqlstore.Options{})
				is.NoErr(err)                    // the owner can
				is.NoErr(db.Close())             // and does no more
				is.NoErr(os.Chmod(path, c.file)) // takes the right away
			}
			is.NoErr(os.Chmod(dir, c.directory)) // of the directory
			t.Cleanup(func() { is.NoErr(os.Chmod(dir, 0o755)) })
			err := sqltest.Run(ordinary(t, sqltest.Child(t.Context(), os.Args[0], path, sqlstore.Options{}), home))
			is.True(err != nil)                                                                       // refused at start
			is.True(strings.Contains(err.Error(), c.says) && strings.Contains(err.Error(), "app.db")) // why, and which
		})
	}
}

// TestL21_FullDisk fills the file's pages: what doesn't fit is undone, and all works again when there is room.
func TestL21_FullDisk(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := open(t)
	store := db.Account("acme")
	put := func(id roster.UserID) error {
		return store.Update(t.Context(), func(tx roster.Tx) error {
			if err := tx.PutUser(roster.User{ID: id, Status: roster.StatusActive}); err != nil {
				return err
			}
			return tx.PutLetter(roster.Letter{ID: roster.LetterID(id), User: id, Problem: strings.Repeat("x", 1<<20)})
		})
	}
	is.NoErr(put("anna")) // there is room
	var pages int
	is.NoErr(db.Writer().QueryRowContext(t.Context(), "PRAGMA page_count").Scan(&pages)) // so many
	limit := func(n int) {
		var is int
		if err := db.Writer().QueryRowContext(t.Context(), "PRAGMA max_page_count = "+strconv.Itoa(n)).Scan(&is); err != nil || is != n {
			t.Fatal(is, err)
		}
	}
	limit(pages + 10)
	err := put("ben")
	is.True(err != nil && strings.Contains(err.Error(), "full")) // it says so
	is.True(!sqlstore.Retryable(err))                            // and doesn't try for ever
	is.NoErr(store.View(t.Context(), func(tx roster.Tx) error {
		_, err := tx.User("ben")
		is.True(errors.Is(err, roster.ErrNotFound)) // nothing half-applied
		_, err = tx.User("anna")
		return err
	}))
	limit(pages * 10)
	is.NoErr(put("ben")) // there is room again
	is.NoErr(db.Ready(t.Context()))
}
