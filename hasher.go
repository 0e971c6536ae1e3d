package roster

import (
	"context"

	"github.com/seed-8e8abc8d/roster/internal/phc"
)

// PBKDF2 is the Hasher of the standard library's PBKDF2-HMAC-SHA256. The zero PBKDF2 is Config's
// default. Its hashes are PHC strings: "$pbkdf2-sha256$i=600000,l=32$salt$hash"; any other text is
// an error, so a Hasher that knows several forms can ask it last.
type PBKDF2 struct {
	// Iterations is 1 to 10,000,000; 0 means 600,000. With any other number Hash fails. Hashes made with fewer
	// are upgraded at sign-in.
	Iterations int
}

// Hash makes a PHC string of a password, with a random salt.
func (p PBKDF2) Hash(password string) (string, error) { return phc.Hash(password, p.iterations()) }

// Verify reports whether password made encoded, and whether it was made with fewer iterations than p's.
func (p PBKDF2) Verify(encoded, password string) (ok, upgrade bool, err error) {
	return phc.Verify(encoded, password, p.iterations())
}

// Knows reports whether encoded is of the form that Hash makes. It hashes nothing.
func (p PBKDF2) Knows(encoded string) bool { return phc.Knows(encoded) }

func (p PBKDF2) iterations() int {
	if p.Iterations == 0 {
		return 600_000
	}
	return p.Iterations
}

// enqueue takes a place among those who hash or wait for it; leave gives it back. It fails with
// ErrBusy, before any work, when there is none.
func (r *Roster) enqueue() (leave func(), err error) {
	select {
	case r.queued <- struct{}{}:
		return func() { <-r.queued }, nil
	default:
		return nil, ErrBusy
	}
}

// hashing runs f, which hashes, when a worker is free. The caller has a place in the queue.
func (r *Roster) hashing(ctx context.Context, f func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case r.hashed <- struct{}{}:
		defer func() { <-r.hashed }()
		return f()
	case <-ctx.Done():
		return ctx.Err()
	}
}
