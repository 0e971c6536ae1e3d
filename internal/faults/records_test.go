package faults_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// moves is written by triggers alone, and tells every change of an owner that was committed, in order, whoever made it.
var moves = map[sqlstore.Dialect]string{
	sqlstore.SQLite: `
CREATE TABLE moves (seq INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, was TEXT NOT NULL, becomes TEXT NOT NULL);
CREATE INDEX moves_account ON moves (account, seq);`,
	sqlstore.PostgreSQL: `
CREATE TABLE moves (seq BIGSERIAL PRIMARY KEY, account TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, was TEXT NOT NULL, becomes TEXT NOT NULL);
CREATE INDEX moves_account ON moves (account, seq);
CREATE FUNCTION moved() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
	INSERT INTO moves (account, kind, id, was, becomes) VALUES (new.account, TG_TABLE_NAME, new.id, old.owner, new.owner);
	RETURN NULL;
END $$;`,
}

// table is the host's own table of one kind that is traced.
var table = map[sqlstore.Dialect]string{
	sqlstore.SQLite: `
CREATE TABLE {kind} (account TEXT NOT NULL, id TEXT NOT NULL, owner TEXT NOT NULL, PRIMARY KEY (account, id)) WITHOUT ROWID;
CREATE INDEX {kind}_owner ON {kind} (account, owner, id);
CREATE TRIGGER {kind}_moved AFTER UPDATE ON {kind} BEGIN
	INSERT INTO moves (account, kind, id, was, becomes) VALUES (new.account, '{kind}', new.id, old.owner, new.owner);
END;`,
	sqlstore.PostgreSQL: `
CREATE TABLE {kind} (account TEXT COLLATE "C" NOT NULL, id TEXT COLLATE "C" NOT NULL, owner TEXT COLLATE "C" NOT NULL, PRIMARY KEY (account, id));
CREATE INDEX {kind}_owner ON {kind} (account, owner, id);
CREATE TRIGGER {kind}_moved AFTER UPDATE ON {kind} FOR EACH ROW EXECUTE FUNCTION moved();`,
}

// host makes the host's tables, of all kinds.
func host(ctx context.Context, p place, db *sqlstore.DB) error {
	text := moves[p.Engine] + plainTables
	for _, kind := range traced {
		text += strings.ReplaceAll(table[p.Engine], "{kind}", kind)
	}
	_, err := db.Writer().ExecContext(ctx, text)
	return err
}

// listed is a query for the texts of a JSON list that is an argument, # its number.
var listed = map[sqlstore.Dialect]string{
	sqlstore.SQLite:     "SELECT value FROM json_each($#)",
	sqlstore.PostgreSQL: "SELECT json_array_elements_text(CAST($# AS json))",
}

// records are the holdings of one kind in the host's table, written by hand as the comment of roster.Holdings says: half
// of the deletions use them where a table has triggers, the others those of sqlstore.Table.
// Nobody is the empty owner.
type records struct {
	db      *sqlstore.DB
	engine  sqlstore.Dialect
	account string
	kind    string
	blind   bool // planted: moves without looking who has the record
}

func (h records) Survey(ctx context.Context, user roster.UserID) (roster.Survey, error) {
	var n int
	err := h.db.Reader().QueryRowContext(ctx, "SELECT count(*) FROM "+h.kind+" WHERE account = $1 AND owner = $2", h.account, string(user)).Scan(&n)
	if err != nil || n == 0 {
		return roster.Survey{}, err
	}
	return roster.Survey{Responsible: map[string]int{"": n}}, nil
}

func (h records) Page(ctx context.Context, q roster.Query) (page []roster.Record, err error) {
	if q.Tie != roster.Responsible || !q.AllParts && q.Part != "" {
		return nil, nil // there are neither authors nor parts
	}
	limit := q.Limit
	if q.IDs != nil {
		limit = 1 << 30 // the few that are asked for may be among many
	}
	err = scan(ctx, h.db.Reader(), func(row *sql.Rows) error {
		r := roster.Record{Owner: q.User}
		err := row.Scan(&r.ID)
		if q.IDs == nil || slices.Contains(q.IDs, r.ID) {
			page = append(page, r)
		}
		return err
	}, "SELECT id FROM "+h.kind+" WHERE account = $1 AND owner = $2 AND id > $3 ORDER BY id LIMIT $4", h.account, string(q.User), q.After, limit)
	return page, err
}

func (h records) Move(ctx context.Context, o roster.MoveOrder) ([]roster.MoveResult, error) {
	ids, err := json.Marshal(o.IDs)
	if err != nil {
		return nil, err
	}
	tx, err := h.db.Writer().BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	still := " AND owner = $4"
	if h.blind {
		still = " AND owner <> $4 || 'x'"
	}
	moved, owners := map[string]bool{}, map[string]string{}
	err = scan(ctx, tx, func(row *sql.Rows) error {
		var id string
		err := row.Scan(&id)
		moved[id] = true
		return err
	}, "UPDATE "+h.kind+" SET owner = $1 WHERE account = $2 AND id IN ("+h.list("3")+")"+still+" RETURNING id",
		string(o.To), h.account, string(ids), string(o.From))
	if err != nil {
		return nil, err
	}
	err = scan(ctx, tx, func(row *sql.Rows) error {
		var id, owner string
		err := row.Scan(&id, &owner)
		owners[id] = owner
		return err
	}, "SELECT id, owner FROM "+h.kind+" WHERE account = $1 AND id IN ("+h.list("2")+")", h.account, string(ids))
	if err != nil {
		return nil, err
	}
	results := make([]roster.MoveResult, len(o.IDs))
	for i, id := range o.IDs {
		owner, there := owners[id]
		switch {
		case moved[id]:
			results[i] = roster.MoveDone
		case !there:
			results[i] = roster.MoveGone
		case owner == string(o.To):
			results[i] = roster.MoveAlready
		default:
			results[i] = roster.MoveElsewhere
		}
	}
	return results, tx.Commit()
}

// list is a query for the texts of the n-th argument, a JSON list.
func (h records) list(n string) string { return strings.ReplaceAll(listed[h.engine], "#", n) }

// querier is a pool or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// scan calls a function for each row that a query finds.
func scan(ctx context.Context, from querier, each func(*sql.Rows) error, query string, args ...any) error {
	found, err := from.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer found.Close()
	for found.Next() {
		if err := each(found); err != nil {
			return err
		}
	}
	return found.Err()
}
