package sqltest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/offboard"
	"github.com/seed-8e8abc8d/roster/rostertest"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// Collisions shows what becomes of records that a unique key of the host's, owner and name, lets nobody have twice (G16).
func Collisions(t *testing.T, open func(t *testing.T) *sqlstore.DB) {
	t.Helper()
	for _, c := range []struct {
		name   string
		set    func(*sqlstore.Table)
		result roster.MoveResult
		again  roster.MoveResult // when the order is repeated
		left   int               // of 500, still the leaver's
		rows   int               // in the table, of 500 and the successor's seven
		state  roster.RunState
		skips  string
	}{
		{"skip", func(t *sqlstore.Table) { t.Collision = sqlstore.CollisionSkip }, roster.MoveCollides, roster.MoveCollides, 6, 507, roster.RunParked, "collides"},
		{"keep the successor's", func(t *sqlstore.Table) { t.Collision = sqlstore.CollisionKeep }, roster.MoveSuperseded, roster.MoveElsewhere, 0, 507, roster.RunDone, "superseded"},
		{"merge", func(t *sqlstore.Table) { t.Merge = merge }, roster.MoveSuperseded, roster.MoveGone, 0, 501, roster.RunDone, "superseded"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBook(t, open(t), c.set)
			o := roster.MoveOrder{Tie: roster.Responsible, From: "leo", To: "sam", IDs: b.ids}
			want := slices.Repeat([]roster.MoveResult{roster.MoveDone}, 500)
			for _, i := range b.twins {
				want[i] = c.result
			}
			b.moves(o, want)
			for i := range want {
				if want[i] = roster.MoveAlready; slices.Contains(b.twins, i) {
					want[i] = c.again
				}
			}
			b.moves(o, want)
			b.counts(c.left, c.rows)
		})
		t.Run(c.name+", a run", func(t *testing.T) {
			t.Parallel()
			b := newBook(t, open(t), c.set)
			run, outcome := b.offboard()
			if run.State != c.state {
				t.Errorf("the run is %s (%s); want %s", run.State, run.Reason, c.state)
			}
			b.counts(c.left, c.rows)
			skips := outcome.Steps[0].Skips
			if len(skips) != 6 || skips[0] != (roster.Skip{ID: b.ids[b.twins[0]], Reason: c.skips}) {
				t.Errorf("the journal left alone %v; want six, each %q", skips, c.skips)
			}
		})
	}
	t.Run("a merge that fails", func(t *testing.T) { mergeFails(t, open) })
}

// mergeFails has a merge that fails, and one that does nothing: none of the chunk moves.
func mergeFails(t *testing.T, open func(t *testing.T) *sqlstore.DB) {
	t.Parallel()
	cause := errors.New("no")
	for _, told := range []error{cause, nil} {
		b := newBook(t, open(t), func(t *sqlstore.Table) {
			t.Merge = func(context.Context, sqlstore.Tx, string, roster.MoveOrder) error { return told }
		})
		_, err := b.Move(t.Context(), roster.MoveOrder{Tie: roster.Responsible, From: "leo", To: "sam", IDs: b.ids})
		if err == nil || told != nil && !errors.Is(err, told) {
			t.Errorf("a merge that fails: %v; want its error", err)
		}
		b.counts(500, 507)
	}
}

// merge puts a leaver's contact into the successor's of the same name.
func merge(ctx context.Context, tx sqlstore.Tx, id string, _ roster.MoveOrder) error {
	_, err := tx.ExecContext(ctx, "DELETE FROM contacts WHERE CAST(id AS text) = '"+id+"'")
	return err
}

// book is a table of contacts whose owner and name are unique: leo has 500, six of which sam has too.
type book struct {
	*sqlstore.Holdings
	t     *testing.T
	db    *sqlstore.DB
	ids   []string
	twins []int
}

func newBook(t *testing.T, db *sqlstore.DB, set func(*sqlstore.Table)) *book {
	t.Helper()
	b := &book{t: t, db: db, twins: []int{0, 17, 18, 250, 333, 499}}
	exec := func(query string) {
		if _, err := db.Writer().ExecContext(t.Context(), query); err != nil {
			t.Fatal(err)
		}
	}
	exec("CREATE TABLE contacts (id BIGINT PRIMARY KEY, owner TEXT, name TEXT NOT NULL, UNIQUE (owner, name))")
	exec("CREATE INDEX contacts_owner ON contacts (owner, id)")
	for i := range 500 {
		b.ids = append(b.ids, fmt.Sprint(1000+i))
		exec(fmt.Sprintf("INSERT INTO contacts VALUES (%d, 'leo', 'n%d')", 1000+i, i))
	}
	for _, i := range b.twins {
		exec(fmt.Sprintf("INSERT INTO contacts VALUES (%d, 'sam', 'n%d')", 5000+i, i))
	}
	exec("INSERT INTO contacts VALUES (1, 'sam', 'of their own')")
	table := sqlstore.Table{Name: "contacts", Key: "id", Owner: "owner"}
	set(&table)
	var err error
	if b.Holdings, err = db.Account("").Table(t.Context(), table); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *book) moves(o roster.MoveOrder, want []roster.MoveResult) {
	b.t.Helper()
	got, err := b.Move(b.t.Context(), o)
	if err != nil {
		b.t.Fatal(err)
	}
	same(b.t, "results of Move", want, got)
}

// counts wants so many contacts to be leo's, and so many in all.
func (b *book) counts(left, rows int) {
	b.t.Helper()
	s, err := b.Survey(b.t.Context(), "leo")
	if err != nil || s.Total() != left {
		b.t.Errorf("%d are still leo's, %v; want %d", s.Total(), err, left)
	}
	var all int
	if err := b.db.Reader().QueryRowContext(b.t.Context(), "SELECT count(*) FROM contacts").Scan(&all); err != nil || all != rows {
		b.t.Errorf("%d contacts in all, %v; want %d", all, err, rows)
	}
}

// offboard deletes leo, with sam as the successor.
func (b *book) offboard() (roster.Run, offboard.Outcome) {
	t := b.t
	t.Helper()
	schema, err := roster.NewSchema([]roster.Kind{{Name: "contact", Title: "Contacts", Actions: []roster.Action{{Name: "view"}, {Name: "edit"}}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	office := rostertest.NewOn(t, b.db.Account(""), schema, roster.Config{})
	rights := roster.Rights{"contact:view": roster.Own, "contact:edit": roster.Own}
	office.Add(t, roster.AddUser{ID: "leo", Rights: rights})
	office.Add(t, roster.AddUser{ID: "sam", Rights: rights})
	desk, err := offboard.New(office.Roster, offboard.Kind{Name: "contact", Holdings: b})
	if err != nil {
		t.Fatal(err)
	}
	plan, err := desk.Assess(t.Context(), office.Admin, roster.Request{Leaver: "leo", Rules: []roster.Rule{{Do: roster.GiveTo, To: []roster.UserID{"sam"}}}})
	if err != nil {
		t.Fatal(err)
	}
	run, err := desk.Start(t.Context(), office.Admin, plan.Request, plan.Digest)
	if err != nil {
		t.Fatal(err)
	}
	run, err = desk.Work(t.Context(), run.ID, nil)
	if err != nil && !errors.Is(err, roster.ErrParked) {
		t.Fatal(err)
	}
	outcome, err := desk.Outcome(t.Context(), office.Admin, run.ID)
	if err != nil {
		t.Fatal(err)
	}
	return run, outcome
}
