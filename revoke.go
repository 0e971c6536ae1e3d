package roster

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/seed-8e8abc8d/roster/internal/secret"
)

// RevokeOrder says which tokens end. Exactly one of Token, Family, Integration and All is set.
type RevokeOrder struct {
	User        UserID  // whose; empty: the actor's own
	Token       TokenID // one; of a refresh token its whole family (RFC 7009 §2.1)
	Family      TokenID // a refresh token's chain, access tokens included
	Integration string  // those that an acting thing holds
	All         bool    // every one, sessions and one-time secrets included, in one write
}

// Revoke ends tokens at once, for their user or for an actor who may manage users and whose rights
// cover that user's (L23). A token that isn't there, or
// isn't good any more, is success; a user who isn't there is ErrNotFound.
func (r *Roster) Revoke(ctx context.Context, a Actor, o RevokeOrder) error {
	if o.User == "" {
		o.User = a.user
	}
	err := o.check()
	if err == nil {
		err = r.update(ctx, func(tx Tx) error {
			by, err := r.begin(tx, a)
			if err != nil {
				return err
			}
			u, err := r.managed(tx, by, o.User)
			if err != nil {
				return err
			}
			return r.revoke(tx, by, u, o)
		})
	}
	if refusal(err) {
		err = r.refused(ctx, a, Event{Verb: VerbTokenRevoke, User: o.User}, err)
	}
	return wrap("revoke tokens", o.User, err)
}

// check lists the faults of o.
func (o RevokeOrder) check() error {
	var f Faults
	if o.User == "" {
		f.add("user", "missing")
	}
	n := 0
	for _, set := range []bool{o.Token != "", o.Family != "", o.Integration != "", o.All} {
		if set {
			n++
		}
	}
	if n != 1 {
		f.add("token", "exactly one of token, family, integration and all is needed")
	}
	return f.Err()
}

// managed loads a user whose tokens the actor may see and revoke: the actor's own, or those of a
// user whom the actor may manage (R10).
func (r *Roster) managed(tx Tx, by acting, id UserID) (User, error) {
	if !by.IsSystem() && id == by.user {
		return by.person.User, nil
	}
	if err := by.may(r.schema, UsersManage); err != nil {
		return User{}, err
	}
	p, err := r.person(tx, id)
	if err == nil {
		err = by.covers(p)
	}
	return p.User, err
}

// revoke carries o out on u's tokens, with one event when anything changed.
func (r *Roster) revoke(tx Tx, by acting, u User, o RevokeOrder) error {
	var changed bool
	var err error
	e := Event{Verb: VerbTokenRevoke, User: u.ID, Outcome: OutcomeDone}
	switch {
	case o.All:
		e.Reason, changed = "all", u.Status != StatusDeleted
		if changed {
			endAccess(&u)
			u.Version++
			err = tx.PutUser(u)
		}
	case o.Token != "":
		e.Reason, e.Object = "token", string(o.Token)
		changed, err = revokeToken(tx, u.ID, o.Token, by.now)
	case o.Family != "":
		e.Reason, e.Object = "family", string(o.Family)
		changed, err = revokeOpen(tx, TokenFilter{User: u.ID, Family: o.Family}, by.now)
	default:
		e.Reason, e.Object = "integration", o.Integration
		changed, err = revokeOpen(tx, TokenFilter{User: u.ID, Integration: o.Integration}, by.now)
	}
	if err != nil || !changed {
		return err
	}
	return r.record(tx, by.Actor, e)
}

// revokeToken marks one token of a user's, and with a refresh token its family.
func revokeToken(tx Tx, user UserID, id TokenID, now time.Time) (changed bool, err error) {
	t, err := tx.Token(id)
	if errors.Is(err, ErrNotFound) || err == nil && t.User != user {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if t.Kind == TokenRefresh {
		return revokeOpen(tx, TokenFilter{User: user, Family: t.Family}, now)
	}
	if !t.Revoked.IsZero() || !t.Spent.IsZero() {
		return false, nil
	}
	t.Revoked = now
	return true, tx.PutToken(t)
}

// revokeOpen marks the open tokens that f selects.
func revokeOpen(tx Tx, f TokenFilter, now time.Time) (changed bool, err error) {
	f.Open = true
	for t, err := range tokensIn(tx, f) {
		if err == nil {
			t.Revoked = now
			err = tx.PutToken(t)
		}
		if err != nil {
			return changed, err
		}
		changed = true
	}
	return changed, nil
}

// RevokeSecret ends the token that a secret belongs to, and is how a person signs out: whoever holds a
// secret may end it, a refresh token with its family (RFC 7009 §2.1). A secret that isn't known is success
// (§2.2).
func (r *Roster) RevokeSecret(ctx context.Context, text string) error {
	_, hash, ok := secret.Parse(text)
	if !ok {
		return nil
	}
	err := r.update(ctx, func(tx Tx) error {
		t, err := tx.TokenByHash(hash)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		changed, err := revokeToken(tx, t.User, t.ID, r.now())
		if err != nil || !changed {
			return err
		}
		return r.record(tx, Actor{}, Event{
			Verb: VerbTokenRevoke, User: t.User, Object: string(t.ID), Outcome: OutcomeDone, Reason: "holder",
		})
	})
	return wrap("revoke token", "", err)
}

// Tokens lists a user's tokens, those that are no longer good included until Tidy removes them, in
// the order of their ids, which is that of their issue, to the microsecond: for the user or for an actor who
// may manage users and whose rights cover that user's (L23). Token.Live tells which are good. The error, if
// any, comes once and last.
func (r *Roster) Tokens(ctx context.Context, a Actor, user UserID) iter.Seq2[Token, error] {
	return rows(pageSize, "", func(after TokenID) (page []Token, err error) {
		err = r.look(ctx, a, nil, func(tx Tx, by acting) error {
			_, err := r.managed(tx, by, user)
			if err == nil {
				page, err = tx.ListTokens(TokenFilter{User: user}, after, pageSize)
			}
			return err
		})
		return page, wrap("list tokens", user, err)
	}, Token.key)
}
