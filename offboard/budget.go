package offboard

import (
	"context"
	"math"
	"time"
)

// How many records the first chunk of a call of Work holds at most, and below how many none of the later ones falls: with
// fewer, what a chunk costs by itself is most of what it costs.
const (
	firstChunk = 1_000
	leastChunk = 100
)

// rows is how many records the next chunk may hold, after one of n records, where was were allowed, whose move took so
// long: as many as would have been moved within the budget, but at most half as many again, and no more after one that wasn't full.
func (s Settings) rows(was, n int, took time.Duration) int {
	if s.Budget < 0 {
		return s.Chunk
	}
	fit := math.Floor(float64(n) * float64(s.Budget) / float64(max(took, 1)))
	switch {
	case took > s.Budget:
		was = int(fit)
	case n >= was:
		was = int(min(fit, float64(s.grown(was))))
	}
	return min(max(was, leastChunk), s.Chunk)
}

// grown is how many records may come after a chunk of so many, at most.
func (s Settings) grown(rows int) int { return rows + max(rows/2, 1) }

// first is how many records the first chunk may hold.
func (s Settings) first() int {
	if s.Budget < 0 {
		return s.Chunk
	}
	return min(firstChunk, s.Chunk)
}

// rest leaves others as much time for themselves as a move took, where the settings say so, but no more than an eighth of the
// lease: the move had three quarters of it. A context that is done ends it.
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
