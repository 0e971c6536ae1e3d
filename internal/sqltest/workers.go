package sqltest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/offboard"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// rounds is how many rounds for late arrivals a run of Workers has before it parks.
const rounds = 3

// Workers has two processes of the operating system with four workers each carry out the deletions of many leavers, who have
// so many deals each, while a third keeps assigning new ones to all of them. Half of what it assigns it assigns with
// Receive: those leavers end up with nothing, ever. The others' runs each end, or park after the stated number of rounds, as
// the pursued leaver's does, and Remains lists exactly what they still have; Retry and Sweep hand that over.
func Workers(t *testing.T, p Places, leavers, records int) {
	t.Helper()
	place := p.Place(t)
	here := newOffice(t, p.open(t, place, sqlstore.Options{}), leavers, records)
	exec(t, here.db.Writer(), "INSERT INTO pursued (id) VALUES ('"+string(leaver(pursued))+"')")
	third := start(t, place, "assign")
	third.number(t) // it has assigned one
	for i := range leavers {
		here.leave(t, leaver(i))
	}
	second := start(t, place, "work")
	second.number(t) // it has moved some, and goes on once this process has
	here.deals.meet = second.goOn
	here.workedOff(t)
	assigned := third.end(t)
	exec(t, here.db.Writer(), "DELETE FROM pursued")

	ended := here.endings(t, leavers)
	rest := here.remains(t)
	for i := range leavers {
		if got, want := rest[leaver(i)], here.count(t, "owner = $1", string(leaver(i))); got != want {
			t.Errorf("Remains lists %d of %s; there are %d", got, leaver(i), want)
		}
	}
	for i := range leavers {
		here.handRestOver(t, leaver(i), rest)
	}
	here.workedOff(t)
	if rest := here.remains(t); len(rest) > 0 {
		t.Errorf("after Retry and Sweep there remain %v", rest)
	}
	first, others, late := int(here.deals.moved.Load()), second.end(t), here.count(t, "id LIKE $1", "late%")
	all := leavers*records + assigned + late
	t.Logf("%v; of %d deals %d were assigned meanwhile, %d to the pursued; %d remained with %d leavers; the processes moved %d and %d",
		ended, all, assigned, late, sum(rest), len(rest), first, others)
	if first == 0 || others == 0 || first+others != all {
		t.Errorf("the processes moved %d and %d of %d deals", first, others, all)
	}
	here.journalIsEffect(t, all)
	whole(t, here.Roster)
}

// endings are how the leavers' runs came to an end: how many by state and round.
func (s *process) endings(t *testing.T, leavers int) map[string]int {
	t.Helper()
	ended := map[string]int{}
	for i := range leavers {
		run := s.run(t, leaver(i))
		ended[fmt.Sprintf("%s in round %d", run.State, run.Round)]++
		parked := run.State == roster.RunParked && run.Round == rounds && strings.HasPrefix(run.Reason, "still the leaver's after 3 rounds")
		switch {
		case run.Round > rounds, i == pursued && !parked, run.State != roster.RunDone && (asks(i) || !parked):
			t.Errorf("%s: the run is %s after %d rounds: %s", run.Leaver, run.State, run.Round, run.Reason)
		case asks(i):
			if has := s.count(t, "owner = $1", string(run.Leaver)); has > 0 {
				t.Errorf("%s, whose deals are assigned with Receive, has %d", run.Leaver, has)
			}
		}
	}
	return ended
}

// pursued is the leaver to whom a deal is assigned before each survey, so that no round is the last.
const pursued = 1

// leaver is the i-th leaver's name.
func leaver(i int) roster.UserID { return roster.UserID(fmt.Sprintf("leaver%04d", i)) }

// asks tells whose deals are assigned with Receive.
func asks(i int) bool { return i%2 == 0 }

func sum(counts map[roster.UserID]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}

// leave starts a leaver's deletion, whatever arrives for them meanwhile.
func (s *process) leave(t *testing.T, id roster.UserID) {
	t.Helper()
	plan, err := s.desk.Assess(t.Context(), roster.As("ada"), roster.Request{
		Leaver: id, Rules: []roster.Rule{{Kind: "deal", Do: roster.GiveTo, To: []roster.UserID{"sam"}}}, Drift: map[string]int{"deal": 1_000_000},
	})
	must(t, err)
	_, err = s.desk.Start(t.Context(), roster.As("ada"), plan.Request, plan.Digest)
	must(t, err)
}

