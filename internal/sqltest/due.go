package sqltest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/offboard"
	"github.com/seed-8e8abc8d/roster/rostertest"
	"github.com/seed-8e8abc8d/roster/sqlstore"
	"github.com/seed-8e8abc8d/roster/storetest"
)

// Due does at random what becomes of runs in three accounts, calls that fail at random places among it, and after each
// compares the list of all accounts with the runs of each. open gets a clock.
func Due(t *testing.T, open func(t *testing.T, o sqlstore.Options) *sqlstore.DB) {
	t.Helper()
	clock := new(rostertest.Clock)
	db := open(t, sqlstore.Options{Now: clock.Now})
	random := rand.New(rand.NewPCG(21, 17))
	var firms []*firm
	for _, name := range []string{"", "a", "б"} {
		firms = append(firms, newFirm(t, db, name, clock))
	}
	seen := map[string]int{}
	for n := range 240 / Thin {
		o := firms[random.IntN(len(firms))]
		if random.IntN(4) == 0 {
			o.store.FailAt(1+random.IntN(12), storetest.Failure{After: random.IntN(2) == 0})
		}
		did, err := o.act(t, random, clock)
		if err != nil {
			did += ", refused"
		}
		if errors.Is(err, storetest.ErrInjected) {
			did = "failed"
		}
		seen[did]++
		o.store.FailAt(0, storetest.Failure{})
		o.sameDue(t, db)
		sameBacklog(t, db, firms)
		if t.Failed() {
			t.Fatalf("after operation %d: %s in %q: %v", n, did, o.name, err)
		}
	}
	for _, did := range []string{"start", "claim", "claim, refused", "release", "park", "retry", "lift", "work", "wait", "failed"} {
		if seen[did] == 0 {
			t.Errorf("it never came to %q: %v", did, seen)
		}
	}
	pagesOfDue(t, db, firms)
}

// firm is an account whose leavers have nothing: a run of it ends as soon as somebody works on it.
type firm struct {
	*roster.Roster
	name  string
	store *storetest.Faulty
	desk  *offboard.Desk
	runs  []roster.RunID
	holds map[roster.RunID]*roster.Hold
}

// newFirm opens an account with an administrator.
func newFirm(t *testing.T, db *sqlstore.DB, name string, clock *rostertest.Clock) *firm {
	t.Helper()
	store := storetest.NewFaulty(db.Account(name))
	r, err := roster.New(store, roster.CRMSchema(), roster.Config{Now: clock.Now, Hasher: rostertest.Hasher{}})
	must(t, err)
	var kinds []offboard.Kind
	for _, k := range r.Schema().Kinds() {
		kinds = append(kinds, offboard.Kind{Name: k.Name, Exempt: "nobody owns one"})
	}
	desk, err := offboard.New(r, kinds...)
	must(t, err)
	_, err = r.Apply(t.Context(), roster.System("test"), roster.CreateDepartment{ID: "d", Name: "D"})
	must(t, err)
	o := &firm{Roster: r, name: name, store: store, desk: desk, holds: map[roster.RunID]*roster.Hold{}}
	must(t, o.hire(t, "ada", true))
	return o
}

// hire brings in an active user.
func (o *firm) hire(t *testing.T, id roster.UserID, admin bool) error {
	_, err := o.Apply(t.Context(), roster.System("test"), roster.ImportUser{Hash: "$cheap$x", User: roster.User{
		ID: id, FirstName: "F", LastName: "L", Email: string(id) + "@x.ru", Department: "d", Status: roster.StatusActive, Admin: admin,
	}})
	return err
}

// act does one thing at random, and says which.
func (o *firm) act(t *testing.T, random *rand.Rand, clock *rostertest.Clock) (string, error) {
	ada := roster.As("ada")
	if len(o.runs) == 0 || random.IntN(5) == 0 {
		id := roster.UserID(fmt.Sprintf("u%d", random.Uint32()))
		if err := o.hire(t, id, false); err != nil {
			return "hire", err
		}
		plan, err := o.desk.Assess(t.Context(), ada, roster.Request{Leaver: id})
		if err != nil {
			return "assess", err
		}
		run, err := o.desk.Start(t.Context(), ada, plan.Request, plan.Digest)
		if err == nil {
			o.runs = append(o.runs, run.ID)
		}
		return "start", err
	}
	id := o.runs[random.IntN(len(o.runs))]
	h := o.holds[id]
	switch n := random.IntN(8); {
	case n == 0:
		clock.Advance(time.Duration(random.IntN(90)) * time.Second)
		return "wait", nil
	case n <= 2:
		h, _, err := o.Runs().Claim(t.Context(), id, time.Minute, 3)
		if h != nil {
			o.holds[id] = h
		}
		return "claim", err
	case n == 3 && h != nil: // good or long lost
		return "release", h.Release(t.Context())
	case n == 4 && h != nil:
		return "park", h.Park(t.Context(), "test", "for the test")
	case n == 5:
		_, err := o.desk.Retry(t.Context(), ada, id)
		return "retry", err
	case n == 6 && random.IntN(2) == 0:
		_, err := o.desk.Lift(t.Context(), ada, id, "")
		return "lift", err
	default:
		_, err := o.desk.Work(t.Context(), id, nil)
		return "work", err
	}
}

