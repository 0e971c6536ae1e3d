package roster_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
)

func TestJ5_DefaultHasherIsSlowEnough(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	hash, err := roster.PBKDF2{}.Hash(password)
	is.NoErr(err)
	is.True(strings.HasPrefix(hash, "$pbkdf2-sha256$i=600000,l=32$")) // what OWASP asks for
	ok, upgrade, err := roster.PBKDF2{}.Verify(hash, password)
	is.NoErr(err)
	is.True(ok && !upgrade)
	ok, _, err = roster.PBKDF2{}.Verify(hash, password+" ")
	is.NoErr(err)
	is.True(!ok) // nothing is trimmed
	_, err = roster.PBKDF2{Iterations: -1}.Hash(password)
	is.True(err != nil) // a mistake isn't the default
}

func TestJ5_ZeroConfigSignsIn(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	r, err := roster.New(o.store, o.schema, roster.Config{})
	is.NoErr(err)
	o.Roster = r
	o.system(roster.ImportUser{User: roster.User{
		ID: "ben", FirstName: "Ben", LastName: "B", Email: "ben@example.com", Department: "sales", Status: roster.StatusActive,
	}, Hash: "$pbkdf2-sha256$i=1000,l=32$c2FsdHNhbHRzYWx0c2FsdA$" + knownKey})
	s, err := r.SignIn(t.Context(), "ben@example.com", "passwd")
	is.NoErr(err) // a hash from elsewhere, with fewer iterations
	is.True(o.good(s))
	is.True(strings.HasPrefix(o.credential("ben").Hash, "$pbkdf2-sha256$i=600000,")) // upgraded
}

// knownKey is PBKDF2-HMAC-SHA256 of "passwd" with the salt "saltsaltsaltsalt" and 1,000 iterations,
// computed by Python's hashlib.
const knownKey = "n4PA7KayQ8H+KYljp2Dl/38BO3UhEmLfrgsulEpdxsE"

// TestJ5_AHashThatNobodyCanUseIsAFault imports texts that the default hasher could never verify.
func TestJ5_AHashThatNobodyCanUseIsAFault(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	r, err := roster.New(o.store, o.schema, roster.Config{})
	is.NoErr(err)
	in := roster.ImportUser{User: roster.User{ID: "ben", FirstName: "Ben", Department: "sales", Status: roster.StatusActive}}
	good := "$pbkdf2-sha256$i=10000000,l=32$c2FsdHNhbHRzYWx0c2FsdA$" + knownKey
	for _, in.Hash = range []string{"garbage", "$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA", good + "\n"} {
		_, err := r.Preview(t.Context(), roster.System("import"), in)
		if diff := cmp.Diff([]string{"hash"}, faultFields(t, err)); diff != "" {
			t.Errorf("%q: faults (-want +got):\n%s", in.Hash, diff)
		}
	}
	in.Hash = good // verifying it would take seconds: knowing it hashes nothing
	_, err = r.Preview(t.Context(), roster.System("import"), in)
	is.NoErr(err)
}
