package report

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/seed-8e8abc8d/roster"
)

// shownDeltas is how many rights of one user the text of Differences shows.
const shownDeltas = 8

// Differences tells where individual rights make what a user may do another than what the role says.
type Differences struct {
	Made     time.Time       `json:"made"`           // Choice.Now
	About    string          `json:"about,omitzero"` // the department's name; empty: everybody
	Users    List[Differing] `json:"users"`          // those with a role, then those without; by name and id
	Wider    int             `json:"wider"`          // rights that reach farther than by a role
	Narrower int             `json:"narrower"`       // rights that reach less far
	Roleless int             `json:"roleless"`       // users without a role, whose rights are all their own
}

// Differing is a user who differs from the role.
type Differing struct {
	Person
	Role   string         `json:"role,omitzero"` // the role's name; empty: none
	Rights []roster.Delta `json:"rights"`        // From by the role alone, To with the individual rights, in the schema's order
}

// WhoDiffers tells whose individual rights differ from the role in their effect (W2, R5): wider or narrower, on
// whole kinds and on parts, and what needs lower because of them. Who has no role differs in all they
// hold. An individual right that says what the role says anyway isn't told, nor are administrators, who
// hold everything, and users who are leaving. It needs users:manage.
func WhoDiffers(ctx context.Context, r *roster.Roster, a roster.Actor, c Choice) (Differences, error) {
	d, err := newReader(ctx, r, a, c)
	if err != nil {
		return Differences{}, err
	}
	report := Differences{Made: d.Now, About: d.about()}
	nothing := roster.Resolve(r.Schema(), roster.Grants{})
	users := newFirst(d.Limit, func(a, b Differing) int {
		return cmp.Or(compareBool(a.Role == "", b.Role == ""), byName(a.Person, b.Person))
	})
	err = d.users(roster.UserFilter{}, func(u roster.User) {
		if u.Admin || len(u.Rights) == 0 || u.Status == roster.StatusLeaving {
			return
		}
		role := d.roles[u.Role]
		deltas := cmp.Or(role.permissions, nothing).Difference(d.permissions(u))
		for _, delta := range deltas {
			if delta.To > delta.From {
				report.Wider++
			} else {
				report.Narrower++
			}
		}
		if len(deltas) == 0 {
			return
		}
		if role.Name == "" {
			report.Roleless++
		}
		users.add(Differing{Person: d.person(u), Role: role.Name, Rights: deltas})
	})
	report.Users = users.list
	return report, err
}

// String is the report for people. Of users without a role it counts the rights; Roster.Profile lists them.
func (x Differences) String() string {
	var b strings.Builder
	if x.Users.Len() == 0 {
		heading(&b, x.About, "Individual rights that differ from the role")
	} else {
		heading(&b, x.About, "Individual rights that differ from the role: %s, %s of them without a role; %s wider, %s narrower",
			count(x.Users.Len(), "user"), number(x.Roleless), count(x.Wider, "right"), number(x.Narrower))
	}
	t := table{head: []string{"User", "Id", "Role", "Right", "Role says", "", "So it is"}, more: x.Users.More}
	for _, u := range x.Users.Rows {
		if u.Role == "" {
			t.row(u.Name, u.ID, "none", count(len(u.Rights), "right")+" of their own", "", "", "")
			continue
		}
		who, id, role := u.Name, string(u.ID), u.Role
		for i, r := range u.Rights {
			if i == shownDeltas {
				t.row("", "", "", "and "+number(len(u.Rights)-i)+" more", "", "", "")
				break
			}
			t.row(who, id, role, r.Right, r.From, way(r), r.To)
			who, id, role = "", "", ""
		}
	}
	t.write(&b)
	return b.String()
}

// way tells wider from narrower.
func way(d roster.Delta) string {
	if d.To > d.From {
		return "wider"
	}
	return "narrower"
}
