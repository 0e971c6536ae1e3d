package report

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/seed-8e8abc8d/roster"
)

// Deleters tells who may delete users, and who gave it: the report to look at first (R8, W2).
type Deleters struct {
	Holders
	Trail bool `json:"trail"` // the trail was read; else Holder.Grant is nil throughout
}

// Grant tells who made a user one who may delete users.
type Grant struct {
	At     time.Time     `json:"at"`
	By     roster.UserID `json:"by,omitzero"`     // empty for the system
	Name   string        `json:"name,omitzero"`   // of By
	System string        `json:"system,omitzero"` // the reason that the host acted for
}

// WhoDeletes tells who holds users:delete: administrators, those to whom an administrator gave it, and those
// whose role has it (R8). It needs users:manage. With trail:read it tells as well when it was given and by
// whom, as far as the trail goes back.
func WhoDeletes(ctx context.Context, r *roster.Roster, a roster.Actor, c Choice) (Deleters, error) {
	d, err := newReader(ctx, r, a, c)
	if err != nil {
		return Deleters{}, err
	}
	report := Deleters{}
	if report.Holders, err = d.holders(roster.UsersDelete); err != nil {
		return Deleters{}, err
	}
	rows := map[roster.UserID]*Holder{}
	for i := range report.Users.Rows {
		rows[report.Users.Rows[i].ID] = &report.Users.Rows[i]
	}
	report.Trail, err = d.trail(roster.EventFilter{Verb: "grant.", Outcome: roster.OutcomeDone}, func(e roster.Event) {
		verb := roster.VerbDeleteGrant
		h := rows[e.User]
		if h == nil {
			return
		}
		if h.Source == roster.FromAdministrator {
			verb = roster.VerbAdminGrant
		}
		if e.Verb == verb {
			h.Grant = &Grant{At: e.Time, By: e.Actor, System: e.System}
		}
	})
	if err != nil {
		return Deleters{}, err
	}
	for _, h := range rows {
		if h.Grant != nil && h.Grant.By != "" {
			by, err := d.user(h.Grant.By)
			if err != nil {
				return Deleters{}, err
			}
			h.Grant.Name = name(by)
		}
	}
	return report, nil
}

// String is the report for people.
func (x Deleters) String() string {
	var b strings.Builder
	heading(&b, x.About, "Who may delete users: %s", x.counts())
	t := table{head: []string{"User", "Id", "Department", "Status", "By", "Since", "Given by"}, more: x.Users.More}
	for _, h := range x.Users.Rows {
		since, by := "unknown", "unknown"
		if h.Grant != nil {
			since, by = day(h.Grant.At), h.Grant.giver()
		}
		t.row(h.Name, h.ID, within(x.About, h.Person), h.state(), h.by(), since, by)
	}
	t.write(&b)
	if !x.Trail {
		b.WriteString("  Since when and by whom is in the trail, which needs trail:read.\n")
	}
	return b.String()
}

// giver names who gave it.
func (g *Grant) giver() string {
	if g.By == "" {
		return "the system: " + g.System
	}
	return cmp.Or(g.Name, string(g.By))
}
