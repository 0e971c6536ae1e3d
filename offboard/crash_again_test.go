package offboard_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/offboard"
	"github.com/seed-8e8abc8d/roster/storetest"
)

// journey is a run after a deletion, or without one: how the firm comes to need it, and what starts it.
type journey struct {
	leaver  roster.UserID
	prepare func(*firm)
	begin   func(*firm) (roster.Run, error)
}

// correcting corrects a finished deletion of leo, some of whose records have moved on since.
func correcting() journey {
	return journey{"leo", func(f *firm) {
		req := request()
		req.Rules[2] = roster.Rule{Kind: "contact", Do: roster.NoOwner}
		f.work(f.start(req).ID)
		f.must(f.records["deal"].Put(memstore.Record{ID: dealID(2), Part: "won", Owner: "alan"}))
		f.records["contact"].Delete("contact-000001")
	}, func(f *firm) (roster.Run, error) {
		for run, err := range f.Runs().List(f.t.Context(), roster.As("ada"), roster.RunFilter{Leaver: "leo"}) {
			if err != nil || run.Correction.Run == "" {
				return f.desk.Correct(f.t.Context(), roster.As("ada"), roster.Correction{Run: run.ID, To: "sue"})
			}
		}
		return roster.Run{}, errors.New("there is no deletion")
	}}
}

// sweeping hands over what names a dangling owner.
func sweeping() journey {
	return journey{"gone", func(f *firm) { f.dangle(9) }, func(f *firm) (roster.Run, error) {
		return f.desk.Sweep(f.t.Context(), roster.As("ada"), danglingTo("sue"))
	}}
}

// attempt goes on with the run, or begins it.
func (j journey) attempt(f *firm) error {
	for run, err := range f.Runs().List(f.t.Context(), roster.As("ada"), roster.RunFilter{Leaver: j.leaver}) {
		if err != nil {
			return err
		}
		if run.Sweep || run.Correction.Run != "" {
			_, err := f.desk.Work(f.t.Context(), run.ID, nil)
			return err
		}
	}
	run, err := j.begin(f)
	if err == nil {
		_, err = f.desk.Work(f.t.Context(), run.ID, nil)
	}
	return err
}

// insist attempts until it is done, in another process each time, waiting out leases.
func (j journey) insist(f *firm) {
	f.t.Helper()
	for range 8 {
		f.clock.forward(2 * time.Minute)
		r, err := roster.New(f.store, f.Schema(), roster.Config{Now: f.clock.now, Hasher: cheap{}})
		f.must(err)
		f.Roster, f.desk = r, f.newDesk(r).With(offboard.Settings{Chunk: 3})
		if j.attempt(f) == nil {
			return
		}
	}
	f.t.Fatal("the run doesn't end")
}

// arrival is what a journey leaves behind: records, people, the run's steps, and what its journal tells of each id.
type arrival struct {
	Records map[string]memstore.Record
	Users   map[roster.UserID]roster.User
	States  map[roster.RunState]int
	Steps   []roster.Step
	Moved   map[string]int
	Skipped map[roster.Skip]int
}

// arrive reads the arrival.
func (j journey) arrive(f *firm) arrival {
	f.t.Helper()
	a := arrival{Records: f.all(), Users: map[roster.UserID]roster.User{}, States: map[roster.RunState]int{}, Skipped: map[roster.Skip]int{}}
	for u, err := range f.Users(f.t.Context(), roster.System("test"), roster.UserFilter{Deleted: true}, "") {
		f.must(err)
		a.Users[u.ID] = u
	}
	for run, err := range f.Runs().List(f.t.Context(), roster.As("ada"), roster.RunFilter{Leaver: j.leaver}) {
		f.must(err)
		a.States[run.State]++
		if !run.Sweep && run.Correction.Run == "" {
			continue
		}
		a.Steps, a.Moved = run.Steps, f.moves(run.ID)
		for e, err := range f.Runs().Journal(f.t.Context(), roster.As("ada"), run.ID) {
			f.must(err)
			for _, s := range e.Skipped {
				a.Skipped[s]++
			}
		}
	}
	_, err := f.Verify(f.t.Context(), roster.Head{})
	f.must(err)
	return a
}

// TestL21_L15_A2_EveryCallMayFailInCorrectionsAndSweeps fails the n-th call of the store or of the holdings, for
// every n, during a correction and during a sweep of a dangling owner: each ends as if nothing had failed.
func TestL21_L15_A2_EveryCallMayFailInCorrectionsAndSweeps(t *testing.T) {
	t.Parallel()
	open := func(j journey, store roster.Store, wrap func(string, roster.Holdings) roster.Holdings) *firm {
		f := newFirmOn(t, store, 9, wrap)
		j.prepare(f)
		f.desk = f.desk.With(offboard.Settings{Chunk: 3})
		return f
	}
	for name, j := range map[string]journey{"correction": correcting(), "sweep": sweeping()} {
		f := open(j, new(memstore.Store), nil)
		f.must(j.attempt(f))
		want := j.arrive(f)
		compare := func(t *testing.T, f *firm, n int) {
			t.Helper()
			if diff := cmp.Diff(want, j.arrive(f)); diff != "" {
				t.Fatalf("call %d (-want +got):\n%s", n, diff)
			}
		}
		for _, how := range []storetest.Failure{{}, {After: true}, {Down: true}, {After: true, Down: true}} {
			t.Run(fmt.Sprintf("%s, store %+v", name, how), func(t *testing.T) {
				t.Parallel()
				n := 1
				for ; ; n++ {
					store := storetest.NewFaulty(new(memstore.Store))
					f := open(j, store, nil)
					store.FailAt(n, how)
					err := j.attempt(f)
					failed := store.FailedCall()
					store.FailAt(0, storetest.Failure{})
					if failed == "" {
						break
					}
					if err != nil {
						j.insist(f)
					}
					compare(t, f, n)
				}
				is.New(t).True(n > 30) // the walk went over a whole run
			})
		}
		for _, mode := range []string{"before", "after", "half", "short", "silent", "backwards"} {
			t.Run(name+", holdings "+mode, func(t *testing.T) {
				t.Parallel()
				n := 1
				for ; ; n++ {
					x := &faults{mode: mode}
					f := open(j, new(memstore.Store), func(_ string, h roster.Holdings) roster.Holdings { return failing{h.(*memstore.Records), x} })
					first := x.calls
					x.at = first + n
					err := j.attempt(f)
					if x.calls-first < n {
						break
					}
					if err != nil {
						j.insist(f)
					}
					compare(t, f, n)
				}
				is.New(t).True(n > 8) // the walk went over a whole run
			})
		}
	}
}
