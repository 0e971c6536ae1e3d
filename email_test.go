package roster_test

import (
	"errors"
	"testing"

	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
)

func TestJ2_CheckEmailRefusesAsRosterDoes(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"", "anna", "anna@localhost", "a b@example.com", "anna@exa..mple.com", "@example.com"} {
		is.New(t).True(errors.Is(roster.CheckEmail(address), roster.ErrInvalid)) // not an address that a user can have
	}
}
