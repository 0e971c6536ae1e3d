package main

import (
	"context"

	"github.com/seed-8e8abc8d/roster"
)

// visible counts the deals that somebody may see, by a query whose condition their rights are: what it finds is what
// Roster.Can allows, deal by deal.
func (c *crm) visible(ctx context.Context, id roster.UserID) (n int, err error) {
	user, err := c.r.User(ctx, roster.System("list of deals"), id)
	if err != nil {
		return 0, err
	}
	may, err := c.r.Permissions(ctx, id)
	if err != nil {
		return 0, err
	}
	where, args := c.deals.Where(may.Condition(c.r.Schema().MustRight("deal:view")), id, user.Department, 1)
	return n, c.db.Reader().QueryRowContext(ctx, "SELECT count(*) FROM deals WHERE "+where, args...).Scan(&n)
}
