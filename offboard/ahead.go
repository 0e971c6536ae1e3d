package offboard

import (
	"context"
	"errors"

	"github.com/seed-8e8abc8d/roster"
)

// ahead is a page of a step that is read while the chunk before it moves: on a database, by another connection and on
// another processor, for nothing.
type ahead struct {
	roster.Query
	step int
	// read reads the page, or waits for it. It is called once, and panics when Page does.
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
	a.read = func() ([]roster.Record, error) {
		defer a.stop()
		return readPage(ctx, k, a.Query)
	}
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
		w.ahead.begin()
	}
	return err
}

// begin reads in a goroutine. Who waits for it waits for a channel, and not for a lock, lest a host's test in a bubble of
// testing/synctest stand still.
func (a *ahead) begin() {
	type outcome struct {
		page     []roster.Record
		err      error
		panicked any
	}
	got, read := make(chan outcome, 1), a.read
	go func() {
		o := outcome{panicked: errors.New("offboard: Page has ended its goroutine")}
		defer func() {
			if p := recover(); p != nil {
				o.panicked = p
			}
			got <- o
		}()
		o.page, o.err = read()
		o.panicked = nil
	}()
	a.read = func() ([]roster.Record, error) {
		o := <-got
		if o.panicked != nil {
			panic(o.panicked)
		}
		return o.page, o.err
	}
}

// drop ends the reading of a page that nobody wants, and waits for its end, whatever it is.
func (w *worker) drop() {
	if w.ahead == nil {
		return
	}
	defer func() { _ = recover() }() // who wants the page panics
	a := w.ahead
	w.ahead = nil
	a.stop()
	_, _ = a.read()
}
