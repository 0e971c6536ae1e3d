package report

import (
	"context"
	"strings"
	"time"

	"github.com/seed-8e8abc8d/roster"
)

// Seats counts users who aren't deleted by status, and what they cost (L26).
type Seats struct {
	Made     time.Time   `json:"made"`           // Choice.Now
	About    string      `json:"about,omitzero"` // the department's name; empty: everybody
	Statuses []SeatCount `json:"statuses"`       // invited, active, inactive, leaving
	Users    int         `json:"users"`
	Paid     int         `json:"paid"` // paid seats that are held
	Free     int         `json:"free"` // free users, who hold none
	Idle     int         `json:"idle"` // paid seats of the inactive, which deleting them would free
}

// SeatCount counts the users of one status. Who is leaving holds no seat any more.
type SeatCount struct {
	Status roster.Status `json:"status"`
	Users  int           `json:"users"`
	Paid   int           `json:"paid"` // paid seats that they hold
	Free   int           `json:"free"` // free users among them
}

// seat names what somebody takes: who is leaving takes none any more, free or paid.
func seat(paid bool, status roster.Status) string {
	switch {
	case paid:
		return "paid"
	case status == roster.StatusLeaving:
		return "none"
	}
	return "free"
}

// WhatSeatsCost counts seats by status, free and paid, and what deleting the inactive would free (W2,
// L26). It needs users:manage; its Limit doesn't matter.
func WhatSeatsCost(ctx context.Context, r *roster.Roster, a roster.Actor, c Choice) (Seats, error) {
	d, err := newReader(ctx, r, a, c)
	if err != nil {
		return Seats{}, err
	}
	s := d.seats()
	err = d.users(roster.UserFilter{}, s.add)
	return s, err
}

// seats are no seats yet.
func (d *reader) seats() Seats {
	s := Seats{Made: d.Now, About: d.about()}
	for _, status := range []roster.Status{roster.StatusInvited, roster.StatusActive, roster.StatusInactive, roster.StatusLeaving} {
		s.Statuses = append(s.Statuses, SeatCount{Status: status})
	}
	return s
}

// add counts a user.
func (s *Seats) add(u roster.User) {
	for i := range s.Statuses {
		c := &s.Statuses[i]
		if c.Status != u.Status {
			continue
		}
		c.Users++
		s.Users++
		if u.Free {
			c.Free++
			s.Free++
		}
		if u.HoldsSeat() {
			c.Paid++
			s.Paid++
		}
		if u.HoldsSeat() && u.Status == roster.StatusInactive {
			s.Idle++
		}
	}
}

// String is the report for people.
func (s Seats) String() string {
	var b strings.Builder
	heading(&b, s.About, "Seats: %s paid", number(s.Paid))
	s.write(&b)
	return b.String()
}

// write writes the table and what could be freed.
func (s Seats) write(b *strings.Builder) {
	t := table{head: []string{"Status", ">Users", ">Paid seats", ">Free users"}}
	for _, c := range s.Statuses {
		if c.Users > 0 {
			t.row(c.Status, number(c.Users), number(c.Paid), number(c.Free))
		}
	}
	if len(t.rows) != 1 {
		t.row("together", number(s.Users), number(s.Paid), number(s.Free))
	}
	t.write(b)
	b.WriteString("  Deleting the inactive would free " + count(s.Idle, "paid seat") + ".\n")
}
