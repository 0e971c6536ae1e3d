//go:build gates

package bench

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"
)

// TestGateWriters compares what other writers of the same table, of rows that stay, wait for their commits during a hand-over with
// what they wait alone, in the same run; what they wait beside bare chunks is told. There are as many as the engine lets write at
// the same time, up to four: on SQLite one. A single writer on an otherwise idle server has commits of 1 to 3 ms at most, of which five times are
// less than it waits at times beside the bare chunks too: for a host with several, the question is what a hand-over adds to what they are for each other.
func TestGateWriters(t *testing.T) {
	for engine := range engines {
		t.Run(engine, func(t *testing.T) {
			w := newWorld(t, engine, *records, 10_000)
			ctx := t.Context()
			during := w.writers(ctx)
			took := w.handOver(ctx, user(0), user(1))
			busy := during()
			w.journal()
			w.tidy()
			bare := w.writers(ctx)
			w.bareChunks(ctx, string(user(1)), string(user(2)))
			chunks := bare()
			w.tidy()
			alone := w.writers(ctx)
			ticking := time.NewTimer(took)
			<-ticking.C
			quiet := alone()
			t.Logf("hand-over of %d records: %.2f s", *records, took.Seconds())
			t.Logf("other writers alone:  %6d commits, p50 %s, p99 %s, max %s", len(quiet), at(quiet, 0.5), at(quiet, 0.99), at(quiet, 1))
			t.Logf("other writers beside: %6d commits, p50 %s, p99 %s, max %s", len(busy), at(busy, 0.5), at(busy, 0.99), at(busy, 1))
			t.Logf("beside bare chunks:   %6d commits, p50 %s, p99 %s, max %s", len(chunks), at(chunks, 0.5), at(chunks, 0.99), at(chunks, 1))
			if p99 := at(busy, 0.99); p99 > 50*time.Millisecond {
				t.Errorf("p99 beside is %s, allowed 50 ms", p99)
			}
			if longest := at(busy, 1); longest > 5*at(quiet, 1) {
				t.Errorf("max beside is %s, allowed 5 × %s", longest, at(quiet, 1))
			}
		})
	}
}

// writers change rows of others until they are stopped, and tell how long each commit took, the shortest first.
func (w *world) writers(ctx context.Context) (stop func() []time.Duration) {
	var theirs []int64
	found, err := w.db.Reader().QueryContext(ctx, "SELECT id FROM deals WHERE owner LIKE 'other%'")
	must(w, err)
	defer found.Close()
	for found.Next() {
		theirs = append(theirs, 0)
		must(w, found.Scan(&theirs[len(theirs)-1]))
	}
	must(w, found.Err())
	n := 4
	if w.lite {
		n = 1
	}
	took, end := make([][]time.Duration, n), make(chan struct{})
	var over sync.WaitGroup
	for i := range n {
		over.Go(func() { took[i] = w.write(ctx, theirs, end) })
	}
	return func() []time.Duration {
		close(end)
		over.Wait()
		all := slices.Concat(took...)
		slices.Sort(all)
		return all
	}
}

// write changes one of the rows, in a transaction of its own, every two milliseconds or as soon as it can.
func (w *world) write(ctx context.Context, rows []int64, end <-chan struct{}) (took []time.Duration) {
	statement := w.args("UPDATE deals SET title = ? WHERE id = ?")
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-end:
			return took
		case <-tick.C:
		}
		start := time.Now()
		if _, err := w.db.Writer().ExecContext(ctx, statement, "another title", rows[rand.IntN(len(rows))]); err != nil {
			w.Error(err)
			return took
		}
		took = append(took, time.Since(start))
	}
}

// at is the duration that a part of all don't exceed.
func at(sorted []time.Duration, part float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(part*float64(len(sorted))))].Round(10 * time.Microsecond)
}
