package offboard

import (
	"context"
	"sync"

	"github.com/seed-8e8abc8d/roster"
)

// ahead is a page of a step that is read while the chunk before it moves: on a database, by another connection and on
// another processor, for nothing.
type ahead struct {
	roster.Query
	step int
	// read waits for the page. It panics when Page did.
	read func() ([]roster.Record, error)
	stop context.CancelFunc
}

// page prepares to read a page of a step, from behind step.After on.
func (w *worker) page(ctx context.Context, i int, step roster.Step, limit int) (*ahead, error) {
	k, err := w.kind(step.Kind)
	if err != nil {
		return nil, err
	}
	a := &ahead{step: i, Query: roster.Query{
		User: w.hold.Run.Leaver, Tie: step.Tie, Part: step.Part, AllParts: step.Tie == roster.Author, After: step.After, Limit: limit,
	}}
	ctx, a.stop = context.WithTimeout(ctx, w.set.Lease*3/4)
	a.read = sync.OnceValues(func() ([]roster.Record, error) {
		defer a.stop()
		return readPage(ctx, k, a.Query)
	})
	return a, nil
}

// readOn begins to read what comes behind a chunk of a step: as much as the next one may hold at most.
func (w *worker) readOn(ctx context.Context, i int, ids []string) (err error) {
	step := w.hold.Run.Steps[i]
	if len(step.Records) > 0 { // it names them
		return nil
	}
	step.After = ids[len(ids)-1]
	if w.ahead, err = w.page(ctx, i, step, min(w.set.grown(w.rows), w.set.Chunk)); err == nil {
		go w.ahead.wait()
	}
	return err
}

// wait returns when the page has been read, whatever came of it.
func (a *ahead) wait() {
	defer func() { _ = recover() }() // who wants the page panics
	_, _ = a.read()
}

// drop ends the reading of a page that nobody wants.
func (w *worker) drop() {
	if w.ahead != nil {
		w.ahead.stop()
		w.ahead.wait()
		w.ahead = nil
	}
}
