package storetest_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/storetest"
)

// TestFaulty_WalksEveryCall fails each call of two Updates and a View in turn, and looks at what each
// failure leaves.
func TestFaulty_WalksEveryCall(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		how  storetest.Failure
		want []string // the call that failed, and the users left
		why  string
	}{
		{"before", storetest.Failure{}, []string{
			"Update: b", "PutUser: b", "commit: b", "Update: a", "User: a", "PutUser: a", "commit: a", "View: a b", "User: a b",
		}, "a failure leaves nothing of its Update, and the next goes on"},
		{"after", storetest.Failure{After: true}, []string{
			"Update: b", "PutUser: b", "commit: a b", "Update: a", "User: a", "PutUser: a", "commit: a b", "View: a b", "User: a b",
		}, "a commit whose answer is lost was made"},
		{"down", storetest.Failure{Down: true}, []string{
			"Update:", "PutUser:", "commit:", "Update: a", "User: a", "PutUser: a", "commit: a", "View: a b", "User: a b",
		}, "nothing works after a crash"},
		{"after, then down", storetest.Failure{After: true, Down: true}, []string{
			"Update:", "PutUser:", "commit: a", "Update: a", "User: a", "PutUser: a", "commit: a b", "View: a b", "User: a b",
		}, "what was committed before a crash stays"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for n := 1; ; n++ {
				s := storetest.NewFaulty(new(memstore.Store))
				s.FailAt(n, c.how)
				errs := errors.Join(
					s.Update(t.Context(), func(tx roster.Tx) error { return tx.PutUser(roster.User{ID: "a"}) }),
					s.Update(t.Context(), func(tx roster.Tx) error {
						if _, err := tx.User("a"); err != nil && !errors.Is(err, roster.ErrNotFound) {
							return err
						}
						return tx.PutUser(roster.User{ID: "b"})
					}),
					s.View(t.Context(), func(tx roster.Tx) error {
						_, err := tx.User("b")
						return err
					}))
				if !s.Failed() {
					break
				}
				if !errors.Is(errs, storetest.ErrInjected) {
					t.Errorf("call %d: %v", n, errs)
				}
				line := s.FailedCall() + ":"
				s.FailAt(0, storetest.Failure{})
				for _, u := range allUsers(t, s) {
					line += " " + string(u.ID)
				}
				got = append(got, line)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.why, diff)
			}
		})
	}
}

func TestFaulty_Counts(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	s := storetest.NewFaulty(new(memstore.Store))
	is.Equal(len(allUsers(t, s)), 0) // nothing fails before FailAt
	is.Equal(s.Calls(), 2)           // View and ListUsers
	s.FailAt(9, storetest.Failure{})
	is.Equal(s.Calls(), 0) // counted anew
	is.True(!s.Failed())   // the ninth call didn't come
}

// allUsers lists a store's users, tombstones too.
func allUsers(t *testing.T, s roster.Store) (users []roster.User) {
	t.Helper()
	err := s.View(t.Context(), func(tx roster.Tx) (err error) {
		users, err = tx.ListUsers(roster.UserFilter{Deleted: true}, "", 1000)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return slices.Clip(users)
}
