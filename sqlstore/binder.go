package sqlstore

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-8e8abc8d/roster"
)

// binder makes Holdings of a Table and what the catalogue says of it, and collects what is wrong.
type binder struct {
	Table
	catalogue
	db     *DB
	faults roster.Faults
}

func (b *binder) fault(field, format string, args ...any) {
	b.faults = append(b.faults, roster.Fault{Field: field, Problem: fmt.Sprintf(format, args...)})
}

// bind checks everything.
func (b *binder) bind(account string) (*Holdings, error) {
	if len(b.columns) == 0 {
		b.fault("name", "there is no table %s that this user of the database may see", b.Name)
		return nil, b.faults
	}
	if b.unfit != "" {
		b.fault("name", "%s %s", b.Name, b.unfit)
		return nil, b.faults
	}
	h := &Holdings{db: b.db, name: b.quote(b.schema) + "." + b.quote(b.table), meddled: b.meddled, store: account}
	h.account = b.field("account", b.Account)
	h.key = b.field("key", b.Key)
	h.owner = b.field("owner", b.Owner)
	h.author = b.field("author", b.Author)
	h.part = b.field("part", b.Part)
	for _, name := range b.Named {
		h.named = append(h.named, b.field("named", name))
	}
	b.changeable("owner", b.Owner)
	b.changeable("author", b.Author)
	h.open, h.alive = "TRUE", ""
	if marked := b.mark("closed", b.Closed); marked != "" {
		h.open = "NOT " + marked
	}
	if marked := b.mark("deleted", b.Deleted); marked != "" {
		h.alive = " AND NOT " + marked
	}
	h.off, h.switched = b.switches()
	if err := b.faults.Err(); err != nil {
		return nil, err
	}
	if b.Account != "" {
		var ok bool
		if h.tenant, ok = h.account.value(account); !ok {
			b.fault("account", "the account %q can't be a value of the column %s", account, b.Account)
		}
	}
	b.unique(h)
	b.collisions(h)
	h.owner.rows = b.search("owner", b.Owner, b.Part, b.Key)
	if b.Author != "" {
		h.author.rows = b.search("author", b.Author, b.Key)
	}
	for _, name := range b.Named {
		b.search("named", name)
	}
	return h, b.faults.Err()
}

// field is a column that names somebody or something.
func (b *binder) field(field_, name string) (f field) {
	if name == "" {
		return f
	}
	d, ok := b.column(field_, name)
	if !ok {
		return f
	}
	f = field{codec: codec{form: d.form, bits: d.bits, param: "?"}, column: b.quote(name), null: d.null}
	switch {
	case d.form == formNone:
		good := "an integer, a text or a varchar, for a UUID too"
		if b.db.dialect == PostgreSQL {
			good = "a smallint, integer, bigint, text, varchar or uuid"
		}
		b.fault(field_, "the column %s is of type %s: it must be %s", name, d.kind, good)
	case !d.exact:
		b.fault(field_, "the column %s has a collation by which different texts are equal: it must be one that is deterministic", name)
	case d.form == formText && b.db.dialect == SQLite:
		f.column += " COLLATE BINARY"
	case b.db.dialect == PostgreSQL:
		f.param = map[form]string{formText: "CAST(? AS text)", formNumber: "CAST(? AS bigint)", formUUID: "CAST(CAST(? AS text) AS uuid)"}[d.form]
	}
	return f
}

// column looks a column up.
func (b *binder) column(field, name string) (described, bool) {
	d, ok := b.columns[name]
	switch {
	case !ok:
		names := make([]string, 0, len(b.columns))
		for name := range b.columns {
			names = append(names, name)
		}
		b.fault(field, "the table %s has no column %s; it has %s", b.Name, name, strings.Join(distinct(names), ", "))
	case !d.mayRead:
		b.fault(field, "this user of the database may not read the column %s: GRANT SELECT ON %s", name, b.said())
	}
	return d, ok && d.mayRead
}

// changeable wants the right to change a column.
func (b *binder) changeable(field, name string) {
	d, ok := b.columns[name]
	if ok && d.generated {
		b.fault(field, "the column %s is generated: nothing can be written there", name)
	}
	if ok && !d.mayChange {
		b.fault(field, "this user of the database may not change the column %s: GRANT UPDATE ON %s", name, b.said())
	}
}

// mark is whether a column marks a row, as SQL that is true or false.
func (b *binder) mark(field, name string) string {
	if name == "" {
		return ""
	}
	d, ok := b.column(field, name)
	switch {
	case !ok:
		return ""
	case d.marked == "":
		b.fault(field, "the column %s is of type %s: it must be a boolean, a number, a text, a time or a uuid", name, d.kind)
	}
	column := b.quote(name)
	return "(" + column + " IS NOT NULL AND " + fmt.Sprintf(d.marked, column) + ")"
}

