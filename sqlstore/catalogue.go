package sqlstore

import (
	"context"
	"database/sql"
	"slices"
	"strings"
)

// catalogue is what the engine knows of a table of the host's.
type catalogue struct {
	schema, table string               // where a name without a schema leads
	unfit         string               // why no table like this can be worked with
	meddled       bool                 // triggers or rules may change what a statement does
	columns       map[string]described // by name
	indexes       []indexed
}

// described is a column.
type described struct {
	kind      string // its type: the engine's word for it
	form      form
	bits      int
	boolean   bool
	marked    string // whether a value that isn't NULL is a mark, as SQL with %[1]s for the column; empty: nobody knows
	null      bool
	generated bool // from others: it can't be changed
	exact     bool // its texts are equal only if they are the same
	mayRead   bool
	mayChange bool
}

// indexed is an index.
type indexed struct {
	name    string // empty: SQLite's table itself
	unique  bool   // on all of its own columns: those that an engine adds are left out
	partial bool
	late    bool // checked when the transaction ends
	columns []entry
}

// entry is a column of an index; without a name it is an expression.
type entry struct {
	name string
	own  bool // of the index's own key
	same bool // ordered as statements compare the column: by bytes on SQLite, by its collation and type on PostgreSQL
}

// catalogue asks for a table. One that isn't there has no columns.
func (db *DB) catalogue(ctx context.Context, schema, name string) (c catalogue, err error) {
	c.columns = map[string]described{}
	if db.dialect == PostgreSQL {
		return c, c.postgres(ctx, db.writer, schema, name)
	}
	return c, c.sqlite(ctx, db.writer, schema, name)
}

// sqlite asks SQLite.
func (c *catalogue) sqlite(ctx context.Context, pool *sql.DB, schema, name string) error {
	if schema == "" {
		schema = "main"
	}
	c.schema, c.table = schema, name
	rowid := ""
	err := read(ctx, pool, func(found *sql.Rows) error {
		var column, kind string
		var required, key, hidden int
		if err := found.Scan(&column, &kind, &required, &key, &hidden, &c.unfit); err != nil {
			return err
		}
		if key == 1 && strings.EqualFold(kind, "INTEGER") {
			rowid = column
		} else if key > 1 {
			rowid = ""
		}
		d := affine(kind, required == 0 && rowid != column)
		d.generated = hidden > 1
		c.columns[column] = d
		return nil
	}, `SELECT x.name, x.type, x."notnull", x.pk, x.hidden, CASE t.type WHEN 'table' THEN '' ELSE 'is no table but a ' || t.type END
		FROM pragma_table_xinfo(?1, ?2) x, pragma_table_list(?1) t WHERE t.schema = ?2 ORDER BY x.pk`, name, schema)
	if err != nil || len(c.columns) == 0 {
		return err
	}
	if err := pool.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM "+SQLite.quote(schema)+".sqlite_master WHERE type = 'trigger' AND lower(tbl_name) = lower(?))", name).Scan(&c.meddled); err != nil {
		return err
	}
	apart := false // INTEGER PRIMARY KEY DESC is a key with an index of its own
	if err := pool.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM pragma_index_list(?, ?) WHERE origin = 'pk')", name, schema).Scan(&apart); err != nil {
		return err
	}
	if apart {
		rowid = ""
	}
	if rowid != "" {
		c.indexes = append(c.indexes, indexed{unique: true, columns: []entry{{name: rowid, own: true, same: true}}})
	}
	return c.sqliteIndexes(ctx, pool, schema, name, rowid)
}

// sqliteIndexes asks SQLite for a table's indexes; rowid is the column that is its row's number, if there is one.
func (c *catalogue) sqliteIndexes(ctx context.Context, pool *sql.DB, schema, name, rowid string) error {
	last := ""
	return read(ctx, pool, func(found *sql.Rows) error {
		var index, collation string
		var unique, partial, own bool
		var cid int
		var column sql.NullString
		if err := found.Scan(&index, &unique, &partial, &cid, &column, &collation, &own); err != nil {
			return err
		}
		if index != last || len(c.indexes) == 0 {
			last = index
			c.indexes = append(c.indexes, indexed{name: index, unique: unique, partial: partial})
		}
		if cid == -1 {
			column.String = rowid
		}
		at := &c.indexes[len(c.indexes)-1]
		at.columns = append(at.columns, entry{name: column.String, own: own, same: collation == "BINARY"})
		return nil
	}, `SELECT l.name, l."unique", l.partial, x.cid, x.name, coalesce(x.coll, ''), x.key FROM pragma_index_list(?, ?) l, pragma_index_xinfo(l.name, ?) x ORDER BY l.seq, x.seqno`,
		name, schema, schema)
}

// affine is a column of SQLite, by the rules of its type's name.
func affine(kind string, null bool) described {
	d := described{kind: strings.ToUpper(kind), null: null, exact: true, mayRead: true, mayChange: true, bits: 64,
		marked: "%[1]s <> 0 AND lower(%[1]s) NOT IN ('', 'f', 'false')"} // a column of any type may hold any of them
	has := func(parts ...string) bool {
		for _, part := range parts {
			if strings.Contains(d.kind, part) {
				return true
			}
		}
		return false
	}
	switch {
	case has("INT"):
		d.form, d.boolean = formNumber, true
	case has("CHAR", "CLOB", "TEXT"): // and not UUID, which to SQLite is a number where it looks like one: '07' and '7' would be one user
		d.form, d.marked = formText, "%[1]s <> ''"
	case has("BOOL"):
		d.boolean = true
	}
	return d
}

