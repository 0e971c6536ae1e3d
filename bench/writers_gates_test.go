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

// TestGateWriters compares what another writer of the same table, of rows that stay, waits for its commit during a hand-over with what
// it waits alone, in the same run; what it waits beside bare chunks is told.
func TestGateWriters(t *testing.T) {
	for engine := range engines {
		t.Run(engine, func(t *testing.T) {
			w := newWorld(t, engine, *records, 10_000)
			ctx := t.Context()
			during := w.writer(ctx)
			took := w.handOver(ctx, user(0), user(1))
			busy := during()
			w.journal()
			w.tidy()
			bare := w.writer(ctx)
			w.bareChunks(ctx, string(user(1)), string(user(2)))
			chunks := bare()
			alone := w.writer(ctx)
			ticking := time.NewTimer(took)
			<-ticking.C
			quiet := alone()
			t.Logf("hand-over of %d records: %.2f s", *records, took.Seconds())
			t.Logf("another writer alone:  %6d commits, p50 %s, p99 %s, max %s", len(quiet), at(quiet, 0.5), at(quiet, 0.99), at(quiet, 1))
			t.Logf("another writer beside: %6d commits, p50 %s, p99 %s, max %s", len(busy), at(busy, 0.5), at(busy, 0.99), at(busy, 1))
			t.Logf("beside bare chunks:    %6d commits, p50 %s, p99 %s, max %s", len(chunks), at(chunks, 0.5), at(chunks, 0.99), at(chunks, 1))
			if p99 := at(busy, 0.99); p99 > 50*time.Millisecond {
				t.Errorf("p99 beside is %s, allowed 50 ms", p99)
			}
			if longest := at(busy, 1); longest > 5*at(quiet, 1) {
				t.Errorf("max beside is %s, allowed 5 × %s", longest, at(quiet, 1))
			}
		})
	}
}

// writer changes rows of others, one a commit and one commit every two milliseconds or as soon as it can, until it is
// stopped; it tells how long each took, the shortest first.
func (w *world) writer(ctx context.Context) (stop func() []time.Duration) {
	var took []time.Duration
	var over sync.WaitGroup
	var theirs []int64
	found, err := w.db.Reader().QueryContext(ctx, "SELECT id FROM deals WHERE owner LIKE 'other%'")
	must(w, err)
	defer found.Close()
	for found.Next() {
		theirs = append(theirs, 0)
		must(w, found.Scan(&theirs[len(theirs)-1]))
	}
	must(w, found.Err())
	end := make(chan struct{})
	statement := w.args("UPDATE deals SET title = ? WHERE id = ?")
	over.Go(func() {
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-end:
				return
			case <-tick.C:
			}
			start := time.Now()
			if _, err := w.db.Writer().ExecContext(ctx, statement, "another title", theirs[rand.IntN(len(theirs))]); err != nil {
				w.Error(err)
				return
			}
			took = append(took, time.Since(start))
		}
	})
	return func() []time.Duration {
		close(end)
		over.Wait()
		slices.Sort(took)
		return took
	}
}

// at is the duration that a part of all don't exceed.
func at(sorted []time.Duration, part float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(part*float64(len(sorted))))].Round(10 * time.Microsecond)
}
