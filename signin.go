package roster

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
)

// SignIn checks an address and a password and begins a session (J5). Every refusal is ErrSignIn, after
// the same work: one password hashed, two Updates, whether the address is unknown, the password wrong,
// the user not active, or the attempts used up (Config.SignInAttempts). The only other answer
// is ErrBusy, before any work, when too many passwords are being hashed; any further error means that the
// store, the hasher or the context failed. Whoever is refused for too many attempts can set a new password by
// letter.
//
// A password that another user typed is good only while that user is an active administrator (R10):
// otherwise somebody could come to act with rights that were granted to this user later.
//
// Deactivation, a fence, a new password or a changed address that commits while the password is
// being hashed refuses the sign-in (L7). Every sign-in is in the trail, refused ones without the
// address, repeated ones as a count (W3).
func (r *Roster) SignIn(ctx context.Context, email, password string) (Issued, error) {
	var out Issued
	err := r.prove(ctx, proof{verb: VerbSignIn, email: email, password: password}, func(tx Tx, u User, _ string) (err error) {
		out, err = r.session(tx, As(u.ID), u)
		return err
	})
	if err != nil {
		return Issued{}, wrap("sign in", "", err)
	}
	return out, nil
}

// session begins a session of u's.
func (r *Roster) session(tx Tx, a Actor, u User) (Issued, error) {
	u.LastSeen = r.now()
	if err := tx.PutUser(u); err != nil {
		return Issued{}, err
	}
	out, err := r.mint(tx, &u, Token{Kind: TokenSession}, 0)
	if err != nil {
		return Issued{}, err
	}
	return out, r.record(tx, a, Event{Verb: VerbSignIn, User: u.ID, Object: string(out.Token.ID), Outcome: OutcomeDone})
}

// proof is a password to be verified.
type proof struct {
	verb            Verb
	email, password string
	next            string // a new password to hash when this one is right; empty: this one, when its hash is to be upgraded
}

// attempt is who would sign in, as a transaction found them.
type attempt struct {
	user    User
	cred    Credential
	refusal string // the reason code why nobody may; empty when the password decides
}

// prove verifies a password within the limit of attempts. It reserves the attempt in one Update,
// hashes outside any transaction, and calls then in a second Update that found the credential, the
// user's epoch and status as they were. hash is of the next or the upgraded password, or empty.
func (r *Roster) prove(ctx context.Context, p proof, then func(tx Tx, u User, hash string) error) error {
	leave, err := r.enqueue()
	if err != nil {
		return err
	}
	defer leave()
	var at attempt
	if err := r.update(ctx, func(tx Tx) (err error) {
		at, err = r.attempt(tx, p.email)
		return err
	}); err != nil {
		return err
	}
	hash, err := r.judge(ctx, &at, p)
	if err != nil {
		return err
	}
	var refusal string
	if err := r.update(ctx, func(tx Tx) (err error) {
		refusal, err = r.conclude(tx, at, p, hash, then)
		return err
	}); err != nil {
		return err
	}
	if refusal != "" {
		return ErrSignIn
	}
	return nil
}

// attempt reserves one attempt and finds who would sign in.
func (r *Roster) attempt(tx Tx, email string) (attempt, error) {
	within, err := r.reserve(tx, attemptKey(signInPrefix, email))
	if err != nil {
		return attempt{}, err
	}
	at, err := r.candidate(tx, email)
	if !within {
		at.refusal = "throttled"
	}
	return at, err
}

// candidate finds who may sign in with an address and a password.
func (r *Roster) candidate(tx Tx, email string) (attempt, error) {
	u, err := userByEmail(tx, email)
	if errors.Is(err, ErrNotFound) {
		return attempt{refusal: "unknown"}, nil
	}
	if err != nil {
		return attempt{}, err
	}
	c, err := tx.Credential(u.ID)
	if errors.Is(err, ErrNotFound) {
		return attempt{user: u, refusal: "no-password"}, nil
	}
	if err != nil {
		return attempt{}, err
	}
	at := attempt{user: u, cred: c}
	trusted, err := r.trusted(tx, c)
	switch {
	case !u.ActiveAt(r.now()):
		at.refusal = "inactive"
	case !trusted:
		at.refusal = "set-by-another"
	}
	return at, err
}

