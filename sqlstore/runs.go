package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/seed-8e8abc8d/roster"
)

func (t *tx) Run(id roster.RunID) (roster.Run, error) {
	return find(t, t.db.nouns.runs, " AND id = ?", string(id))
}

// PutRun keeps the list of unfinished runs over all accounts as well: a working one with the time from which it is due,
// a parked one with none.
func (t *tx) PutRun(r roster.Run) error {
	if err := put(t, t.db.nouns.runs, &r); err != nil {
		return err
	}
	due := t.db.table("due")
	if !r.Unfinished() {
		_, err := t.exec("DELETE FROM "+due+" WHERE account = ? AND run = ?", t.account, string(r.ID))
		return err
	}
	var at any
	if r.State == roster.RunWorking {
		at = r.Due().UnixMicro()
	}
	_, err := t.exec("INSERT INTO "+due+" (account, run, at, started) VALUES (?, ?, ?, ?)"+
		" ON CONFLICT (account, run) DO UPDATE SET at = excluded.at, started = excluded.started",
		t.account, string(r.ID), at, micros(r.Started))
	return err
}

func (t *tx) ListRuns(f roster.RunFilter, after roster.RunID, limit int) ([]roster.Run, error) {
	var w filter
	w.and(true, "id > ?", string(after))
	w.by(f.Leaver != "", "runs_leaver", "leaver = ?", string(f.Leaver))
	w.and(f.State != roster.RunNone, "state = ?", int64(f.State))
	w.by(f.Unfinished, "runs_unfinished", "state IN (1, 2)")
	w.and(f.Successor != "", "? IN ("+t.db.engine.listed("successors")+")", string(f.Successor))
	return filtered(t, t.db.nouns.runs, &w, "id", limit)
}

func (t *tx) PutEntry(e roster.Entry) error { return put(t, t.db.nouns.entries, &e) }

func (t *tx) ListEntries(run roster.RunID, after int, limit int) ([]roster.Entry, error) {
	return list(t, t.db.nouns.entries, limit, " AND run = ? AND n > ? ORDER BY n", string(run), after)
}

// Due lists the working runs of all accounts that are due at Options.Now (roster.Run.Due): account by account in byte order of
// their names, in each those that fell due first coming first, at most limit of them, after one that is known; the zero
// Due begins at the start. One whose Since is beyond all times leads to the next account. Due and Backlog are the only
// questions that look at more than one account.
func (db *DB) Due(ctx context.Context, after roster.Due, limit int) (page []roster.Due, err error) {
	if !storable(after.Account, string(after.Run)) {
		return nil, fail("due", fmt.Errorf("%w: after a text that isn't UTF-8, or holds NUL", roster.ErrInvalid))
	}
	err = read(ctx, db.reader, func(found *sql.Rows) error {
		var d roster.Due
		var at int64
		err := found.Scan(&d.Account, &at, (*string)(&d.Run))
		d.Since = time.UnixMicro(at).UTC()
		page = append(page, d)
		return err
	}, db.engine.rebind("SELECT account, at, run FROM "+db.table("due")+
		" WHERE at <= ? AND (account, at, run) > (?, ?, ?) ORDER BY account, at, run LIMIT ?"),
		db.now().UnixMicro(), after.Account, after.Since.UnixMicro(), string(after.Run), max(limit, 0))
	if err != nil {
		return nil, fail("due", err)
	}
	return page, nil
}

// Backlog counts the unfinished runs of all accounts at Options.Now, for those who watch over workers.
func (db *DB) Backlog(ctx context.Context) (b roster.Backlog, err error) {
	var oldest, parked sql.NullInt64
	err = db.reader.QueryRowContext(ctx, db.engine.rebind("SELECT COUNT(CASE WHEN at <= ? THEN 1 END), COUNT(at), COUNT(*),"+
		" MIN(CASE WHEN at IS NOT NULL THEN started END), MIN(CASE WHEN at IS NULL THEN started END) FROM "+db.table("due")),
		db.now().UnixMicro()).Scan(&b.Due, &b.Later, &b.Parked, &oldest, &parked)
	b.Parked -= b.Later
	b.Later -= b.Due
	if oldest.Valid {
		b.Oldest = time.UnixMicro(oldest.Int64).UTC()
	}
	if parked.Valid {
		b.OldestParked = time.UnixMicro(parked.Int64).UTC()
	}
	return b, fail("backlog", err)
}
