//go:build gates

package bench

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/internal/gate"
)

// TestGateWriters compares what other writers of the same table, of rows that stay, wait for their commits during a hand-over with
// what they wait alone, in the same run; what they wait beside bare chunks is told. It does so several times, since a disk that stands
// still for a moment decides a single longest wait, on either side, and judges the median as the other gates do.
//
// There are as many writers as the engine lets write at the same time, up to four: on SQLite one. A single writer on an otherwise idle server
// has commits of 1 to 3 ms at most, of which five times are less than it waits at times beside the bare chunks too: for a host with
// several, the question is what a hand-over adds to what they are for each other.
func TestGateWriters(t *testing.T) {
	for engine := range engines {
		t.Run(engine, func(t *testing.T) {
			w := newWorld(t, engine, *records, 10_000)
			w.journal()
			var ratios []float64
			for round := range 5 {
				ratios = append(ratios, w.beside(t, user(2*round), user(2*round+1), user(2*round+2)))
			}
			t.Logf("longest wait beside a hand-over against alone: median %.2f×, allowed 5", gate.Median(ratios))
			if gate.Median(ratios) > 5 {
				t.Fail()
			}
		})
	}
}

// beside hands all deals over to one and, bare, to a third, and tells how many times the longest wait of others alone the longest beside the
// first hand-over was.
func (w *world) beside(t *testing.T, from, to, third roster.UserID) float64 {
	ctx := t.Context()
	w.hire(11)
	w.tidy()
	during := w.writers(ctx)
	took := w.handOver(ctx, from, to)
	busy := during()
	w.tidy()
	bare := w.writers(ctx)
	w.bareChunks(ctx, string(to), string(third))
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
	return float64(at(busy, 1)) / float64(at(quiet, 1))
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
