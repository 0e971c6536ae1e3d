package sqlstore

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"github.com/seed-8e8abc8d/roster"
)

// Table says, by the names of its columns, how a table of the host's holds the records of one kind: Store.Table makes
// roster.Holdings of it. Names are as the catalogue has them, capital letters included. Name, Key and Owner are
// required; an empty name means that the table has no such column.
//
// A column that names somebody or something (Key, Owner, Author, Part, Named, Account) is an integer, a text or a UUID; on SQLite a UUID
// is in a TEXT, since in a column that is declared a UUID '07' and '7' are one.
// A column that marks rows (Closed, Deleted) is a boolean, a number, a text, a time or a UUID: false, zero, an empty text,
// infinity as a time, and NULL are no mark, all else is. So a boolean will do, and a time that is set when it happens. On
// SQLite, where any column may hold anything, 'f' and 'false' are none either, unless the column is a text.
type Table struct {
	Name    string   // "deals", or "crm.deals" with its schema
	Key     string   // what tells rows apart, and never changes: the primary key, or a column that is unique (in its account)
	Owner   string   // the id of the user who answers for the row; NULL is nobody, and so is '' where the column is never NULL
	Author  string   // the id of the user who wrote it, likewise
	Named   []string // columns with the ids of users whom the row names in any other way
	Part    string   // the part of its kind the row is in, such as a pipeline's stage; NULL and '' are none
	Closed  string   // marks rows that are closed; without it all are open
	Deleted string   // marks rows that count as gone
	Account string   // whose row it is: the id that DB.Account was called with; without it all rows are this account's
	On, Off string   // acting things: the boolean that says that the thing is on, or that it is off

	// Collision is what becomes of a record that can't be the successor's, since a unique key of the table with the owner
	// in it, (owner, name) say, is taken by one that the successor has (G16). A table with such a key needs a policy: this one, or Merge.
	// Keys on expressions and exclusion constraints aren't looked for: what collides there without a policy is skipped.
	Collision Collision
	// Merge is the host's own policy: called in the transaction of the move, for each record that collides, it merges the
	// record into the successor's, as it sees fit, by statements on tx alone. Afterwards the record is To's, or somebody
	// else's, or nobody's, or gone; that it still is From's is an error, as is any that Merge returns: nothing of the chunk (on
	// SQLite, of its 1,000 records) moves then, and the run comes back to it. It may run more than once for a record, since a
	// transaction that the engine gives up, in a deadlock say, is repeated: so it has no effect outside tx.
	Merge func(ctx context.Context, tx Tx, id string, o roster.MoveOrder) error
}

// Collision is a policy for records that can't move because of a unique key. Nothing is ever deleted.
type Collision uint8

// The policies.
const (
	CollisionNone Collision = iota // none: a table with such a key is refused
	CollisionSkip                  // the record stays where it is, is told as roster.MoveCollides, and so keeps the leaver from being deleted
	CollisionKeep                  // the successor's stands: the record is left without an owner, and told as roster.MoveSuperseded
)

// Holdings are the records of one kind in a table of the host's, as Store.Table makes them. They implement
// roster.Holdings; all methods are safe for concurrent use. What they read they read through DB.Reader, what they move
// through DB.Writer, each move in transactions of its own that change no column but the owner's or the author's (and
// the switch of an acting thing) of no row but those that move: further columns, such as a time of change, are for the
// host's triggers.
//
// Every statement is served by an index, however many rows others have, and costs what its own rows cost; of a user who has a good
// part of all rows PostgreSQL may rather read the table by its key, once for each part in a whole hand-over. Pages come in the order of the keys, as the column compares them.
type Holdings struct {
	db       *DB
	name     string // quoted
	keyed    string // name, and how SQLite is to find rows by their keys
	key      field
	account  field
	owner    field
	author   field
	named    []field
	part     field
	open     string // whether a row is open, as SQL
	alive    string // whether a row is there, as SQL beginning with AND, or empty
	off      string // whether an acting thing is off, as SQL; empty without a switch
	switched string // switches it off, as a part of SET
	meddled  bool   // triggers or rules of the host may change what a move does, so that it is looked at afterwards
	store    string // the account
	tenant   any    // the account's value, if there is such a column
	policy   Collision
	merge    func(ctx context.Context, tx Tx, id string, o roster.MoveOrder) error
}

