package report

import (
	"context"
	"strings"
	"time"

	"github.com/seed-8e8abc8d/roster"
)

// RightCounts tells how many active users hold each right, how far it reaches, and where it comes from.
type RightCounts struct {
	Made   time.Time    `json:"made"`           // Choice.Now
	About  string       `json:"about,omitzero"` // the department's name; empty: everybody
	Users  int          `json:"users"`          // active ones, who are counted
	Rights []RightCount `json:"rights"`         // every kind-wide right and function, in the schema's order
}

// RightCount counts the active users who hold one right. All + Department + Own + None are all of them, and
// so are Administrator + Individual + Role + Default.
type RightCount struct {
	Right string `json:"right"`

	All        int `json:"all"`
	Department int `json:"department"`
	Own        int `json:"own"`
	None       int `json:"none"`  // denied
	Parts      int `json:"parts"` // reaches differently on some part of the kind (R12)

	Administrator int `json:"administrator"` // said by administrator status
	Individual    int `json:"individual"`    // said by an individual right, a denial included
	Role          int `json:"role"`          // said by the role
	Default       int `json:"default"`       // nobody says anything
}

// WhoHoldsWhat counts, right by right, how many active users hold it and why (W2). WhoHolds names them. It
// needs users:manage; its Limit doesn't matter.
func WhoHoldsWhat(ctx context.Context, r *roster.Roster, a roster.Actor, c Choice) (RightCounts, error) {
	d, err := newReader(ctx, r, a, c)
	if err != nil {
		return RightCounts{}, err
	}
	report := RightCounts{Made: d.Now, About: d.about(), Rights: []RightCount{}}
	rights := allRights(r.Schema())
	for _, right := range rights {
		report.Rights = append(report.Rights, RightCount{Right: right.String()})
	}
	alike := map[*roster.Permissions]int{} // users by permissions: those who hold nothing but their role share them
	tally := func(p *roster.Permissions, n int) {
		for i, right := range rights {
			report.Rights[i].add(p, right, n)
		}
	}
	err = d.users(roster.UserFilter{Status: roster.StatusActive}, func(u roster.User) {
		switch {
		case !u.ActiveAt(d.Now):
			return
		case !u.Admin && len(u.Rights) == 0:
			alike[d.roles[u.Role].permissions]++
		default:
			tally(d.permissions(u), 1)
		}
		report.Users++
	})
	for p, n := range alike {
		tally(p, n)
	}
	return report, err
}

// allRights lists the kind-wide rights and the functions of a schema.
func allRights(s *roster.Schema) (all []roster.Right) {
	var texts []string
	for _, k := range s.Kinds() {
		for _, a := range k.Actions {
			texts = append(texts, k.Name+":"+a.Name)
		}
	}
	for _, f := range s.Functions() {
		texts = append(texts, f.Name)
	}
	for _, text := range texts {
		if right, err := s.Right(text); err == nil {
			all = append(all, right)
		}
	}
	return all
}

// add counts n users who hold a right alike.
func (c *RightCount) add(p *roster.Permissions, right roster.Right, n int) {
	switch p.Scope(right) {
	case roster.All:
		c.All += n
	case roster.InDepartment:
		c.Department += n
	case roster.Own:
		c.Own += n
	default:
		c.None += n
	}
	if p != nil && len(p.Condition(right).Parts) > 0 {
		c.Parts += n
	}
	switch p.Explain(right, roster.Owner).Source {
	case roster.FromAdministrator:
		c.Administrator += n
	case roster.FromIndividual:
		c.Individual += n
	case roster.FromRole:
		c.Role += n
	default:
		c.Default += n
	}
}

// String is the report for people: reach first, then who says so. Rights that administrators alone hold, and
// those that nobody does, are listed below the table.
func (x RightCounts) String() string {
	var b strings.Builder
	heading(&b, x.About, "Who holds what: %s", count(x.Users, "active user"))
	t := table{head: []string{"Right", ">all", ">department", ">own", ">denied", ">differs on parts", ">administrators", ">individually", ">by role", ">unsaid"}}
	var reserved, unused []string
	for _, c := range x.Rights {
		switch held := c.All + c.Department + c.Own; {
		case held == 0:
			unused = append(unused, c.Right)
		case held == c.Administrator:
			reserved = append(reserved, c.Right)
		default:
			t.row(c.Right, some(c.All), some(c.Department), some(c.Own), some(c.None), some(c.Parts),
				some(c.Administrator), some(c.Individual), some(c.Role), some(c.Default))
		}
	}
	t.write(&b)
	rest(&b, "Administrators alone hold", reserved)
	rest(&b, "Nobody holds", unused)
	return b.String()
}

// rest lists the rights that need no row, in lines that fit a page.
func rest(b *strings.Builder, head string, rights []string) {
	if len(rights) == 0 {
		return
	}
	line := "  " + head + ":"
	for i, right := range rights {
		if i < len(rights)-1 {
			right += ","
		}
		if len(line)+len(right) > 110 {
			b.WriteString(line + "\n")
			line = "   "
		}
		line += " " + right
	}
	b.WriteString(line + "\n")
}

// some is a number that isn't zero.
func some(n int) string {
	if n == 0 {
		return ""
	}
	return number(n)
}
