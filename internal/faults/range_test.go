package faults_test

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// eachHost runs f on both engines, each as a parallel subtest: on a database with the host's tables, and on the same over a
// line.
func eachHost(t *testing.T, f func(t *testing.T, p place, whole, over *sqlstore.DB, l *line)) {
	t.Helper()
	eachLine(t, func(t *testing.T, p place, whole, over *sqlstore.DB, l *line) {
		must(t, host(t.Context(), p, whole))
		f(t, p, whole, over, l)
	})
}

// TestL21_ChunksOfPlainTablesMoveAsRanges counts the statements of whole deletions: each chunk of a table without triggers,
// with stages and without, is one statement over a range of the owner's index, and no chunk of the others is. Another account is left as it was.
func TestL21_ChunksOfPlainTablesMoveAsRanges(t *testing.T) {
	t.Parallel()
	eachHost(t, func(t *testing.T, p place, whole, over *sqlstore.DB, l *line) {
		p.Account = "neighbour" // has records of the same keys, and a leo who stays
		neighbour, err := p.on(t.Context(), whole, settings{Idle: true})
		must(t, err)
		b := neighbour.settle(t, 24)
		moved := 0
		l.ranged = func() { moved++ }
		for _, kinds := range [][]string{{"call"}, {"lead"}, plain, traced, mixed} {
			p.Account, p.Kinds, moved = fmt.Sprint(kinds), kinds, 0
			x := newTrouble(t, p, whole, over, 24)
			must(t, x.attempt(t.Context()))
			x.ended(whole)
			run, _, err := x.firm.found(t.Context())
			must(t, err)
			entries, err := x.journal(t.Context(), run.ID)
			must(t, err)
			chunks := 0
			for _, e := range entries {
				if slices.Contains(plain, e.Kind) {
					chunks++
				}
			}
			if moved != chunks || len(entries) < 6*len(kinds) {
				t.Errorf("%v: %d chunks moved as ranges; of %d chunks %d are of plain tables", kinds, moved, len(entries), chunks)
			}
		}
		if is, problems, err := neighbour.look(t.Context(), b); err != nil || is != stateBefore || len(problems) > 0 {
			t.Errorf("the neighbour is %q: %q, %v", is, problems, err)
		}
	})
}

// TestL21_G8_EveryRangeMayFail fails each statement that moves a range, by an error that tells nothing, one that the connection is
// gone, and one that it was rolled back, before its effect and after it, alone and with all later calls. After each failure, and at
// the end, everything is verified.
func TestL21_G8_EveryRangeMayFail(t *testing.T) {
	t.Parallel()
	eachHost(t, func(t *testing.T, p place, whole, over *sqlstore.DB, l *line) {
		p.Kinds = plain
		newTrouble(t, p, whole, over, 12).insist(func(err error) { t.Error(err) })
		ranges, every := l.counts["range"], 2*thin-1
		failed, noticed := 0, 0
		for i, way := range []struct {
			err         error
			after, down bool
		}{
			{errCable, false, false}, {errCable, true, false}, {errCable, false, true}, {errCable, true, true},
			{driver.ErrBadConn, false, false}, {driver.ErrBadConn, true, false}, {rolledBack{}, false, false}, {terminated{}, true, false},
		} {
			for n := 1 + i%every; n <= ranges; n += every {
				p.Account = fmt.Sprint(i, " ", n)
				x := newTrouble(t, p, whole, over, 12)
				l.arm("range", n, way.err, way.after, way.down)
				x.insist(func(err error) {
					l.mend()
					x.verify(whole, fmt.Sprintf("%+v, range %d: %v", way, n, err))
				})
				x.ended(whole)
				if movesRange(l.mend()) {
					failed++
				}
				noticed += x.failures
			}
		}
		t.Logf("of %d ranges of a deletion %d failed in all, %d attempts by that", ranges, failed, noticed)
		if ranges < 12 || failed < ranges || noticed == 0 {
			t.Error("these are no whole deletions, or nobody noticed")
		}
	})
}

// TestL21_ALateRangeLeavesAloneWhatWasDecidedSince pauses a worker right before it moves a range until its lease has ended and
// another has taken over: it wakes up when all is done, or when the other is about to move the same, so that both move at
// once. Where a person takes a record of that range meanwhile, it stays theirs. What the sleeper writes is refused.
func TestL21_ALateRangeLeavesAloneWhatWasDecidedSince(t *testing.T) {
	t.Parallel()
	eachHost(t, func(t *testing.T, p place, whole, _ *sqlstore.DB, _ *line) {
		p.Kinds = plain
		for chunk := 1; chunk <= 7; chunk += thin {
			for _, mid := range []bool{false, true} {
				for _, take := range []bool{false, true} {
					p.Account = fmt.Sprint(chunk, mid, take)
					lateRange(t, p, whole, pool(t, p), chunk, mid, take)
				}
			}
		}
	})
}

// lateRange lets a worker sleep before its n-th move.
func lateRange(t *testing.T, p place, whole, another *sqlstore.DB, n int, mid, take bool) {
	t.Helper()
	quiet, err := p.on(t.Context(), whole, settings{Idle: true})
	must(t, err)
	b := quiet.settle(t, 12)
	asleep, wake, woken := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	var hours atomic.Int64
	worker := func(db *sqlstore.DB, move func()) *firm {
		now := func() time.Time { return began.Add(time.Duration(hours.Load()) * time.Hour) }
		f, err := p.on(t.Context(), db, settings{Chunk: 4, now: now, hook: func(call string) func() {
			if call == "Move" {
				move()
			}
			return func() {}
		}})
		must(t, err)
		return f
	}
	moves := 0
	sleeper := worker(another, func() {
		if moves++; moves == n {
			close(asleep)
			<-wake
		}
	})
	rouse := sync.OnceFunc(func() { close(wake) })
	other := worker(whole, func() {
		if mid {
			rouse()
		}
	})
	run, err := sleeper.begin(t.Context())
	must(t, err)
	go func() {
		_, err := sleeper.desk.Work(t.Context(), run, nil)
		woken <- err
	}()
	select {
	case <-asleep:
	case err := <-woken:
		t.Fatalf("the sleeper ends before its move %d: %v", n, err)
	}
	if take {
		if _, err := quiet.take(t.Context(), b, func(n int) int { return n / 2 }); err != nil {
			t.Fatal(err)
		}
	}
	hours.Add(1)
	_, err = other.desk.Work(t.Context(), run, nil)
	rouse()
	must(t, err)
	if err := <-woken; !errors.Is(err, roster.ErrLease) {
		t.Errorf("the sleeper's work ends with %v; want %v", err, roster.ErrLease)
	}
	is, problems, err := quiet.look(t.Context(), b)
	must(t, err)
	if is != stateBuried || len(problems) > 0 {
		t.Errorf("move %d, at once: %v, taken: %v: the run is %q: %q", n, mid, take, is, problems)
	}
}
