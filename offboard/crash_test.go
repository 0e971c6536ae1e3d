package offboard_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/offboard"
	"github.com/seed-8e8abc8d/roster/storetest"
)

// ending is what a deletion leaves behind, whatever happened on the way.
type ending struct {
	Users   map[roster.UserID]roster.User
	Records map[string]memstore.Record
	Steps   []roster.Step
	State   roster.RunState
	Round   int
}

// end reads the ending; inner is the store without faults.
func (f *firm) end(inner roster.Store) ending {
	f.t.Helper()
	e := ending{Users: map[roster.UserID]roster.User{}, Records: f.all()}
	f.must(inner.View(f.t.Context(), func(tx roster.Tx) error {
		users, err := tx.ListUsers(roster.UserFilter{Deleted: true}, "", 100)
		for _, u := range users {
			e.Users[u.ID] = u
		}
		if err != nil {
			return err
		}
		if _, err := tx.Credential("leo"); !errors.Is(err, roster.ErrNotFound) {
			f.t.Errorf("the leaver's credential is still there: %v", err)
		}
		runs, err := tx.ListRuns(roster.RunFilter{Leaver: "leo"}, "", 100)
		if err == nil && len(runs) != 1 {
			f.t.Errorf("%d runs of one deletion", len(runs))
		}
		for _, run := range runs {
			e.Steps, e.State, e.Round = run.Steps, run.State, run.Round
		}
		return err
	}))
	return e
}

// crashRequest deletes leo with a split over two kinds, a successor for the third, and rights handed on.
func crashRequest() roster.Request {
	req := request()
	req.HandOn = []roster.HandOn{{To: "ben", Rights: []string{"task:view", "task:edit"}}}
	return req
}

// crashFirm is a firm with three kinds of n records, integrations, and a token of the leaver that is
// checked, by another Roster on the store without faults, at every call of a Holdings.
func crashFirm(t testing.TB, n int, inner, store roster.Store, wrap func(string, roster.Holdings) roster.Holdings) (*firm, func()) {
	t.Helper()
	var watch func()
	f := newFirmOn(t, store, n, func(kind string, h roster.Holdings) roster.Holdings {
		if wrap != nil {
			h = wrap(kind, h)
		}
		return watched{h, func() { watch() }}
	})
	token := f.token("leo")
	other, err := roster.New(inner, f.Schema(), roster.Config{Now: f.clock.now, Hasher: cheap{}})
	f.must(err)
	watch = func() {
		var status roster.Status
		err := inner.View(context.Background(), func(tx roster.Tx) error {
			u, err := tx.User("leo")
			status = u.Status
			return err
		})
		if _, bad := other.Check(context.Background(), token); err == nil && bad == nil && status != roster.StatusActive {
			t.Errorf("a token passed while the leaver was %v", status)
		}
	}
	return f, watch
}

// watched are Holdings that call a function before and after every call.
type watched struct {
	roster.Holdings
	look func()
}

func (w watched) Survey(ctx context.Context, user roster.UserID) (roster.Survey, error) {
	w.look()
	return w.Holdings.Survey(ctx, user)
}

func (w watched) Page(ctx context.Context, q roster.Query) ([]roster.Record, error) {
	w.look()
	return w.Holdings.Page(ctx, q)
}

func (w watched) Move(ctx context.Context, o roster.MoveOrder) ([]roster.MoveResult, error) {
	w.look()
	defer w.look()
	return w.Holdings.Move(ctx, o)
}

func (w watched) Probe(ctx context.Context, ids []string) ([]error, error) {
	w.look()
	return w.Holdings.(roster.Prober).Probe(ctx, ids)
}

// insist deletes leo as an operator would who meets failures: assess, start and work again, in another
// process each time, waiting out leases, until the user is deleted.
func (f *firm) insist(req roster.Request, look func()) {
	f.t.Helper()
	for range 8 {
		err := f.attempt(req)
		look()
		if err == nil {
			return
		}
		f.clock.forward(2 * time.Minute)
		r, err := roster.New(f.store, f.Schema(), roster.Config{Now: f.clock.now, Hasher: cheap{}})
		f.must(err)
		f.Roster, f.desk = r, f.newDesk(r).With(offboard.Settings{Chunk: walkChunk, Budget: -1})
	}
	f.t.Fatal("the deletion doesn't end")
}

// attempt goes on with the unfinished run of leo, or starts one.
func (f *firm) attempt(req roster.Request) error {
	ctx := f.t.Context()
	for run, err := range f.Runs().List(ctx, roster.As("ada"), roster.RunFilter{Leaver: "leo"}) {
		if err != nil {
			return err
		}
		_, err = f.desk.Work(ctx, run.ID, nil)
		return err
	}
	plan, err := f.desk.Assess(ctx, roster.As("ada"), req)
	if err == nil {
		err = plan.Err()
	}
	if err != nil {
		return err
	}
	run, err := f.desk.Start(ctx, roster.As("ada"), plan.Request, plan.Digest)
	if err != nil {
		return err
	}
	_, err = f.desk.Work(ctx, run.ID, nil)
	return err
}

