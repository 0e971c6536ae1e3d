package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/seed-8e8abc8d/roster"
)

// day is what the CRM does every day.
func (c *crm) day(ctx context.Context) error {
	if err := c.census(ctx); err != nil {
		return err
	}
	for _, user := range []roster.UserID{leaver, "tom", administrator} {
		n, err := c.visible(ctx, user)
		if err != nil {
			return err
		}
		fmt.Fprintf(c.out, "%s sees %d deals.\n", name(user), n)
	}
	if err := c.assign(ctx, 1, "vera"); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "Deal 1 goes to %s.\n", name("vera"))
	off, err := c.dismiss(ctx, "tom")
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "%s is dismissed: access ended and %d webhooks are off, in one transaction.\n", name("tom"), off)
	return nil
}

// assign makes somebody answer for a deal, if they may. Receive is the barrier: they stay active until the commit, so
// that no deal reaches somebody whose leaving has begun, not even at the same moment.
func (c *crm) assign(ctx context.Context, deal int, to roster.UserID) error {
	var stage string
	if err := c.db.Reader().QueryRowContext(ctx, "SELECT stage FROM deals WHERE id = $1", deal).Scan(&stage); err != nil {
		return err
	}
	may, err := c.desk.MayReceive(ctx, to, "deal", stage)
	if err != nil {
		return err
	}
	if !may.Allowed {
		return fmt.Errorf("%w: %s may not receive a deal in %s", roster.ErrState, name(to), stage)
	}
	tx, err := c.db.Writer().BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := c.store.Receive(ctx, tx, to); err != nil {
		return err
	}
	done, err := tx.ExecContext(ctx, "UPDATE deals SET owner = $1 WHERE id = $2 AND stage = $3", string(to), deal, stage)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n != 1 {
		return errors.Join(errors.New("the deal has changed meanwhile"), err)
	}
	return tx.Commit()
}

// dismiss ends somebody's access and switches their webhooks off, both or neither: the CRM's rows and roster's are
// changed in one transaction.
func (c *crm) dismiss(ctx context.Context, user roster.UserID) (off int64, err error) {
	tx, err := c.db.Writer().BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer tx.Rollback()
	if _, err := c.r.On(c.store.InTx(tx)).Apply(ctx, roster.As(administrator), roster.Deactivate{User: user}); err != nil {
		return 0, err
	}
	done, err := tx.ExecContext(ctx, "UPDATE webhooks SET active = FALSE WHERE owner = $1 AND active", string(user))
	if err != nil {
		return 0, err
	}
	if off, err = done.RowsAffected(); err != nil {
		return 0, err
	}
	return off, tx.Commit()
}
