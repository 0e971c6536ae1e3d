// Package sqlite opens a SQLite file for package sqlstore, by the driver modernc.org/sqlite: pure Go, no C compiler.
package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"strings"

	"github.com/seed-8e8abc8d/roster/sqlstore"
	_ "modernc.org/sqlite" // registers the driver "sqlite"
)

// Open opens a file, makes it if it isn't there, and prepares the tables. It sets what a host needs whose commits must
// last and whose writers must not starve each other: WAL, synchronous=FULL (NORMAL may lose an acknowledged revocation when
// the power fails), one connection that writes, BEGIN IMMEDIATE, and a pool of readers. Options.Reader is Open's own to set.
func Open(ctx context.Context, path string, o sqlstore.Options) (*sqlstore.DB, error) {
	if strings.TrimSpace(path) == "" || strings.Contains(path, ":memory:") {
		return nil, fmt.Errorf("sqlite: open: a file's path is needed")
	}
	writer, err := sql.Open("sqlite", dsn(path, "_txlock=immediate", "_pragma=synchronous(FULL)", "_pragma=journal_mode(WAL)"))
	if err != nil {
		return nil, fmt.Errorf("sqlite: open: %w", err)
	}
	writer.SetMaxOpenConns(1)
	reader, err := sql.Open("sqlite", dsn(path, "_pragma=query_only(1)"))
	if err != nil {
		return nil, fmt.Errorf("sqlite: open: %w", err)
	}
	o.Reader = reader
	db, err := sqlstore.New(writer, sqlstore.SQLite, o)
	if err != nil {
		return nil, err
	}
	if err := db.Prepare(ctx); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

// dsn is the driver's name of a file with settings.
func dsn(path string, settings ...string) string {
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath()}
	return u.String() + "?_pragma=busy_timeout(5000)&" + strings.Join(settings, "&")
}
