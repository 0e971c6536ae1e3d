package main

import (
	"context"
	"errors"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/offboard"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// kinds puts the CRM's ten tables under roster: 19 lines. The catalogue of the database is asked whether all that they
// name is there, with the indexes that it takes; what isn't is told at once, for all tables.
func (c *crm) kinds(ctx context.Context) ([]offboard.Kind, error) {
	var wrong error
	table := func(t sqlstore.Table) *sqlstore.Holdings {
		h, err := c.store.Table(ctx, t)
		wrong = errors.Join(wrong, err)
		return h
	}
	c.deals = table(sqlstore.Table{Name: "deals", Key: "id", Owner: "owner", Author: "author", Part: "stage", Closed: "closed"})
	return []offboard.Kind{
		{Name: "deal", Holdings: c.deals},
		{Name: "contact", Holdings: table(sqlstore.Table{Name: "contacts", Key: "id", Owner: "owner", Author: "author"})},
		{Name: "company", Holdings: table(sqlstore.Table{Name: "companies", Key: "id", Owner: "owner", Author: "author"})},
		{Name: "task", Holdings: table(sqlstore.Table{Name: "tasks", Key: "id", Owner: "owner", Named: []string{"watcher"}, Closed: "done"})},
		{Name: "note", Holdings: table(sqlstore.Table{Name: "notes", Key: "id", Owner: "owner", Author: "author"})},
		{Name: "call", Holdings: table(sqlstore.Table{Name: "calls", Key: "id", Owner: "owner", Closed: "ended"}), Needs: []string{"calls:use"}},
		{Name: "invoice", Holdings: table(sqlstore.Table{Name: "invoices", Key: "id", Owner: "owner", Closed: "paid"})},
		{Name: "file", Holdings: table(sqlstore.Table{Name: "files", Key: "path", Owner: "owner", Author: "author"}), Needs: []string{"files:access"}},
		{Name: "webhook", Holdings: table(sqlstore.Table{Name: "webhooks", Key: "id", Owner: "owner", On: "active"}), Acting: true, Needs: []string{"integrations:manage"}},
		{Name: "search", Holdings: table(sqlstore.Table{Name: "searches", Key: "id", Owner: "owner", Collision: sqlstore.CollisionKeep}), Needs: []string{}},
	}, wrong
}

// request says who receives what leo has: his colleagues share the records, the administrator takes the webhooks over.
func request() roster.Request {
	return roster.Request{Leaver: leaver, Reason: "left the company", Rules: []roster.Rule{
		{Do: roster.SplitEvenly, To: successors},
		{Kind: "webhook", Do: roster.GiveTo, To: []roster.UserID{administrator}},
	}}
}
