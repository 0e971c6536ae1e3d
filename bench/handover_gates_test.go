//go:build gates

package bench

import (
	"flag"
	"testing"
	"time"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/internal/gate"
)

var rounds = flag.Int("rounds", 12, "rounds of each comparison")

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

// TestGateParts does the same where the records are in seven parts, as deals are in the stages of a pipeline, each of which
// is handed over by itself.
func TestGateParts(t *testing.T) {
	for engine := range engines {
		t.Run(engine, func(t *testing.T) {
			w := newWorld(t, engine, *records, *records, "new", "call", "offer", "talk", "contract", "won", "lost")
			w.compare(t)
		})
	}
}

// TestGateAmongOthers does it where a hundred times as many rows are others'.
func TestGateAmongOthers(t *testing.T) {
	for engine := range engines {
		t.Run(engine, func(t *testing.T) {
			w := newWorld(t, engine, max(*records/100, 1_000), max(*records, 100_000))
			w.compare(t)
		})
	}
}

// compare lets the three sides take turns, in each order of them equally often where the rounds are a multiple of six.
func (w *world) compare(t *testing.T) {
	ctx := t.Context()
	w.journal()
	sides := []func(from, to roster.UserID) time.Duration{
		func(from, to roster.UserID) time.Duration { return w.handOver(ctx, from, to) },
		func(from, to roster.UserID) time.Duration { return w.bareChunks(ctx, string(from), string(to)) },
		func(from, to roster.UserID) time.Duration { return w.bareUpdate(ctx, string(from), string(to)) },
	}
	orders := [][]int{{0, 1, 2}, {2, 1, 0}, {1, 2, 0}, {0, 2, 1}, {2, 0, 1}, {1, 0, 2}}
	w.hire(1 + len(sides)**rounds)
	took := make([][]float64, len(sides))
	var chunks, whole []float64
	for round := range *rounds {
		for n, side := range orders[round%len(orders)] {
			w.tidy()
			at := len(sides)*round + n
			took[side] = append(took[side], sides[side](user(at), user(at+1)).Seconds())
		}
		chunks, whole = append(chunks, took[0][round]/took[1][round]), append(whole, took[0][round]/took[2][round])
	}
	t.Logf("%d records: ours %.2f s, bare chunks with a journal %.2f s, one statement %.2f s (medians of %d)", *records, gate.Median(took[0]), gate.Median(took[1]), gate.Median(took[2]), *rounds)
	judge(t, "hand-over against bare chunks with a journal", gate.Median(chunks), gate.Lower(chunks), 1.3)
	if len(w.stages) > 0 { // it passes over the table once, and whoever goes part by part, the bare chunks too, once for each part
		t.Logf("hand-over against one statement: median %.2f×", gate.Median(whole))
		return
	}
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
