package roster

import (
	"context"
	"errors"
	"unicode/utf8"
)

// maxPassword is the longest password in bytes that is looked at: 256 characters of UTF-8.
const maxPassword = 256 * utf8.UTFMax

// newHash hashes a new password after holding it against the rules. A password that breaks one is a
// Faults with the field "password", a full queue ErrBusy.
func (r *Roster) newHash(ctx context.Context, password string) (string, error) {
	if err := r.checkPassword(ctx, password); err != nil {
		return "", err
	}
	leave, err := r.enqueue()
	if err != nil {
		return "", err
	}
	defer leave()
	var hash string
	err = r.hashing(ctx, func() (err error) {
		hash, err = r.cfg.Hasher.Hash(password)
		return err
	})
	return hash, err
}

// checkPassword tells what is wrong with a new password: its length, its encoding, or what the
// host's own check says (NIST SP 800-63B-4 §3.1.1.2). Passwords are compared byte by byte: a host
// that wants one Unicode normal form brings them into it first.
func (r *Roster) checkPassword(ctx context.Context, password string) error {
	var f Faults
	f.check("password", passwordProblem(password, r.cfg.MinPassword))
	if f == nil && r.cfg.CheckPassword != nil {
		if err := r.cfg.CheckPassword(ctx, password); err != nil {
			f.add("password", "%s", err)
		}
	}
	return f.Err()
}

// matches does the work of verifying one password and reports whether it made encoded. Where there is
// nothing to compare with, or the hasher doesn't know the form, the work is done on the dummy. The
// caller has a place in the queue.
func (r *Roster) matches(ctx context.Context, encoded, password string) (ok, upgrade bool, err error) {
	err = r.hashing(ctx, func() error {
		dummy, err := r.dummy()
		if err != nil {
			return err
		}
		if encoded == "" || len(password) > maxPassword {
			_, _, err := r.cfg.Hasher.Verify(dummy, "")
			return err
		}
		if ok, upgrade, err = r.cfg.Hasher.Verify(encoded, password); err != nil {
			ok, upgrade = false, false
			_, _, err = r.cfg.Hasher.Verify(dummy, "")
		}
		return err
	})
	return ok, upgrade, err
}

// ChangePassword sets the actor's own password, given the old one, which is verified as a sign-in is:
// within the same limit of attempts, ErrSignIn when it is wrong (J7). All sessions and tokens of the
// user end and open letters become void. Nobody changes another's password: see SendReset.
func (r *Roster) ChangePassword(ctx context.Context, a Actor, old, password string) error {
	email, err := r.ownAddress(ctx, a)
	if err == nil {
		err = r.checkPassword(ctx, password)
	}
	if err != nil {
		if refusal(err) {
			err = r.refused(ctx, a, Event{Verb: VerbPasswordSet, User: a.user}, err)
		}
		return wrap("change password", a.user, err)
	}
	p := proof{verb: VerbPasswordSet, email: email, password: old, next: password}
	return wrap("change password", a.user, r.prove(ctx, p, func(tx Tx, u User, hash string) error {
		if u.ID != a.user {
			return ErrState // the address went to somebody else meanwhile
		}
		if err := r.setPassword(tx, &u, hash); err != nil {
			return err
		}
		u.Version++
		if err := tx.PutUser(u); err != nil {
			return err
		}
		return r.record(tx, a, Event{Verb: VerbPasswordSet, User: u.ID, Outcome: OutcomeDone})
	}))
}

// ownAddress is the address of an actor who is an active user.
func (r *Roster) ownAddress(ctx context.Context, a Actor) (string, error) {
	if a.IsSystem() {
		return "", &Denial{Needs: "the user themselves", Reason: DenyNotSelf}
	}
	var email string
	err := r.store.View(ctx, func(tx Tx) error {
		by, err := r.begin(tx, a)
		email = by.person.User.Email
		return err
	})
	return email, err
}

// setPassword stores a password that u typed and ends all that the old one gave: sessions, tokens,
// letters. The caller stores u.
func (r *Roster) setPassword(tx Tx, u *User, hash string) error {
	c, err := tx.Credential(u.ID)
	if ignoreNotFound(err) != nil {
		return err
	}
	c.User, c.Hash, c.SetBy, c.Set = u.ID, hash, u.ID, r.now()
	c.Version++
	if err := tx.PutCredential(c); err != nil {
		return err
	}
	endAccess(u)
	return voidLetters(tx, u.ID, LetterNone)
}

// RequestReset queues a letter with which the person at an address can set a new password (J7). The answer
// is the same whether or not anybody active has the address; requests are limited like attempts to sign in.
// Who has an external identity and no password gets no letter. An error means that the store failed.
func (r *Roster) RequestReset(ctx context.Context, email string) error {
	return wrap("request reset", "", r.update(ctx, func(tx Tx) error {
		within, err := r.reserve(tx, attemptKey(resetPrefix, email))
		if err != nil {
			return err
		}
		u, refusal, err := r.resettable(tx, email)
		if !within {
			refusal = "throttled"
		}
		if err != nil {
			return err
		}
		if refusal != "" {
			return r.refuse(tx, Actor{}, Event{Verb: VerbPasswordReset, User: u.ID, Reason: refusal})
		}
		return r.queue(tx, Actor{}, u.ID, LetterReset)
	}))
}

// resettable finds whose password can be reset by a letter to an address, or the reason code why
// nobody's can. Who signs in elsewhere and has no password doesn't get one by the way.
func (r *Roster) resettable(tx Tx, email string) (User, string, error) {
	u, err := userByEmail(tx, email)
	if errors.Is(err, ErrNotFound) {
		return User{}, "unknown", nil
	}
	if err != nil {
		return User{}, "", err
	}
	if !u.ActiveAt(r.now()) {
		return u, "inactive", nil
	}
	if _, err = tx.Credential(u.ID); errors.Is(err, ErrNotFound) && u.Identity != (Identity{}) {
		return u, "identity", nil
	}
	return u, "", ignoreNotFound(err)
}
