package rostertest

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/seed-8e8abc8d/roster"
)

// disturbedCases are about several at once, and about contexts that end.
func disturbedCases() []holdingsCase {
	return []holdingsCase{
		newCase("of two movers one wins", "Methods are safe for concurrent use, and a move is compare-and-set: of two that move the same record to "+
			"different users one moves it, and the other is told that it is elsewhere.", checkMovers),
		newCase("a context that is done", "Methods honour their context: under one that is done they return an error.", checkDone),
		newCase("a context that ends", "An error of Move means that any part of it may have happened; without one all of it has. Doing it again "+
			"completes it.", checkEnds),
	}
}

// refuses wants every method to return an error.
func (x *exam) refuses(when string, ctx context.Context, ids []string) {
	if s, err := x.Holdings.Survey(ctx, x.leo); err == nil {
		x.errorf("%s: Survey: %+v and no error; want an error", when, s)
	}
	for _, user := range []roster.UserID{x.leo, x.stranger} {
		if page, err := x.Holdings.Page(ctx, roster.Query{User: user, Tie: roster.Responsible, AllParts: true, Limit: 10}); err == nil {
			x.errorf("%s: Page of %q: %d records and no error; want an error", when, user, len(page))
		}
	}
	if results, err := x.Holdings.Move(ctx, from(x.leo, x.sam, ids...)); err == nil {
		x.errorf("%s: Move: %v and no error; want an error", when, results)
	}
	if p, ok := x.Holdings.(roster.Prober); ok {
		if told, err := p.Probe(ctx, ids); err == nil {
			x.errorf("%s: Probe: %v and no error; want an error", when, told)
		}
	}
}

func checkDone(x *exam) {
	ids := x.ids(3)
	x.give(x.leo, ids...)
	done, cancel := context.WithCancel(x.ctx)
	cancel()
	x.refuses("a context that is done", done, ids)
	x.move(from(x.leo, x.sue, ids[0])) // the source works on for others
	x.has("moved after that", x.sue, ids[0])
}

// ending is a context that is cancelled by the n-th look at it.
type ending struct {
	context.Context
	cancel context.CancelFunc
	mu     sync.Mutex
	left   int
}

func (e *ending) look() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.left--; e.left == 0 {
		e.cancel()
	}
}

func (e *ending) Err() error { e.look(); return e.Context.Err() }

func (e *ending) Done() <-chan struct{} { e.look(); return e.Context.Done() }

// checkEnds ends the context of a move at one look after another, and looks at what the move said. Each move has records of its own, for
// what was sent when its context ended a server may still carry out a moment later.
func checkEnds(x *exam) {
	const moves, each = 30, 15
	all := x.ids(moves * each)
	for n := 1; n <= moves; n++ {
		ids := all[(n-1)*each : n*each]
		x.give(x.leo, ids...)
		ctx, cancel := context.WithCancel(x.ctx)
		end := &ending{Context: ctx, cancel: cancel, left: n}
		when := fmt.Sprintf("a move whose context ends when it looks at it the %d. time", n)
		got, err := x.Holdings.Move(end, from(x.leo, x.sam, ids...))
		cancel()
		if want := repeat(len(ids), roster.MoveDone); err == nil && !slices.Equal(got, want) {
			x.errorf("%s: no error, and %s", when, differ(got, want))
		}
		if err != nil {
			for i, r := range x.move(from(x.leo, x.sam, ids...)) {
				if r != roster.MoveDone && r != roster.MoveAlready {
					x.errorf("%s: done again, %q is %s; want done or already", when, ids[i], r)
				}
			}
		}
		x.has(when, x.sam, all[:n*each]...)
		if len(x.wrong) > 0 {
			return
		}
	}
}

// checkMovers lets two movers at the same records, round after round. An error is no failure: databases refuse
// one of two transactions, and who called repeats the move. What one then finds there already, it had moved.
func checkMovers(x *exam) {
	ids := x.ids(60)
	for range 20 {
		x.give(x.leo, ids...)
		to := [2]roster.UserID{x.sam, x.sue}
		var results [2][]roster.MoveResult
		var errs [2]error
		var wg sync.WaitGroup
		start := make(chan struct{})
		for i := range to {
			wg.Go(func() {
				<-start
				results[i], errs[i] = x.persist(from(x.leo, to[i], ids...))
			})
		}
		wg.Go(func() {
			<-start
			x.watch(len(ids))
		})
		close(start)
		wg.Wait()
		for i := range to {
			x.need(fmt.Sprintf("Move of two movers at once, to %q", to[i]), errs[i])
		}
		var won [2][]string
		for i, id := range ids {
			claims := 0
			for m := range to {
				if r := results[m][i]; r == roster.MoveDone || r == roster.MoveAlready {
					claims++
					won[m] = append(won[m], id)
				} else if r != roster.MoveElsewhere {
					x.errorf("two movers at once: %q is %s to one of them; want done or elsewhere", id, r)
				}
			}
			if claims != 1 {
				x.errorf("two movers at once: %d of them moved %q; want one", claims, id)
			}
		}
		x.has("two movers at once", to[0], won[0]...)
		x.has("two movers at once", to[1], won[1]...)
		x.counts("two movers at once", x.leo, 0)
		if len(x.wrong) > 0 {
			return
		}
	}
}

// watch asks while others move; what a database refuses meanwhile is no failure.
func (x *exam) watch(n int) {
	q := roster.Query{User: x.leo, Tie: roster.Responsible, AllParts: true, Limit: n + 1}
	for range 5 {
		s, noSurvey := x.Holdings.Survey(x.ctx, x.leo)
		page, noPage := x.Holdings.Page(x.ctx, q)
		if noSurvey == nil && s.Total() > n || noPage == nil && len(page) > n {
			x.errorf("while two move %d records: Survey counts %d, Page lists %d", n, s.Total(), len(page))
		}
	}
}

// persist repeats a move that fails, a few times.
func (x *exam) persist(o roster.MoveOrder) (results []roster.MoveResult, err error) {
	for range 20 {
		if results, err = x.Holdings.Move(x.ctx, o); err == nil {
			if len(results) != len(o.IDs) {
				return nil, fmt.Errorf("%d results for %d ids", len(results), len(o.IDs))
			}
			return results, nil
		}
	}
	return nil, err
}
