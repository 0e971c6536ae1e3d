package roster_test

import (
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-8e8abc8d/roster"
)

// What a person can get at is a set of points: each function, and each action on the records of each owner.
// Besides the three people's there are the records of strangers in either department, who stand for
// everybody who works there, and records of nobody.
type points uint32

var functions = [...]string{"users:manage", "users:deactivate", "users:delete", "roles:manage", "import:run"}

const (
	deletes = points(1) << 2 // users:delete among functions
	owners  = 6              // trio, strangers of either side, nobody
)

// record is the point of an action, 0 for viewing or 1 for editing, on an owner's records.
func record(action, owner int) points { return 1 << (len(functions) + action*owners + owner) }

// scope is how far a right of a user's would reach while active, straight from R4, R7 and R13.
func (p *photo) scope(i int, right string) roster.Scope {
	u := &p.users[i]
	if u.Admin {
		return roster.All
	}
	s := u.Rights[right]
	if at := slices.IndexFunc(p.roles, func(r roster.Role) bool { return r.ID == u.Role }); s == roster.Unset && at >= 0 {
		s = p.roles[at].Rights[right]
	}
	if right == "deal:edit" {
		s = min(s, p.scope(i, "deal:view"))
	}
	return max(s, roster.Denied)
}

// reach is all that an account gets at while it is active (R1): of an inactive one what it will.
func (p *photo) reach(i int) points {
	if p.users[i].ID == "" || p.users[i].Status == roster.StatusDeleted {
		return 0
	}
	var all points
	for n, f := range functions {
		if p.scope(i, f) == roster.All {
			all |= 1 << n
		}
	}
	home := part(p.users[i].Department)
	for action, right := range []string{"deal:view", "deal:edit"} {
		s := p.scope(i, right)
		for owner := range owners {
			lives := 2 // nobody's records are in no department
			if owner < 3 && p.users[owner].ID != "" {
				lives = part(p.users[owner].Department)
			} else if owner == 3 || owner == 4 {
				lives = owner - 3
			}
			if s == roster.All || s == roster.InDepartment && lives == home && home != 2 || s >= roster.Own && owner == i {
				all |= record(action, owner)
			}
		}
	}
	return all
}

// typed is what people type as passwords: each their own. The host types "host".
func typed(i int) string { return "the password of " + name(i) + ", long enough" }

// typist is who typed the password of a hash; 3 for nobody of trio.
func typist(hash string) int {
	for i := range trio {
		if hash == "$cheap$"+typed(i) {
			return i
		}
	}
	return 3
}

// readerOf is who reads the letters to an address, or is known by an identity, and which of theirs it is.
func readerOf(address string) (owner int, which byte) {
	who, rest, _ := strings.Cut(address, "@")
	who, second := strings.CutSuffix(who, ".two")
	if owner = person(roster.UserID(who)); second {
		which = 1
	}
	if rest == "" && owner == 3 {
		which = 2 // none at all
	}
	return owner, which
}

// controls reports whether person p can come to act as user v by what p has already: it is p's own account, or p
// typed the password that is good, reads its letters, is its identity at the issuer, or has a secret of it.
// A password that another user typed is good only while that one is an active administrator, who
// needs no other account to do anything.
func (p *photo) controls(g *ghost, who, v int) bool {
	u, c := &p.users[v], &p.creds[v]
	if u.ID == "" || u.Status == roster.StatusDeleted {
		return false
	}
	if who == v || typist(c.Hash) == who && (c.SetBy == "" || c.SetBy == trio[v]) {
		return true
	}
	for _, address := range []string{u.Email, u.PendingEmail, u.Identity.Subject} {
		if owner, _ := readerOf(address); owner == who {
			return true
		}
	}
	return slices.ContainsFunc(g.secrets, func(s secret) bool { return s.user == v && s.holder == who && !s.ended })
}

// total is all that a person gets at by any account that they control.
func (p *photo) total(g *ghost, who int) points {
	var all points
	for v := range trio {
		if p.controls(g, who, v) {
			all |= p.reach(v)
		}
	}
	return all
}

// lasting reports whether an active administrator is there whose account doesn't end by itself (L14).
func (p *photo) lasting() bool {
	return slices.ContainsFunc(p.users[:], func(u roster.User) bool {
		return u.Admin && u.Status == roster.StatusActive && u.EndDate.IsZero()
	})
}

var fences = []string{"Runs.Fence", "Desk.Start", "Desk.StartAll"}

