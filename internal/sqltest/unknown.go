package sqltest

import (
	"strings"
	"testing"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// odd is a table that its host made oddly, or changed meanwhile. Leo has two rows of three in it.
type odd struct {
	name  string
	only  sqlstore.Dialect // zero: both
	make  []string         // nil: a plain one
	table func(*sqlstore.Table)
	after string // what happens once the Holdings are made, on every connection
	start string // a part of the fault at start; empty: there is none
	fails string // a part of what a Survey then fails with; empty: it finds two
	why   string
}

// deleted is a plain table with a column that marks what is gone.
func deleted(kind string) []string {
	return []string{"CREATE TABLE deals (id BIGINT PRIMARY KEY, owner TEXT, gone " + kind + ")", "CREATE INDEX deals_owner ON deals (owner, id)"}
}

// typed is a plain table with other types.
func typed(columns string) []string {
	return []string{"CREATE TABLE deals (" + columns + ")", "CREATE INDEX deals_owner ON deals (owner, id)"}
}

// Unknown shows that a table which can't be counted as its host means it is refused at start, or fails a survey: it never
// makes fewer of what there is (G2).
func Unknown(t *testing.T, d sqlstore.Dialect, open func(t *testing.T) *sqlstore.DB) {
	t.Helper()
	for _, o := range append(marked(), changed()...) {
		if o.only != 0 && o.only != d {
			continue
		}
		t.Run(o.name, func(t *testing.T) {
			t.Parallel()
			db := open(t)
			db.Writer().SetMaxOpenConns(1) // what is set on a connection stays
			exec := func(statement string) {
				if _, err := db.Writer().ExecContext(t.Context(), statement); err != nil {
					t.Fatalf("%s: %v", statement, err)
				}
			}
			if o.make == nil {
				o.make = deleted("INTEGER")
			}
			for _, statement := range o.make {
				exec(statement)
			}
			table := sqlstore.Table{Name: "deals", Key: "id", Owner: "owner"}
			if o.table != nil {
				o.table(&table)
			}
			h, err := db.Account("").Table(t.Context(), table)
			if o.start != "" || err != nil {
				if err == nil || o.start == "" || !strings.Contains(err.Error(), o.start) {
					t.Errorf("at start: %v; want %q: %s", err, o.start, o.why)
				}
				return
			}
			exec("INSERT INTO deals (" + table.Key + ", owner) VALUES (2, 'leo'), (3, 'sam'), (10, 'leo')")
			if o.after != "" {
				exec(o.after)
			}
			o.counted(t, h)
		})
	}
}

// counted surveys leo.
func (o odd) counted(t *testing.T, h *sqlstore.Holdings) {
	s, err := h.Survey(t.Context(), "leo")
	if o.fails != "" {
		if err == nil || !strings.Contains(err.Error(), o.fails) {
			t.Errorf("a survey: %d, %v; want %q: %s", s.Total(), err, o.fails, o.why)
		}
		return
	}
	page, failed := h.Page(t.Context(), roster.Query{User: "leo", Tie: roster.Responsible, Limit: 1})
	if err != nil || s.Total() != 2 || failed != nil || len(page) != 1 || page[0].ID != "2" {
		t.Errorf("a survey: %d, %v; a page: %v, %v; want 2, the first of them 2: %s", s.Total(), err, page, failed, o.why)
	}
}

// marked are tables whose marks of deletion aren't those of a textbook.
func marked() []odd {
	gone := func(t *sqlstore.Table) { t.Deleted = "gone" }
	const lite, pg = sqlstore.SQLite, sqlstore.PostgreSQL
	return []odd{
		{name: "a bit", only: lite, make: deleted("BIT DEFAULT 0"), table: gone, why: "zero is no mark, whatever its type is called"},
		{name: "a time that is zero", only: lite, make: deleted("DATETIME DEFAULT 0"), table: gone, why: "zero is no mark"},
		{name: "no type", only: lite, make: deleted("DEFAULT 0"), table: gone, why: "zero is no mark"},
		{name: "a letter", only: lite, make: deleted("BOOLEAN DEFAULT 'f'"), table: gone, why: "older Rails writes booleans so"},
		{name: "a word", only: lite, make: deleted("BOOLEAN DEFAULT 'False'"), table: gone, why: "false is no mark"},
		{name: "an empty text", only: lite, make: deleted("INTEGER DEFAULT ''"), table: gone, why: "an empty text is no mark"},
		{name: "a domain", only: pg, make: append([]string{"CREATE DOMAIN flag AS boolean"}, deleted("flag DEFAULT FALSE")...), table: gone, why: "false is no mark"},
		{name: "a char", only: pg, make: deleted("char(1) DEFAULT ''"), table: gone, why: "an empty text is no mark"},
		{name: "money", only: pg, make: deleted("money DEFAULT 0"), table: gone, why: "zero is no mark"},
		{name: "never", only: pg, make: deleted("timestamptz DEFAULT 'infinity'"), table: gone, why: "infinity is never"},
		{name: "a bit string", only: pg, make: deleted("bit(1) DEFAULT '0'"), table: gone, start: "gone is of type bit", why: "nobody knows what it says"},
		{name: "an enum", only: pg, make: append([]string{"CREATE TYPE state AS ENUM ('here', 'gone')"}, deleted("state DEFAULT 'here'")...),
			table: gone, start: "gone is of type state", why: "nobody knows what it says"},
	}
}

// changed are tables that are none, or that change behind the library's back.
func changed() []odd {
	const lite, pg = sqlstore.SQLite, sqlstore.PostgreSQL
	generated := typed("id BIGINT PRIMARY KEY, had TEXT, owner TEXT GENERATED ALWAYS AS (lower(had)) STORED")
	return []odd{
		{name: "a column that is renamed", after: "ALTER TABLE deals RENAME COLUMN owner TO owner_id", fails: "owner", why: `SQLite takes "owner" for a text then`},
		{name: "a mark that is dropped", table: func(t *sqlstore.Table) { t.Deleted = "gone" }, after: "ALTER TABLE deals DROP COLUMN gone", fails: "gone", why: "likewise"},
		{name: "bytes in a text", only: lite, after: "UPDATE deals SET owner = CAST(owner AS BLOB)", fails: "[owner] isn't of the column's type", why: "they equal no text"},
		{name: "a key of bytes", only: lite, make: typed("id TEXT PRIMARY KEY, owner TEXT"), after: "INSERT INTO deals VALUES (x'61', 'leo')", fails: "[id] isn't of the column's type", why: "a page tells an id that no move finds"},
		{name: "a part of texts among numbers", only: lite, make: []string{"CREATE TABLE deals (id INTEGER PRIMARY KEY, owner TEXT, stage INTEGER)", "CREATE INDEX deals_owner ON deals (owner, stage, id)"},
			table: func(t *sqlstore.Table) { t.Part = "stage" }, after: "UPDATE deals SET stage = 'won'", fails: "[stage] isn't of the column's type", why: "no page has it"},
		{name: "texts in a number", only: lite, make: typed("id INTEGER PRIMARY KEY, owner INTEGER"), fails: "[owner] isn't of the column's type", why: "leo can't be there, and is"},
		{name: "a view", make: []string{"CREATE VIEW deals AS SELECT 1 AS id, 'leo' AS owner"}, start: "is no table", why: "it can't be written to"},
		{name: "a materialized view", only: pg, make: []string{"CREATE MATERIALIZED VIEW deals AS SELECT 1 AS id, text 'leo' AS owner", "CREATE UNIQUE INDEX ON deals (id)",
			"CREATE INDEX ON deals (owner, id)"}, start: "is no table", why: "it was right some time ago"},
		{name: "a generated owner", make: generated, start: "the column owner is generated", why: "no move can write it"},
		{name: "with heirs", only: pg, make: append(typed("id BIGINT PRIMARY KEY, owner TEXT"), "CREATE TABLE more () INHERITS (deals)"), start: "inherit", why: "their keys aren't unique"},
		{name: "partitions", only: pg, make: append(typed("id BIGINT PRIMARY KEY, owner TEXT) PARTITION BY HASH (id"),
			"CREATE TABLE deals_0 PARTITION OF deals FOR VALUES WITH (MODULUS 2, REMAINDER 0)", "CREATE TABLE deals_1 PARTITION OF deals FOR VALUES WITH (MODULUS 2, REMAINDER 1)"),
			why: "these are one table"},
		{name: "a temporary namesake", only: pg, after: "CREATE TEMPORARY TABLE deals (id BIGINT, owner TEXT)", why: "the table that was checked is the one that is asked"},
		{name: "another path", only: pg, after: "CREATE SCHEMA aside; CREATE TABLE aside.deals (id BIGINT, owner TEXT); SET search_path = aside, public", why: "likewise"},
		{name: "a key called like nothing else", make: []string{"CREATE TABLE deals (roster_id INTEGER PRIMARY KEY, owner TEXT)", "INSERT INTO deals VALUES (9, 'sam')",
			"CREATE INDEX deals_owner ON deals (owner, roster_id)"}, table: func(t *sqlstore.Table) { t.Key = "roster_id" }, after: "UPDATE deals SET owner = 'sam' WHERE roster_id = 9",
			why: "pages come in the order of the keys, not of their texts"},
	}
}
