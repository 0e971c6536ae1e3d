package offboard

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime/debug"
	"time"

	"github.com/seed-8e8abc8d/roster"
)

// Queue tells which runs wait for a worker: *sqlstore.DB those of all its accounts, roster.Runs those of one. Its methods
// are safe for concurrent use.
type Queue interface {
	// Due lists runs that are due and that nobody holds, account by account in byte order of their names, in each those
	// that fell due first coming first, at most limit of them, after one that is known; the zero Due begins at the start,
	// and one whose Since is beyond all times leads to the next account.
	Due(ctx context.Context, after roster.Due, limit int) ([]roster.Due, error)
	// Backlog counts the unfinished runs.
	Backlog(ctx context.Context) (roster.Backlog, error)
}

// Workers go on with runs that nobody is at: those that were just started, and those whose worker failed, stopped or died.
// Any number of processes may have some over the same queue: a run's lease decides who works on it, and where processes
// meet the second goes on to the next run.
//
// A run that fails is tried again by whichever process comes first: when it had got something done it is due at once, else 15 s
// later, then after twice that, and so on; after Settings.Attempts times without getting anything done it is parked. The Workers whose
// worker failed leave it alone for Every, whenever it is due: other processes needn't. A panic of Holdings is a failure like any other.
// Accounts take turns: each worker that is free takes the first due run of the next account that has one, so that between
// two runs of one account every other account with a due run has its turn, however many runs one has.
type Workers struct {
	Queue Queue // required
	// Desk gives the desk of an account, whose name is empty where the queue is of a single one; required. It is called for
	// each run, by several goroutines at once. While it fails the account's runs wait, and aren't counted as tried.
	Desk func(ctx context.Context, account string) (*Desk, error)
	// Report is told of each run that a worker is through with, as Work returns it: finished (nil), parked (ErrParked),
	// held by another worker (ErrLease, nothing to worry about), failed or stopped. With a zero Due the error is the
	// queue's, which is asked again after Every. Required, for nothing else tells of a failure.
	Report func(due roster.Due, run roster.Run, err error)
	// Watch is told how much there is to do, at the start and then once in Every; nil: nobody. Report and Watch are called
	// one at a time, by the goroutine that called Run.
	Watch  func(roster.Backlog)
	Number int           // runs that are worked on at once, each over one connection of a database; 0: 4
	Every  time.Duration // how often the queue is asked when nothing is due, and how long a run that came back rests; 0: 1 s
}

// trouble is how long an account is left alone whose desk can't be had.
const trouble = 15 * time.Second

// forever is beyond all times: the Since that leads to the next account.
var forever = time.UnixMicro(math.MaxInt64)

// Run works until ctx is done, and then returns nil, once every worker has ended its chunk, or given it up where the
// holdings heed their context, and given its lease back: another process may go on, its workers as after a failure. It starts goroutines, Number at
// most at a time, none of which outlives it. Workers that lack something are a roster.Faults.
func (w Workers) Run(ctx context.Context) error {
	var faults roster.Faults
	required := func(field string, missing bool) {
		if missing {
			faults = append(faults, roster.Fault{Field: field, Problem: "is required"})
		}
	}
	required("queue", w.Queue == nil)
	required("desk", w.Desk == nil)
	required("report", w.Report == nil)
	if err := faults.Err(); err != nil {
		return fmt.Errorf("offboard: workers: %w", err)
	}
	if w.Number <= 0 {
		w.Number = 4
	}
	if w.Every <= 0 {
		w.Every = time.Second
	}
	l := &loop{Workers: w, ended: make(chan ending, w.Number), busy: map[place]bool{}, resting: map[place]time.Time{}}
	l.run(ctx)
	return nil
}

// place is a run of an account, or with an empty run all of it.
type place struct {
	account string
	run     roster.RunID
}

// ending is what a worker came to.
type ending struct {
	due    roster.Due
	run    roster.Run
	noDesk bool
	err    error
}

