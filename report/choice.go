package report

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/seed-8e8abc8d/roster"
)

// Choice says what a report is about. The zero Choice is everybody, now.
type Choice struct {
	Department roster.DepartmentID // its members only; empty: everybody; one that isn't there is a Faults
	Limit      int                 // how many rows a list holds at most; 0 or less: 100
	Now        time.Time           // the instant that the report speaks of; zero: time.Now(). What the host's Config.Now says, where it has one
}

// withDefaults fills in what c leaves open.
func (c Choice) withDefaults() Choice {
	if c.Limit <= 0 {
		c.Limit = 100
	}
	if c.Now.IsZero() {
		c.Now = time.Now()
	}
	c.Now = c.Now.UTC()
	return c
}

// List is the first rows of a list in the order that its report states.
type List[T any] struct {
	Rows []T `json:"rows"` // never nil
	More int `json:"more"` // so many rows were left out
}

// Len is how many rows there are, those left out included.
func (l List[T]) Len() int { return len(l.Rows) + l.More }

// first collects the first rows of a list whose rows come in another order.
type first[T any] struct {
	limit  int
	before func(a, b T) int
	list   List[T]
}

// newFirst makes an empty list.
func newFirst[T any](limit int, before func(a, b T) int) *first[T] {
	return &first[T]{limit: limit, before: before, list: List[T]{Rows: []T{}}}
}

// add puts a row in its place; rows that are alike stay in the order in which they came.
func (f *first[T]) add(row T) {
	at, _ := slices.BinarySearchFunc(f.list.Rows, row, func(a, b T) int { return cmp.Or(f.before(a, b), -1) })
	if at < f.limit {
		f.list.Rows = slices.Insert(f.list.Rows, at, row)
	}
	if at >= f.limit || len(f.list.Rows) > f.limit {
		f.list.Rows = f.list.Rows[:f.limit]
		f.list.More++
	}
}

// Person is who a row is about.
type Person struct {
	ID         roster.UserID `json:"id"`
	Name       string        `json:"name,omitzero"`       // first and last
	Department string        `json:"department,omitzero"` // its name; the id of one that is gone or came meanwhile
	Status     roster.Status `json:"status"`
}

// byName orders people by name, then by id.
func byName(a, b Person) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) }

// name is u's name as it is shown.
func name(u roster.User) string { return strings.TrimSpace(u.FirstName + " " + u.LastName) }

// reader reads an account for one report.
type reader struct {
	Choice
	ctx         context.Context
	r           *roster.Roster
	a           roster.Actor
	departments map[roster.DepartmentID]string
	roles       map[roster.RoleID]role
}

// role is a role with what it gives by itself.
type role struct {
	roster.Role
	permissions *roster.Permissions
}

// newReader reads the departments and the roles.
func newReader(ctx context.Context, r *roster.Roster, a roster.Actor, c Choice) (*reader, error) {
	d := &reader{Choice: c.withDefaults(), ctx: ctx, r: r, a: a,
		departments: map[roster.DepartmentID]string{}, roles: map[roster.RoleID]role{}}
	for x, err := range r.Departments(ctx, a) {
		if err != nil {
			return nil, err
		}
		d.departments[x.ID] = x.Name
	}
	if c.Department != "" && d.departments[c.Department] == "" {
		return nil, roster.Faults{{Field: "department", Problem: "unknown"}}
	}
	return d, d.readRoles()
}

// readRoles adds the roles that aren't known yet.
func (d *reader) readRoles() error {
	for x, err := range d.r.Roles(d.ctx, d.a) {
		if err != nil {
			return err
		}
		if _, known := d.roles[x.ID]; !known {
			d.roles[x.ID] = role{x, roster.Resolve(d.r.Schema(), roster.Grants{Role: x.Rights})}
		}
	}
	return nil
}

// users calls f with every chosen user whom the filter selects, in order of id.
func (d *reader) users(filter roster.UserFilter, f func(roster.User)) error {
	filter.Department = d.Department
	for u, err := range d.r.Users(d.ctx, d.a, filter, "") {
		if err == nil {
			u, err = d.settled(u)
		}
		if err != nil {
			return err
		}
		if filter.Match(u) {
			f(u)
		}
	}
	return nil
}

// settled is u with a role that is known: roles are replaced while a report is made, and a holder of one that
// isn't known would seem to hold nothing.
func (d *reader) settled(u roster.User) (roster.User, error) {
	known := func() bool { _, ok := d.roles[u.Role]; return ok || u.Role == "" }
	for range 5 {
		if known() {
			return u, nil
		}
		err := d.readRoles()
		if err == nil && !known() { // gone again: the user holds another by now
			u, err = d.user(u.ID)
		}
		if err != nil {
			return u, err
		}
	}
	return u, fmt.Errorf("%w: roles are being replaced faster than they can be read", roster.ErrState)
}

// permissions are what u holds while active.
func (d *reader) permissions(u roster.User) *roster.Permissions {
	if !u.Admin && len(u.Rights) == 0 {
		return d.roles[u.Role].permissions
	}
	return roster.Resolve(d.r.Schema(), roster.Grants{Admin: u.Admin, Individual: u.Rights, Role: d.roles[u.Role].Rights})
}

// person is u for a row.
func (d *reader) person(u roster.User) Person {
	return Person{ID: u.ID, Name: name(u), Department: cmp.Or(d.departments[u.Department], string(u.Department)), Status: u.Status}
}

// user reads a user, a tombstone included; who isn't there has an id alone.
func (d *reader) user(id roster.UserID) (roster.User, error) {
	u, err := d.r.User(d.ctx, d.a, id)
	if errors.Is(err, roster.ErrNotFound) {
		return roster.User{ID: id}, nil
	}
	return u, err
}

// trail calls f with the events that the filter selects, oldest first, and reports whether the actor may read
// them.
func (d *reader) trail(filter roster.EventFilter, f func(roster.Event)) (bool, error) {
	if !d.a.IsSystem() { // looked at first: a refused reading would be in the trail
		right, err := d.r.Schema().Right(roster.TrailRead)
		if err != nil {
			return false, err
		}
		if may, err := d.r.Can(d.ctx, d.a.User(), right, roster.Record{}); err != nil || !may.Allowed {
			return false, err
		}
	}
	for e, err := range d.r.Events(d.ctx, d.a, filter, 0) {
		if err != nil {
			return false, err
		}
		f(e)
	}
	return true, nil
}

// about says whom a report is about, for its heading.
func (d *reader) about() string {
	if d.Department == "" {
		return ""
	}
	return d.departments[d.Department]
}