// sameDue wants the list to hold of o's account just what its runs say.
func (o *firm) sameDue(t *testing.T, db *sqlstore.DB) {
	t.Helper()
	want, err := o.Runs().Due(t.Context(), roster.Due{}, 1_000)
	must(t, err)
	for i := range want {
		want[i].Account = o.name
	}
	got := dueOf(t, db, roster.Due{Account: o.name}, 7)
	if i := slices.IndexFunc(got, func(d roster.Due) bool { return d.Account != o.name }); i >= 0 {
		got = got[:i]
	}
	same(t, "due in "+o.name, want, got)
}

// sameBacklog wants the list's counts to be the sums of the accounts'.
func sameBacklog(t *testing.T, db *sqlstore.DB, firms []*firm) {
	t.Helper()
	var want roster.Backlog
	first := func(a, b time.Time) time.Time {
		if a.IsZero() || !b.IsZero() && b.Before(a) {
			return b
		}
		return a
	}
	for _, o := range firms {
		b, err := o.Runs().Backlog(t.Context())
		must(t, err)
		want.Due, want.Later, want.Parked = want.Due+b.Due, want.Later+b.Later, want.Parked+b.Parked
		want.Oldest, want.OldestParked = first(want.Oldest, b.Oldest), first(want.OldestParked, b.OldestParked)
	}
	got, err := db.Backlog(t.Context())
	must(t, err)
	if got != want {
		t.Errorf("backlog: %+v; want %+v", got, want)
	}
}

// pagesOfDue reads the whole list in pages of every size, and from account to account.
func pagesOfDue(t *testing.T, db *sqlstore.DB, firms []*firm) {
	for _, after := range []roster.Due{{Account: "a\x00"}, {Run: "\xff"}} {
		_, err := db.Due(t.Context(), after, 1)
		is(t, "what is due after a text that can't be", err, roster.ErrInvalid)
	}
	t.Helper()
	for _, o := range firms {
		for range 3 {
			id := roster.UserID(fmt.Sprint("late", len(o.runs)))
			must(t, o.hire(t, id, false))
			plan, err := o.desk.Assess(t.Context(), roster.As("ada"), roster.Request{Leaver: id})
			must(t, err)
			run, err := o.desk.Start(t.Context(), roster.As("ada"), plan.Request, plan.Digest)
			must(t, err)
			o.runs = append(o.runs, run.ID)
		}
	}
	all := dueOf(t, db, roster.Due{}, 1_000)
	for limit := 1; limit <= len(all); limit++ {
		same(t, fmt.Sprint("pages of ", limit), all, dueOf(t, db, roster.Due{}, limit))
	}
	for _, limit := range []int{0, -1} {
		page, err := db.Due(t.Context(), roster.Due{}, limit)
		must(t, err)
		same(t, "a page of no rows, as roster.Runs.Due gives it", []roster.Due(nil), page)
	}
	var accounts []string
	for after := (roster.Due{}); ; {
		page, err := db.Due(t.Context(), after, 1)
		must(t, err)
		if len(page) == 0 {
			break
		}
		accounts = append(accounts, page[0].Account)
		after = roster.Due{Account: page[0].Account, Since: time.UnixMicro(1<<63 - 1)}
	}
	same(t, "accounts", []string{"", "a", "б"}, accounts)
}

// dueOf reads the list after a run.
func dueOf(t *testing.T, db *sqlstore.DB, after roster.Due, limit int) (all []roster.Due) {
	t.Helper()
	for {
		page, err := db.Due(t.Context(), after, limit)
		must(t, err)
		all = append(all, page...)
		if len(page) < limit {
			return all
		}
		after = page[limit-1]
	}
}
