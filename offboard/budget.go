package offboard

import (
	"context"
	"math"
	"time"
)

// How many records the first move of a call of Work may hold, and below how many that doesn't fall: with
// fewer, what a move costs by itself is most of what it costs. A chunk holds as many as two moves, since to read it and to write it
// down costs by itself nearly as much for one.
const (
	firstMove = 1_000
	leastMove = 100
)

// chunk is how many records the next chunk may hold.
func (w *worker) chunk() int { return min(2*w.rows, w.set.Chunk) }

// piece is what of ids moves next: about as many as may, and as many as then move each time; a quarter more rather than a small rest.
func (s Settings) piece(ids []string, most int) []string {
	most = min(most+most/4, s.Chunk)
	pieces := (len(ids) + most - 1) / most
	n := (len(ids) + pieces - 1) / pieces
	return ids[:n:n]
}

// rows is how many records the next move may hold, after one of n records, where was were allowed, that took so
// long: as many as would have been moved within the budget, but at most twice as many, and no more after one that wasn't full.
func (s Settings) rows(was, n int, took time.Duration) int {
	if s.Budget < 0 {
		return s.Chunk
	}
	fit := math.Floor(float64(n) * float64(s.Budget) / float64(max(took, 1)))
	switch {
	case took > s.Budget:
		was = int(fit)
	case n >= was:
		was = int(min(fit, float64(2*was)))
	}
	return min(max(was, leastMove), s.Chunk)
}

// first is how many records the first move may hold.
func (s Settings) first() int {
	if s.Budget < 0 {
		return s.Chunk
	}
	return min(firstMove, s.Chunk)
}

// rest leaves others as much time for themselves as a move took, where the settings say so, but no more than an eighth of the
// lease: the move had three quarters of it, and a sixteenth may have gone before. A context that is done ends it.
func (w *worker) rest(ctx context.Context, took time.Duration) {
	if !w.set.Rest {
		return
	}
	over := time.NewTimer(min(took, w.set.Lease/8))
	defer over.Stop()
	select {
	case <-over.C:
	case <-ctx.Done():
	}
}
