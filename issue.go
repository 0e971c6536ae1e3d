package roster

import (
	"context"
	"fmt"
	"time"

	"github.com/seed-8e8abc8d/roster/internal/secret"
)

// kindLetters are the letters that tell the kinds apart in a secret's text, by TokenKind.
const kindLetters = "-sarpcn"

// Issued is a new token with its secret, which is shown nowhere else.
type Issued struct {
	Token  Token   `json:"token"`
	Secret Secret  `json:"secret"`
	Access *Issued `json:"access,omitzero"` // with a refresh token: the access token that goes with it; else nil
}

// TokenOrder says which token is wanted.
type TokenOrder struct {
	User        UserID        // whose; empty: the actor's own. Only the system orders for others
	Kind        TokenKind     // TokenSession, TokenAccess, TokenRefresh or TokenPersonal
	Integration string        // the acting thing that will hold it (L10), ≤ 255 bytes; empty: none
	Label       string        // the user's own words, ≤ 255 bytes
	TTL         time.Duration // how long it lasts; 0, or longer than Config allows: as long as Config allows; negative: a fault
}

// Issue makes a token for the actor, or for any active user when the system asks (W3). A
// TokenRefresh comes with an access token and begins a family. Faults of the order come back all at
// once; a user who isn't active is ErrState, an actor who asks for another's token ErrDenied.
func (r *Roster) Issue(ctx context.Context, a Actor, o TokenOrder) (Issued, error) {
	if o.User == "" {
		o.User = a.user
	}
	var out Issued
	err := o.check()
	if err == nil {
		err = r.update(ctx, func(tx Tx) error {
			u, err := r.holder(tx, a, o.User)
			if err != nil {
				return err
			}
			out, err = r.issue(tx, &u, Token{Kind: o.Kind, Integration: o.Integration, Label: o.Label}, o.TTL)
			if err != nil {
				return err
			}
			return r.record(tx, a, Event{
				Verb: VerbTokenIssue, User: u.ID, Object: string(out.Token.ID), Outcome: OutcomeDone, Reason: o.Kind.String(),
			})
		})
	}
	if refusal(err) {
		err = r.refused(ctx, a, Event{Verb: VerbTokenIssue, User: o.User}, err)
	}
	if err != nil {
		return Issued{}, wrap("issue token", o.User, err)
	}
	return out, nil
}

// check lists the faults of o.
func (o TokenOrder) check() error {
	var f Faults
	if o.User == "" {
		f.add("user", "missing")
	}
	if !o.Kind.Bears() && o.Kind != TokenRefresh {
		f.add("kind", "not a kind that can be ordered")
	}
	f.check("integration", textProblem(o.Integration, maxName))
	f.check("label", textProblem(o.Label, maxName))
	if o.TTL < 0 {
		f.add("ttl", "negative")
	}
	return f.Err()
}

// holder loads the active user whom a token is for, and refuses an actor who may not ask for it.
func (r *Roster) holder(tx Tx, a Actor, id UserID) (User, error) {
	by, err := r.begin(tx, a)
	if err != nil {
		return User{}, err
	}
	if !a.IsSystem() {
		if id != a.user {
			return User{}, &Denial{Actor: a.user, Needs: "the user themselves", Reason: DenyNotSelf}
		}
		return by.person.User, nil
	}
	u, err := tx.User(id)
	if err == nil && !u.ActiveAt(by.now) {
		err = fmt.Errorf("%w: the user isn't active", ErrState)
	}
	return u, err
}

// issue stores a new token of u's like t and, for a refresh token, the access token that goes with it.
func (r *Roster) issue(tx Tx, u *User, t Token, ttl time.Duration) (Issued, error) {
	out, err := r.mint(tx, u, t, ttl)
	if err != nil || t.Kind != TokenRefresh {
		return out, err
	}
	access := Token{Kind: TokenAccess, Family: out.Token.Family, Integration: t.Integration, Label: t.Label}
	issued, err := r.mint(tx, u, access, 0)
	out.Access = &issued
	return out, err
}

// mint stores one new token of u's like t.
func (r *Roster) mint(tx Tx, u *User, t Token, ttl time.Duration) (Issued, error) {
	longest := r.longest(t.Kind)
	if ttl <= 0 || ttl > longest {
		ttl = longest
	}
	now := r.now()
	t.ID, t.User, t.Epoch = TokenID(r.newID()), u.ID, u.Epoch
	t.Issued, t.Expires = now, now.Add(ttl).Truncate(time.Microsecond)
	if t.Kind == TokenRefresh && t.Family == "" {
		t.Family = t.ID
	}
	text, hash := secret.New(kindLetters[t.Kind])
	t.Hash = hash
	return Issued{Token: t, Secret: Secret{text: &text}}, tx.PutToken(t)
}

// longest is how long a token of kind k may last.
func (r *Roster) longest(k TokenKind) time.Duration {
	return [...]time.Duration{
		TokenSession: r.cfg.SessionTTL, TokenAccess: r.cfg.AccessTTL, TokenRefresh: r.cfg.RefreshTTL, TokenPersonal: r.cfg.PersonalTTL,
		TokenActivation: r.cfg.ActivationTTL, TokenReset: r.cfg.ResetTTL,
	}[k]
}
