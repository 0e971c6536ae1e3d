package sqltest

import (
	"context"
	"database/sql"
	"math"
	"slices"
	"strconv"
	"testing"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/offboard"
	"github.com/seed-8e8abc8d/roster/rostertest"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// deals are records of a host's, in a table with an owner: holdings written by hand.
type deals struct{ db *sqlstore.DB }

func (d deals) Survey(ctx context.Context, user roster.UserID) (roster.Survey, error) {
	var n int
	err := d.db.Reader().QueryRowContext(ctx, "SELECT count(*) FROM deals WHERE owner = $1", string(user)).Scan(&n)
	s := roster.Survey{Responsible: map[string]int{}, Open: n}
	if n > 0 {
		s.Responsible[""] = n
	}
	return s, err
}

func (d deals) Page(ctx context.Context, q roster.Query) (page []roster.Record, err error) {
	if q.Tie != roster.Responsible {
		return nil, nil
	}
	limit := q.Limit
	if q.IDs != nil {
		limit = math.MaxInt32 // the few that are asked for may be among many
	}
	found, err := d.db.Reader().QueryContext(ctx, "SELECT id FROM deals WHERE owner = $1 AND id > $2 ORDER BY id LIMIT $3", string(q.User), q.After, limit)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	for found.Next() {
		rec := roster.Record{Owner: q.User}
		if err := found.Scan(&rec.ID); err != nil {
			return nil, err
		}
		if q.IDs == nil || slices.Contains(q.IDs, rec.ID) {
			page = append(page, rec)
		}
	}
	return page, found.Err()
}

func (d deals) Move(ctx context.Context, o roster.MoveOrder) ([]roster.MoveResult, error) {
	results := make([]roster.MoveResult, len(o.IDs))
	err := within(ctx, d.db, sql.LevelDefault, func(tx *sql.Tx) error {
		for i, id := range o.IDs {
			var owner string
			switch err := tx.QueryRowContext(ctx, "UPDATE deals SET owner = $1 WHERE id = $2 AND owner = $3 RETURNING owner", string(o.To), id, string(o.From)).Scan(&owner); err {
			case nil:
				results[i] = roster.MoveDone
				continue
			case sql.ErrNoRows:
			default:
				return err
			}
			results[i] = roster.MoveElsewhere
			switch err := tx.QueryRowContext(ctx, "SELECT owner FROM deals WHERE id = $1", id).Scan(&owner); {
			case err == sql.ErrNoRows:
				results[i] = roster.MoveGone
			case err != nil:
				return err
			case owner == string(o.To):
				results[i] = roster.MoveAlready
			}
		}
		return nil
	})
	return results, err
}

// deal is an assignment: a new record in the host's own transaction.
func deal(ctx context.Context, tx sqlstore.Tx, id int, owner roster.UserID) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO deals (id, owner) VALUES ($1, $2)", strconv.Itoa(1_000_000+id), string(owner))
	return err
}

// owned counts the deals of a user.
func owned(t *testing.T, db *sqlstore.DB, user roster.UserID) int {
	t.Helper()
	s, err := deals{db}.Survey(t.Context(), user)
	must(t, err)
	return s.Responsible[""]
}

// shop is a company that has deals, its desk, and the administrator eva, who receives.
type shop struct {
	*roster.Roster
	desk  *offboard.Desk
	db    *sqlstore.DB
	store *sqlstore.Store
}

// openShop opens a shop in the account "acme" with these sellers; over other it works as another process would.
func openShop(t *testing.T, e Engine, sellers ...roster.UserID) (s shop, other *sqlstore.DB) {
	t.Helper()
	db, other := e.Open(t)
	schema, err := roster.NewSchema([]roster.Kind{{Name: "deal", Title: "Deals", Actions: []roster.Action{{Name: "view"}, {Name: "edit"}}}}, nil)
	must(t, err)
	o := rostertest.NewOn(t, db.Account("acme"), schema, roster.Config{})
	people := []roster.Change{roster.ImportUser{User: roster.User{ID: "eva", FirstName: "Eva", LastName: "Administrator", Department: "office", Admin: true, Status: roster.StatusActive}}}
	for _, id := range sellers {
		people = append(people, seller(id))
	}
	_, err = o.Apply(t.Context(), roster.System("test"), people...)
	must(t, err)
	table(t, db, "deals (id TEXT PRIMARY KEY, owner TEXT NOT NULL)")
	table(t, db, "notes (id INTEGER PRIMARY KEY)")
	desk, err := offboard.New(o.Roster, offboard.Kind{Name: "deal", Holdings: deals{db}})
	must(t, err)
	return shop{o.Roster, desk, db, db.Account("acme")}, other
}

// seller is somebody who may have deals.
func seller(id roster.UserID) roster.Change {
	return roster.ImportUser{User: roster.User{
		ID: id, FirstName: "The", LastName: "Seller", Department: "office", Status: roster.StatusActive,
		Rights: roster.Rights{"deal:view": roster.All, "deal:edit": roster.All},
	}}
}

// fence asks for a deletion, everything to eva, and starts it.
func (s shop) fence(ctx context.Context, leaver roster.UserID) (roster.Run, error) {
	plan, err := s.desk.Assess(ctx, roster.As("admin"), roster.Request{
		Leaver: leaver, Drift: map[string]int{"deal": 1000},
		Rules: []roster.Rule{{Do: roster.GiveTo, To: []roster.UserID{"eva"}}},
	})
	if err != nil {
		return roster.Run{}, err
	}
	return s.desk.Start(ctx, roster.As("admin"), plan.Request, plan.Digest)
}
