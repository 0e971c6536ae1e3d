package sqltest

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/rostertest"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// layout is a table of a host's, by the types of its columns.
type layout struct {
	name      string
	key, user string // "text", "integer" or "uuid"
	part      string // empty: none
	plain     bool   // nothing but key and owner
	required  bool   // owner and author are NOT NULL
	account   bool   // rows of other accounts are in the table too, with the same keys
	collate   string // of the texts
}

// layouts are the tables that are tried on an engine.
func layouts(uuids bool) []layout {
	list := []layout{
		{name: "text", key: "text", user: "text", part: "text"},
		{name: "numbers", key: "integer", user: "integer", part: "integer"},
		{name: "numbers of text users, by account", key: "integer", user: "text", part: "text", account: true},
		{name: "texts of numbered users, by account", key: "text", user: "integer", part: "integer", account: true},
		{name: "plain", key: "integer", user: "integer", plain: true},
		{name: "never null", key: "text", user: "text", part: "text", required: true, account: true},
		{name: "never null numbers", key: "integer", user: "integer", required: true},
	}
	if uuids {
		list = append(list,
			layout{name: "uuid", key: "uuid", user: "uuid", part: "uuid"},
			layout{name: "uuid by account", key: "uuid", user: "uuid", part: "text", account: true},
			layout{name: "another language", key: "text", user: "text", part: "text", collate: `"und-x-icu"`})
	}
	return list
}

// Tables tries tables of a host's by the contract of roster.Holdings.
func Tables(t *testing.T, d sqlstore.Dialect, open func(t *testing.T) *sqlstore.DB) {
	t.Helper()
	for _, l := range layouts(d == sqlstore.PostgreSQL) {
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			db := open(t)
			var tables atomic.Int64
			rostertest.Holdings(t, func(t *testing.T) rostertest.Source {
				h := host{layout: l, db: db, d: d, table: fmt.Sprint("deals_", tables.Add(1))}
				return h.source(t)
			})
		})
	}
}

// host is a host with one table.
type host struct {
	layout
	db    *sqlstore.DB
	d     sqlstore.Dialect
	table string
}

// types are the engine's words.
func (h host) types(form string) string {
	if form == "integer" {
		form = "bigint"
		if h.d == sqlstore.SQLite {
			form = "INTEGER"
		}
	}
	if form == "text" && h.collate != "" {
		form += " COLLATE " + h.collate
	}
	return form
}

// ddl makes the table and its indexes.
func (h host) ddl() []string {
	null := ""
	if h.required {
		null = " NOT NULL"
	}
	columns := []string{"id " + h.types(h.key) + " NOT NULL"}
	indexes := [][]string{{"owner", "id"}, {"author", "id"}, {"watcher"}, {"helper"}}
	key := "id"
	if h.account {
		columns = append(columns, "account text NOT NULL")
		key = "account, id"
	}
	columns = append(columns, "owner "+h.types(h.user)+null)
	if h.plain {
		indexes = indexes[:1]
	} else {
		columns = append(columns, "author "+h.types(h.user)+null, "watcher "+h.types(h.user), "helper "+h.types(h.user), "closed_at bigint", "deleted_at bigint", "off boolean NOT NULL")
	}
	if h.part != "" {
		columns = append(columns, "stage "+h.types(h.part)+null)
		indexes[0] = []string{"owner", "stage", "id"}
	}
	list := []string{"CREATE TABLE " + h.table + " (" + strings.Join(columns, ", ") + ", PRIMARY KEY (" + key + "))"}
	for i, x := range indexes {
		if h.account {
			x = append([]string{"account"}, x...)
		}
		list = append(list, fmt.Sprintf("CREATE INDEX %[1]s_%[2]d ON %[1]s (%[3]s)", h.table, i, strings.Join(x, ", ")))
	}
	return list
}

