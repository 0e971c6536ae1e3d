package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-8e8abc8d/roster"
)

// layout is a table as this version reads and writes it.
type layout struct {
	name    string
	keys    []string
	columns []string // the key's first
	kinds   []kind
	only    bool // rows are added, never changed
	gone    bool // rows are deleted
}

// layouts are all tables: those of the nouns, and the two that rows of no noun are in.
func (db *DB) layouts() []layout {
	n := &db.nouns
	return []layout{
		{name: "accounts", keys: []string{"account"}, columns: []string{"account", "updates"}, kinds: []kind{texts, numbers}},
		n.users.layout, n.departments.layout.deleted(), n.roles.layout.added().deleted(), n.credentials.layout.deleted(), n.tokens.layout.deleted(), n.letters.layout.deleted(),
		n.counters.layout.deleted(), n.runs.layout, n.entries.layout, n.events.layout.added(),
		layout{name: "due", keys: []string{"account", "run"}, columns: []string{"account", "run", "at", "started"},
			kinds: []kind{texts, texts, numbers, numbers}}.deleted(),
	}
}

// added is the layout of rows that never change, for whom the right to change them isn't needed.
func (l layout) added() layout {
	l.only = true
	return l
}

// deleted is the layout of rows that go again, for whom the right to delete them is needed.
func (l layout) deleted() layout {
	l.gone = true
	return l
}

// Ready tells, without changing anything or waiting for writers, whether the tables are there, of this version, with every column of the
// right type, and may be read; an ErrSchema says what doesn't fit, tables of a newer version included. It is cheap enough for a health
// check. Whether the indexes are there nobody looks: on SQLite a list fails whose index was dropped.
func (db *DB) Ready(ctx context.Context) error { return fail("ready", db.look(ctx)) }

// look reads the schema's number and, where it is right, no row of any table.
func (db *DB) look(ctx context.Context) error {
	var is int
	err := db.reader.QueryRowContext(ctx, "SELECT version FROM "+db.table("schema")).Scan(&is)
	switch {
	case errors.Is(err, sql.ErrNoRows) || err != nil && missingTable(err):
		return errNone
	case err != nil:
		return fmt.Errorf("%s: %w", db.table("schema"), err)
	}
	if err := fits(is); err != nil {
		return err
	}
	for _, l := range db.layouts() {
		if err := db.readable(ctx, l); err != nil {
			return err
		}
	}
	return db.spelt(ctx)
}

// spelt refuses a connection on which PostgreSQL takes texts for another encoding's than Go's: they would be found by nobody else. And a
// database in an encoding that hasn't all letters: a name could fail in the midst of a deletion.
func (db *DB) spelt(ctx context.Context) error {
	if db.dialect != PostgreSQL {
		return nil
	}
	var client, server string
	if err := db.writer.QueryRowContext(ctx, "SELECT current_setting('client_encoding'), current_setting('server_encoding')").Scan(&client, &server); err != nil {
		return fmt.Errorf("client_encoding: %w", err)
	}
	switch {
	case client != "UTF8":
		return fmt.Errorf("%w: the connection's client_encoding is %s, and must be UTF8", roster.ErrInvalid, client)
	case server != "UTF8" && server != "SQL_ASCII": // which takes every byte as it is
		return fmt.Errorf("%w: the database's encoding is %s, and must be UTF8", roster.ErrInvalid, server)
	}
	return nil
}

// readable compares a table's columns with those that it should have. Types are known where the driver tells them.
func (db *DB) readable(ctx context.Context, l layout) error {
	table := db.table(l.name)
	found, err := db.reader.QueryContext(ctx, "SELECT "+strings.Join(l.columns, ", ")+" FROM "+table+" WHERE 1 = 0")
	if err != nil {
		return explain(table, err)
	}
	defer found.Close()
	types, err := found.ColumnTypes()
	if err != nil {
		return explain(table, err)
	}
	for i, t := range types {
		is, want := strings.ToUpper(t.DatabaseTypeName()), db.engine.types[l.kinds[i]]
		if is != "" && is != want {
			return fmt.Errorf("%w: %s.%s is %s, not %s", ErrSchema, table, l.columns[i], is, want)
		}
	}
	found.Next() // there is none: errors that a driver tells late
	return explain(table, found.Err())
}

// writable finds out, without a row being written, whether the tables may be written: the rights, the keys, a file that is read-only.
func (db *DB) writable(ctx context.Context) error {
	tx, err := db.begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, l := range db.layouts() {
		table, columns := db.table(l.name), strings.Join(l.columns, ", ")
		taken := " ON CONFLICT DO NOTHING"
		if !l.only {
			var sets []string
			for _, column := range l.columns[len(l.keys):] {
				sets = append(sets, column+" = excluded."+column)
			}
			taken = " ON CONFLICT (" + strings.Join(l.keys, ", ") + ") DO UPDATE SET " + strings.Join(sets, ", ")
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO "+table+" ("+columns+") SELECT "+columns+" FROM "+table+" WHERE 1 = 0"+taken); err != nil {
			return explain(table, err)
		}
		if !l.gone {
			continue
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM "+table+" WHERE 1 = 0"); err != nil {
			return explain("DELETE FROM "+table, err)
		}
	}
	return nil
}

// explain names what an error is about, and tells tables that don't fit from all else.
func explain(what string, err error) error {
	switch {
	case err == nil:
		return nil
	case unfit(err):
		return fmt.Errorf("%w: %s: %w", ErrSchema, what, err)
	}
	return fmt.Errorf("%s: %w", what, err)
}

// unfit reports whether a statement failed because of the tables: one is missing, or a column, a key, or has another type.
func unfit(err error) bool {
	if slices.Contains([]string{"42P01", "3F000", "42703", "42804", "42883", "42P10"}, sqlState(err)) {
		return true
	}
	switch code := sqliteCode(err); {
	case code == 20, code == 3091: // SQLITE_MISMATCH, SQLITE_CONSTRAINT_DATATYPE
		return true
	case code&0xff == 1: // SQLITE_ERROR: of all there is, only a statement's that doesn't fit
		text := err.Error()
		return strings.Contains(text, "no such table") || strings.Contains(text, "no such column") || strings.Contains(text, "has no column") || strings.Contains(text, "ON CONFLICT clause does not match")
	}
	return false
}
