package roster

import "context"

// newHash hashes a new password.
func (r *Roster) newHash(_ context.Context, password string) (string, error) {
	return r.cfg.Hasher.Hash(password)
}
