package offboard_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/offboard"
)

// branch is an account under the real clock, which is a bubble's: "ada" is its administrator, "sam" succeeds, and whoever
// leaves has deals.
type branch struct {
	*roster.Roster
	t     *testing.T
	deals *memstore.Records
	desk  *offboard.Desk
}

// newBranch opens a branch, its deals wrapped where wrap isn't nil.
func newBranch(t *testing.T, wrap func(roster.Holdings) roster.Holdings) *branch {
	t.Helper()
	r, err := roster.New(new(memstore.Store), roster.CRMSchema(), roster.Config{Hasher: cheap{}})
	if err != nil {
		t.Fatal(err)
	}
	s := &branch{Roster: r, t: t, deals: new(memstore.Records)}
	var deals roster.Holdings = s.deals
	if wrap != nil {
		deals = wrap(deals)
	}
	s.desk, err = offboard.New(r, append(exempt(r.Schema(), "deal"), offboard.Kind{Name: "deal", Holdings: deals})...)
	if err != nil {
		t.Fatal(err)
	}
	s.apply(roster.CreateDepartment{ID: "sales", Name: "Sales"})
	s.hire("ada", roster.User{Admin: true})
	s.hire("sam", roster.User{Rights: roster.Rights{"deal:view": roster.All, "deal:edit": roster.All}})
	return s
}

func (s *branch) apply(c roster.Change) {
	s.t.Helper()
	if _, err := s.Apply(s.t.Context(), roster.System("test"), c); err != nil {
		s.t.Fatal(err)
	}
}

func (s *branch) hire(id roster.UserID, u roster.User) {
	s.t.Helper()
	u.ID, u.FirstName, u.LastName, u.Email, u.Department, u.Status = id, "F", "L", string(id)+"@example.com", "sales", roster.StatusActive
	s.apply(roster.ImportUser{User: u, Hash: "$cheap$x"})
}

// leave starts the deletion of a new user, who has n deals, a millisecond after whatever was before.
func (s *branch) leave(id roster.UserID, n int) roster.RunID {
	s.t.Helper()
	<-time.After(time.Millisecond)
	s.hire(id, roster.User{})
	for i := range n {
		if err := s.deals.Put(memstore.Record{ID: fmt.Sprintf("%s-%04d", id, i), Owner: id}); err != nil {
			s.t.Fatal(err)
		}
	}
	plan, err := s.desk.Assess(s.t.Context(), roster.As("ada"), roster.Request{
		Leaver: id, Rules: []roster.Rule{{Kind: "deal", Do: roster.GiveTo, To: []roster.UserID{"sam"}}},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	run, err := s.desk.Start(s.t.Context(), roster.As("ada"), plan.Request, plan.Digest)
	if err != nil {
		s.t.Fatal(err)
	}
	return run.ID
}

// branches are a queue over several accounts.
type branches map[string]*branch

func (all branches) Due(ctx context.Context, after roster.Due, limit int) (page []roster.Due, err error) {
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if name < after.Account {
			continue
		}
		from := roster.Due{}
		if name == after.Account {
			from = roster.Due{Since: after.Since, Run: after.Run}
		}
		due, err := all[name].Runs().Due(ctx, from, limit)
		if err != nil {
			return nil, err
		}
		for _, d := range due {
			d.Account = name
			page = append(page, d)
		}
	}
	return page[:min(len(page), limit)], nil
}

func (all branches) Backlog(ctx context.Context) (sum roster.Backlog, err error) {
	for _, s := range all {
		b, err := s.Runs().Backlog(ctx)
		if err != nil {
			return sum, err
		}
		sum.Due, sum.Later, sum.Parked = sum.Due+b.Due, sum.Later+b.Later, sum.Parked+b.Parked
	}
	return sum, nil
}

func (all branches) desk(_ context.Context, account string) (*offboard.Desk, error) {
	return all[account].desk, nil
}

// run reads a leaver's run.
func (s *branch) run(id roster.UserID) roster.Run {
	s.t.Helper()
	for run, err := range s.Runs().List(s.t.Context(), roster.As("ada"), roster.RunFilter{Leaver: id}) {
		if err != nil {
			s.t.Fatal(err)
		}
		return run
	}
	s.t.Fatalf("%s has no run", id)
	return roster.Run{}
}