// trusted reports whether a password is its user's own, was imported, or was typed by somebody who is
// an active administrator now (R10).
func (r *Roster) trusted(tx Tx, c Credential) (bool, error) {
	if c.SetBy == "" || c.SetBy == c.User {
		return true, nil
	}
	by, err := tx.User(c.SetBy)
	return err == nil && by.Admin && by.ActiveAt(r.now()), ignoreNotFound(err)
}

// judge does the hashing: it verifies the password and, where it is right, makes the hash to keep.
func (r *Roster) judge(ctx context.Context, at *attempt, p proof) (hash string, err error) {
	ok, upgrade, err := r.matches(ctx, at.cred.Hash, p.password)
	if err != nil {
		return "", err
	}
	if !ok && at.refusal == "" {
		at.refusal = "wrong-password"
	}
	next := p.next
	if next == "" && upgrade {
		next = p.password
	}
	if at.refusal != "" || next == "" {
		return "", nil
	}
	err = r.hashing(ctx, func() (err error) {
		hash, err = r.cfg.Hasher.Hash(next)
		return err
	})
	return hash, err
}

// conclude looks again at who signs in, and then refuses, with a reason code, or goes on.
func (r *Roster) conclude(tx Tx, at attempt, p proof, hash string, then func(Tx, User, string) error) (refusal string, err error) {
	again, err := r.candidate(tx, p.email)
	if err != nil {
		return "", err
	}
	refusal = at.refusal
	if refusal == "" {
		refusal = again.refusal
	}
	if refusal == "" && !again.same(at) {
		refusal = "changed-meanwhile"
	}
	if refusal != "" {
		return refusal, r.refuse(tx, Actor{}, Event{Verb: p.verb, User: at.user.ID, Reason: refusal})
	}
	if err := ignoreNotFound(tx.DeleteCounter(attemptKey(signInPrefix, p.email))); err != nil {
		return "", err
	}
	if hash != "" && p.next == "" {
		if err := upgrade(tx, again.cred, hash); err != nil {
			return "", err
		}
	}
	return "", then(tx, again.user, hash)
}

// same reports whether nothing that a sign-in rests on has changed.
func (at attempt) same(was attempt) bool {
	return at.user.ID == was.user.ID && at.user.Epoch == was.user.Epoch && at.cred.Version == was.cred.Version
}

// upgrade keeps the same password under a stronger hash; who set it and when stays.
func upgrade(tx Tx, c Credential, hash string) error {
	c.Hash = hash
	c.Version++
	return tx.PutCredential(c)
}

// userByEmail finds a user by address; nobody has the empty one.
func userByEmail(tx Tx, email string) (User, error) {
	if FoldEmail(email) == "" {
		return User{}, ErrNotFound
	}
	return tx.UserByEmail(email)
}

// The counters of attempts are told apart by these prefixes.
const (
	signInPrefix = "signin:"
	resetPrefix  = "reset:"
)

// attemptKey is the key under which attempts for an address are counted: a digest.
func attemptKey(prefix, email string) string {
	h := addressHash(email)
	return prefix + hex.EncodeToString(h[:16])
}

// addressHash is the digest of a folded address.
func addressHash(email string) TokenHash { return sha256.Sum256([]byte(FoldEmail(email))) }

// reserve counts one more attempt under key and reports whether the limit allows it.
func (r *Roster) reserve(tx Tx, key string) (bool, error) {
	now := r.now()
	c, err := tx.Counter(key)
	if ignoreNotFound(err) != nil {
		return false, err
	}
	if err != nil || now.Sub(c.Since) >= r.cfg.SignInWindow {
		c = Counter{Key: key, Since: now}
	}
	within := c.Count < r.cfg.SignInAttempts
	if within {
		c.Count++
	}
	return within, tx.PutCounter(c)
}