// described is the table by its names.
func (h host) described() sqlstore.Table {
	t := sqlstore.Table{Name: h.table, Key: "id", Owner: "owner"}
	if !h.plain {
		t.Author, t.Named, t.Closed, t.Deleted, t.Off = "author", []string{"watcher", "helper"}, "closed_at", "deleted_at", "off"
	}
	if h.part != "" {
		t.Part = "stage"
	}
	if h.account {
		t.Account = "account"
	}
	return t
}

// source is the table as the suite wants it.
func (h host) source(t *testing.T) rostertest.Source {
	t.Helper()
	for _, statement := range h.ddl() {
		h.exec(t, statement)
	}
	holdings, err := h.db.Account("acme").Table(t.Context(), h.described())
	if err != nil {
		t.Fatal(err)
	}
	s := rostertest.Source{
		Holdings: holdings, Put: func(records ...memstore.Record) error { return h.put(t, records) },
		Find:      func(id string) (memstore.Record, bool) { return h.find(t, id) },
		Delete:    func(ids ...string) { h.delete(t, ids) },
		Break:     func() { h.exec(t, "DROP TABLE "+h.table) },
		NoAuthors: h.plain, NoClosing: h.plain, NoNamed: h.plain, NoNobody: h.required && h.user != "text",
		Acting: !h.plain && (!h.required || h.user == "text"),
	}
	switch h.key {
	case "text":
		if h.collate != "" {
			s.Order = func(a, b string) int { return h.order(t, a, b) }
		}
	case "integer":
		s.Order = func(a, b string) int {
			x, _ := strconv.Atoi(a)
			y, _ := strconv.Atoi(b)
			return cmp.Compare(x, y)
		}
		s.ID = func(n int) string { return strconv.Itoa(n*n*37%100_003 - 100) }
	case "uuid":
		s.ID = func(n int) string {
			return fmt.Sprintf("%08x-0000-7000-8000-00000000%04x", n*2_654_435_761&0xffffffff, n)
		}
	}
	s.Users = map[string][]roster.UserID{
		"integer": {"7", "70", "700", "-7", "9223372036854775807", "0"},
		"uuid":    {"00000000-0000-0000-0000-000000000007", "00000000-0000-0000-0000-000000000070", "ffffffff-ffff-ffff-ffff-ffffffffffff", "a0000000-0000-4000-8000-000000000000"},
	}[h.user]
	s.Parts = map[string][]string{
		"":        {""},
		"integer": {"", "1", "-20", "142"},
		"uuid":    {"", "00000000-0000-0000-0000-000000000001", "10000000-0000-0000-0000-000000000000"},
	}[h.part]
	if h.required && h.part == "integer" {
		s.Parts = s.Parts[1:]
	}
	return s
}

// order is how the engine compares two texts of the host's language; of the suite's plain ids every language thinks alike.
func (h host) order(t *testing.T, a, b string) (less int) {
	t.Helper()
	if strings.HasPrefix(a, "r") && strings.HasPrefix(b, "r") {
		return strings.Compare(a, b)
	}
	query := fmt.Sprintf("SELECT CASE WHEN $1::text COLLATE %[1]s < $2::text COLLATE %[1]s THEN -1 WHEN $1::text = $2::text THEN 0 ELSE 1 END", h.collate)
	if err := h.db.Reader().QueryRowContext(t.Context(), query, a, b).Scan(&less); err != nil {
		t.Fatal(err)
	}
	return less
}

var mark = regexp.MustCompile(`\?`)

// rebind writes arguments as the engine wants them.
func (h host) rebind(query string) string {
	n := 0
	if h.d == sqlstore.SQLite {
		return query
	}
	return mark.ReplaceAllStringFunc(query, func(string) string { n++; return "$" + strconv.Itoa(n) })
}

