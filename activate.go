package roster

import (
	"context"
	"errors"

	"github.com/seed-8e8abc8d/roster/internal/secret"
)

// Activate redeems the secret of an activation letter, once, and so confirms the address that it went
// to. An invited user becomes active (J3) with the password given, or with the one that is there
// already when it is empty; where there is none, or somebody typed it who isn't an active
// administrator, a password is needed, unless the user has an external identity. A user whose new
// address waited for confirmation has it from now on (J7); a password isn't asked for then.
//
// A secret that isn't good is ErrToken; a bad password is a Faults with the field "password", and
// the secret stays good; ErrExists says that another user has the address by now.
func (r *Roster) Activate(ctx context.Context, text, password string) error {
	return wrap("activate", "", r.redeem(ctx, redemption{
		verb: VerbUserActivate, kind: TokenActivation, text: text, password: password,
		check: r.activationFault, apply: r.activate,
	}))
}

// ResetPassword redeems the secret of a reset letter, once, and sets the password (J7). All sessions and
// tokens of the user end, other letters become void, and attempts to sign in start from zero. Errors
// are those of Activate.
func (r *Roster) ResetPassword(ctx context.Context, text, password string) error {
	return wrap("reset password", "", r.redeem(ctx, redemption{
		verb: VerbPasswordReset, kind: TokenReset, text: text, password: password,
		check: needsPassword, apply: r.reset,
	}))
}

// redemption is the use of a one-time secret.
type redemption struct {
	verb           Verb
	kind           TokenKind
	text, password string
	check          func(tx Tx, u *User, password bool) error                    // the faults of asking for it, in this state
	apply          func(tx Tx, t *Token, u *User, verb Verb, hash string) error // what it does; it may change u
}

// redeem looks at the secret, hashes outside any transaction, and looks again in the Update that
// applies. Secrets that the store doesn't know leave nothing in the trail.
func (r *Roster) redeem(ctx context.Context, d redemption) error {
	_, hash, ok := secret.Parse(d.text)
	if !ok {
		return ErrToken
	}
	var t Token
	err := r.store.View(ctx, func(tx Tx) (err error) {
		t, _, err = r.redeemable(tx, hash, d)
		return err
	})
	var password string
	if err == nil && d.password != "" {
		password, err = r.newHash(ctx, d.password)
	}
	if err == nil {
		err = r.update(ctx, func(tx Tx) error {
			var u User
			if t, u, err = r.redeemable(tx, hash, d); err != nil {
				return err
			}
			return r.spend(tx, t, u, d, password)
		})
	}
	if t.ID != "" && (refusal(err) || errors.Is(err, ErrToken)) {
		err = r.refused(ctx, Actor{}, Event{Verb: d.verb, User: t.User, Object: string(t.ID)}, err)
	}
	return err
}

// redeemable finds a one-time secret's token and user and tells why it can't be redeemed.
func (r *Roster) redeemable(tx Tx, h TokenHash, d redemption) (Token, User, error) {
	t, u, err := tokenIn(tx, h)
	if errors.Is(err, ErrNotFound) {
		return Token{}, User{}, ErrToken
	}
	if err != nil {
		return Token{}, User{}, err
	}
	fault := t.fault(&u, r.now())
	switch {
	case t.Kind != d.kind:
		fault = "kind"
	case fault == "" && !t.confirms(&u):
		fault = "address"
	}
	if fault != "" {
		return t, u, &unfit{ErrToken, fault}
	}
	return t, u, d.check(tx, &u, d.password != "")
}

// confirms reports whether t, a one-time secret, went to an address that it can still do something for.
func (t *Token) confirms(u *User) bool {
	return t.confirmsNew(u) || t.Address == addressHash(u.Email) && (t.Kind == TokenReset || u.Status == StatusInvited)
}

// confirmsNew reports whether t is an activation that went to u's new address.
func (t *Token) confirmsNew(u *User) bool {
	return t.Kind == TokenActivation && u.PendingEmail != "" && t.Address == addressHash(u.PendingEmail)
}

// needsPassword is the check of a reset.
func needsPassword(_ Tx, _ *User, password bool) error {
	if !password {
		return Faults{{Field: "password", Problem: "missing"}}
	}
	return nil
}

// activationFault is the check of an activation.
func (r *Roster) activationFault(tx Tx, u *User, password bool) error {
	if u.Status != StatusInvited && password {
		return Faults{{Field: "password", Problem: "isn't changed by confirming an address"}}
	}
	if u.Status != StatusInvited || password || u.Identity != (Identity{}) {
		return nil
	}
	c, err := tx.Credential(u.ID)
	usable := err == nil
	if usable {
		usable, err = r.trusted(tx, c)
	}
	if err := ignoreNotFound(err); err != nil {
		return err
	}
	return needsPassword(nil, nil, usable)
}

// spend marks t as used, applies the redemption and stores the user.
func (r *Roster) spend(tx Tx, t Token, u User, d redemption, hash string) error {
	t.Spent = r.now()
	if err := tx.PutToken(t); err != nil {
		return err
	}
	if err := d.apply(tx, &t, &u, d.verb, hash); err != nil {
		return err
	}
	u.Version++
	return tx.PutUser(u)
}

// activate confirms an address, makes an invited user active and sets the password, if there is one.
func (r *Roster) activate(tx Tx, t *Token, u *User, verb Verb, hash string) error {
	var fields []string
	if t.confirmsNew(u) {
		u.Email, u.PendingEmail = u.PendingEmail, ""
		fields = append(fields, "email")
	}
	if u.Status == StatusInvited {
		u.Status = StatusActive
		fields = append(fields, "status")
	} else {
		verb = VerbUserEdit
	}
	if hash != "" {
		fields = append(fields, "password")
		if err := r.setPassword(tx, u, hash); err != nil {
			return err
		}
	}
	for _, kind := range []LetterKind{LetterActivation, LetterAddress} {
		if err := voidLetters(tx, u.ID, kind); err != nil {
			return err
		}
	}
	return r.record(tx, As(u.ID), Event{Verb: verb, User: u.ID, Outcome: OutcomeDone, Fields: fields})
}

// reset sets the password and lets the person sign in at once.
func (r *Roster) reset(tx Tx, _ *Token, u *User, verb Verb, hash string) error {
	if err := ignoreNotFound(tx.DeleteCounter(attemptKey(signInPrefix, u.Email))); err != nil {
		return err
	}
	if err := r.setPassword(tx, u, hash); err != nil {
		return err
	}
	return r.record(tx, As(u.ID), Event{Verb: verb, User: u.ID, Outcome: OutcomeDone})
}
