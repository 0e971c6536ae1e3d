package sqlstore

import (
	"context"
	"time"

	"github.com/seed-8e8abc8d/roster"
)

func (t *tx) Run(id roster.RunID) (roster.Run, error) {
	return find(t, t.db.nouns.runs, " AND id = ?", string(id))
}

// PutRun keeps the list of due runs as well: a working run may be taken up when its lease ends.
func (t *tx) PutRun(r roster.Run) error {
	if err := put(t, t.db.nouns.runs, &r); err != nil {
		return err
	}
	due := t.db.table("due")
	if r.State != roster.RunWorking {
		_, err := t.exec("DELETE FROM "+due+" WHERE account = ? AND run = ?", t.account, string(r.ID))
		return err
	}
	at := int64(0)
	if !r.Lease.Until.IsZero() {
		at = r.Lease.Until.UnixMicro()
	}
	_, err := t.exec("INSERT INTO "+due+" (account, run, at) VALUES (?, ?, ?) ON CONFLICT (account, run) DO UPDATE SET at = excluded.at", t.account, string(r.ID), at)
	return err
}

func (t *tx) ListRuns(f roster.RunFilter, after roster.RunID, limit int) ([]roster.Run, error) {
	var w filter
	w.and(true, "id > ?", string(after))
	w.and(f.Leaver != "", "leaver = ?", string(f.Leaver))
	w.and(f.State != roster.RunNone, "state = ?", int64(f.State))
	w.and(f.Unfinished, "state IN (1, 2)")
	w.and(f.Successor != "", "? IN ("+t.db.engine.texts("successors")+")", string(f.Successor))
	return filtered(t, t.db.nouns.runs, &w, "id", limit)
}

func (t *tx) PutEntry(e roster.Entry) error { return put(t, t.db.nouns.entries, &e) }

func (t *tx) ListEntries(run roster.RunID, after int, limit int) ([]roster.Entry, error) {
	return list(t, t.db.nouns.entries, limit, " AND run = ? AND n > ? ORDER BY n", string(run), after)
}

// Due is a working run that nobody holds a lease on.
type Due struct {
	Account string
	Run     roster.RunID
	Since   time.Time // when its lease ended; the beginning of 1970 for a run that nobody has taken up yet
}

// Due lists the working runs of all accounts whose lease has ended at now, those that ended first coming first, at
// most limit of them, after one that is already known; the zero Due begins at the start. It is the only question that
// looks at more than one account.
func (db *DB) Due(ctx context.Context, now time.Time, after Due, limit int) (page []Due, err error) {
	found, err := db.reader.QueryContext(ctx, db.engine.rebind("SELECT at, account, run FROM "+db.table("due")+
		" WHERE at <= ? AND (at, account, run) > (?, ?, ?) ORDER BY at, account, run LIMIT ?"),
		now.UnixMicro(), max(after.Since.UnixMicro(), -1), after.Account, string(after.Run), limit)
	if err != nil {
		return nil, fail("due", err)
	}
	defer found.Close()
	for found.Next() {
		var d Due
		var at int64
		if err := found.Scan(&at, &d.Account, (*string)(&d.Run)); err != nil {
			return nil, fail("due", err)
		}
		d.Since = time.UnixMicro(at).UTC()
		page = append(page, d)
	}
	return page, fail("due", found.Err())
}