func (h host) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	if _, err := h.db.Writer().ExecContext(context.WithoutCancel(t.Context()), h.rebind(query), args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// null is a text that may be missing.
func (h host) null(text string) any {
	if text == "" && (!h.required || h.user != "text") {
		return nil
	}
	return text
}

// put writes records as a host would: all columns of each.
func (h host) put(t *testing.T, records []memstore.Record) error {
	t.Helper()
	names := []string{"id"}
	row := func(rec memstore.Record) []any { return []any{rec.ID} }
	add := func(name string, value func(memstore.Record) any) {
		before := row
		names, row = append(names, name), func(rec memstore.Record) []any { return append(before(rec), value(rec)) }
	}
	add("owner", func(rec memstore.Record) any { return h.null(string(rec.Owner)) })
	if !h.plain {
		add("author", func(rec memstore.Record) any { return h.null(string(rec.Author)) })
		for i, name := range []string{"watcher", "helper"} {
			add(name, func(rec memstore.Record) any {
				if i >= len(rec.Named) {
					return nil
				}
				return string(rec.Named[i])
			})
		}
		add("closed_at", func(rec memstore.Record) any { return map[bool]any{false: 1_700_000_000, true: nil}[rec.Open] })
		add("deleted_at", func(memstore.Record) any { return nil })
		add("off", func(rec memstore.Record) any { return rec.Off })
	}
	if h.part != "" {
		add("stage", func(rec memstore.Record) any { return h.null(rec.Part) })
	}
	key := "id"
	if h.account {
		names, key = append(names, "account"), "account, id"
	}
	var sets []string
	for _, name := range names {
		sets = append(sets, name+" = excluded."+name)
	}
	return h.upsert(t, names, key, sets, records, row)
}

// upsert writes the rows.
func (h host) upsert(t *testing.T, names []string, key string, sets []string, records []memstore.Record, row func(memstore.Record) []any) error {
	t.Helper()
	tx, err := h.db.Writer().BeginTx(t.Context(), nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	statement, err := tx.PrepareContext(t.Context(), h.rebind("INSERT INTO "+h.table+" ("+strings.Join(names, ", ")+") VALUES (?"+strings.Repeat(", ?", len(names)-1)+
		") ON CONFLICT ("+key+") DO UPDATE SET "+strings.Join(sets, ", ")))
	if err != nil {
		return err
	}
	for _, rec := range records {
		args := row(rec)
		if h.account {
			if _, err := statement.ExecContext(t.Context(), append(slices.Clone(args), "other")...); err != nil {
				return err
			}
			args = append(args, "acme")
		}
		if _, err := statement.ExecContext(t.Context(), args...); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// own is the condition of one row.
func (h host) own() string {
	if h.account {
		return "account = 'acme' AND CAST(id AS text) = ?"
	}
	return "CAST(id AS text) = ?"
}

// find reads a record back.
func (h host) find(t *testing.T, id string) (rec memstore.Record, found bool) {
	t.Helper()
	rec = memstore.Record{ID: id, Open: true}
	text := func(name string) string { return "coalesce(CAST(" + name + " AS text), '')" }
	columns, into := []string{text("owner")}, []any{&rec.Owner}
	var named [2]string
	if !h.plain {
		columns = append(columns, text("author"), text("watcher"), text("helper"), "closed_at IS NULL", "off")
		into = append(into, &rec.Author, &named[0], &named[1], &rec.Open, &rec.Off)
	}
	if h.part != "" {
		columns, into = append(columns, text("stage")), append(into, &rec.Part)
	}
	err := h.db.Reader().QueryRowContext(t.Context(), h.rebind("SELECT "+strings.Join(columns, ", ")+" FROM "+h.table+" WHERE "+h.own()), id).Scan(into...)
	if err == sql.ErrNoRows {
		return rec, false
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range named {
		if name != "" {
			rec.Named = append(rec.Named, roster.UserID(name))
		}
	}
	return rec, true
}

// delete marks rows where there is a mark, and deletes them where there is none.
func (h host) delete(t *testing.T, ids []string) {
	t.Helper()
	for _, id := range ids {
		if h.plain {
			h.exec(t, "DELETE FROM "+h.table+" WHERE "+h.own(), id)
		} else {
			h.exec(t, "UPDATE "+h.table+" SET deleted_at = 1700000000 WHERE "+h.own(), id)
		}
	}
}
