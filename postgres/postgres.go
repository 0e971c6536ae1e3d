// Package postgres opens a PostgreSQL database for package sqlstore, by the driver github.com/jackc/pgx.
//
// A host that has a pool of its own needs no Open: sqlstore.New takes its *sql.DB, and of a pgxpool.Pool the one that
// stdlib.OpenDBFromPool makes. What isn't tested: github.com/lib/pq, and servers other than PostgreSQL 15.
//
// Behind PgBouncer in transaction mode the driver's prepared statements would be looked for on another server connection:
// add default_query_exec_mode=exec to the connection string, or let PgBouncer 1.21 or later keep
// them (max_prepared_statements). Nothing else here lasts longer than a transaction: no LISTEN, no advisory lock, no setting.
package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// Open connects and prepares the tables (sqlstore.DB.Prepare). dsn is a connection string or URL as libpq reads them; what
// it leaves out comes from libpq's variables (PGHOST, PGPASSWORD, …) and files. application_name is "roster" unless it is given.
//
// The pool has 16 connections at most, all of which may stay idle, for 5 minutes; each is renewed after an hour, so that a new
// server behind an old name is found. DB.Writer gives it, for other numbers. All that a host's processes open together must
// stay below the server's max_connections.
//
// Options.Reader is a fault: readers need no pool of their own. No error holds the connection string's password.
func Open(ctx context.Context, dsn string, o sqlstore.Options) (*sqlstore.DB, error) {
	if o.Reader != nil {
		return nil, refused("reader", "is for sqlstore.New: readers need no pool of their own")
	}
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		if file, ok := errors.AsType[*fs.PathError](err); ok {
			return nil, fmt.Errorf("postgres: open: %w", file)
		}
		return nil, refused("dsn", "isn't a connection string or URL as libpq reads them (why isn't told: it may show the password)")
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "roster"
	}
	config.RuntimeParams["client_encoding"] = "UTF8" // Go's; the server would take its own
	p := pool(config)
	db, err := sqlstore.New(p, sqlstore.PostgreSQL, o)
	if err == nil {
		err = db.Prepare(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("postgres: open: %w", errors.Join(err, p.Close()))
	}
	return db, nil
}

// pool is a pool that connects when it is first used.
func pool(config *pgx.ConnConfig) *sql.DB {
	db := stdlib.OpenDB(*config)
	db.SetMaxOpenConns(16)
	db.SetMaxIdleConns(16)
	db.SetConnMaxIdleTime(5 * time.Minute)
	db.SetConnMaxLifetime(time.Hour)
	return db
}

func refused(field, problem string) error {
	return fmt.Errorf("postgres: open: %w", roster.Faults{{Field: field, Problem: problem}})
}
