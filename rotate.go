package roster

import (
	"context"
	"errors"

	"github.com/seed-8e8abc8d/roster/internal/secret"
)

// Rotate exchanges a refresh token, once, for a new one of the same family and an access token
// (RFC 6749 §6). A refresh token that is shown a second time has been copied: its whole family,
// access tokens included, ends, and the trail tells (RFC 9700 §4.14.2). The new refresh token lasts as
// long as the old one was made for. Whatever isn't good is ErrToken.
func (r *Roster) Rotate(ctx context.Context, text string) (Issued, error) {
	_, hash, ok := secret.Parse(text)
	if !ok {
		return Issued{}, wrap("rotate token", "", ErrToken)
	}
	var out Issued
	var fault string
	err := r.update(ctx, func(tx Tx) error {
		t, u, err := tokenIn(tx, hash)
		if errors.Is(err, ErrNotFound) {
			fault = "unknown" // and nothing to tell: text that was never a token leaves nothing in the trail
			return nil
		}
		if err != nil {
			return err
		}
		if fault = t.fault(&u, r.now()); t.Kind != TokenRefresh {
			fault = "kind"
		}
		if fault == "" {
			out, err = r.rotate(tx, t, u)
			return err
		}
		return r.refuseRotation(tx, t, fault)
	})
	if err == nil && fault != "" {
		err = ErrToken
	}
	if err != nil {
		return Issued{}, wrap("rotate token", "", err)
	}
	return out, nil
}

// tokenIn finds a token and its user in a transaction.
func tokenIn(tx Tx, h TokenHash) (Token, User, error) {
	t, err := tx.TokenByHash(h)
	if err != nil {
		return Token{}, User{}, err
	}
	u, err := tx.User(t.User)
	return t, u, err
}

// rotate spends t and issues its successor.
func (r *Roster) rotate(tx Tx, t Token, u User) (Issued, error) {
	now := r.now()
	t.Spent, t.LastUsed = now, now
	if err := tx.PutToken(t); err != nil {
		return Issued{}, err
	}
	next := Token{Kind: TokenRefresh, Family: t.Family, Integration: t.Integration, Label: t.Label}
	out, err := r.issue(tx, &u, next, t.Expires.Sub(t.Issued))
	if err != nil {
		return Issued{}, err
	}
	return out, r.record(tx, As(u.ID), Event{Verb: VerbTokenRotate, User: u.ID, Object: string(out.Token.ID), Outcome: OutcomeDone})
}

// refuseRotation records a refusal and, when the token was spent before, ends its family.
func (r *Roster) refuseRotation(tx Tx, t Token, fault string) error {
	reused := t.Kind == TokenRefresh && !t.Spent.IsZero()
	if reused {
		fault = "reused"
	}
	refusal := Event{Verb: VerbTokenRotate, User: t.User, Object: string(t.ID), Reason: fault}
	if err := r.refuse(tx, Actor{}, refusal); err != nil || !reused {
		return err
	}
	changed, err := revokeOpen(tx, TokenFilter{User: t.User, Family: t.Family}, r.now())
	if err != nil || !changed {
		return err
	}
	return r.record(tx, Actor{}, Event{
		Verb: VerbTokenRevoke, User: t.User, Object: string(t.Family), Outcome: OutcomeDone, Reason: fault,
	})
}
