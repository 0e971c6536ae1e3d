package roster

import (
	"context"
	"errors"
)

// User finds a user by id, a tombstone included. It needs users:manage, or the user's own asking.
func (r *Roster) User(ctx context.Context, a Actor, id UserID) (User, error) {
	return r.find(ctx, a, id, func(tx Tx) (User, error) { return tx.User(id) })
}

// UserByIdentity finds the user, not deleted, whom an identity provider knows by this name: what a
// directory's signal about a person carries. It needs users:manage.
func (r *Roster) UserByIdentity(ctx context.Context, a Actor, id Identity) (User, error) {
	return r.find(ctx, a, "", func(tx Tx) (User, error) { return tx.UserByIdentity(id) })
}

// UserByEmail finds the user, not deleted, who has an address, whatever its letter case. It needs users:manage.
func (r *Roster) UserByEmail(ctx context.Context, a Actor, email string) (User, error) {
	return r.find(ctx, a, "", func(tx Tx) (User, error) { return tx.UserByEmail(email) })
}

// find reads one user for an actor who may manage users, or who asks about self.
func (r *Roster) find(ctx context.Context, a Actor, self UserID, read func(Tx) (User, error)) (User, error) {
	var u User
	err := r.look(ctx, a, nil, func(tx Tx, by acting) (err error) {
		if self == "" || by.user != self {
			err = by.may(r.schema, UsersManage)
		}
		if err == nil {
			u, err = read(tx)
		}
		return err
	})
	return u, wrap("find user", self, err)
}

// CheckEpoch answers whether what a host issued itself, a JWT or a session of its own, is still good: the
// user is active and their epoch is the one it was issued under (L7). Put User.Epoch into the claims
// when issuing. Anything else is ErrToken; another error means that it could not be found out. Like Can it
// takes no lock on a store that implements Checker.
func (r *Roster) CheckEpoch(ctx context.Context, id UserID, epoch uint64) error {
	st, err := r.standing(ctx, id)
	if errors.Is(err, ErrNotFound) || err == nil && (!r.active(&st.User) || st.User.Epoch != epoch) {
		err = ErrToken
	}
	return wrap("check epoch", id, err)
}
