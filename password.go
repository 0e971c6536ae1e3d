package roster

import (
	"context"
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
