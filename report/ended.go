package report

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/seed-8e8abc8d/roster"
)

// Ended tells who is past the end date and not deleted (L25).
type Ended struct {
	Made  time.Time       `json:"made"`           // Choice.Now
	About string          `json:"about,omitzero"` // the department's name; empty: everybody
	Users List[EndedUser] `json:"users"`          // the longest past first, then by name and id
	Paid  int             `json:"paid"`           // paid seats that they hold
}

// EndedUser is a user whose access ended by itself.
type EndedUser struct {
	Person
	Paid    bool      `json:"paid"` // holds a paid seat
	EndDate time.Time `json:"end_date"`
	Days    int       `json:"days"` // since then
}

// WhoHasEnded tells who is past the end date and not deleted: their access is over, their records and their seat
// wait for a deletion (W2, L25). It needs users:manage.
func WhoHasEnded(ctx context.Context, r *roster.Roster, a roster.Actor, c Choice) (Ended, error) {
	d, err := newReader(ctx, r, a, c)
	if err != nil {
		return Ended{}, err
	}
	report := Ended{Made: d.Now, About: d.about()}
	users := newFirst(d.Limit, func(a, b EndedUser) int {
		return cmp.Or(a.EndDate.Compare(b.EndDate), byName(a.Person, b.Person))
	})
	err = d.users(roster.UserFilter{EndedBy: d.Now}, func(u roster.User) {
		users.add(EndedUser{Person: d.person(u), Paid: u.HoldsSeat(), EndDate: u.EndDate, Days: days(u.EndDate, d.Now)})
		if u.HoldsSeat() {
			report.Paid++
		}
	})
	report.Users = users.list
	return report, err
}

// String is the report for people.
func (x Ended) String() string {
	var b strings.Builder
	heading(&b, x.About, "Past the end date and not deleted: %s with %s", count(x.Users.Len(), "user"), count(x.Paid, "paid seat"))
	t := table{head: []string{"User", "Id", "Department", "Status", "Seat", "Ended on", ">Days"}, more: x.Users.More}
	for _, u := range x.Users.Rows {
		t.row(u.Name, u.ID, within(x.About, u.Person), u.Status, seat(u.Paid, u.Status), day(u.EndDate), number(u.Days))
	}
	t.write(&b)
	return b.String()
}