// turns says which verbs move a user from a status to another (L22): none does as a side effect.
var turns = map[string][]string{
	"none>invited": {"AddUser", "ImportUser"}, "none>active": {"Roster.Bootstrap", "ImportUser"}, "none>inactive": {"ImportUser"},
	"invited>active":   {"Roster.Activate", "Roster.SignInIdentity"},
	"invited>inactive": {"Deactivate"}, "active>inactive": {"Deactivate"}, "inactive>active": {"Reactivate"},
	"invited>leaving": fences, "active>leaving": fences, "inactive>leaving": fences,
	"leaving>inactive": {"Runs.Lift", "Desk.Lift"}, "leaving>deleted": {"Hold.Conclude", "Desk.Work"},
}

// versions are the users', which every change of one raises but that they were seen.
func (p *photo) versions() (v [3]uint64) {
	for i, u := range p.users {
		v[i] = u.Version
	}
	return v
}

// carried holds a step that passed against everything that no step may do.
func (x *explorer) carried(s, next *spot, t try, a roster.Actor) {
	was, is := s.photo, next.photo
	by := person(a.User())
	if !t.bare && !a.IsSystem() && (by == nobody || !was.users[by].ActiveAt(s.ghost.now)) {
		x.fail(s, "R16: %s by %v, who isn't active", t, a)
	}
	if t.never && !was.same(is) {
		x.fail(s, "R10: %s by %v", t, a)
	}
	if by < nobody {
		x.entitled(s, next, t, a, by)
	}
	if was.lasting() && !is.lasting() {
		x.fail(s, "L14: %s by %v: no administrator is left", t, a)
	}
	if was.head == is.head && (!t.quiet && !was.same(is) || was.versions() != is.versions()) {
		x.fail(s, "W1: %s by %v: changed without an event (-want +got):\n%s", t, a, cmp.Diff(was, is, photoOptions...))
	}
	for v := range trio {
		x.touched(s, next, t, a, v)
	}
	for _, r := range was.roles {
		if i := slices.IndexFunc(is.roles, func(q roster.Role) bool { return q.ID == r.ID }); i >= 0 && !same(r, is.roles[i]) {
			x.fail(s, "R3: %s by %v changed the role %s", t, a, r.ID)
		}
	}
	x.settleGhost(was, is, t)
	x.inspectSecrets(next, x.ghost)
	x.effect(s, next, t, a)
	if a.IsSystem() || by < 3 && was.users[by].Admin {
		return // an administrator may grant anything
	}
	x.climbs(s, next, t, a, by)
}

// touched holds what a step did to one user's account against L22, R17 and R10.
func (x *explorer) touched(s, next *spot, t try, a roster.Actor, v int) {
	was, is := s.photo.users[v], next.photo.users[v]
	changed := !same(was, is) || s.photo.creds[v] != next.photo.creds[v]
	if !changed {
		return
	}
	if t.on != everybody && t.on != v {
		x.fail(s, "J4: %s by %v changed %s", t, a, name(v))
	}
	if turn := was.Status.String() + ">" + is.Status.String(); was.Status != is.Status && !slices.ContainsFunc(strings.Fields(t.verb), func(verb string) bool { return slices.Contains(turns[turn], verb) }) {
		x.fail(s, "L22: %s by %v: %s is %s", t, a, name(v), turn)
	}
	by := person(a.User())
	master := a.IsSystem() || by < 3 && s.photo.users[by].Admin || t.verb == "Roster.Bootstrap"
	if was.Admin != is.Admin && is.Status != roster.StatusDeleted {
		if !master {
			x.fail(s, "R10: %s by %v made or unmade the administrator %s", t, a, name(v))
		}
		x.announced(s, next, t, v, map[bool]roster.Verb{true: roster.VerbAdminGrant, false: roster.VerbAdminWithdraw}[is.Admin])
	}
	// An administrator's account is touched by administrators, the host, and whoever acts as them.
	if same := by == v || by == 3; was.Admin && !master && !same {
		was.Epoch, is.Epoch, was.Version, is.Version = 0, 0, 0, 0
		x.fail(s, "R10: %s by %v touched the administrator %s", t, a, name(v))
	}
	if !master && by != v && by < nobody && rewritten(&was, &is) {
		x.covers(s, next, t, a, v)
	}
	if gained := next.photo.reach(v) &^ s.photo.reach(v); gained&deletes != 0 && !is.Admin {
		if !master {
			x.fail(s, "R8: %s by %v gave %s the right to delete users", t, a, name(v))
		}
	}
	had := s.photo.reach(v)&deletes != 0 && !was.Admin
	if has := next.photo.reach(v)&deletes != 0 && !is.Admin; has && !had {
		x.announced(s, next, t, v, roster.VerbDeleteGrant)
	}
}

