package roster_test

import (
	"errors"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
)

// TestL25_AccessEndsAtTheInstant asks everything that gives access a microsecond before the end date, and at it.
func TestL25_AccessEndsAtTheInstant(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.hire("ben", "sales", roster.Rights{"users:manage": roster.All, "deal:view": roster.All, "deal:edit": roster.All})
	end := o.clock.now().Add(time.Hour)
	o.system(roster.EditUser{User: "ben", EndDate: &end})
	personal := o.issue(roster.As("ben"), roster.TokenOrder{Kind: roster.TokenPersonal})
	refresh := o.issue(roster.As("ben"), roster.TokenOrder{Kind: roster.TokenRefresh})
	epoch := o.user("ben").Epoch
	ended := func(f roster.UserFilter) (ids []roster.UserID) {
		f.EndedBy = o.clock.now()
		for u, err := range o.Users(t.Context(), roster.As("ada"), f, "") {
			is.NoErr(err)
			ids = append(ids, u.ID)
		}
		return ids
	}
	ways := []struct {
		name string
		err  error // at the end date
		try  func() error
	}{
		{"a password", roster.ErrSignIn, func() error { _, err := o.SignIn(t.Context(), "ben@example.com", password); return err }},
		{"a personal token", roster.ErrToken, func() error { _, err := o.Check(t.Context(), personal.Secret.Reveal()); return err }},
		{"an access token", roster.ErrToken, func() error { _, err := o.Check(t.Context(), refresh.Access.Secret.Reveal()); return err }},
		{"the host's own token", roster.ErrToken, func() error { return o.CheckEpoch(t.Context(), "ben", epoch) }},
		{"a question", roster.ErrDenied, func() error {
			if !o.may("ben", "deal:view", roster.Record{}) {
				return roster.ErrDenied
			}
			return nil
		}},
		{"new work", roster.ErrDenied, func() error {
			e, err := o.MayReceive(t.Context(), "ben", "deal", "won")
			if err == nil && !e.Allowed {
				err = roster.ErrDenied
			}
			return err
		}},
		{"a change", roster.ErrDenied, func() error {
			_, err := o.Apply(t.Context(), roster.As("ben"), roster.CreateDepartment{Name: "X"})
			return err
		}},
		{"a new token", roster.ErrDenied, func() error {
			_, err := o.Issue(t.Context(), roster.As("ben"), roster.TokenOrder{Kind: roster.TokenPersonal})
			return err
		}},
		{"a new token from the host", roster.ErrState, func() error {
			_, err := o.Issue(t.Context(), roster.System("test"), roster.TokenOrder{User: "ben", Kind: roster.TokenAccess})
			return err
		}},
		{"a refresh token", roster.ErrToken, func() error { // last: it rotates once
			_, err := o.Rotate(t.Context(), refresh.Secret.Reveal())
			return err
		}},
	}
	o.clock.forward(time.Hour - time.Microsecond)
	for _, w := range ways[:len(ways)-1] {
		if err := w.try(); err != nil {
			t.Errorf("%s, the moment before: %v", w.name, err)
		}
	}
	is.Equal(ended(roster.UserFilter{}), nil) // nobody is past it yet
	o.clock.forward(time.Microsecond)
	for _, w := range ways {
		if err := w.try(); !errors.Is(err, w.err) {
			t.Errorf("%s, at the end date: %v, want %v", w.name, err, w.err)
		}
	}
	is.Equal(ended(roster.UserFilter{}), []roster.UserID{"ben"})                                                   // told from the same instant on
	is.Equal(ended(roster.UserFilter{Department: "support"}), nil)                                                 // with the other filters
	is.Equal(ended(roster.UserFilter{Status: roster.StatusActive, Seat: roster.PaidSeat}), []roster.UserID{"ben"}) // an end date changes neither status nor seat
}

// TestL25_ADateHasAYearOfFourDigits refuses dates that a store would take for others: the year 400000 once ended access at once.
func TestL25_ADateHasAYearOfFourDigits(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.hire("ben", "sales", nil)
	year := func(y int) time.Time { return time.Date(y, 12, 31, 23, 59, 59, 0, time.UTC) }
	user := func(u roster.User) roster.ImportUser {
		u.ID, u.FirstName, u.Department, u.Status = "eve", "Eve", "sales", roster.StatusActive
		return roster.ImportUser{User: u}
	}
	for _, c := range []struct {
		change roster.Change
		field  string
	}{
		{roster.EditUser{User: "ben", EndDate: new(year(9999))}, ""},
		{roster.EditUser{User: "ben", EndDate: new(year(10_000))}, "end_date"},
		{roster.EditUser{User: "ben", EndDate: new(year(-1))}, "end_date"},
		{roster.EditUser{User: "ben", EndDate: new(time.Date(9999, 12, 31, 23, 59, 59, 0, time.FixedZone("west", -3600)))}, "end_date"},
		{roster.AddUser{FirstName: "Eve", LastName: "Ek", Email: "eve@example.com", Password: password, Department: "sales", NoRights: true, EndDate: year(400_000)}, "end_date"},
		{user(roster.User{EndDate: year(400_000)}), "end_date"},
		{user(roster.User{Created: year(-400_000)}), "created"},
		{user(roster.User{LastSeen: year(400_000)}), "last_seen"},
	} {
		is := is.New(t)
		_, err := o.Apply(t.Context(), roster.System("test"), c.change)
		faults, _ := errors.AsType[roster.Faults](err)
		if c.field == "" {
			is.NoErr(err) // the last year that there is
			continue
		}
		is.Equal(len(faults), 1)           // one fault alone
		is.Equal(faults[0].Field, c.field) // the date's
	}
}
