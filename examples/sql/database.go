package main

import (
	"context"
	"net/url"
	"strings"

	"github.com/seed-8e8abc8d/roster/postgres"
	"github.com/seed-8e8abc8d/roster/sqlite"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// schemaName is PostgreSQL's schema that the example works in.
const schemaName = "roster_example_sql"

// open opens either engine. Roster's tables and the CRM's are side by side.
func open(ctx context.Context, o options) (*sqlstore.DB, error) {
	if o.dsn == "" {
		return sqlite.Open(ctx, o.db, sqlstore.Options{})
	}
	return postgres.Open(ctx, in(o.dsn, schemaName), sqlstore.Options{Schema: schemaName})
}

// in is a connection string whose statements find the CRM's tables in a schema.
func in(dsn, schema string) string {
	u, err := url.Parse(dsn)
	if err != nil || !strings.HasPrefix(u.Scheme, "postgres") {
		return dsn + " search_path=" + schema
	}
	settings := u.Query()
	settings.Set("search_path", schema)
	u.RawQuery = settings.Encode()
	return u.String()
}

// words are what the engines call differently in the CRM's statements: SQLite has no type UUID.
func words(o options) *strings.Replacer {
	if o.dsn == "" {
		return strings.NewReplacer("UUID", "TEXT")
	}
	return strings.NewReplacer()
}
