//go:build gates

package bench

import (
	"context"
	"database/sql"
	"slices"
	"time"
)

// bareChunk is how many rows the bare side moves at once: what was measured to be best.
func (w *world) bareChunk() int {
	if w.lite {
		return 1_000
	}
	return 5_000
}

// bareChunks is what a hand-over costs at least: chunks by key, of each part, and what a journal writes of them, three bytes an id.
func (w *world) bareChunks(ctx context.Context, from, to string) time.Duration {
	start, n, those, named := time.Now(), 0, "owner = ?", []any{from}
	chunks := func() {
		last := w.args("SELECT coalesce(max(id), 0), count(*) FROM (SELECT id FROM deals WHERE " + those + " AND id > ? ORDER BY id LIMIT ?) page")
		move := w.args("UPDATE deals SET owner = ? WHERE " + those + " AND id > ? AND id <= ?")
		note := w.args("INSERT INTO journal (run, n, ids) VALUES (?, ?, ?)")
		after, count := int64(0), 1
		for count > 0 {
			w.transaction(ctx, func(tx *sql.Tx) error {
				var until int64
				err := tx.QueryRowContext(ctx, last, append(slices.Clone(named), after, w.bareChunk())...).Scan(&until, &count)
				if err != nil || count == 0 {
					return err
				}
				if _, err := tx.ExecContext(ctx, note, to, n, make([]byte, 3*count)); err != nil {
					return err
				}
				_, err = tx.ExecContext(ctx, move, append(append([]any{to}, named...), after, until)...)
				after = until
				n++
				return err
			})
		}
	}
	if len(w.stages) == 0 {
		chunks()
	}
	for _, stage := range w.stages {
		those, named = "owner = ? AND stage = ?", []any{from, stage}
		chunks()
	}
	return time.Since(start)
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
