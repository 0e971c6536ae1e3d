package sqlstore

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/seed-8e8abc8d/roster"
)

// rows are the rows of one noun, with the statements that every noun needs. Each begins its conditions with the account.
type rows[T any] struct {
	columns []column[T]
	layout  layout
	sel     string // SELECT … FROM … WHERE account = ?
	ins     string // INSERT …, without what is to happen when the key is taken
	ups     string // … which replaces the row
	del     string // DELETE …, by key
}

// newRows makes the statements for a table whose first columns, so many, are its key behind the account.
func newRows[T any](db *DB, name string, keys int, columns ...column[T]) *rows[T] {
	var all, read, sets []string
	kinds := []kind{texts}
	for i, c := range columns {
		all = append(all, c.name)
		kinds = append(kinds, c.kind)
		if c.scan != nil {
			read = append(read, c.name)
		}
		if i >= keys {
			sets = append(sets, c.name+" = excluded."+c.name)
		}
	}
	table := db.table(name)
	named := append([]string{"account"}, all...)
	return &rows[T]{
		columns: columns,
		layout:  layout{name: name, keys: named[:keys+1], columns: named, kinds: kinds},
		sel:     "SELECT " + strings.Join(read, ", ") + " FROM " + table + " WHERE account = ?",
		ins:     "INSERT INTO " + table + " (" + strings.Join(named, ", ") + ") VALUES (?" + strings.Repeat(", ?", len(all)) + ")",
		ups:     " ON CONFLICT (" + strings.Join(named[:keys+1], ", ") + ") DO UPDATE SET " + strings.Join(sets, ", "),
		del:     "DELETE FROM " + table + " WHERE account = ? AND " + strings.Join(all[:keys], " = ? AND ") + " = ?",
	}
}

// into are the places that a row's columns are read into, those that it is selected with.
func (r *rows[T]) into(row *T) []any {
	var to []any
	for _, c := range r.columns {
		if c.scan != nil {
			to = append(to, scanner(func(src any) error { return c.scan(row, src) }))
		}
	}
	return to
}

// args is a row as the arguments of ins.
func (r *rows[T]) args(account string, row *T) []any {
	args := []any{account}
	for _, c := range r.columns {
		args = append(args, c.bind(row))
	}
	return args
}

// find reads the row that and selects.
func find[T any](t *tx, r *rows[T], and string, args ...any) (row T, err error) {
	page, err := list(t, r, 1, and, args...)
	if err != nil {
		return row, err
	}
	if len(page) == 0 {
		return row, roster.ErrNotFound
	}
	return page[0], nil
}

// list reads the first rows that and selects and orders, at most limit of them.
func list[T any](t *tx, r *rows[T], limit int, and string, args ...any) (page []T, err error) {
	if limit < 1 {
		return nil, fmt.Errorf("sqlstore: a page of %d: %w", limit, roster.ErrInvalid)
	}
	err = t.query(func(found *sql.Rows) error {
		var row T
		err := found.Scan(r.into(&row)...)
		page = append(page, row)
		return err
	}, r.sel+and+" LIMIT ?", append(append([]any{t.account}, args...), limit)...)
	return page, err
}

// put adds a row, or replaces the one with its key.
func put[T any](t *tx, r *rows[T], row *T) error {
	_, err := t.exec(r.ins+r.ups, r.args(t.account, row)...)
	return err
}

// add adds a row, and fails with ErrExists when its key is taken.
func add[T any](t *tx, r *rows[T], row *T) error {
	n, err := t.exec(r.ins+" ON CONFLICT DO NOTHING", r.args(t.account, row)...)
	if err == nil && n == 0 {
		err = roster.ErrExists
	}
	return err
}

// remove deletes a row by its key; one that can't be a key is no row's.
func remove[T any](t *tx, r *rows[T], key string) error {
	_, err := t.exec(r.del, t.account, key)
	if errors.Is(err, roster.ErrInvalid) && !storable(key) {
		err = nil
	}
	return err
}

// filter is the conditions of a list, as they come together.
type filter struct {
	text  strings.Builder
	args  []any
	index string // that serves the first condition which has one
}

// by adds a condition that an index serves, unless it is off.
func (f *filter) by(on bool, index, condition string, args ...any) {
	f.and(on, condition, args...)
	if on && f.index == "" {
		f.index = index
	}
}

// and adds a condition with its arguments, unless it is off.
func (f *filter) and(on bool, condition string, args ...any) {
	if on {
		f.text.WriteString(" AND " + condition)
		f.args = append(f.args, args...)
	}
}

// filtered reads the first rows that f selects, ordered. SQLite has to be told the index: without statistics it takes an
// account for ten rows, and walks them.
func filtered[T any](t *tx, r *rows[T], f *filter, order string, limit int) ([]T, error) {
	if f.index != "" && t.db.dialect == SQLite {
		by := *r
		by.sel = strings.Replace(r.sel, " WHERE ", " INDEXED BY "+t.db.prefix+f.index+" WHERE ", 1)
		r = &by
	}
	return list(t, r, limit, f.text.String()+" ORDER BY "+order, f.args...)
}
