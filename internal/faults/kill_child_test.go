//go:build unix

package faults_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// deletion is what a child is to do: delete leo of a firm, or go on with it. It dies by SIGKILL at a point.
type deletion struct {
	place
	Life  int // how many went before: each finds the leases of those over
	Chunk int
	Hand  bool
	Line  bool // opens its database over a line, and tells "range" on standard error for each range that moved
	Plant string
	Die   point
}

// point is a moment of a deletion. The zero point never comes.
type point struct {
	// Call is the phase and the call that it is at: "start", "work", and "bury" when everything was surveyed again, then
	// Survey, Page, Move, Update, View or Close. "end" alone is the end of the work.
	Call  string
	N     int           // which one of those, from 1 on
	After bool          // after it returned; else before it is made
	Delay time.Duration // dies so much later, wherever it is then
}

func (p point) String() string {
	when := "before"
	if p.After {
		when = "after"
	}
	return fmt.Sprintf("%s %s %d, %s later", when, p.Call, p.N, p.Delay)
}

// watcher counts a child's calls and dies at its point.
type watcher struct {
	mu      sync.Mutex
	phase   string
	calls   map[string]int
	surveys int
	kinds   int
	die     point
}

// at is the hook of the store and of the holdings.
func (w *watcher) at(call string) func() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if call == "Survey" && w.phase == "work" {
		w.surveys++
	}
	name := w.phase + " " + call
	w.calls[name]++
	due := name == w.die.Call && w.calls[name] == w.die.N
	if due && !w.die.After {
		w.perish()
	}
	return func() {
		if due && w.die.After {
			w.perish()
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.surveys == w.kinds {
			w.phase = "bury"
		}
	}
}

// perish kills this process as the system does it: nothing runs any more.
func (w *watcher) perish() {
	kill := func() { syscall.Kill(os.Getpid(), syscall.SIGKILL) }
	if w.die.Delay > 0 {
		time.AfterFunc(w.die.Delay, kill)
		return
	}
	kill()
	select {}
}

// enter begins a phase.
func (w *watcher) enter(phase string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.phase = phase
}

// leave is the child: it deletes leo, or goes on where another left off.
func leave(ctx context.Context, order []byte) error {
	var d deletion
	if err := json.Unmarshal(order, &d); err != nil {
		return err
	}
	w := &watcher{phase: "start", calls: map[string]int{}, kinds: len(d.kinds()), die: d.Die}
	open := d.open
	if d.Line {
		open = func(context.Context) (*sqlstore.DB, error) {
			return d.over(&line{ranged: func() { os.Stderr.WriteString("range\n") }})
		}
	}
	db, err := open(ctx)
	if err != nil {
		return err
	}
	now := func() time.Time { return began.Add(time.Duration(d.Life) * 2 * time.Minute) }
	f, err := d.on(ctx, db, settings{Chunk: d.Chunk, Attempts: 1_000, Hand: d.Hand, Plant: d.Plant, now: now, hook: w.at})
	if err != nil {
		return err
	}
	run, fenced, err := f.found(ctx)
	if err != nil {
		return err
	}
	if !fenced {
		if run.ID, err = f.begin(ctx); err != nil {
			return err
		}
	}
	w.enter("work")
	run, err = f.desk.Work(ctx, run.ID, nil)
	if err != nil {
		return err
	}
	if run.State != roster.RunDone {
		return errors.New("the run isn't done")
	}
	if d.Die.Call == "end" {
		w.perish()
	}
	return db.Close()
}
