package report

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/seed-8e8abc8d/roster"
)

// Holders tells who holds one right, and why.
type Holders struct {
	Made      time.Time    `json:"made"`           // Choice.Now
	About     string       `json:"about,omitzero"` // the department's name; empty: everybody
	Right     string       `json:"right"`
	Users     List[Holder] `json:"users"`      // those who may now, then the others; each by source, reach, name, id
	CanAct    int          `json:"can_act"`    // so many may use it now
	CannotAct int          `json:"cannot_act"` // so many aren't active or past the end date, and might use it if they weren't
}

// Holder is a user who holds a right.
type Holder struct {
	Person
	CanAct  bool          `json:"can_act"`          // is active and not past the end date: may use it
	Scope   roster.Scope  `json:"scope"`            // how far it reaches
	Source  roster.Source `json:"source"`           // an administrator's status, an individual right or the role
	Role    string        `json:"role,omitzero"`    // the role's name, where it is the source
	Given   roster.Scope  `json:"given"`            // what the source says, before needs lowered it
	Lowered []string      `json:"lowered,omitzero"` // the needed rights that lowered it (R13)
	Grant   *Grant        `json:"grant,omitzero"`   // WhoDeletes only, where the trail tells; else nil
}

// WhoHolds tells who holds a right, by its text: "deal:export", "deal:view@won", "users:manage" (W2). Who
// may use it now agrees with Roster.Can. A right that the schema doesn't know is a Faults. It needs
// users:manage.
func WhoHolds(ctx context.Context, r *roster.Roster, a roster.Actor, right string, c Choice) (Holders, error) {
	d, err := newReader(ctx, r, a, c)
	if err != nil {
		return Holders{}, err
	}
	return d.holders(right)
}

// holders finds who holds a right.
func (d *reader) holders(text string) (Holders, error) {
	right, err := d.r.Schema().Right(text)
	if err != nil {
		return Holders{}, err
	}
	report := Holders{Made: d.Now, About: d.about(), Right: right.String()}
	users := newFirst(d.Limit, holderBefore)
	err = d.users(roster.UserFilter{}, func(u roster.User) {
		p := d.permissions(u)
		if p.Scope(right) <= roster.Denied || u.Status == roster.StatusLeaving {
			return
		}
		e := p.Explain(right, roster.Owner)
		h := Holder{Person: d.person(u), CanAct: u.ActiveAt(d.Now), Scope: e.Scope, Source: e.Source, Given: e.Given, Lowered: e.Lowered}
		if e.Source == roster.FromRole {
			h.Role = d.roles[u.Role].Name
		}
		if h.CanAct {
			report.CanAct++
		} else {
			report.CannotAct++
		}
		users.add(h)
	})
	report.Users = users.list
	return report, err
}

// holderBefore is the order of holders.
func holderBefore(a, b Holder) int {
	return cmp.Or(compareBool(b.CanAct, a.CanAct), cmp.Compare(a.Source, b.Source), cmp.Compare(b.Scope, a.Scope), byName(a.Person, b.Person))
}

// compareBool orders false before true.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// String is the report for people.
func (h Holders) String() string {
	var b strings.Builder
	heading(&b, h.About, "Who holds %s: %s", h.Right, h.counts())
	t := table{head: []string{"User", "Id", "Department", "Status", "Reach", "By", "Lowered by"}, more: h.Users.More}
	for _, x := range h.Users.Rows {
		t.row(x.Name, x.ID, within(h.About, x.Person), x.state(), x.Scope, x.by(), strings.Join(x.Lowered, ", "))
	}
	t.write(&b)
	return b.String()
}

// counts tells how many there are.
func (h Holders) counts() string {
	if h.CannotAct == 0 {
		return count(h.CanAct, "user")
	}
	return count(h.CanAct, "user") + ", and " + number(h.CannotAct) + " who can't act now"
}

// state is the status, and whether a date has ended access.
func (h Holder) state() string {
	if h.Status == roster.StatusActive && !h.CanAct {
		return "active, but ended"
	}
	return h.Status.String()
}

// by names the source.
func (h Holder) by() string {
	switch h.Source {
	case roster.FromRole:
		return "role " + h.Role
	case roster.FromIndividual:
		return "individual right"
	}
	return h.Source.String()
}
