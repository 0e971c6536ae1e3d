package sqltest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/offboard"
	"github.com/seed-8e8abc8d/roster/rostertest"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// process is an office of leavers with deals in a table, as one process sees it.
type process struct {
	*roster.Roster
	db    *sqlstore.DB
	store *sqlstore.Store
	desk  *offboard.Desk
	deals *watched
}

// watched are the deals as one process hands them over.
type watched struct {
	*sqlstore.Holdings
	db          *sqlstore.DB
	moved       atomic.Int64
	begun, once sync.Once
	begin       func()              // called before the first move, while the other workers' moves wait
	meet        func()              // called when the first were moved, likewise
	first       []roster.MoveResult // of the first move
}

// Survey comes too early for the pursued.
func (w *watched) Survey(ctx context.Context, user roster.UserID) (roster.Survey, error) {
	_, err := w.db.Writer().ExecContext(ctx, "INSERT INTO deals (id, owner) SELECT $1, id FROM pursued WHERE id = $2", "late"+rand.Text(), string(user))
	if err != nil {
		return roster.Survey{}, err
	}
	return w.Holdings.Survey(ctx, user)
}

func (w *watched) Move(ctx context.Context, o roster.MoveOrder) ([]roster.MoveResult, error) {
	w.begun.Do(w.begin)
	results, err := w.Holdings.Move(ctx, o)
	for _, r := range results {
		if r == roster.MoveDone {
			w.moved.Add(1)
		}
	}
	w.once.Do(func() {
		w.first = results
		w.meet()
	})
	return results, err
}

// newOffice makes an office, and is its first process.
func newOffice(t *testing.T, db *sqlstore.DB, leavers, records int) *process {
	t.Helper()
	exec(t, db.Writer(), "CREATE TABLE deals (id text NOT NULL PRIMARY KEY, owner text)", "CREATE INDEX deals_owner ON deals (owner, id)",
		"CREATE TABLE pursued (id text NOT NULL PRIMARY KEY)")
	s, err := newProcess(t.Context(), db, nil)
	must(t, err)
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
	_, err = s.Apply(t.Context(), roster.System("test"), changes...)
	must(t, err)
	_, err = db.Writer().ExecContext(t.Context(), `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
		INSERT INTO deals (id, owner) SELECT substr(CAST(10000000 + i AS text), 2), 'leaver' || substr(CAST(10000 + i % $2 AS text), 2) FROM n`,
		leavers*records-1, leavers)
	must(t, err)
	return s
}

// newProcess makes a process's roster and desk; now may be nil.
func newProcess(ctx context.Context, db *sqlstore.DB, now func() time.Time) (*process, error) {
	store := db.Account("acme")
	r, err := roster.New(store, roster.CRMSchema(), roster.Config{Now: now, Hasher: rostertest.Hasher{}})
	if err != nil {
		return nil, err
	}
	table, err := store.Table(ctx, sqlstore.Table{Name: "deals", Key: "id", Owner: "owner"})
	if err != nil {
		return nil, err
	}
	deals := &watched{Holdings: table, db: db, begin: func() {}, meet: func() {}}
	desk, err := deskOf(r, deals)
	if err != nil {
		return nil, err
	}
	return &process{r, db, store, desk.With(offboard.Settings{Chunk: 50, Rounds: rounds}), deals}, nil
}

// deskOf is a desk at which deals are handed over.
func deskOf(r *roster.Roster, deals roster.Holdings) (*offboard.Desk, error) {
	kinds := []offboard.Kind{{Name: "deal", Holdings: deals}}
	for _, k := range r.Schema().Kinds() {
		if k.Name != "deal" {
			kinds = append(kinds, offboard.Kind{Name: k.Name, Exempt: "nobody owns one"})
		}
	}
	return offboard.New(r, kinds...)
}

// assignMeanwhile is the third process: it assigns a new deal to the next leaver at each tick, and tells how many it assigned.
func assignMeanwhile(db *sqlstore.DB) error {
	end, _ := listen()
	ctx := context.WithoutCancel(end)
	store, leavers, assigned := db.Account("acme"), 0, 0
	if err := db.Reader().QueryRowContext(ctx, "SELECT count(DISTINCT owner) FROM deals").Scan(&leavers); err != nil {
		return err
	}
	pace := time.NewTicker(Thin * Thin * time.Millisecond) // without pauses others would hardly get to write on SQLite, where nobody queues
	defer pace.Stop()
	for n := 0; end.Err() == nil; n++ {
		<-pace.C
		i := n % leavers
		err := within(ctx, db, sql.LevelDefault, func(tx *sql.Tx) error {
			if asks(i) {
				if err := store.Receive(ctx, tx, leaver(i)); err != nil {
					return err
				}
			}
			_, err := tx.ExecContext(ctx, "INSERT INTO deals (id, owner) VALUES ($1, $2)", fmt.Sprintf("new%07d", n), string(leaver(i)))
			return err
		})
		switch {
		case err == nil:
			if assigned++; assigned == 1 {
				fmt.Println(assigned)
			}
		case !asks(i) || !errors.Is(err, roster.ErrState): // Receive refuses who leaves
			return fmt.Errorf("assigning to %s: %w", leaver(i), err)
		}
	}
	fmt.Println(assigned)
	return nil
}

// workMeanwhile is the second process: it works, waits when it has moved some, and tells how many it moved.
func workMeanwhile(db *sqlstore.DB) error {
	ctx, goOn := listen()
	s, err := newProcess(ctx, db, nil)
	if err != nil {
		return err
	}
	s.deals.meet = func() {
		fmt.Println(s.deals.moved.Load())
		<-goOn
	}
	if err := s.work(ctx, nil); err != nil {
		return err
	}
	fmt.Println(s.deals.moved.Load())
	return nil
}