// rewritten reports whether a change is one that wants the actor to cover the user (R10).
func rewritten(was, is *roster.User) bool {
	return was.Role != is.Role || !same(was.Rights, is.Rights) || was.Department != is.Department || was.Email != is.Email ||
		was.PendingEmail != is.PendingEmail || was.Identity != is.Identity || !was.EndDate.Equal(is.EndDate)
}

// covers wants an actor who gets at all that a user gets at, before and after a step (R10).
func (x *explorer) covers(s, next *spot, t try, a roster.Actor, v int) {
	by := person(a.User())
	actors := s.photo.reach(by)
	for action := range 2 {
		if actors&record(action, by) != 0 {
			actors |= record(action, v)
		}
	}
	for _, p := range []*photo{s.photo, next.photo} {
		if beyond := p.reach(v) &^ actors; beyond != 0 && p.users[v].Status != roster.StatusDeleted {
			x.fail(s, "R10: %s by %v on %s, who gets at %s as well", t, a, name(v), beyond)
		}
	}
}

// announced wants an event of its own about a grantee (R17).
func (x *explorer) announced(s, next *spot, t try, v int, verb roster.Verb) {
	var found bool
	err := next.store.View(x.ctx, func(tx roster.Tx) error {
		events, err := tx.ListEvents(roster.EventFilter{User: trio[v], Verb: verb, Outcome: roster.OutcomeDone}, s.photo.head.Seq, 10)
		found = len(events) == 1
		return err
	})
	if err != nil || !found {
		x.fail(s, "R17: %s: no event %s names %s alone (%v)", t, verb, name(v), err)
	}
}

// climbs holds a step that no administrator took against R10: what nobody had before, nobody has after it who
// wasn't given it by one who had it.
func (x *explorer) climbs(s, next *spot, t try, a roster.Actor, by int) {
	was, is := s.photo, next.photo
	var actors points // what the actor has to hand out
	if by < 3 {
		actors = was.reach(by)
	}
	var moved points // records that changed departments, or are nobody's any more, or are somebody's who is new
	for v := range trio {
		if was.users[v].Department != is.users[v].Department {
			moved |= record(0, v) | record(1, v)
		}
	}
	own := func(v int) (p points) { // one's own records, to one who is given as much as the actor has of theirs
		for action := range 2 {
			if by < 3 && actors&record(action, by) != 0 {
				p |= record(action, v)
			}
		}
		return p
	}
	for _, r := range is.roles {
		if slices.ContainsFunc(was.roles, func(q roster.Role) bool { return q.ID == r.ID }) || by == nobody {
			continue
		}
		for right, scope := range r.Rights {
			if right == "users:delete" || was.scope(by, right) < scope {
				x.fail(s, "R10: %s by %v: made a role that gives %s", t, a, right)
			}
		}
	}
	var held points
	for v := range trio {
		gained := is.reach(v) &^ was.reach(v)
		excused := actors | moved | own(v)
		if v == by {
			excused = 0
			if was.users[v].Department == is.users[v].Department {
				excused = moved & x.fresh(was)
			}
		}
		if gained&^excused != 0 {
			x.fail(s, "R10: %s by %v: %s came to reach %s", t, a, name(v), gained&^excused)
		}
		if is.controls(x.ghost, by, v) {
			held |= own(v)
		}
	}
	for who := range trio {
		gained := is.total(x.ghost, who) &^ was.total(&s.ghost, who)
		excused := moved | held
		if by < 3 && !was.controls(&s.ghost, who, by) {
			excused |= actors
			for v := range trio {
				if is.controls(x.ghost, who, v) {
					excused |= own(v)
				}
			}
		}
		if gained&^excused != 0 {
			x.fail(s, "R10: %s by %v: %s can come to act with %s", t, a, name(who), gained&^excused)
		}
	}
}

// fresh are the records of people who weren't there: they name nobody's yet.
func (x *explorer) fresh(was *photo) (p points) {
	for v := range trio {
		if was.users[v].ID == "" {
			p |= record(0, v) | record(1, v)
		}
	}
	return p
}

// String names the points.
func (p points) String() string {
	var names []string
	for n, f := range functions {
		if p&(1<<n) != 0 {
			names = append(names, f)
		}
	}
	for action, right := range []string{"deal:view", "deal:edit"} {
		for owner, of := range []string{"ann", "bob", "cyd", "strangers in east", "strangers in west", "nobody"} {
			if p&record(action, owner) != 0 {
				names = append(names, right+" of "+of)
			}
		}
	}
	return strings.Join(names, ", ")
}