// switches are whether a thing is off, and what switches it off.
func (b *binder) switches() (off, set string) {
	field, name, to := "on", b.On, "FALSE"
	if name == "" {
		field, name, to = "off", b.Off, "TRUE"
	}
	if name == "" {
		return "", ""
	}
	d, ok := b.column(field, name)
	if ok && !d.boolean {
		b.fault(field, "the column %s is of type %s: it must be a boolean", name, d.kind)
	}
	b.changeable(field, name)
	if !ok {
		return "", ""
	}
	off = b.mark(field, name)
	if field == "on" {
		off = "NOT " + off
	}
	return off, ", " + b.quote(name) + " = " + to
}

// leading are columns behind the account.
func (b *binder) leading(names ...string) []string {
	return slices.DeleteFunc(append([]string{b.Account}, names...), func(name string) bool { return name == "" })
}

// unique wants the key to be unique, in its account. SQLite has to be told that rows are found by it: without statistics,
// and with those of leavers who have few, it would rather walk through all that are the user's, once for each chunk.
func (b *binder) unique(h *Holdings) {
	for _, x := range b.indexes {
		var own []string
		same := true
		for _, e := range x.columns {
			if e.own {
				own = append(own, e.name)
				same = same && e.same
			}
		}
		if x.unique && !x.partial && same && (slices.Equal(own, []string{b.Key}) || slices.Equal(own, b.leading(b.Key))) {
			h.keyed = b.by(x.name)
			return
		}
	}
	b.fault("key", "the column %s isn't unique: CREATE UNIQUE INDEX %s", b.Key, b.index(b.leading(b.Key)))
}

// by is the table, and on SQLite by which of its indexes rows are to be found.
func (b *binder) by(index string) string {
	name := b.quote(b.schema) + "." + b.quote(b.table)
	switch {
	case b.db.dialect != SQLite:
		return name
	case index == "":
		return name + " NOT INDEXED" // by the table itself
	}
	return name + " INDEXED BY " + b.quote(index)
}

// collisions wants a policy where a unique key has a user in it who may change.
func (b *binder) collisions(h *Holdings) {
	h.policy, h.merge = b.Collision, b.Table.Merge
	if b.Collision > CollisionKeep {
		b.fault("collision", "must be CollisionSkip or CollisionKeep, or none")
	}
	if b.Collision != CollisionNone && b.Table.Merge != nil {
		b.fault("merge", "is one too many: collision says what to do")
	}
	for _, x := range b.indexes {
		for _, e := range x.columns {
			if !x.unique || !e.own || e.name == "" || e.name != b.Owner && e.name != b.Author {
				continue
			}
			null := h.owner.null
			if e.name == b.Author {
				null = h.author.null
			}
			switch {
			case x.late:
				b.fault("collision", "the unique key %s has the column %s in it and is checked at commit only: it must not be DEFERRABLE", x.name, e.name)
			case b.Collision == CollisionNone && b.Table.Merge == nil:
				b.fault("collision", "is required: the unique key %s has the column %s in it, so a record may be one that its new owner can't have twice", x.name, e.name)
			case b.Collision == CollisionKeep && !null:
				b.fault("collision", "must not be CollisionKeep: the column %s, in the unique key %s, takes no NULL", e.name, x.name)
			}
		}
	}
}

// search wants an index that begins with columns, behind the account, each ordered as the column compares, and tells how
// rows are found by it.
func (b *binder) search(field string, names ...string) string {
	names = b.leading(names...)
	for _, x := range b.indexes {
		fits := !x.partial && len(x.columns) >= len(names)
		for i, name := range names {
			fits = fits && x.columns[i].name == name && x.columns[i].same
		}
		if fits {
			return b.by(x.name)
		}
	}
	b.fault(field, "no index serves it: CREATE INDEX %s", b.index(names))
	return ""
}

// index is what follows CREATE INDEX, with names as every engine quotes them. SQLite wants one for the index.
func (b *binder) index(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = PostgreSQL.quote(name)
	}
	on := "ON " + b.said()
	if b.db.dialect == SQLite {
		on = PostgreSQL.quote(b.schema) + "." + PostgreSQL.quote(b.table+"_"+strings.Join(names, "_")) + " ON " + PostgreSQL.quote(b.table)
	}
	return on + " (" + strings.Join(quoted, ", ") + ")"
}

// said is the table as the host says it.
func (b *binder) said() string {
	schema, table, found := strings.Cut(b.Name, ".")
	if !found {
		return PostgreSQL.quote(schema)
	}
	return PostgreSQL.quote(schema) + "." + PostgreSQL.quote(table)
}

// quote writes a name into a statement.
func (b *binder) quote(name string) string { return b.db.dialect.quote(name) }
