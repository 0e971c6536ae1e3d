//go:build gates

package bench

import (
	"flag"
	"testing"
	"time"

	"github.com/seed-8e8abc8d/roster/internal/gate"
)

var rounds = flag.Int("rounds", 7, "rounds of each comparison")

// TestGateHandOver compares a journaled hand-over with bare chunks by key and with one bare statement, one after another in
// each round, every side on a table in its best state.
func TestGateHandOver(t *testing.T) {
	for engine := range engines {
		t.Run(engine, func(t *testing.T) {
			w := newWorld(t, engine, *records, 0)
			w.compare(t)
		})
	}
}

// TestGateAmongOthers does the same where a hundred times as many rows are others'.
func TestGateAmongOthers(t *testing.T) {
	for engine := range engines {
		t.Run(engine, func(t *testing.T) {
			w := newWorld(t, engine, max(*records/100, 1_000), max(*records, 100_000))
			w.compare(t)
		})
	}
}

func (w *world) compare(t *testing.T) {
	ctx := t.Context()
	w.exec("CREATE TABLE journal (run TEXT NOT NULL, n BIGINT NOT NULL, ids " + map[bool]string{true: "BLOB", false: "BYTEA"}[w.lite] + " NOT NULL, PRIMARY KEY (run, n))")
	var chunks, whole []float64
	var ours, bare, one []float64
	at := 0
	timed := func(f func(from, to string)) float64 {
		w.tidy()
		start := time.Now()
		f(string(user(at)), string(user(at+1)))
		at++
		return time.Since(start).Seconds()
	}
	for range *rounds {
		w.tidy()
		o := w.handOver(ctx, user(at), user(at+1)).Seconds()
		at++
		b := timed(func(from, to string) { w.bareChunks(ctx, from, to) })
		u := timed(func(from, to string) { w.bareUpdate(ctx, from, to) })
		ours, bare, one = append(ours, o), append(bare, b), append(one, u)
		chunks, whole = append(chunks, o/b), append(whole, o/u)
	}
	t.Logf("%d records: ours %.2f s, bare chunks with a journal %.2f s, one statement %.2f s (medians of %d)", *records, gate.Median(ours), gate.Median(bare), gate.Median(one), *rounds)
	judge(t, "hand-over against bare chunks with a journal", gate.Median(chunks), gate.Lower(chunks), 1.3)
	judge(t, "hand-over against one statement", gate.Median(whole), gate.Lower(whole), 1.6)
}

// judge fails when even the lower bound of the ratios lies beyond what is allowed; with few rounds there is no bound, and
// the median counts.
func judge(t *testing.T, name string, median, lower, allowed float64) {
	t.Helper()
	report := t.Logf
	if max(lower, 0) > allowed || lower < 0 && median > allowed {
		report = t.Errorf
	}
	report("%s: median %.2f×, lower bound %.2f, allowed %.2f", name, median, lower, allowed)
}
