package report

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/seed-8e8abc8d/roster"
)

// Unseen tells who wasn't seen for long, and what they cost.
type Unseen struct {
	Before time.Time        `json:"before"` // not seen since this instant
	Users  List[UnseenUser] `json:"users"`  // the longest unseen first, then by name and id
	Seats  Seats            `json:"seats"`  // of them alone, with the instant and the department that the report is about
}

// UnseenUser is a user who wasn't seen for long.
type UnseenUser struct {
	Person
	Paid     bool      `json:"paid"`               // holds a paid seat
	LastSeen time.Time `json:"last_seen,omitzero"` // last successful sign-in or token check; zero: never
	Created  time.Time `json:"created"`
	Days     int       `json:"days"` // since LastSeen, or when never seen since Created
}

// since is when the user was last seen, or when never seen created.
func (u UnseenUser) since() time.Time {
	if u.LastSeen.IsZero() {
		return u.Created
	}
	return u.LastSeen
}

// WhoIsUnseen tells who wasn't seen for a time: whose last successful sign-in or token check is longer ago,
// or who was never seen and was created longer ago (W2). It is as exact as Config.SeenEvery. It tells the seats
// that they hold as well. Who is leaving isn't counted. It needs users:manage.
func WhoIsUnseen(ctx context.Context, r *roster.Roster, a roster.Actor, unseen time.Duration, c Choice) (Unseen, error) {
	d, err := newReader(ctx, r, a, c)
	if err != nil {
		return Unseen{}, err
	}
	report := Unseen{Before: d.Now.Add(-unseen), Seats: d.seats()}
	users := newFirst(d.Limit, func(a, b UnseenUser) int {
		return cmp.Or(a.since().Compare(b.since()), byName(a.Person, b.Person))
	})
	err = d.users(roster.UserFilter{SeenBefore: report.Before}, func(u roster.User) {
		if u.Status == roster.StatusLeaving {
			return
		}
		row := UnseenUser{Person: d.person(u), Paid: u.HoldsSeat(), LastSeen: u.LastSeen, Created: u.Created}
		row.Days = days(row.since(), d.Now)
		users.add(row)
		report.Seats.add(u)
	})
	report.Users = users.list
	return report, err
}

// String is the report for people.
func (x Unseen) String() string {
	var b strings.Builder
	heading(&b, x.Seats.About, "Not seen since %s: %s with %s",
		day(x.Before), count(x.Users.Len(), "user"), count(x.Seats.Paid, "paid seat"))
	t := table{head: []string{"User", "Id", "Department", "Status", "Seat", "Last seen", ">Days"}, more: x.Users.More}
	for _, u := range x.Users.Rows {
		seen := day(u.LastSeen)
		if u.LastSeen.IsZero() {
			seen = "never; added " + day(u.Created)
		}
		t.row(u.Name, u.ID, within(x.Seats.About, u.Person), u.Status, seat(u.Paid, u.Status), seen, number(u.Days))
	}
	t.write(&b)
	if x.Users.Len() > 0 {
		x.Seats.write(&b)
	}
	return b.String()
}
