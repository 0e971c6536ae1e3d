package report_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/report"
	"github.com/seed-8e8abc8d/roster/storetest"
)

// interrupted is a store in which something happens before some of its Views.
type interrupted struct {
	roster.Store
	views atomic.Int64
	at    []int64
	do    func()
}

func (s *interrupted) View(ctx context.Context, f func(roster.Tx) error) error {
	if slices.Contains(s.at, s.views.Add(1)) {
		s.do()
	}
	return s.Store.View(ctx, f)
}

// TestW2_ARoleReplacedMeanwhileLosesNobody replaces the role of all holders between any two pages.
func TestW2_ARoleReplacedMeanwhileLosesNobody(t *testing.T) {
	t.Parallel()
	c := newCrowd(t, 0, 0)
	rights := roster.Rights{"deal:view": roster.All, "deal:export": roster.All}
	changes := []roster.Change{roster.CreateRole{ID: "old", Name: "Seller", Rights: rights}}
	want := map[roster.UserID]string{}
	for i := range 300 { // more than a page
		id := roster.UserID(fmt.Sprintf("u%03d", i))
		want[id] = "role Seller"
		changes = append(changes, roster.ImportUser{User: roster.User{ID: id, FirstName: "U", Department: "d", Role: "old", Status: roster.StatusActive}})
	}
	if _, err := c.Apply(t.Context(), host, changes...); err != nil {
		t.Fatal(err)
	}
	held, n := roster.RoleID("old"), 0
	for at := int64(1); at <= 6; at++ { // departments, roles, two pages of users; and after the end
		store := &interrupted{Store: c.store, at: []int64{at, at + 1}, do: func() {
			n++
			next := roster.RoleID(fmt.Sprint("new", n))
			if _, err := c.Apply(t.Context(), host, roster.ReplaceRole{Role: held, ID: next, Name: "Seller", Rights: rights}); err != nil {
				t.Error(err)
			}
			held = next
		}}
		r, err := roster.New(store, c.Schema(), roster.Config{})
		if err != nil {
			t.Fatal(err)
		}
		holders, err := report.WhoHolds(t.Context(), r, host, "deal:export", c.all())
		if err != nil {
			t.Fatal(err)
		}
		got := map[roster.UserID]string{}
		for _, h := range holders.Users.Rows {
			got[h.ID] = "role " + h.Role
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("interrupted before View %d: holders (-want +got):\n%.600s", at, diff)
		}
	}
}

// TestW2_AStoreThatFailsMakesNoReport fails each call that a report makes.
func TestW2_AStoreThatFailsMakesNoReport(t *testing.T) {
	t.Parallel()
	c := newCrowd(t, 5, 12)
	faulty := storetest.NewFaulty(c.store)
	r, err := roster.New(faulty, c.Schema(), roster.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range makers() {
		n := 1
		for ; ; n++ {
			faulty.FailAt(n, storetest.Failure{})
			_, err := m.make(t.Context(), r, roster.As("u000000"), c.all())
			if !faulty.Failed() {
				break
			}
			if !errors.Is(err, storetest.ErrInjected) {
				t.Errorf("%s: call %d, %s: %v", m.name, n, faulty.FailedCall(), err)
			}
		}
		if n < 7 {
			t.Errorf("%s: only %d calls", m.name, n)
		}
	}
}
