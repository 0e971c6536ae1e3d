package faults_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/rostertest"
)

// rid takes an administrator away in one of the ways there are.
func (p process) rid(t *testing.T, how int, by, of roster.UserID) error {
	ctx := t.Context()
	switch how % 4 {
	case 0:
		_, err := p.Apply(ctx, roster.As(by), roster.Deactivate{User: of})
		return err
	case 1:
		_, err := p.Apply(ctx, roster.As(by), roster.WithdrawAdministrator{User: of})
		return err
	case 2: // oneself
		_, err := p.Apply(ctx, roster.As(by), roster.WithdrawAdministrator{User: by})
		return err
	}
	plan, err := p.desk.Assess(ctx, roster.As(by), roster.Request{Leaver: of})
	if err == nil {
		err = plan.Err()
	}
	if err == nil {
		_, err = p.desk.Start(ctx, roster.As(by), plan.Request, plan.Digest)
	}
	return err
}

// TestL14_TheLastAdministratorStaysInEveryRace lets administrators, in two processes, deactivate, delete and demote each other and
// themselves at once, everybody trying everybody: one active administrator is left each time.
func TestL14_TheLastAdministratorStaysInEveryRace(t *testing.T) {
	t.Parallel()

	eachStore(t, func(t *testing.T, open handles) {
		clock := new(rostertest.Clock)
		refused := 0
		for round := range histories * *much {
			a, b := open(fmt.Sprint("round ", round))
			processes := []process{newProcess(t, a, clock, new(memstore.Records)), newProcess(t, b, clock, new(memstore.Records))}
			changes := []roster.Change{roster.CreateDepartment{ID: "d", Name: "Board"}}
			for i := range admins {
				changes = append(changes, roster.ImportUser{User: roster.User{
					ID: boss(i), FirstName: "Boss", LastName: "Example", Email: string(boss(i)) + "@example.com", Department: "d", Status: roster.StatusActive, Admin: true,
				}})
			}
			_, err := processes[0].Apply(t.Context(), system, changes...)
			must(t, err)
			errs := make(chan error, 8*admins)
			var all sync.WaitGroup
			for g := range 2 * admins {
				all.Go(func() {
					for k := 1; k < admins; k++ {
						errs <- processes[g%2].rid(t, round+g+k, boss(g/2), boss(g/2+k))
					}
				})
			}
			all.Wait()
			close(errs)
			for err := range errs {
				if err != nil {
					refused++
				}
				if err != nil && !errors.Is(err, roster.ErrLastAdministrator) && !errors.Is(err, roster.ErrDenied) && !errors.Is(err, roster.ErrState) &&
					!errors.Is(err, roster.ErrStale) && !errors.Is(err, roster.ErrBlocked) {
					t.Error(err)
				}
			}
			left := 0
			for u, err := range processes[0].Users(t.Context(), system, roster.UserFilter{Admins: true, Status: roster.StatusActive}, "") {
				must(t, err)
				if u.Admin && u.Status == roster.StatusActive {
					left++
				}
			}
			if left != 1 {
				t.Fatalf("round %d: %d active administrators are left", round, left)
			}
		}
		t.Logf("%d attempts were refused", refused)
	})
}

// admins is how many there are.
const admins = 4

func boss(i int) roster.UserID { return roster.UserID(fmt.Sprint("boss", i%admins)) }
