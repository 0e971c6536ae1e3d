package sqltest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/offboard"
	"github.com/seed-8e8abc8d/roster/rostertest"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// rounds is how many rounds for late arrivals a run of Workers has before it parks.
const rounds = 3

// Workers has two processes with four workers each carry out the deletions of many leavers, who have so many deals each, while
// a third keeps assigning new ones to all of them. Half of what it assigns it assigns with Receive: those leavers end up
// with nothing, ever. The others' runs each end, or park after the stated number of rounds, and Remains lists exactly
// what they still have; Retry and Sweep hand that over.
func Workers(t *testing.T, e Engine, leavers, records int) {
	t.Helper()
	one, two := e.Open(t)
	here, there := newOffices(t, one, two, leavers, records)
	stop := make(chan struct{})
	var third sync.WaitGroup
	third.Go(func() { here.assign(t, stop) })
	for i := range leavers {
		here.leave(t, leaver(i))
	}
	here.workedOff(t, there)
	close(stop)
	third.Wait()

	done, parked := 0, 0
	for i := range leavers {
		run := here.run(t, leaver(i))
		switch has := here.owned(t, leaver(i)); {
		case run.State == roster.RunDone:
			done++
			if asks(i) && has > 0 {
				t.Errorf("%s, whose deals are assigned with Receive, has %d", run.Leaver, has)
			}
		case run.State != roster.RunParked || asks(i) || run.Round != rounds || !strings.HasPrefix(run.Reason, "still the leaver's after 3 rounds"):
			t.Errorf("%s: the run is %s after %d rounds: %s", run.Leaver, run.State, run.Round, run.Reason)
		default:
			parked++
		}
	}
	rest := here.remains(t)
	t.Logf("%d runs ended, %d parked; %d deals were assigned, %d of them to %d leavers who had been surveyed last", done, parked, here.assigned, sum(rest), len(rest))
	for i := range leavers {
		if got, want := rest[leaver(i)], here.owned(t, leaver(i)); got != want {
			t.Errorf("Remains lists %d of %s; there are %d", got, leaver(i), want)
		}
	}
	for i := range leavers {
		here.handRestOver(t, leaver(i), rest)
	}
	here.workedOff(t, there)
	if rest := here.remains(t); len(rest) > 0 {
		t.Errorf("after Retry and Sweep there remain %v", rest)
	}
	here.journalIsEffect(t, leavers*records+here.assigned)
	whole(t, here.Roster)
}

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

// process is an office of leavers with deals in a table, as one process sees it.
type process struct {
	*roster.Roster
	db       *sqlstore.DB
	store    *sqlstore.Store
	desk     *offboard.Desk
	leavers  int
	assigned int // by the third process
}

// newOffices opens the same office in two processes.
func newOffices(t *testing.T, one, two *sqlstore.DB, leavers, records int) (here, there *process) {
	t.Helper()
	table(t, one, "deals (id text NOT NULL PRIMARY KEY, owner text)")
	_, err := one.Writer().ExecContext(t.Context(), "CREATE INDEX deals_owner ON deals (owner, id)")
	must(t, err)
	here, there = newProcess(t, one), newProcess(t, two)
	here.leavers = leavers
	changes := []roster.Change{roster.CreateDepartment{ID: "d", Name: "D"}}
	hire := func(u roster.User) {
		u.FirstName, u.LastName, u.Email, u.Department, u.Status = "F", "L", string(u.ID)+"@x.ru", "d", roster.StatusActive
		changes = append(changes, roster.ImportUser{Hash: "$cheap$x", User: u})
	}
	hire(roster.User{ID: "ada", Admin: true})
	hire(roster.User{ID: "sam", Rights: roster.Rights{"deal:view": roster.All, "deal:edit": roster.All}})
	for i := range leavers {
		hire(roster.User{ID: leaver(i)})
	}
	_, err = here.Apply(t.Context(), roster.System("test"), changes...)
	must(t, err)
	tx, err := one.Writer().BeginTx(t.Context(), nil)
	must(t, err)
	defer tx.Rollback()
	for i := range leavers * records {
		_, err := tx.ExecContext(t.Context(), "INSERT INTO deals (id, owner) VALUES ($1, $2)", fmt.Sprintf("%07d", i), string(leaver(i%leavers)))
		must(t, err)
	}
	must(t, tx.Commit())
	return here, there
}

