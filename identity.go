package roster

import (
	"context"
	"errors"
)

// SignInIdentity begins a session for the person whom the host's own sign-in has just verified at the
// issuer; only the system may say so. An invited user is activated by it (J3). An unknown identity
// and a user who isn't active are ErrSignIn, and in the trail (W3).
func (r *Roster) SignInIdentity(ctx context.Context, a Actor, id Identity) (Issued, error) {
	if !a.IsSystem() {
		denial := &Denial{Actor: a.user, Needs: "the system", Reason: DenyNotSystem}
		return Issued{}, wrap("sign in", "", r.refused(ctx, a, Event{Verb: VerbSignIn}, denial))
	}
	var out Issued
	var refusal string
	err := r.update(ctx, func(tx Tx) error {
		u, err := userByIdentity(tx, id)
		if ignoreNotFound(err) != nil {
			return err
		}
		if refusal = r.identityFault(u, err); refusal != "" {
			return r.refuse(tx, a, Event{Verb: VerbSignIn, User: u.ID, Reason: refusal})
		}
		if u.Status == StatusInvited {
			u.Status = StatusActive
			u.Version++
			if err := r.record(tx, a, Event{Verb: VerbUserActivate, User: u.ID, Outcome: OutcomeDone}); err != nil {
				return err
			}
			if err := voidLetters(tx, u.ID, LetterActivation); err != nil {
				return err
			}
		}
		out, err = r.session(tx, a, u)
		return err
	})
	if err == nil && refusal != "" {
		err = ErrSignIn
	}
	if err != nil {
		return Issued{}, wrap("sign in", "", err)
	}
	return out, nil
}

// userByIdentity finds a user by identity; nobody has the zero one.
func userByIdentity(tx Tx, id Identity) (User, error) {
	if id == (Identity{}) {
		return User{}, ErrNotFound
	}
	return tx.UserByIdentity(id)
}

// identityFault is the reason code why u, or nobody when none was found, may not sign in; or "".
func (r *Roster) identityFault(u User, notFound error) string {
	if errors.Is(notFound, ErrNotFound) {
		return "unknown"
	}
	if u.Status == StatusInvited {
		u.Status = StatusActive
	}
	if !u.ActiveAt(r.now()) {
		return "inactive"
	}
	return ""
}
