package sqltest

import (
	"context"
	"strconv"
	"testing"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/offboard"
	"github.com/seed-8e8abc8d/roster/rostertest"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// shop is a company that has deals, its desk, and the administrator eva, who receives.
type shop struct {
	*roster.Roster
	desk  *offboard.Desk
	db    *sqlstore.DB
	store *sqlstore.Store
	deals *sqlstore.Holdings
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
	exec(t, db.Writer(), "CREATE INDEX deals_owner ON deals (owner, id)")
	s = shop{Roster: o.Roster, db: db, store: db.Account("acme")}
	s.deals, err = s.store.Table(t.Context(), sqlstore.Table{Name: "deals", Key: "id", Owner: "owner"})
	must(t, err)
	s.desk, err = offboard.New(s.Roster, offboard.Kind{Name: "deal", Holdings: s.deals})
	must(t, err)
	return s, other
}

// deal is an assignment: a new record in the host's own transaction.
func deal(ctx context.Context, tx sqlstore.Tx, id int, owner roster.UserID) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO deals (id, owner) VALUES ($1, $2)", strconv.Itoa(1_000_000+id), string(owner))
	return err
}

// owned counts the deals of a user.
func (s shop) owned(t *testing.T, user roster.UserID) int {
	t.Helper()
	found, err := s.deals.Survey(t.Context(), user)
	must(t, err)
	return found.Total()
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