// loop is one call of Run: all of it belongs to the goroutine that called it.
type loop struct {
	Workers
	ended   chan ending
	last    roster.Due // leads to the account whose turn it is
	busy    map[place]bool
	resting map[place]time.Time // what came back with an error isn't asked for again before
}

func (l *loop) run(ctx context.Context) {
	ctx, stop := context.WithCancel(ctx)
	defer func() {
		stop() // when Report or Watch panics nobody else does
		for range l.busy {
			<-l.ended
		}
	}()
	tick := time.NewTicker(l.Every)
	defer tick.Stop()
	l.watch(ctx)
	for look := true; ctx.Err() == nil; {
		if look && len(l.busy) < l.Number {
			if due, found := l.next(ctx); found {
				l.busy[place{due.Account, due.Run}] = true
				go l.work(ctx, due)
				continue
			}
			look = false
		}
		select {
		case <-ctx.Done():
		case e := <-l.ended:
			l.through(e)
			look = true
		case <-tick.C:
			l.watch(ctx)
			look = true
		}
	}
	for len(l.busy) > 0 {
		l.through(<-l.ended)
	}
}

// next finds the first due run, of the next account that has one, which no worker of this loop is at.
func (l *loop) next(ctx context.Context) (roster.Due, bool) {
	after, again := l.last, false
	for {
		page, err := l.Queue.Due(ctx, after, 100)
		if err != nil {
			if ctx.Err() == nil {
				l.Report(roster.Due{}, roster.Run{}, err)
			}
			return roster.Due{}, false
		}
		if len(page) == 0 {
			if again {
				return roster.Due{}, false
			}
			after, again = roster.Due{}, true
		}
		for _, due := range page {
			whole, one := place{account: due.Account}, place{due.Account, due.Run}
			if after = due; l.rests(whole) {
				after = roster.Due{Account: due.Account, Since: forever}
				break
			}
			if !l.busy[one] && !l.rests(one) {
				l.last = roster.Due{Account: due.Account, Since: forever}
				return due, true
			}
		}
	}
}

// rests tells whether a place is to be left alone for now.
func (l *loop) rests(p place) bool {
	until, rests := l.resting[p]
	return rests && time.Now().Before(until)
}

// work is one worker at one run.
func (l *loop) work(ctx context.Context, due roster.Due) {
	e := ending{due: due, noDesk: true, err: errors.New("offboard: work: the goroutine was ended")}
	defer func() {
		if p := recover(); p != nil {
			e.err = fmt.Errorf("offboard: work: panic: %v\n%s", p, debug.Stack())
		}
		l.ended <- e
	}()
	desk, err := l.Desk(ctx, due.Account)
	if err == nil && desk == nil {
		err = errors.New("there is none")
	}
	if err != nil {
		e.err = fmt.Errorf("offboard: the desk of account %q: %w", due.Account, err)
		return
	}
	e.noDesk = false
	e.run, e.err = desk.Work(ctx, due.Run, nil)
}

// through is told what a worker came to.
func (l *loop) through(e ending) {
	at := place{e.due.Account, e.due.Run}
	delete(l.busy, at)
	switch {
	case e.noDesk:
		l.resting[place{account: e.due.Account}] = time.Now().Add(trouble)
	default: // its next try is the queue's to say: this is for one that says "now" again and again
		l.resting[at] = time.Now().Add(l.Every)
	}
	l.Report(e.due, e.run, e.err)
}

// watch tells how much there is to do, and forgets who has rested.
func (l *loop) watch(ctx context.Context) {
	for p := range l.resting {
		if !l.rests(p) {
			delete(l.resting, p)
		}
	}
	if l.Watch == nil {
		return
	}
	b, err := l.Queue.Backlog(ctx)
	switch {
	case err == nil:
		l.Watch(b)
	case ctx.Err() == nil:
		l.Report(roster.Due{}, roster.Run{}, err)
	}
}
