package sqltest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// Assigning deletes one seller after another while many writers assign deals to all of them, one or two at once, now and
// then with a change of the account in the same transaction: no deal is ever left with a leaver.
func Assigning(t *testing.T, e Engine) {
	t.Helper()
	var sellers []roster.UserID
	for i := range max(e.Rounds/4, 2) {
		sellers = append(sellers, roster.UserID(fmt.Sprintf("seller%03d", i)))
	}
	s, other := openShop(t, e, append([]roster.UserID{"bystander"}, sellers...)...)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	w := &writers{shop: s}
	var round atomic.Int64
	var done sync.WaitGroup
	for i := range 4 {
		db := []*sqlstore.DB{s.db, other}[i%2]
		rnd := rand.New(rand.NewPCG(1, uint64(i)))
		done.Go(func() {
			for ctx.Err() == nil {
				if err := w.assign(ctx, db, rnd, sellers, int(round.Load())); err != nil && ctx.Err() == nil {
					t.Errorf("assigning: %v", err)
					return
				}
			}
		})
	}
	var slowest time.Duration
	for i, leaver := range sellers {
		round.Store(int64(i))
		began := time.Now()
		run, err := s.fence(t.Context(), leaver)
		slowest = max(slowest, time.Since(began))
		must(t, err)
		run, err = s.desk.Work(t.Context(), run.ID, nil)
		must(t, err)
		if left := s.owned(t, leaver); left > 0 || run.State != roster.RunDone {
			t.Fatalf("%s: the run is %s, %d deals are left", leaver, run.State, left)
		}
	}
	stop()
	done.Wait()
	var n int64
	must(t, s.db.Reader().QueryRowContext(t.Context(), "SELECT count(*) FROM deals WHERE owner = 'eva'").Scan(&n))
	if n != w.made.Load() {
		t.Errorf("eva has %d deals; want all %d that were ever assigned", n, w.made.Load())
	}
	whole(t, s.Roster)
	t.Logf("%d leavers, %d deals, %d assignments refused, %d given up by the engine and tried again; the slowest assessment and fence took %s",
		len(sellers), n, w.refused.Load(), w.again.Load(), slowest.Round(time.Millisecond))
}

// writers assign deals, and count.
type writers struct {
	shop
	id, made, refused, again atomic.Int64
}

// assign assigns a deal or two in one transaction, to the one who is leaving or somebody near.
func (w *writers) assign(ctx context.Context, db *sqlstore.DB, rnd *rand.Rand, sellers []roster.UserID, round int) error {
	near := func() roster.UserID { return sellers[min(round+rnd.IntN(3), len(sellers)-1)] }
	to := []roster.UserID{near(), near()}[:1+rnd.IntN(2)]
	change, oneByOne := rnd.IntN(20) == 0, rnd.IntN(20) == 0
	for {
		err := within(ctx, db, sql.LevelDefault, func(tx *sql.Tx) error {
			s := db.Account("acme")
			if !oneByOne {
				if err := s.Receive(ctx, tx, to...); err != nil {
					return err
				}
			}
			for _, id := range to {
				if oneByOne {
					if err := s.Receive(ctx, tx, id); err != nil {
						return err
					}
				}
				if err := deal(ctx, tx, int(w.id.Add(1)), id); err != nil {
					return err
				}
			}
			if change {
				_, err := w.On(s.InTx(tx)).Apply(ctx, roster.System("test"), roster.EditUser{User: "bystander", LastName: &[]string{fmt.Sprint("Number ", rnd.Uint64())}[0]})
				return err
			}
			return nil
		})
		switch {
		case sqlstore.Retryable(err):
			w.again.Add(1)
		case errors.Is(err, roster.ErrState):
			w.refused.Add(1)
			return nil
		default:
			if err == nil {
				w.made.Add(int64(len(to)))
			}
			return err
		}
	}
}
