//go:build gates

package bench

import (
	"context"
	"database/sql"
	"time"
)

// bareChunk is how many rows the bare side moves at once: what was measured to be best.
func (w *world) bareChunk() int {
	if w.lite {
		return 1_000
	}
	return 5_000
}

// bareChunks is what a hand-over costs at least: chunks by key, and what a journal writes of them, three bytes an id.
func (w *world) bareChunks(ctx context.Context, from, to string) time.Duration {
	start := time.Now()
	last := w.args("SELECT coalesce(max(id), 0), count(*) FROM (SELECT id FROM deals WHERE owner = ? AND id > ? ORDER BY id LIMIT ?) page")
	move := w.args("UPDATE deals SET owner = ? WHERE owner = ? AND id > ? AND id <= ?")
	note := w.args("INSERT INTO journal (run, n, ids) VALUES (?, ?, ?)")
	for n, after := 1, int64(0); ; n++ {
		done := false
		w.transaction(ctx, func(tx *sql.Tx) error {
			var until int64
			var count int
			if err := tx.QueryRowContext(ctx, last, from, after, w.bareChunk()).Scan(&until, &count); err != nil || count == 0 {
				done = true
				return err
			}
			if _, err := tx.ExecContext(ctx, note, to, n, make([]byte, 3*count)); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, move, to, from, after, until)
			after = until
			return err
		})
		if done {
			return time.Since(start)
		}
	}
}

// bareUpdate moves everything in one statement.
func (w *world) bareUpdate(ctx context.Context, from, to string) time.Duration {
	start := time.Now()
	w.transaction(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, w.args("UPDATE deals SET owner = ? WHERE owner = ?"), to, from)
		return err
	})
	return time.Since(start)
}

func (w *world) transaction(ctx context.Context, f func(*sql.Tx) error) {
	w.Helper()
	tx, err := w.db.Writer().BeginTx(ctx, nil)
	must(w, err)
	defer tx.Rollback()
	must(w, f(tx))
	must(w, tx.Commit())
}
