package roster

import (
	"errors"
	"slices"
	"strings"
)

// checkNamed judges everybody whom the request names, whether they receive something at present or not: rules
// hold for what comes late as well.
func (p *planner) checkNamed() {
	for i := range p.req.Rules {
		p.checkRule(i)
	}
	p.fit(p.req.Authors)
	for _, h := range p.req.HandOn {
		p.fit(h.To)
	}
}

// fit reports whether id may be a successor, whatever of (L5), and blocks once when not.
func (p *planner) fit(id UserID) bool {
	if id == "" {
		return false // a malformed request, told elsewhere
	}
	ok, judged := p.fits[id]
	if !judged {
		ok = p.judge(id)
		p.fits[id] = ok
	}
	return ok
}

// judge blocks when id can't be a successor.
func (p *planner) judge(id UserID) bool {
	u, about := p.People[id].User, Finding{User: id}
	leaving := u.Status == StatusLeaving || slices.Contains(p.req.With, id) ||
		slices.ContainsFunc(p.Runs, func(r Run) bool { return r.Leaver == id })
	switch {
	case id == p.req.Leaver:
		p.block(BlockIsLeaver, about, "can't be a successor: is the one who leaves")
	case u.ID != id || u.Status == StatusNone:
		p.block(BlockSuccessorUnknown, about, "can't be a successor: no such user")
	case leaving:
		p.block(BlockSuccessorLeaving, about, "can't be a successor: is leaving too")
	case u.Status != StatusActive:
		p.block(BlockSuccessorInactive, about, "can't be a successor: is %s", u.Status)
	case !u.ActiveAt(p.Now):
		p.block(BlockSuccessorInactive, about, "can't be a successor: is past the end date")
	default:
		return true
	}
	return false
}

// receive judges a fit successor of n records of a kind and part: with the rights they will hold (L5).
func (p *planner) receive(st Stock, part string, id UserID) {
	if !p.fit(id) {
		return
	}
	missing := lacks(p.after[id].Permissions, p.Schema, st.Kind, part, st.Needs)
	if len(missing) > 0 {
		p.block(BlockSuccessorRights, Finding{Kind: st.Kind, Part: part, User: id},
			"can't receive these: lacks %s", strings.Join(missing, ", "))
	}
}

// shows blocks an actor who would come to see somebody's records of a kind and part by giving them to a successor,
// be it by receiving them or by moving them into the reach of the actor's rights (R10). The zero User is nobody.
func (p *planner) shows(kind, part string, from User, to UserID) {
	if p.actor().admin() {
		return
	}
	a, right := p.Actor, sightRight(p.Schema, kind, part)
	if sees(a, right, p.People[to].User) && !sees(a, right, from) {
		p.block(BlockGainsSight, Finding{Kind: kind, Part: part, User: a.User.ID},
			"would come to see records that they can't see now: needs %s", right)
	}
}

// handOn works out the rights that successors will hold (L11), and blocks what may not be handed on.
func (p *planner) handOn() {
	for _, h := range p.req.HandOn {
		to, ok := p.People[h.To]
		if !ok || h.To == p.req.Leaver {
			continue // told by checkNamed
		}
		after := p.grown(h, to)
		rights := changed(to.User.Rights, after.User.Rights)
		if len(rights) == 0 && after.User.Role == to.User.Role {
			p.tell(WarnHandOn, Finding{User: h.To}, "gains nothing by what is handed on")
			continue
		}
		p.cover(to, after)
		p.after[h.To] = after
		if len(rights) > 0 {
			if p.plan.HandOn == nil {
				p.plan.HandOn = map[UserID]Rights{}
			}
			p.plan.HandOn[h.To] = rights
		}
		if after.User.Role != to.User.Role {
			if p.plan.Roles == nil {
				p.plan.Roles = map[UserID]RoleID{}
			}
			p.plan.Roles[h.To] = after.User.Role
		}
	}
}

// cover blocks an actor whose own rights don't cover a successor's, before and after (R10).
func (p *planner) cover(before, after Person) {
	by := p.actor()
	for _, person := range []Person{before, after} {
		var d *Denial
		if errors.As(by.covers(person), &d) {
			p.block(BlockHandOnExceeds, Finding{User: person.User.ID},
				"the actor may not hand these rights on: needs %s", d.Needs)
			return
		}
	}
}

// grown is to with what h hands on.
func (p *planner) grown(h HandOn, to Person) Person {
	leaver, role := p.Leaver, p.Leaver.Role
	g := Grants{Individual: to.User.Rights, Role: roleRights(to.Role)}
	switch {
	case !h.Role || role == nil:
	case to.Role == nil:
		if role.Rights[UsersDelete] > Denied {
			p.block(BlockHandOnDelete, Finding{User: h.To}, "the role gives %s: granting that is a step of its own", UsersDelete)
		}
		to.Role, to.User.Role, g.Role = role, role.ID, role.Rights
	default:
		from := Resolve(p.Schema, Grants{Role: role.Rights})
		g.Individual = raised(p.Schema, g, from, p.listed(h.To, role.Rights))
	}
	from := Resolve(p.Schema, Grants{Individual: leaver.User.Rights, Role: roleRights(role)})
	g.Individual = raised(p.Schema, g, from, p.chosen(h))
	g.Admin = to.User.Admin
	to.User.Rights, to.Permissions = g.Individual, Resolve(p.Schema, g)
	return to
}

// chosen lists the rights that h names one by one.
func (p *planner) chosen(h HandOn) []string {
	var texts []string
	for _, text := range h.Rights {
		about := Finding{User: h.To}
		_, err := p.Schema.Right(text)
		switch {
		case text == "*":
			texts = append(texts, p.listed(h.To, p.Leaver.User.Rights)...)
		case err != nil:
			p.block(BlockHandOnRight, about, "no such right: %q", text)
		case text == UsersDelete:
			p.block(BlockHandOnDelete, about, "granting %s is a step of its own", UsersDelete)
		default:
			texts = append(texts, text)
		}
	}
	return texts
}

// listed lists rights that are handed on as a whole: all but the right to delete users (R17).
func (p *planner) listed(to UserID, rights Rights) []string {
	var texts []string
	for text := range rights {
		if text != UsersDelete {
			texts = append(texts, text)
		} else if rights[text] > Denied {
			p.tell(WarnDeleteStays, Finding{User: to}, "doesn't get %s: granting it is a step of its own", UsersDelete)
		}
	}
	return texts
}

// roleRights are a role's rights, none for nil.
func roleRights(r *Role) Rights {
	if r == nil {
		return nil
	}
	return r.Rights
}
