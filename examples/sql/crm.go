package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/offboard"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// crm is the host: its people in a roster, its records in tables of its own, in the same database.
type crm struct {
	options
	terminal
	db    *sqlstore.DB
	store *sqlstore.Store
	r     *roster.Roster
	desk  *offboard.Desk
	deals *sqlstore.Holdings // for their list
	words *strings.Replacer
}

// newCRM makes the CRM over a database.
func newCRM(db *sqlstore.DB, o options, t terminal) (*crm, error) {
	schema, err := rights()
	if err != nil {
		return nil, err
	}
	c := &crm{options: o, terminal: t, db: db, store: db.Account("crm"), words: words(o)}
	c.r, err = roster.New(c.store, schema, roster.Config{})
	return c, err
}

// tables of the CRM. Each has an index for who answers for its rows, which its own lists want as well. The keys are
// numbers, a text and a UUID. Nobody's people are in it: they are in roster.
const tables = `
CREATE TABLE deals     (id integer PRIMARY KEY, title text NOT NULL, stage text NOT NULL, owner text, author text, closed boolean NOT NULL);
CREATE TABLE contacts  (id integer PRIMARY KEY, name text NOT NULL, owner text, author text);
CREATE TABLE companies (id integer PRIMARY KEY, name text NOT NULL, owner text, author text);
CREATE TABLE tasks     (id integer PRIMARY KEY, title text NOT NULL, owner text, watcher text, done boolean NOT NULL);
CREATE TABLE notes     (id integer PRIMARY KEY, about integer NOT NULL, words text NOT NULL, owner text, author text);
CREATE TABLE calls     (id UUID PRIMARY KEY, phone text NOT NULL, owner text, ended boolean NOT NULL);
CREATE TABLE invoices  (id integer PRIMARY KEY, deal integer NOT NULL, cents integer NOT NULL, owner text, paid boolean NOT NULL);
CREATE TABLE files     (path text PRIMARY KEY, owner text, author text);
CREATE TABLE webhooks  (id integer PRIMARY KEY, url text NOT NULL, owner text, active boolean NOT NULL);
CREATE TABLE searches  (id integer PRIMARY KEY, owner text, name text NOT NULL, UNIQUE (owner, name));
CREATE INDEX deals_owner     ON deals (owner, stage, id);
CREATE INDEX deals_author    ON deals (author, id);
CREATE INDEX contacts_owner  ON contacts (owner, id);
CREATE INDEX contacts_author ON contacts (author, id);
CREATE INDEX companies_owner  ON companies (owner, id);
CREATE INDEX companies_author ON companies (author, id);
CREATE INDEX tasks_owner   ON tasks (owner, id);
CREATE INDEX tasks_watcher ON tasks (watcher);
CREATE INDEX notes_owner   ON notes (owner, id);
CREATE INDEX notes_author  ON notes (author, id);
CREATE INDEX calls_owner   ON calls (owner, id);
CREATE INDEX invoices_owner ON invoices (owner, id);
CREATE INDEX files_owner   ON files (owner, path);
CREATE INDEX files_author  ON files (author, path);
CREATE INDEX webhooks_owner ON webhooks (owner, id);
CREATE INDEX searches_owner ON searches (owner, id);
`

// fillings are the rows of each table: n.i counts them, o.id is who answers for one, a.id who wrote it. Of 100 rows of
// the CRM share are the table's.
var fillings = []struct {
	table, row string
	share      int
}{
	{"deals", "n.i, 'Deal ' || n.i, CASE n.i % 5 WHEN 0 THEN 'offer' WHEN 1 THEN 'won' WHEN 2 THEN 'lost' ELSE 'lead' END, o.id, a.id, n.i % 5 IN (1, 2)", 20},
	{"contacts", "n.i, 'Contact ' || n.i, o.id, a.id", 20},
	{"companies", "n.i, 'Company ' || n.i, o.id, a.id", 8},
	{"tasks", "n.i, 'Call contact ' || n.i, o.id, a.id, n.i % 5 > 0", 15},
	{"notes", "n.i, n.i % 1000, 'Wants to hear from us', o.id, a.id", 15},
	{"calls", "CAST('019a0000-0000-7000-8000-' || (100000000000 + n.i) AS UUID), '+1 555 ' || n.i, o.id, n.i % 25 > 0", 10},
	{"invoices", "n.i, n.i, 100 * n.i, o.id, n.i % 5 > 1", 5},
	{"files", "'contracts/' || n.i || '.pdf', o.id, a.id", 5},
	{"webhooks", "n.i, 'https://example.com/' || n.i, o.id, n.i % 5 > 0", 1},
	{"searches", "n.i, o.id, CASE WHEN n.i > 18 OR n.i % 6 = 0 THEN 'Search ' || n.i ELSE 'My calls ' || (n.i / 6) END", 1},
}

// filling writes the rows of a table. People take turns, and leo comes twice. Three of his searches are called
// what his colleagues call one of theirs.
const filling = `
WITH RECURSIVE
	n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1),
	people(k, id) AS (VALUES (0, 'leo'), (1, 'vera'), (2, 'sid'), (3, 'leo'), (4, 'ada'), (5, 'tom'))
INSERT INTO %s SELECT %s FROM n JOIN people o ON o.k = n.i %% 6 JOIN people a ON a.k = n.i / 2 %% 6`

// begun tells whether an earlier life of this process has filled the tables.
func (c *crm) begun(ctx context.Context) (bool, error) {
	_, err := c.r.User(ctx, roster.System("start"), leaver)
	if errors.Is(err, roster.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// fill makes the CRM's tables, their rows and its people, in one transaction, so that a process that is killed meanwhile
// leaves nothing.
func (c *crm) fill(ctx context.Context) error {
	tx, err := c.db.Writer().BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := c.r.On(c.store.InTx(tx)).Apply(ctx, roster.System("first start"), people()...); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, c.words.Replace(tables)); err != nil {
		return err
	}
	for _, f := range fillings {
		if _, err := tx.ExecContext(ctx, c.words.Replace(fmt.Sprintf(filling, f.table, f.row)), c.rows*f.share/100); err != nil {
			return fmt.Errorf("%s: %w", f.table, err)
		}
	}
	return tx.Commit()
}