// newProcess makes a process's roster and desk.
func newProcess(t *testing.T, db *sqlstore.DB) *process {
	t.Helper()
	s := &process{db: db, store: db.Account("acme")}
	var err error
	s.Roster, err = roster.New(s.store, roster.CRMSchema(), roster.Config{Hasher: rostertest.Hasher{}})
	must(t, err)
	deals, err := s.store.Table(t.Context(), sqlstore.Table{Name: "deals", Key: "id", Owner: "owner"})
	must(t, err)
	s.desk = deskOf(t, s.Roster, deals).With(offboard.Settings{Chunk: 50, Rounds: rounds})
	return s
}

// deskOf is a desk at which deals are handed over.
func deskOf(t *testing.T, r *roster.Roster, deals roster.Holdings) *offboard.Desk {
	t.Helper()
	kinds := []offboard.Kind{{Name: "deal", Holdings: deals}}
	for _, k := range r.Schema().Kinds() {
		if k.Name != "deal" {
			kinds = append(kinds, offboard.Kind{Name: k.Name, Exempt: "nobody owns one"})
		}
	}
	desk, err := offboard.New(r, kinds...)
	must(t, err)
	return desk
}

// assign is the third process: it assigns a new deal to each leaver in turn, until it is stopped.
func (s *process) assign(t *testing.T, stop chan struct{}) {
	for n := 0; ; n++ {
		select {
		case <-stop:
			return
		default:
		}
		i := n % s.leavers
		err := within(t.Context(), s.db, sql.LevelDefault, func(tx *sql.Tx) error {
			if asks(i) {
				if err := s.store.Receive(t.Context(), tx, leaver(i)); err != nil {
					return err
				}
			}
			_, err := tx.ExecContext(t.Context(), "INSERT INTO deals (id, owner) VALUES ($1, $2)", fmt.Sprintf("new%07d", n), string(leaver(i)))
			return err
		})
		switch {
		case err == nil:
			s.assigned++
		case !asks(i) || !errors.Is(err, roster.ErrState): // Receive refuses who leaves
			t.Errorf("assigning to %s: %v", leaver(i), err)
			return
		}
	}
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

// workedOff lets both processes work until no run is left that works.
func (s *process) workedOff(t *testing.T, there *process) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	var wg sync.WaitGroup
	for _, at := range []*process{s, there} {
		wg.Go(func() {
			err := offboard.Workers{
				Queue: at.db, Number: 4, Every: 20 * time.Millisecond,
				Desk: func(_ context.Context, account string) (*offboard.Desk, error) {
					if account != "acme" {
						return nil, fmt.Errorf("no account %q", account)
					}
					return at.desk, nil
				},
				Report: func(due roster.Due, run roster.Run, err error) {
					stopped := ctx.Err() != nil && errors.Is(err, context.Canceled)
					if err != nil && !stopped && !errors.Is(err, roster.ErrLease) && !errors.Is(err, roster.ErrParked) {
						t.Errorf("%s: %v", run.Leaver, err)
					}
				},
				Watch: func(b roster.Backlog) {
					if b.Due+b.Later == 0 {
						cancel()
					}
				},
			}.Run(ctx)
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
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

// owned counts a user's deals in the table.
func (s *process) owned(t *testing.T, id roster.UserID) (n int) {
	t.Helper()
	must(t, s.db.Reader().QueryRowContext(t.Context(), "SELECT count(*) FROM deals WHERE owner = $1", string(id)).Scan(&n))
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

// journalIsEffect wants each of the deals to have been moved once, to sam, by a journal that says so.
func (s *process) journalIsEffect(t *testing.T, deals int) {
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
	var all, sams int
	must(t, s.db.Reader().QueryRowContext(t.Context(), "SELECT count(*), count(CASE WHEN owner = 'sam' THEN 1 END) FROM deals").Scan(&all, &sams))
	same(t, "deals, in all, sam's, and moved by the journals", []int{deals, deals, deals}, []int{all, sams, len(moved)})
}
