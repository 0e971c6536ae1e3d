package roster

import (
	"errors"
	"slices"
	"time"
)

// acting is an actor who was found fit to act, in the transaction that acts (R16).
type acting struct {
	Actor
	person Person // the zero Person for the system
	now    time.Time
}

// begin loads the actor and refuses who isn't active, or has none of functions where there are some.
func (r *Roster) begin(tx Tx, a Actor, functions ...string) (acting, error) {
	now := r.now()
	if a.IsSystem() {
		return acting{Actor: a, now: now}, nil
	}
	if a.user == "" {
		return acting{}, &Denial{Needs: "an actor", Reason: DenyNoActor}
	}
	p, err := r.person(tx, a.user)
	if errors.Is(err, ErrNotFound) || err == nil && !p.User.ActiveAt(now) {
		return acting{}, &Denial{Actor: a.user, Needs: "an active user", Reason: DenyInactive}
	}
	by := acting{Actor: a, person: p, now: now}
	if err != nil {
		return by, err
	}
	return by, by.may(r.schema, functions...)
}

// admin reports whether a holds every right: the system and active administrators.
func (a acting) admin() bool { return a.IsSystem() || a.person.User.Admin }

// may refuses an actor who lacks all of some functions.
func (a acting) may(s *Schema, functions ...string) (denied error) {
	if a.admin() {
		return nil
	}
	for _, f := range functions {
		if right, err := s.Right(f); err == nil && a.person.Permissions.Decide(right, Stranger).Allowed {
			return nil
		}
		denied = &Denial{Actor: a.user, Needs: f, Reason: DenyRight}
	}
	return denied
}

// covers refuses an actor whose permissions don't cover p's (R10): no right of p's reaches farther,
// and a right of department scope counts as covered only within the actor's own department. An
// administrator is covered by administrators alone.
func (a acting) covers(p Person) error {
	if a.admin() {
		return nil
	}
	if p.User.Admin {
		return &Denial{Actor: a.user, Needs: "administrator", Reason: DenyPersonAdministrator}
	}
	colleagues := p.User.Department == a.person.User.Department && p.User.Department != ""
	if right, reason := p.Permissions.beyond(a.person.Permissions, colleagues); right != "" {
		return &Denial{Actor: a.user, Needs: right, Reason: reason}
	}
	return nil
}

// person loads a user with role and permissions as they stand in tx, whatever their status.
func (r *Roster) person(tx Tx, id UserID) (Person, error) {
	u, err := tx.User(id)
	if err != nil {
		return Person{}, err
	}
	return r.personOf(tx, u)
}

// personOf resolves u as given, which may be a state that isn't stored yet.
func (r *Roster) personOf(tx Tx, u User) (Person, error) {
	p := Person{User: u}
	g := Grants{Admin: u.Admin, Individual: u.Rights}
	if u.Role != "" {
		role, err := tx.Role(u.Role)
		if err != nil {
			return Person{}, err
		}
		p.Role, g.Role = &role, role.Rights
	}
	p.Permissions = Resolve(r.schema, g)
	return p, nil
}

// otherAdmin reports whether an active administrator remains without these users (L14). One whose
// account will end by itself doesn't count: nobody would be asked on that day.
func otherAdmin(tx Tx, without ...UserID) (bool, error) {
	for u, err := range usersIn(tx, UserFilter{Admins: true, Status: StatusActive}) {
		if err != nil {
			return false, err
		}
		if u.EndDate.IsZero() && !slices.Contains(without, u.ID) {
			return true, nil
		}
	}
	return false, nil
}

// endAccess ends every token, session and one-time secret of u at once: they are good only under
// the epoch they were issued in (L7).
func endAccess(u *User) { u.Epoch++ }
