package sqlstore

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Dialect names an engine's SQL.
type Dialect uint8

// The dialects. SQLite is 3.38 or later. PostgreSQL is 13 or later; engines that speak its protocol get by without
// advisory locks, notifications and row ids, since nothing here uses any.
const (
	SQLite     Dialect = iota + 1 // "SQLite"
	PostgreSQL                    // "PostgreSQL"
)

// String is the engine's name.
func (d Dialect) String() string {
	if e := d.engine(); e != nil {
		return e.name
	}
	return "Dialect(" + strconv.Itoa(int(d)) + ")"
}

// engine is where the engines differ. All other SQL is the same for both, with ? for every argument.
type engine struct {
	name     string
	numbered bool               // arguments are $1, $2, …
	contains string             // whether a column holds an argument as a part
	hold     string             // ends a SELECT that holds up those who change its rows, and waits in one queue with them
	files    string             // begins the names of its migrations
	list     string             // the texts of a JSON list, as a query
	change   sql.IsolationLevel // of Updates: each statement sees all that was committed before it, as the account's lock wants it
	snapshot sql.IsolationLevel // of Views
	types    [4]string          // what it calls a kind of columns

	// Of tables of the host's: JSON lists of a column and of lists, and an empty one.
	group, join, empty string
	comma              string // between two texts of a list
	hash               string // 64 bits of a text; empty: there is no such function
	alone              string // a condition that is true, and keeps a SELECT of many rows to one processor
	lock               string // ends a SELECT of rows that are about to be changed
	update             string // begins an UPDATE: a key that says ON CONFLICT REPLACE would delete the successor's row
	page               string // how long a page is, after LIMIT
	atOnce             int    // rows that change in one transaction, lest others wait too long
}

var engines = map[Dialect]*engine{
	SQLite: {
		name: "SQLite", contains: "instr(%s, ?) > 0", files: "sqlite",
		list:  "SELECT value FROM json_each(%s)",
		group: "json_group_array", join: "json_array", empty: "json_array()", comma: `","`,
		atOnce: 1_000, update: "UPDATE OR ABORT ", page: "?",
		types: [...]string{texts: "TEXT", numbers: "INTEGER", flags: "INTEGER", blobs: "BLOB"},
	},
	PostgreSQL: {
		name: "PostgreSQL", numbered: true, contains: "strpos(%s, ?) > 0",
		hold: " FOR NO KEY UPDATE", files: "postgres", list: "SELECT json_array_elements_text(CAST(%s AS json))", change: sql.LevelReadCommitted, snapshot: sql.LevelRepeatableRead,
		group: "json_agg", join: "json_build_array", empty: "json_build_array()", comma: `", "`,
		lock:   " FOR UPDATE",
		atOnce: 10_000, update: "UPDATE ",
		page:  "(SELECT CAST(? AS bigint))", // or, where it takes all that a user has for little more than a page, it would sort it all for each
		hash:  "hashtextextended(%s, 0)",
		alone: " AND pg_backend_pid() IS NOT NULL", // only the process that leads may call it, so no others help
		types: [...]string{texts: "TEXT", numbers: "INT8", flags: "BOOL", blobs: "BYTEA"},
	},
}

// engine is nil for a dialect that isn't one.
func (d Dialect) engine() *engine { return engines[d] }

// part is whether a column holds an argument as a part.
func (e *engine) part(column string) string { return fmt.Sprintf(e.contains, column) }

// listed are the texts of a JSON list, in a column or an argument.
func (e *engine) listed(list string) string { return fmt.Sprintf(e.list, list) }

// among is the condition that a column is one of the values of a list, and the list as its argument. PostgreSQL takes the
// primary key for an array, whatever it thinks of the table's size.
func (e *engine) among(f form, values []string) (condition, list string) {
	if e.numbered && f != formText {
		return " = ANY(CAST(? AS " + map[form]string{formNumber: "bigint", formUUID: "uuid"}[f] + "[]))", "{" + strings.Join(values, ",") + "}"
	}
	text, _ := json.Marshal(values)
	if e.numbered {
		return " = ANY(ARRAY(SELECT json_array_elements_text(CAST(? AS json))))", string(text)
	}
	return " IN (SELECT CAST(value AS " + map[form]string{formText: "text", formNumber: "integer"}[f] + ") FROM json_each(?))", string(text)
}

// colleagues is the condition that a column is the id of a user of an account and a department. Ids that can't be in the
// column aren't turned into its type, which would be an error.
func (e *engine) colleagues(f form, users string) string {
	id := "u.id"
	switch {
	case f == formNumber && !e.numbered:
		id = "CASE WHEN CAST(CAST(u.id AS integer) AS text) = u.id THEN CAST(u.id AS integer) END"
	case f == formNumber:
		id = "CASE WHEN u.id ~ '^(0|-{0,1}[1-9][0-9]{0,18})$' THEN CASE WHEN abs(CAST(u.id AS numeric)) <= 9223372036854775807 THEN CAST(u.id AS bigint) END END"
	case f == formUUID:
		id = "CASE WHEN u.id ~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' THEN CAST(u.id AS uuid) END"
	case e.numbered:
		id = `u.id COLLATE "default"` // gives way to the column's own
	}
	query := "SELECT " + id + " FROM " + users + " u WHERE u.account = ? AND u.department = ?"
	if e.numbered {
		return " = ANY(ARRAY(" + query + "))"
	}
	return " IN (" + query + ")"
}

// gather makes one JSON list of a column.
func (e *engine) gather(column string) string { return e.group + "(" + column + ")" }

// rebind writes a statement's arguments as the engine wants them. The statements of this package hold "?" for nothing else.
func (e *engine) rebind(query string) string {
	if !e.numbered {
		return query
	}
	var b strings.Builder
	n := 0
	for _, part := range strings.SplitAfter(query, "?") {
		if rest, ok := strings.CutSuffix(part, "?"); ok {
			n++
			fmt.Fprintf(&b, "%s$%d", rest, n)
			continue
		}
		b.WriteString(part)
	}
	return b.String()
}