var _ roster.Holdings = (*Holdings)(nil)

// field is a column of the host's table; one without a name isn't there.
type field struct {
	codec
	column string // quoted
	null   bool   // may be NULL
	rows   string // of a tie: the table's name, and how SQLite is to find rows by whom they name
}

// bare is the column without the collation that it is compared by.
func (f field) bare() string { return strings.TrimSuffix(f.column, " COLLATE BINARY") }

// Table makes roster.Holdings of a table of the host's. It asks the catalogue whether all that t names is there, of a
// type that can hold it, with the indexes and privileges that the statements need, and fails with a roster.Faults that
// lists everything wrong, by field of t, and tells the CREATE INDEX that is missing. It reads no row. A name without a schema
// is looked up here, once: another table of that name, temporary or earlier in a connection's search_path, isn't taken for it later.
//
// Which indexes a table needs: one that begins with the owner, the part if there is one, and the key; one that begins with
// the author and the key; one that begins with each column of Named; the account before all of them where there is such a
// column. Partial indexes don't count. Closed and Deleted behind the key, in the same index, spare a survey the look at each row.
// In a table with parts one on the owner and the key besides makes corrections, and rules
// that name single records, quick for users who have very many.
func (s *Store) Table(ctx context.Context, t Table) (*Holdings, error) {
	if err := errors.Join(s.usable(ctx), t.fault(s.db.dialect)); err != nil {
		return nil, fail("table", err)
	}
	schema, name, found := strings.Cut(t.Name, ".")
	if !found {
		schema, name = "", schema
	}
	c, err := s.db.catalogue(ctx, schema, name)
	if err != nil {
		return nil, fail("table", err)
	}
	b := binder{Table: t, db: s.db, catalogue: c}
	h, err := b.bind(s.account)
	return h, fail("table", err)
}

// word is a name that needs no thought in a statement.
var word = regexp.MustCompile(`^[\pL_][\pL\pN_$ -]*$`)

// fault lists the names that can't be any.
func (t Table) fault(d Dialect) error {
	var faults roster.Faults
	is := func(field, name string, required bool) {
		switch {
		case name == "" && required:
			faults = append(faults, roster.Fault{Field: field, Problem: "is required"})
		case name != "" && (!word.MatchString(name) || len(name) > 63):
			faults = append(faults, roster.Fault{Field: field, Problem: "must be a name of letters, digits, _, $, - and spaces, 63 bytes at most"})
		}
	}
	for part := range strings.SplitSeq(t.Name, ".") {
		is("name", part, true)
	}
	if strings.Count(t.Name, ".") > 1 {
		faults = append(faults, roster.Fault{Field: "name", Problem: "must be a table's name, or a schema's, a dot and a table's"})
	}
	is("key", t.Key, true)
	is("owner", t.Owner, true)
	for _, c := range t.others() {
		is(c.field, c.name, c.field == "named")
	}
	if t.On != "" && t.Off != "" {
		faults = append(faults, roster.Fault{Field: "off", Problem: "is one too many: on says it already"})
	}
	return faults.Err()
}

// named is a column's name in a field of Table.
type named struct{ field, name string }

// others are the columns that a table need not have.
func (t Table) others() []named {
	list := []named{
		{"author", t.Author}, {"part", t.Part}, {"closed", t.Closed}, {"deleted", t.Deleted}, {"account", t.Account}, {"on", t.On}, {"off", t.Off},
	}
	for _, name := range t.Named {
		list = append(list, named{"named", name})
	}
	return list
}

// quote writes a name into a statement. SQLite takes "a" for the text 'a' where there is no column a any more, [a] never.
func (d Dialect) quote(name string) string {
	switch {
	case name == "":
		return ""
	case d == SQLite:
		return "[" + name + "]"
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}
