package sqltest

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"testing"

	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// Places are where an engine keeps databases, and how they are opened.
type Places struct {
	Dialect sqlstore.Dialect
	Place   func(t testing.TB) string // where an empty database is, for t alone
	Open    func(ctx context.Context, place string, o sqlstore.Options) (*sqlstore.DB, error)
	// Pool is a plain pool, without any setting of Open's but those that two writers need, and the name of a role, where
	// there are roles, that it connects as; empty: the database's owner.
	Pool func(t testing.TB, place, role string) *sql.DB
}

// troubles are those that only this engine has.
func (p Places) troubles() []trouble {
	if p.Dialect == sqlstore.SQLite {
		return inSQLite()
	}
	return inPostgreSQL()
}

// open opens a place until the end of t.
func (p Places) open(t testing.TB, place string, o sqlstore.Options) *sqlstore.DB {
	t.Helper()
	db, err := p.Open(t.Context(), place, o)
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	return db
}

// over is a DB over a plain pool.
func (p Places) over(t testing.TB, pool *sql.DB, o sqlstore.Options) *sqlstore.DB {
	t.Helper()
	db, err := sqlstore.New(pool, p.Dialect, o)
	must(t, err)
	return db
}

// catalogues are queries that tell all there is to tell about the tables of a database, a line for each thing.
var catalogues = map[sqlstore.Dialect]string{
	sqlstore.SQLite: `SELECT type || ' ' || name || ': ' || coalesce(sql, '') FROM sqlite_master ORDER BY 1`,
	sqlstore.PostgreSQL: `
		SELECT 'column ' || table_schema || '.' || table_name || '.' || column_name || ' ' || ordinal_position || ' ' || data_type || ' ' ||
			is_nullable || ' ' || coalesce(collation_name, '') || ' ' || coalesce(column_default, '')
		FROM information_schema.columns WHERE table_schema NOT IN ('pg_catalog', 'information_schema')
		UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
		UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid <> 0 AND connamespace <> 'pg_catalog'::regnamespace
			AND connamespace <> 'information_schema'::regnamespace
		UNION ALL SELECT 'schema ' || nspname FROM pg_namespace WHERE nspname !~ '^pg_'
		ORDER BY 1`,
}

// catalogue is what there is in a database.
func (p Places) catalogue(t testing.TB, pool *sql.DB) []string {
	t.Helper()
	return lines(t, pool, catalogues[p.Dialect])
}

// lines are the rows of a query with one column.
func lines(t testing.TB, pool *sql.DB, query string, args ...any) (all []string) {
	t.Helper()
	found, err := pool.QueryContext(t.Context(), query, args...)
	must(t, err)
	defer found.Close()
	for found.Next() {
		var line string
		must(t, found.Scan(&line))
		all = append(all, line)
	}
	must(t, found.Err())
	return all
}

// exec runs statements.
func exec(t testing.TB, pool *sql.DB, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if _, err := pool.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

var (
	created = regexp.MustCompile(`(?ms)^CREATE TABLE (\S+) \(\n(.*?)\n\)`)
	defined = regexp.MustCompile(`(?m)^\t([a-z_]+) ([A-Z]+)`)
)

// Columns are the columns that DB.SQL defines, "table.column TYPE", in the order of their names, but for those of the schema's
// number, which one line defines.
func Columns(text string) (all []string) {
	for _, table := range created.FindAllStringSubmatch(text, -1) {
		for _, column := range defined.FindAllStringSubmatch(table[2], -1) {
			all = append(all, fmt.Sprintf("%s.%s %s", table[1], column[1], column[2]))
		}
	}
	slices.Sort(all)
	return all
}
