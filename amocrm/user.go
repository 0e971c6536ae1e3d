package amocrm

import (
	"fmt"
	"maps"
	"strconv"
	"strings"

	"github.com/seed-8e8abc8d/roster"
)

// users are the users that were read, by the account's number.
type users struct {
	*reading
	roles  *roles
	groups map[int64]string // names, empty for those that none is told of
	byID   map[int64]person
}

// person is a user with what is settled when all are read.
type person struct {
	roster.User
	at    Place
	email Place
	group int64
	role  int64
}

// take reads one user.
func (r *users) take(c cursor) bool {
	id := c.at("id").id()
	p := person{at: c.place(), User: roster.User{ID: userID(id), Status: roster.StatusInactive}}
	p.FirstName, p.LastName = r.names(c.at("name"), id)
	email := c.at("email")
	p.Email, p.email = strings.TrimSpace(email.text()), email.place()
	rights := c.at("rights")
	p.group = r.department(c, rights)
	p.Department = departmentID(p.group)
	r.grant(c, rights, &p)
	c.rest(userField)
	c.at("_embedded").rest(func(key string) use {
		if key == "roles" || key == "groups" {
			return read
		}
		return unknown
	})
	if before, again := r.byID[id]; again {
		p = r.again(c, id, before, p)
	}
	r.byID[id] = p
	return true
}

// again settles a user who is there twice.
func (r *users) again(c cursor, id int64, before, p person) person {
	same := before.Role == p.Role && before.Admin == p.Admin && before.Free == p.Free && before.Status == p.Status &&
		before.group == p.group && maps.Equal(before.Rights, p.Rights)
	if same {
		c.tell(CodeDuplicate, "user %d again; the first counts", id)
		return before
	}
	c.tell(CodeDuplicate, "user %d again, with other rights: holds none, and is inactive", id)
	before.Role, before.Rights, before.Admin, before.Status = "", nil, false, roster.StatusInactive
	return before
}

// names splits a full name: the first word is the first name, all that follows the last name. One word
// alone is the first name. Without a name the user is called by the number.
func (r *users) names(c cursor, id int64) (first, last string) {
	name := fit(c)
	if name == "" {
		c.tell(CodeMissing, "user %d has no name: called by the number", id)
		return "amoCRM user", strconv.FormatInt(id, 10)
	}
	first, last, _ = strings.Cut(name, " ")
	return first, last
}

// department is the number of a user's group, 0 for the default one, and notes the groups that are named.
func (r *users) department(c, rights cursor) int64 {
	group := rights.at("group_id")
	id := group.number()
	if !group.there() && !rights.has("group_id") {
		group.tell(CodeMissing, "no group: the default department")
	}
	told, same := false, false
	for g := range c.at("_embedded").at("groups").items() {
		g.rest(namedField)
		named := g.at("id").number()
		if name := fit(g.at("name")); r.groups[named] == "" {
			r.groups[named] = name
		}
		told, same = true, same || named == id
	}
	if told && !same {
		group.tell(CodeIgnored, "_embedded names another group: group_id counts")
	}
	if _, ok := r.groups[id]; !ok {
		r.groups[id] = ""
	}
	return id
}

// grant reads status, flags, role and rights. What contradicts itself grants nothing.
func (r *users) grant(c, rights cursor, p *person) {
	if !rights.there() {
		rights.tell(CodeMissing, "no rights: denied, and inactive")
		return
	}
	if rights.n.twice || c.repeats("rights") {
		rights.tell(CodeDenied, "a key is given twice: the user holds no rights, and is inactive")
		return
	}
	if active := rights.at("is_active"); active.flag() {
		p.Status = roster.StatusInvited
	} else if !active.there() {
		active.tell(CodeMissing, "not said to be active: inactive")
	}
	p.Free, p.Admin = rights.at("is_free").flag(), rights.at("is_admin").flag()
	p.role = rights.at("role_id").number()
	rights.rest(userRightsField)
	r.embeddedRoles(c, p.role)
	held := r.individual(rights, p)
	switch {
	case p.Free:
		if p.Admin || p.role != 0 || len(held) > 0 {
			rights.tell(CodeIgnored, "a free user: administrator flag, role and rights don't count")
		}
		p.Admin = false
	case p.role != 0:
		r.byRole(rights, p, held)
	default:
		p.Rights = held
	}
}

// individual reads the blocks of rights. Where a role or the free flag overrides them only what is
// refused counts, not what would be told.
func (r *users) individual(rights cursor, p *person) roster.Rights {
	parts := r.roles.parts
	if p.Free || p.role != 0 {
		quiet := *r.reading
		quiet.report = &report{}
		rights.r = &quiet
		defer func() { r.faults = quiet.faults }()
		parts = partSet{}
	}
	return readRights(rights, parts)
}

// byRole gives a user the role alone: it overrides the blocks.
func (r *users) byRole(rights cursor, p *person, held roster.Rights) {
	role, ok := r.roles.byID[p.role]
	if !ok {
		rights.at("role_id").tell(CodeDenied, "role %d was not read: the user holds no rights", p.role)
		return
	}
	p.Role = role.ID
	if rights.has("leads") && !maps.Equal(held, role.Rights) {
		rights.tell(CodeIgnored, "the user's own rights differ from those of role %d, which counts", p.role)
	}
}

// embeddedRoles tells when "_embedded" speaks of another role than role_id does.
func (r *users) embeddedRoles(c cursor, role int64) {
	for x := range c.at("_embedded").at("roles").items() {
		x.rest(namedField)
		if id := x.at("id"); id.id() != role {
			id.tell(CodeIgnored, "another role than role_id, which counts")
		}
	}
}

// userID is the account's number as it stands in records.
func userID(id int64) roster.UserID {
	if id == 0 {
		return "" // nobody, a robot
	}
	return roster.UserID(strconv.FormatInt(id, 10))
}

// departmentID names a group.
func departmentID(group int64) roster.DepartmentID {
	return roster.DepartmentID(fmt.Sprintf("amocrm-group-%d", group))
}

// userField knows the fields of a user.
func userField(key string) use {
	switch key {
	case "id", "name", "email", "rights", "_embedded", "_links", "request_id":
		return read
	case "lang", "uuid", "amojo_id", "user_rank", "phone_number":
		return left
	}
	return unknown
}