// postgresColumns asks for the columns of $1.
const postgresColumns = `SELECT n.nspname, r.relname, CASE
		WHEN r.relkind NOT IN ('r', 'p') THEN 'is no table but a view, or what others keep'
		WHEN row_security_active(r.oid) THEN 'has row-level security for this user of the database: rows that it hides would count as none'
		WHEN r.relkind = 'r' AND EXISTS (SELECT 1 FROM pg_inherits i WHERE i.inhparent = r.oid) THEN 'has tables that inherit from it, which its keys and indexes leave out'
		ELSE '' END,
	r.relhasrules OR EXISTS (SELECT 1 FROM pg_trigger g WHERE NOT g.tgisinternal AND (g.tgrelid = r.oid OR g.tgrelid IN (SELECT relid FROM pg_partition_tree(r.oid)))),
	a.attname, t.typname, t.typcategory::text, NOT a.attnotnull, a.attgenerated <> '' OR a.attidentity = 'a',
	coalesce(c.collisdeterministic, true),
	has_column_privilege(a.attrelid, a.attnum, 'SELECT'), has_column_privilege(a.attrelid, a.attnum, 'UPDATE')
FROM pg_class r JOIN pg_namespace n ON n.oid = r.relnamespace JOIN pg_attribute a ON a.attrelid = r.oid
	JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_collation c ON c.oid = a.attcollation
WHERE r.oid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped`

// postgresIndexes asks for the indexes of $1, a row for each column of their keys: what an index INCLUDEs has no order.
const postgresIndexes = `SELECT i.indexrelid::regclass::text, i.indisunique, i.indpred IS NOT NULL, NOT i.indimmediate, coalesce(a.attname, ''),
	coalesce(i.indcollation[k.n - 1] = a.attcollation, true) AND EXISTS (SELECT 1 FROM pg_opclass o JOIN pg_opclass d
		ON d.opcmethod = o.opcmethod AND d.opcintype = o.opcintype AND d.opcfamily = o.opcfamily WHERE o.oid = i.indclass[k.n - 1] AND d.opcdefault)
FROM pg_index i JOIN pg_class r ON r.oid = i.indexrelid JOIN pg_am m ON m.oid = r.relam CROSS JOIN LATERAL generate_series(1, i.indnkeyatts) k(n)
	LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[k.n - 1]
WHERE i.indrelid = to_regclass($1) AND i.indisvalid AND m.amname = 'btree' ORDER BY i.indexrelid, k.n`

// postgres asks PostgreSQL.
func (c *catalogue) postgres(ctx context.Context, pool *sql.DB, schema, name string) error {
	table := PostgreSQL.quote(name)
	if schema != "" {
		table = PostgreSQL.quote(schema) + "." + table
	}
	err := read(ctx, pool, func(found *sql.Rows) error {
		var column, category string
		d := described{}
		if err := found.Scan(&c.schema, &c.table, &c.unfit, &c.meddled, &column, &d.kind, &category, &d.null, &d.generated, &d.exact, &d.mayRead, &d.mayChange); err != nil {
			return err
		}
		switch d.kind {
		case "int2", "int4", "int8":
			d.form = formNumber
			d.bits = int(d.kind[3]-'0') * 8
		case "text", "varchar":
			d.form = formText
		case "uuid":
			d.form = formUUID
		case "bool":
			d.boolean = true
		}
		d.marked = marks(d.kind, category)
		c.columns[column] = d
		return nil
	}, postgresColumns, table)
	if err != nil {
		return err
	}
	last := ""
	return read(ctx, pool, func(found *sql.Rows) error {
		var index string
		var unique, partial, late bool
		e := entry{own: true}
		if err := found.Scan(&index, &unique, &partial, &late, &e.name, &e.same); err != nil {
			return err
		}
		if index != last {
			last = index
			c.indexes = append(c.indexes, indexed{name: index, unique: unique, partial: partial, late: late})
		}
		at := &c.indexes[len(c.indexes)-1]
		at.columns = append(at.columns, e)
		return nil
	}, postgresIndexes, table)
}

// marks is what tells a mark from none in a column of PostgreSQL's. A domain is of its type's category.
func marks(kind, category string) string {
	switch {
	case kind == "date" || kind == "timestamp" || kind == "timestamptz":
		return "isfinite(%[1]s)" // infinity is never
	case category == "D" || kind == "uuid":
		return "TRUE"
	case category == "B":
		return "CAST(%[1]s AS boolean)"
	case category == "S":
		return "CAST(%[1]s AS text) <> ''"
	case slices.Contains([]string{"int2", "int4", "int8", "float4", "float8", "numeric"}, kind):
		return "%[1]s <> 0"
	case kind == "money":
		return "CAST(%[1]s AS numeric) <> 0"
	}
	return ""
}
