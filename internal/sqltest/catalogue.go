package sqltest

import (
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// Catalogue shows that what a Table says wrong is told at start, all of it at once, by field.
func Catalogue(t *testing.T, d sqlstore.Dialect, open func(t *testing.T) *sqlstore.DB) {
	t.Helper()
	db := open(t)
	for _, statement := range []string{
		"CREATE TABLE deals (id BIGINT PRIMARY KEY, owner TEXT, author TEXT, stage TEXT, done BOOLEAN, price REAL, code BIGINT, team BIGINT NOT NULL, title TEXT)",
		"CREATE INDEX deals_owner ON deals (owner, id)",
		"CREATE INDEX deals_team ON deals (team, title)",
		"CREATE INDEX deals_some ON deals (author, id) WHERE done",
		"CREATE TABLE contacts (id BIGINT PRIMARY KEY, owner TEXT NOT NULL, name TEXT, UNIQUE (owner, name))",
		"CREATE INDEX contacts_owner ON contacts (owner, id)",
	} {
		if _, err := db.Writer().ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	cases := refusals(d)
	if d == sqlstore.PostgreSQL {
		cases = append(cases, unordered(t, db)...)
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := db.Account("acme").Table(t.Context(), c.table)
			told := map[string]string{}
			faults, _ := errors.AsType[roster.Faults](err)
			for _, f := range faults {
				if told[f.Field] = f.Problem; strings.Contains(f.Problem, c.want[f.Field]) {
					told[f.Field] = c.want[f.Field]
				}
			}
			if !maps.Equal(c.want, told) || (err != nil) != (len(c.want) > 0) {
				t.Errorf("%v: got %q; want %q: %s", err, told, c.want, c.why)
			}
		})
	}
	for name, id := range map[string]string{"no UTF-8": "\xff", "NUL": "a\x00", "too long": strings.Repeat("a", 129)} {
		_, err := db.Account(id).Table(t.Context(), sqlstore.Table{Name: "deals", Key: "id", Owner: "owner"})
		is(t, "an account that can't be, "+name, err, roster.ErrInvalid)
	}
	t.Run("what is told helps", func(t *testing.T) { helps(t, db) })
}

// unordered are tables with an index that has the right columns, and not their order.
func unordered(t *testing.T, db *sqlstore.DB) (cases []refusal) {
	t.Helper()
	for name, c := range map[string]struct{ index, why string }{
		"included": {"(owner) INCLUDE (id)", "what is included has no order: each page would sort all of the owner's"},
		"patterns": {"(owner, id text_pattern_ops)", "no comparison of texts is served by it"},
		"varchars": {"(owner varchar_ops, id)", ""},
		"downward": {"(owner, id DESC)", ""},
	} {
		exec(t, db.Writer(), "CREATE TABLE "+name+" (id TEXT PRIMARY KEY, owner TEXT)", "CREATE INDEX ON "+name+" "+c.index)
		refused := refusal{name, sqlstore.Table{Name: name, Key: "id", Owner: "owner"}, nil, c.why}
		if c.why != "" {
			refused.want = map[string]string{"owner": `ON "` + name + `" ("owner", "id")`}
		}
		cases = append(cases, refused)
	}
	return cases
}

// helps does what a refusal tells to do.
func helps(t *testing.T, db *sqlstore.DB) {
	table := sqlstore.Table{Name: "deals", Key: "id", Owner: "owner", Part: "stage", Author: "author", Named: []string{"title"}}
	_, err := db.Account("").Table(t.Context(), table)
	faults, _ := errors.AsType[roster.Faults](err)
	if len(faults) != 3 {
		t.Fatalf("%v; want three missing indexes", err)
	}
	for _, f := range faults {
		_, statement, _ := strings.Cut(f.Problem, ": ")
		if _, err := db.Writer().ExecContext(t.Context(), statement); err != nil {
			t.Errorf("%s: %v", statement, err)
		}
	}
	if _, err := db.Account("").Table(t.Context(), table); err != nil {
		t.Errorf("after %v: %v", faults, err)
	}
}

// refusal is a Table and what is wrong with it.
type refusal struct {
	name  string
	table sqlstore.Table
	want  map[string]string // by field, a part of what is told
	why   string
}

// refusals are good tables, and one with each thing that can be wrong.
func refusals(d sqlstore.Dialect) []refusal {
	good := sqlstore.Table{Name: "deals", Key: "id", Owner: "owner", Closed: "done"}
	with := func(change func(*sqlstore.Table)) sqlstore.Table {
		table := good
		change(&table)
		return table
	}
	contacts := sqlstore.Table{Name: "contacts", Key: "id", Owner: "owner"}
	colliding := func(c sqlstore.Collision) sqlstore.Table {
		table := contacts
		table.Collision = c
		return table
	}
	return []refusal{
		{"good", good, nil, "nothing is wrong"},
		{"with its schema", with(func(t *sqlstore.Table) {
			t.Name = map[sqlstore.Dialect]string{sqlstore.SQLite: "main.deals"}[d] + map[sqlstore.Dialect]string{sqlstore.PostgreSQL: "public.deals"}[d]
		}), nil, "a name may have a schema"},
		{"nothing", sqlstore.Table{}, map[string]string{"name": "is required", "key": "is required", "owner": "is required"}, "three names are needed"},
		{"no names", with(func(t *sqlstore.Table) { t.Owner, t.Part = `owner" --`, "a?" }), map[string]string{"owner": "must be a name", "part": "must be a name"}, "no name is ever SQL"},
		{"no table", with(func(t *sqlstore.Table) { t.Name = "Deal" }), map[string]string{"name": "there is no table Deal"}, "the catalogue doesn't have it"},
		{"no columns", with(func(t *sqlstore.Table) { t.Owner, t.Named = "ownr", []string{"watcher"} }), map[string]string{"owner": "no column ownr; it has author, code, done", "named": "no column watcher"}, "all of them at once"},
		{"types", with(func(t *sqlstore.Table) { t.Key, t.Part, t.Off = "price", "done", "title" }), map[string]string{"key": "must be", "part": "must be", "off": "must be a boolean"}, "no ids are floats"},
		{"no index", with(func(t *sqlstore.Table) { t.Part = "stage" }), map[string]string{"owner": `ON "deals" ("owner", "stage", "id")`}, "each page would sort all of the owner's"},
		{"a partial index", with(func(t *sqlstore.Table) { t.Author = "author" }), map[string]string{"author": `ON "deals" ("author", "id")`}, "it has some rows only"},
		{"an account", with(func(t *sqlstore.Table) { t.Account, t.Named = "team", []string{"title"} }), map[string]string{"account": `the account "acme"`, "owner": `ON "deals" ("team", "owner", "id")`}, "the account comes first everywhere; its numbers can't be acme"},
		{"not unique", with(func(t *sqlstore.Table) { t.Key = "code" }), map[string]string{"key": `CREATE UNIQUE INDEX`, "owner": `("owner", "code")`}, "a move would move two"},
		{"no policy", contacts, map[string]string{"collision": "is required: the unique key"}, "some can't move (G16)"},
		{"a policy that can't be", colliding(sqlstore.CollisionKeep), map[string]string{"collision": "takes no NULL"}, "nobody can't be there"},
		{"a policy", colliding(sqlstore.CollisionSkip), nil, "skipping always can be"},
		{"on and off", with(func(t *sqlstore.Table) { t.On, t.Off = "done", "done" }), map[string]string{"off": "one too many"}, "which of them?"},
	}
}
