package roster

import (
	"context"
	"errors"
	"time"

	"github.com/seed-8e8abc8d/roster/internal/secret"
)

// Check tells whom a session, access or personal token stands for, by its secret: act as
// As(token.User). A token that isn't good, for whatever reason, is ErrToken and nothing more
// (RFC 7662 §2.2); any other error means that it could not be found out. A check that begins after
// a fence, deactivation, password change or revocation committed refuses, in every process (L7).
//
// A good check notes Token.LastUsed and User.LastSeen, at most once per Config.SeenEvery; when that
// can't be stored the token is good all the same and the next check tries again. The refusal of a
// token that the store knows is recorded, repeated ones as a count (W3); text that was never a
// token leaves nothing, so that guessing can't fill the trail.
func (r *Roster) Check(ctx context.Context, text string) (Token, error) {
	_, hash, ok := secret.Parse(text)
	if !ok {
		return Token{}, wrap("check token", "", ErrToken)
	}
	t, u, err := r.bearer(ctx, hash)
	if err != nil {
		if errors.Is(err, ErrNotFound) {
			err = ErrToken
		}
		return Token{}, wrap("check token", "", err)
	}
	now := r.cfg.Now() // as exact as it comes: what it is compared with is in microseconds
	fault := t.fault(u, now)
	if fault == "" && !t.Kind.Bears() {
		fault = "kind"
	}
	if fault != "" {
		// Who showed it isn't known: the event has a user and no actor.
		e := Event{Verb: VerbTokenCheck, User: t.User, Object: string(t.ID)}
		return Token{}, wrap("check token", t.ID, r.refused(ctx, Actor{}, e, &unfit{ErrToken, fault}))
	}
	if now.Sub(t.LastUsed) >= r.cfg.SeenEvery {
		r.touch(ctx, t.ID, r.now())
	}
	return *t, nil
}

// bearer finds a token and its user as committed at one instant; both are shared.
func (r *Roster) bearer(ctx context.Context, h TokenHash) (*Token, *User, error) {
	if r.checker != nil {
		t, s, err := r.checker.Bearer(ctx, h)
		if err != nil {
			return nil, nil, err
		}
		return t, &s.User, nil
	}
	var t Token
	var u User
	err := r.store.View(ctx, func(tx Tx) (err error) {
		t, u, err = tokenIn(tx, h)
		return err
	})
	return &t, &u, err
}

// touch notes that a token and its user were seen. It reads both again, so that it can't bring back
// what was revoked meanwhile; what can't be stored is left for the next check.
func (r *Roster) touch(ctx context.Context, id TokenID, now time.Time) {
	_ = r.update(ctx, func(tx Tx) error {
		t, err := tx.Token(id)
		if err != nil {
			return err
		}
		u, err := tx.User(t.User)
		if err != nil || !t.Live(&u, now) || now.Sub(t.LastUsed) < r.cfg.SeenEvery {
			return err
		}
		t.LastUsed = now
		if err := tx.PutToken(t); err != nil || now.Sub(u.LastSeen) < r.cfg.SeenEvery {
			return err
		}
		u.LastSeen = now
		return tx.PutUser(u)
	})
}
