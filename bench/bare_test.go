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

// journal makes the table that the bare side writes its journal into.
func (w *world) journal() {
	w.exec("CREATE TABLE journal (run TEXT NOT NULL, n BIGINT NOT NULL, ids " + map[bool]string{true: "BLOB", false: "BYTEA"}[w.lite] + " NOT NULL, PRIMARY KEY (run, n))")
}

// bareChunks is what a hand-over costs at least: chunks by key, of each part, and what a journal writes of them, three bytes an id.
func (w *world) bareChunks(ctx context.Context, from, to string) time.Duration {
	start, n := time.Now(), 0
	if len(w.stages) == 0 {
		w.bareRange(ctx, to, n, "owner = ?", from)
	}
	for _, stage := range w.stages {
		n = w.bareRange(ctx, to, n, "owner = ? AND stage = ?", from, stage)
	}
	return time.Since(start)
}

// bareRange moves the rows that a condition selects, each chunk in a transaction with its row of the journal, numbered from n
// on, and tells the number of the next one.
func (w *world) bareRange(ctx context.Context, to string, n int, where string, args ...any) (next int) {
	last := w.args("SELECT coalesce(max(id), 0), count(*) FROM (SELECT id FROM deals WHERE " + where + " AND id > ? ORDER BY id LIMIT ?) page")
	note := w.args("INSERT INTO journal (run, n, ids) VALUES (?, ?, ?)")
	move := w.args("UPDATE deals SET owner = ? WHERE " + where + " AND id > ? AND id <= ?")
	for after, count := int64(0), 1; count > 0; {
		w.transaction(ctx, func(tx *sql.Tx) error {
			var until int64
			err := tx.QueryRowContext(ctx, last, slices.Concat(args, []any{after, w.bareChunk()})...).Scan(&until, &count)
			if err != nil || count == 0 {
				return err
			}
			if _, err := tx.ExecContext(ctx, note, to, n, make([]byte, 3*count)); err != nil {
				return err
			}
			_, err = tx.ExecContext(ctx, move, slices.Concat([]any{to}, args, []any{after, until})...)
			after, n = until, n+1
			return err
		})
	}
	return n
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