// work has four workers work until ctx is done.
func (s *process) work(ctx context.Context, watch func(roster.Backlog)) error {
	var failures []error
	err := offboard.Workers{
		Queue: s.db, Number: 4, Every: 20 * time.Millisecond, Watch: watch,
		Desk: func(_ context.Context, account string) (*offboard.Desk, error) {
			if account != "acme" {
				return nil, fmt.Errorf("no account %q", account)
			}
			return s.desk, nil
		},
		Report: func(_ roster.Due, run roster.Run, err error) {
			stopped := ctx.Err() != nil && errors.Is(err, context.Canceled)
			if err != nil && !stopped && !errors.Is(err, roster.ErrLease) && !errors.Is(err, roster.ErrParked) {
				failures = append(failures, fmt.Errorf("%s: %w", run.Leaver, err))
			}
		},
	}.Run(ctx)
	return errors.Join(append(failures, err)...)
}

// workedOff works until no run is left that works, in any process.
func (s *process) workedOff(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	must(t, s.work(ctx, func(b roster.Backlog) {
		if b.Due+b.Later == 0 {
			cancel()
		}
	}))
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		t.Fatal("the workers didn't come to an end")
	}
}

// run reads the first run of a leaver.
func (s *process) run(t *testing.T, id roster.UserID) roster.Run {
	t.Helper()
	for run, err := range s.Runs().List(t.Context(), roster.As("ada"), roster.RunFilter{Leaver: id}) {
		must(t, err)
		return run
	}
	t.Fatalf("%s has no run", id)
	return roster.Run{}
}

// count counts deals.
func (s *process) count(t *testing.T, where string, arg any) (n int) {
	t.Helper()
	must(t, s.db.Reader().QueryRowContext(t.Context(), "SELECT count(*) FROM deals WHERE "+where, arg).Scan(&n))
	return n
}

// remains is what Remains lists.
func (s *process) remains(t *testing.T) map[roster.UserID]int {
	t.Helper()
	rest := map[roster.UserID]int{}
	for r, err := range s.desk.Remains(t.Context(), roster.As("ada")) {
		must(t, err)
		if r.Unknown != "" {
			t.Errorf("%s of %s couldn't be counted: %s", r.Kind, r.User, r.Unknown)
		}
		rest[r.User] += r.Survey.Total()
	}
	return rest
}

// handRestOver retries a leaver's run that parked, and sweeps what came after one that ended.
func (s *process) handRestOver(t *testing.T, id roster.UserID, rest map[roster.UserID]int) {
	t.Helper()
	run := s.run(t, id)
	var err error
	switch {
	case run.State == roster.RunParked:
		_, err = s.desk.Retry(t.Context(), roster.As("ada"), run.ID)
	case rest[id] > 0:
		_, err = s.desk.Sweep(t.Context(), roster.As("ada"), roster.Request{Leaver: id})
	}
	must(t, err)
}

// journalIsEffect wants each of the deals to have been moved once, to sam, by a journal that says so, and to be sam's now, but
// for those that were given on to ada since.
func (s *process) journalIsEffect(t *testing.T, deals int, given ...string) {
	t.Helper()
	moved := map[string]bool{}
	for run, err := range s.Runs().List(t.Context(), roster.As("ada"), roster.RunFilter{}) {
		must(t, err)
		for m, err := range s.desk.Moved(t.Context(), roster.As("ada"), run.ID) {
			must(t, err)
			if moved[m.ID] || m.Open || m.From != run.Leaver || m.To != "sam" {
				t.Errorf("moved twice, not to sam, or not told: %+v", m)
			}
			moved[m.ID] = true
		}
	}
	same(t, "deals that are ada's", given, lines(t, s.db.Reader(), "SELECT id FROM deals WHERE owner = 'ada' ORDER BY id"))
	var all, sams int
	must(t, s.db.Reader().QueryRowContext(t.Context(), "SELECT count(*), count(CASE WHEN owner = 'sam' THEN 1 END) FROM deals").Scan(&all, &sams))
	same(t, "deals, in all, sam's, and moved by the journals", []int{deals, deals - len(given), deals}, []int{all, sams, len(moved)})
}
