package offboard_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	diffs "github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/offboard"
)

// diary is what workers reported, and when.
type diary struct {
	mu    sync.Mutex
	from  time.Time
	lines []string
}

func (l *diary) report(due roster.Due, run roster.Run, err error) {
	what := cmp.Or(run.State, roster.RunNone).String()
	if err != nil {
		what, _, _ = strings.Cut(err.Error(), "\n")
	}
	l.add(fmt.Sprintf("%s %s: %s", due.Account, run.Leaver, what))
}

func (l *diary) add(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, fmt.Sprintf("%s %s", time.Since(l.from), line))
}

// work lets workers work for a while, in a bubble, and ends them.
func (l *diary) work(t *testing.T, w offboard.Workers, d time.Duration) {
	t.Helper()
	l.from = time.Now()
	if w.Report == nil {
		w.Report = l.report
	}
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	if err := w.Run(ctx); err != nil {
		t.Error(err)
	}
}

// want compares what was told.
func (l *diary) want(t *testing.T, why string, want ...string) {
	t.Helper()
	if diff := diffs.Diff(want, l.lines); diff != "" {
		t.Errorf("%s (-want +got):\n%s", why, diff)
	}
}

// bad are deals whose moves from certain users go wrong.
type bad struct{ roster.Holdings }

func (b bad) Move(ctx context.Context, o roster.MoveOrder) ([]roster.MoveResult, error) {
	switch o.From {
	case "panic":
		panic("no luck")
	case "error":
		return nil, errors.New("no such table")
	case "slow":
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return b.Holdings.Move(ctx, o)
}

// TestG8_APoisonedRunParksAndOthersEnd lets moves of some runs panic and fail: each is tried five times, later and later,
// and parks; the workers live on, and the others' runs end.
func TestG8_APoisonedRunParksAndOthersEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		s := newBranch(t, func(h roster.Holdings) roster.Holdings { return bad{h} })
		for _, id := range []roster.UserID{"panic", "error", "leo"} {
			s.leave(id, 2)
		}
		var l diary
		l.work(t, offboard.Workers{Queue: s.Runs(), Desk: branches{"": s}.desk, Number: 1}, time.Hour)
		var want []string
		at := time.Duration(0)
		for i := range 5 {
			want = append(want, fmt.Sprintf("%s  : offboard: work: panic: no luck", at), fmt.Sprintf("%s  error: roster: work", at))
			if i == 0 {
				want = append(want, "0s  leo: done")
			}
			at += 15 * time.Second << i
		}
		for i, line := range l.lines {
			if head, _, cut := strings.Cut(line, " "+string(s.run("error").ID)); cut {
				l.lines[i] = head
			}
		}
		l.want(t, "what was told", want...)
		for _, id := range []roster.UserID{"panic", "error"} {
			is.Equal(s.run(id).State, roster.RunParked)
			is.Equal(s.run(id).Reason, "taken up 5 times without getting anything done")
		}
	})
}

// TestL21_ADeadWorkersRunIsTakenUp leaves a run to a worker that died: others aren't held up, and it is taken up a little
// after the lease's end.
func TestL21_ADeadWorkersRunIsTakenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		s := newBranch(t, nil)
		dead := s.leave("dead", 2)
		s.leave("leo", 2)
		_, _, err := s.Runs().Claim(t.Context(), dead, time.Minute, 5)
		is.NoErr(err)
		var l diary
		watch := func(b roster.Backlog) {
			l.add(fmt.Sprintf("due %d, later %d, oldest %s", b.Due, b.Later, time.Since(b.Oldest).Truncate(time.Hour*24*365)))
		}
		l.work(t, offboard.Workers{Queue: s.Runs(), Desk: branches{"": s}.desk, Watch: watch, Every: 30 * time.Second}, 100*time.Second)
		l.want(t, "a minute of lease, and 15 s for the failure",
			"0s due 1, later 1, oldest 0s", "0s  leo: done", "30s due 0, later 1, oldest 0s", "1m0s due 0, later 1, oldest 0s",
			"1m30s due 1, later 0, oldest 0s", "1m30s  dead: done")
	})
}

// TestL21_AccountsTakeTurns gives one account many runs, some few, and one no desk.
func TestL21_AccountsTakeTurns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		all := branches{}
		for name, n := range map[string]int{"a": 40, "b": 2, "c": 3, "d": 120} {
			all[name] = newBranch(t, nil)
			for i := range n {
				all[name].leave(roster.UserID(fmt.Sprintf("u%03d", i)), 1)
			}
		}
		desk := func(_ context.Context, account string) (*offboard.Desk, error) {
			if account == "d" {
				return nil, errors.New("not configured")
			}
			return all[account].desk, nil
		}
		var turns []string
		broken := 0
		report := func(due roster.Due, run roster.Run, err error) {
			if due.Account == "d" && err != nil {
				broken++
			} else if err == nil {
				turns = append(turns, due.Account+" "+string(run.Leaver))
			}
		}
		new(diary).work(t, offboard.Workers{Queue: all, Desk: desk, Report: report, Number: 1}, 40*time.Second)
		is := is.New(t)
		is.Equal(turns[:8], []string{"a u000", "b u000", "c u000", "a u001", "b u001", "c u001", "a u002", "c u002"}) // in turns, the oldest first
		is.Equal(len(turns), 45)                                                                                      // and all of them
		is.Equal(broken, 3)                                                                                           // told every 15 s, once for the account
		b, err := all.Backlog(t.Context())
		is.NoErr(err)
		is.Equal(b, roster.Backlog{Due: 120}) // they weren't counted as tried
	})
}

// greedy is a queue that lists one run again and again.
type greedy struct {
	offboard.Queue
	run   roster.RunID
	asked *int
}

