// Package postgres opens a PostgreSQL database for package sqlstore, by the driver github.com/jackc/pgx.
package postgres

import (
	"context"
	"database/sql"
	"fmt"

	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver "pgx"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// Open connects and prepares the tables. dsn is a connection string or URL as libpq reads them.
func Open(ctx context.Context, dsn string, o sqlstore.Options) (*sqlstore.DB, error) {
	pool, err := sql.Open("pgx", dsn)
	if err != nil {
		return nil, fmt.Errorf("postgres: open: %w", err)
	}
	db, err := sqlstore.New(pool, sqlstore.PostgreSQL, o)
	if err != nil {
		return nil, err
	}
	if err := db.Prepare(ctx); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}