// undisturbed is the ending of a deletion in which nothing fails.
func undisturbed(t testing.TB, n int) ending {
	t.Helper()
	store := new(memstore.Store)
	f, look := crashFirm(t, n, store, store, nil)
	f.desk = f.desk.With(offboard.Settings{Chunk: walkChunk, Budget: -1})
	f.insist(crashRequest(), look)
	return f.end(store)
}

// compareEndings compares an ending with the undisturbed one, and verifies the trail.
func compareEndings(t testing.TB, f *firm, inner roster.Store, want ending, where string) {
	t.Helper()
	if got := f.end(inner); !reflect.DeepEqual(want, got) { // cmp alone would take most of the test's time
		t.Errorf("%s: ending (-want +got):\n%s", where, cmp.Diff(want, got))
	}
	if _, err := f.Verify(t.Context(), roster.Head{}); err != nil {
		t.Errorf("%s: the trail: %v", where, err)
	}
}

// TestL21_EveryCallOfTheStoreMayFail fails the n-th call of the store, for every n, before its effect and
// after it, alone and with every later call, during a deletion over three kinds of 1,000 records.
func TestL21_EveryCallOfTheStoreMayFail(t *testing.T) {
	t.Parallel()
	want := undisturbed(t, walkRecords)
	for _, how := range []storetest.Failure{{}, {After: true}, {Down: true}, {After: true, Down: true}} {
		t.Run(fmt.Sprintf("%+v", how), func(t *testing.T) {
			t.Parallel()
			n := 1
			for ; ; n++ {
				inner := new(memstore.Store)
				store := storetest.NewFaulty(inner)
				f, look := crashFirm(t, walkRecords, inner, store, nil)
				f.desk = f.desk.With(offboard.Settings{Chunk: walkChunk, Budget: -1})
				store.FailAt(n, how)
				err := f.attempt(crashRequest())
				look()
				failed := store.FailedCall()
				store.FailAt(0, storetest.Failure{})
				if failed == "" {
					break
				}
				f.clock.forward(2 * time.Minute)
				if err != nil {
					f.insist(crashRequest(), look)
				}
				if compareEndings(t, f, inner, want, fmt.Sprintf("call %d (%s)", n, failed)); t.Failed() {
					return
				}
			}
			is.New(t).True(n > 150) // the walk went over a whole deletion
		})
	}
}

// faults fail the n-th call of any Holdings that share them.
type faults struct {
	mu    sync.Mutex
	calls int
	at    int
	mode  string // "before", "after", "half", "short", "silent", "backwards"
}

// hit counts a call and tells whether it is the one that fails.
func (x *faults) hit() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.calls++
	return x.calls == x.at
}

// errHoldings is what failing Holdings return.
var errHoldings = errors.New("injected")

// failing are Holdings that fail in one call.
type failing struct {
	*memstore.Records
	*faults
}

func (x failing) Survey(ctx context.Context, user roster.UserID) (roster.Survey, error) {
	if x.hit() {
		return roster.Survey{}, errHoldings
	}
	return x.Records.Survey(ctx, user)
}

func (x failing) Page(ctx context.Context, q roster.Query) ([]roster.Record, error) {
	hit := x.hit()
	if hit && x.mode != "backwards" {
		return nil, errHoldings
	}
	page, err := x.Records.Page(ctx, q)
	if hit && len(page) > 0 {
		page = append(page, page[0])
	}
	return page, err
}

func (x failing) Move(ctx context.Context, o roster.MoveOrder) ([]roster.MoveResult, error) {
	if !x.hit() {
		return x.Records.Move(ctx, o)
	}
	some := o
	switch x.mode {
	case "before":
		return nil, errHoldings
	case "half":
		some.IDs = o.IDs[:len(o.IDs)/2]
	}
	results, err := x.Records.Move(ctx, some)
	switch x.mode {
	case "short":
		return results[:len(results)-1], err
	case "silent":
		return make([]roster.MoveResult, len(results)), err
	}
	return nil, errHoldings
}

func (x failing) Probe(ctx context.Context, ids []string) ([]error, error) {
	if x.hit() {
		return nil, errHoldings
	}
	return x.Records.Probe(ctx, ids)
}

// TestL21_EveryCallOfHoldingsMayFail fails, or breaks the contract in, the n-th call of the holdings.
func TestL21_EveryCallOfHoldingsMayFail(t *testing.T) {
	t.Parallel()
	want := undisturbed(t, walkRecords)
	for _, mode := range []string{"before", "after", "half", "short", "silent", "backwards"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			n := 1
			for ; ; n++ {
				store := new(memstore.Store)
				shared := &faults{mode: mode}
				f, look := crashFirm(t, walkRecords, store, store, func(_ string, h roster.Holdings) roster.Holdings {
					return failing{h.(*memstore.Records), shared}
				})
				f.desk = f.desk.With(offboard.Settings{Chunk: walkChunk, Budget: -1})
				shared.at = shared.calls + n
				first := shared.calls
				err := f.attempt(crashRequest())
				look()
				if shared.calls-first < n {
					break
				}
				if err != nil {
					f.insist(crashRequest(), look)
				}
				if compareEndings(t, f, store, want, fmt.Sprintf("call %d", n)); t.Failed() {
					return
				}
			}
			is.New(t).True(n > 40) // the walk went over a whole deletion
		})
	}
}