func (g greedy) Due(_ context.Context, after roster.Due, _ int) ([]roster.Due, error) {
	*g.asked++
	if after.Run != "" || !after.Since.IsZero() {
		return nil, nil
	}
	return []roster.Due{{Run: g.run}}, nil
}

// TestL21_WhatAnotherHoldsIsLeftAlone lists a held run as due, as a queue with a fast clock does: no busy loop.
func TestL21_WhatAnotherHoldsIsLeftAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		s := newBranch(t, nil)
		id := s.leave("leo", 2)
		_, _, err := s.Runs().Claim(t.Context(), id, time.Minute, 5)
		is.NoErr(err)
		leases, asked := 0, 0
		report := func(_ roster.Due, _ roster.Run, err error) {
			is.True(errors.Is(err, roster.ErrLease)) // another worker is at it
			leases++
		}
		new(diary).work(t, offboard.Workers{Queue: greedy{s.Runs(), id, &asked}, Desk: branches{"": s}.desk, Report: report}, 10*time.Second+time.Millisecond)
		is.True(leases > 4 && leases < 12) // tried once a second or so
		is.True(asked < 100)
	})
}

// TestL21_AStaleQueueIsNoBusyLoop lists a run that is done as due, as a host's own queue does which forgets to take it out.
func TestL21_AStaleQueueIsNoBusyLoop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		s := newBranch(t, nil)
		id := s.leave("leo", 2)
		_, err := s.desk.Work(t.Context(), id, nil)
		is.NoErr(err)
		done, asked := 0, 0
		report := func(_ roster.Due, run roster.Run, err error) {
			is.NoErr(err)
			is.Equal(run.State, roster.RunDone)
			done++
		}
		new(diary).work(t, offboard.Workers{Queue: greedy{s.Runs(), id, &asked}, Desk: branches{"": s}.desk, Report: report}, 10*time.Second+time.Millisecond)
		is.True(done > 4 && done < 12) // looked at once a second or so
		is.True(asked < 100)
	})
}

// TestL21_StoppingGivesTheLeaseBack stops workers in the middle of a move: another may go on at once.
func TestL21_StoppingGivesTheLeaseBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		slow := true
		s := newBranch(t, func(h roster.Holdings) roster.Holdings {
			if slow {
				return bad{h}
			}
			return h
		})
		id := s.leave("slow", 2)
		var l diary
		l.work(t, offboard.Workers{Queue: s.Runs(), Desk: branches{"": s}.desk}, 10*time.Second)
		l.want(t, "once, at the end", fmt.Sprintf("10s  slow: roster: work %s: move of deal: context deadline exceeded", id))
		hold, _, err := s.Runs().Claim(t.Context(), id, time.Minute, 5)
		is.NoErr(err) // at once
		is.NoErr(hold.Release(t.Context()))
	})
}

// TestL21_WhoPanicsWaitsForNoRun lets Report panic while another worker is in the middle of a move: that one is stopped.
func TestL21_WhoPanicsWaitsForNoRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		s := newBranch(t, func(h roster.Holdings) roster.Holdings { return bad{h} })
		slow := s.leave("slow", 2)
		s.leave("leo", 2)
		from, told := time.Now(), any(nil)
		func() {
			defer func() { told = recover() }()
			report := func(roster.Due, roster.Run, error) { panic("no room for a report") }
			_ = offboard.Workers{Queue: s.Runs(), Desk: branches{"": s}.desk, Report: report, Number: 2}.Run(t.Context())
		}()
		is.Equal(told, "no room for a report")       // the panic is the caller's
		is.Equal(time.Since(from), time.Duration(0)) // at once, not when the move is over
		hold, _, err := s.Runs().Claim(t.Context(), slow, time.Minute, 5)
		is.NoErr(err) // the lease was given back
		is.NoErr(hold.Release(t.Context()))
	})
}

// silent is a queue that can't be read for a while.
type silent struct {
	offboard.Queue
	from time.Time
}

func (q silent) broken() error {
	if time.Since(q.from) < 2*time.Second {
		return errors.New("connection refused")
	}
	return nil
}

func (q silent) Due(ctx context.Context, after roster.Due, limit int) ([]roster.Due, error) {
	if err := q.broken(); err != nil {
		return nil, err
	}
	return q.Queue.Due(ctx, after, limit)
}

func (q silent) Backlog(ctx context.Context) (roster.Backlog, error) {
	if err := q.broken(); err != nil {
		return roster.Backlog{}, err
	}
	return q.Queue.Backlog(ctx)
}

// TestL21_WorkersOutliveTheirQueue tells of a queue that can't be read, and goes on when it can.
func TestL21_WorkersOutliveTheirQueue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newBranch(t, nil)
		s.leave("leo", 2)
		var l diary
		l.work(t, offboard.Workers{
			Queue: silent{s.Runs(), time.Now()}, Desk: branches{"": s}.desk,
			Watch: func(b roster.Backlog) { l.add(fmt.Sprintf("due %d", b.Due)) },
		}, 2500*time.Millisecond) // not at a tick
		no := " : connection refused" // the backlog, and what is due
		l.want(t, "what was told", "0s "+no, "0s "+no, "1s "+no, "1s "+no, "2s due 1", "2s  leo: done")
	})
}

// TestWorkers_WhatIsMissingIsTold runs workers that lack everything.
func TestWorkers_WhatIsMissingIsTold(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	var faults roster.Faults
	is.True(errors.As(offboard.Workers{}.Run(t.Context()), &faults))
	var fields []string
	for _, f := range faults {
		fields = append(fields, f.Field)
	}
	is.Equal(fields, []string{"queue", "desk", "report"})
}
