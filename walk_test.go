package roster_test

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-8e8abc8d/roster"
)

// walker walks an account through random changes by random actors, and holds every step against what no
// sequence of steps may lead to.
type walker struct {
	*office
	rand *rand.Rand
	done int // steps of people who are no administrators that passed
}

// Everybody who is or may be there. New ones are added on the way.
var walkers = []roster.UserID{"ada", "max", "ben", "sue", "new1", "new2"}

// standings is what an account's answers rest on.
type standings struct {
	Users       map[roster.UserID]roster.User
	Roles       map[roster.RoleID]roster.Role
	Departments map[roster.DepartmentID]roster.Department
	Credentials map[roster.UserID]roster.Credential
	Letters     int
	Head        roster.Head
	Refused     int // refusals counted
}

// look reads the account.
func (w *walker) look() standings {
	s := standings{
		Users: map[roster.UserID]roster.User{}, Roles: map[roster.RoleID]roster.Role{},
		Departments: map[roster.DepartmentID]roster.Department{}, Credentials: map[roster.UserID]roster.Credential{},
	}
	err := w.store.View(w.t.Context(), func(tx roster.Tx) error {
		users, err1 := tx.ListUsers(roster.UserFilter{}, "", 100)
		for _, u := range users {
			s.Users[u.ID] = u
			if c, err := tx.Credential(u.ID); err == nil {
				s.Credentials[u.ID] = c
			}
		}
		roles, err2 := tx.ListRoles("", 100)
		for _, r := range roles {
			s.Roles[r.ID] = r
		}
		departments, err3 := tx.ListDepartments("", 100)
		for _, d := range departments {
			s.Departments[d.ID] = d
		}
		letters, err4 := tx.ListLetters("", false, "", 1000)
		counters, err5 := tx.ListCounters("", 1000)
		for _, c := range counters {
			s.Refused += c.Count
		}
		head, err6 := tx.Head()
		s.Letters, s.Head = len(letters), head
		return errors.Join(err1, err2, err3, err4, err5, err6)
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

// permissions are what a user would hold while active.
func (s standings) permissions(schema *roster.Schema, id roster.UserID) *roster.Permissions {
	u := s.Users[id]
	return roster.Resolve(schema, roster.Grants{Admin: u.Admin, Individual: u.Rights, Role: s.Roles[u.Role].Rights})
}

// reach is what a user would get at, while active: functions, and actions on records of each owner.
func (s standings) reach(schema *roster.Schema, id roster.UserID) map[string]bool {
	u, p, all := s.Users[id], s.permissions(schema, id), map[string]bool{}
	for _, f := range []string{"users:manage", "users:deactivate", "roles:manage", "import:run"} {
		all[f] = p.Decide(schema.MustRight(f), roster.Stranger).Allowed
	}
	for _, text := range []string{"deal:view", "deal:edit", "contact:view"} {
		for _, owner := range append(walkers, "") {
			rec := roster.Record{Owner: owner, Department: s.Users[owner].Department}
			rel := roster.Relate(id, u.Department, rec)
			for _, part := range []string{"", "won"} {
				all[text+"@"+part+" of "+string(owner)] = p.Decide(schema.MustRight(text).At(part), rel).Allowed
			}
		}
	}
	return all
}

// climbed names what a user has after a step of an actor's that neither of them had before.
func climbed(schema *roster.Schema, before, after standings, actor, user roster.UserID) string {
	had, has, actors := before.reach(schema, user), after.reach(schema, user), before.reach(schema, actor)
	for _, what := range slices.Sorted(maps.Keys(has)) {
		if !has[what] || had[what] || user != actor && actors[what] {
			continue
		}
		var owner roster.UserID
		for _, id := range walkers {
			if text, ok := cutSuffix(what, " of "+string(id)); ok {
				owner, what = id, text
			}
		}
		switch {
		case owner == "":
			return what
		case before.Users[owner].ID == "":
			// Nobody's records came to be somebody's who is new.
		case owner == user && user != actor && actors[what+" of "+string(actor)]:
			// One's own records to somebody else: as the actor has theirs.
		case user != actor && before.Users[owner].Department != after.Users[owner].Department:
			// A department sees its members' records: moving people is what the actor may do.
		default:
			return what + " of " + string(owner)
		}
	}
	return ""
}

// cutSuffix is strings.CutSuffix.
func cutSuffix(s, suffix string) (string, bool) {
	if len(s) < len(suffix) || s[len(s)-len(suffix):] != suffix {
		return s, false
	}
	return s[:len(s)-len(suffix)], true
}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

// rights makes up some rights; users:delete is among them now and then.
func (w *walker) rights() roster.Rights {
	made := roster.Rights{}
	for range 1 + w.rand.IntN(3) {
		switch w.rand.IntN(4) {
		case 0:
			made[pick(w.rand, "users:manage", "users:deactivate", "roles:manage", "import:run", "users:delete")] = pick(w.rand, roster.Denied, roster.All, roster.All)
		case 1:
			made[pick(w.rand, "deal:view@won", "deal:edit@won")] = pick(w.rand, roster.Denied, roster.Own, roster.InDepartment, roster.All)
		default:
			made[pick(w.rand, "deal:view", "deal:edit", "contact:view")] = pick(w.rand, roster.Denied, roster.Own, roster.InDepartment, roster.All)
		}
	}
	return made
}

// change makes up a change.
func (w *walker) change() roster.Change {
	r := w.rand
	user, role := pick(r, walkers...), pick[roster.RoleID](r, "r1", "r2", "r3", "")
	department := pick[roster.DepartmentID](r, "sales", "support")
	switch r.IntN(20) {
	case 0:
		add := w.person(pick[roster.UserID](r, "new1", "new2"), department)
		add.Role, add.Rights = pick(r, "", role), pick(r, nil, w.rights())
		add.Identity = pick(r, roster.Identity{}, roster.Identity{Issuer: "i", Subject: string(add.ID)})
		return add
	case 1:
		return roster.ImportUser{User: roster.User{
			ID: pick[roster.UserID](r, "new1", "new2"), FirstName: "N", Email: string(user) + "@example.org", Department: department,
			Role: pick(r, "", role), Rights: pick(r, nil, w.rights()), Admin: r.IntN(4) == 0, Status: pick(r, roster.StatusActive, roster.StatusInvited),
		}}
	case 2:
		return roster.EditUser{User: user, Email: new(string(user) + pick(r, "@example.com", "@example.org"))}
	case 3:
		return roster.EditUser{User: user, Identity: pick(r, &roster.Identity{}, &roster.Identity{Issuer: "i", Subject: string(user)})}
	case 4:
		return roster.EditUser{User: user, EndDate: new(pick(r, time.Time{}, time.Time{}, w.clock.now(), w.clock.now().Add(time.Hour)))}
	case 5:
		return roster.Deactivate{User: user}
	case 6:
		return roster.Reactivate{User: user}
	case 7:
		return pick[roster.Change](r, roster.SendReset{User: user}, roster.SendActivation{User: user})
	case 8:
		return pick[roster.Change](r, roster.GrantAdministrator{User: user}, roster.WithdrawAdministrator{User: user}, roster.WithdrawAdministrator{User: user})
	case 9:
		return pick[roster.Change](r, roster.GrantDeleteUsers{User: user}, roster.WithdrawDeleteUsers{User: user})
	case 10:
		return roster.CreateRole{ID: pick[roster.RoleID](r, "r1", "r2", "r3"), Name: "R", Rights: w.rights()}
	case 11:
		return roster.ReplaceRole{Role: role, ID: pick[roster.RoleID](r, "r1", "r2", "r3"), Name: "R", Rights: w.rights()}
	case 12:
		return roster.DeleteRole{Role: role}
	case 13:
		return roster.EditDepartment{Department: department, Head: &user}
	case 14, 15:
		return roster.EditUser{User: user, Department: &department}
	case 16:
		rights := w.rights()
		for right := range rights {
			rights[right] = roster.Unset
		}
		return roster.SetRights{User: user, Rights: rights}
	}
	return pick[roster.Change](r, roster.SetRole{User: user, Role: role}, roster.SetRights{User: user, Rights: w.rights()})
}

// step tries a batch, first to see and then in earnest.
func (w *walker) step() {
	w.clock.forward(20 * time.Minute)
	batch := []roster.Change{w.change()}
	if w.rand.IntN(3) == 0 {
		batch = append(batch, w.change())
	}
	actor := roster.As(pick(w.rand, append(walkers, "max", "max", "sue", "sue")...))
	if w.rand.IntN(10) == 0 {
		actor = roster.System("walk")
	}
	before := w.look()
	seen, seeing := w.Preview(w.t.Context(), actor, batch...)
	if diff := cmp.Diff(before, w.look()); diff != "" {
		w.t.Fatalf("R18: a preview by %s of %+v changed (-want +got):\n%s", actor, batch, diff)
	}
	done, doing := w.Apply(w.t.Context(), actor, batch...)
	after := w.look()
	if a, b := cause(seeing), cause(doing); a != b {
		w.t.Fatalf("R18: %s: %+v: preview says %q, apply %q", actor, batch, a, b)
	}
	if doing != nil {
		w.refused(before, after, actor, batch)
		return
	}
	if seen.Sight = nil; !cmp.Equal(seen, done) {
		w.t.Fatalf("R18: %s: %+v: seen and done differ (-want +got):\n%s", actor, batch, cmp.Diff(seen, done))
	}
	w.carriedOut(before, after, actor, batch)
}

// cause is an error's text without the verb.
func cause(err error) string {
	if e, ok := errors.AsType[*roster.Error](err); ok {
		return e.Err.Error()
	}
	return fmt.Sprint(err)
}

// refused holds a refusal against W1: nothing but the trail knows of it.
func (w *walker) refused(before, after standings, actor roster.Actor, batch []roster.Change) {
	if before.Head == after.Head && before.Refused == after.Refused {
		w.t.Fatalf("W1: %s: %+v: refused without a trace", actor, batch)
	}
	after.Head, after.Refused = before.Head, before.Refused
	if diff := cmp.Diff(before, after); diff != "" {
		w.t.Fatalf("J4: %s: %+v: refused, and changed (-want +got):\n%s", actor, batch, diff)
	}
}

// carriedOut holds a step that passed against W1, L14, R8 and R10.
func (w *walker) carriedOut(before, after standings, actor roster.Actor, batch []roster.Change) {
	if trace := before.Head != after.Head; !trace {
		if diff := cmp.Diff(before, after); diff != "" {
			w.t.Fatalf("W1: %s: %+v: changed without an event (-want +got):\n%s", actor, batch, diff)
		}
	}
	lasting := func(u roster.User) bool { return u.Admin && u.Status == roster.StatusActive && u.EndDate.IsZero() }
	if !slices.ContainsFunc(slices.Collect(maps.Values(after.Users)), lasting) {
		w.t.Fatalf("L14: %s: %+v: no administrator is left", actor, batch)
	}
	if actor.IsSystem() || before.Users[actor.User()].Admin {
		return
	}
	w.done++
	remove := w.schema.MustRight("users:delete")
	for id, role := range after.Roles {
		if _, old := before.Roles[id]; !old && role.Rights["users:delete"] > roster.Denied {
			w.t.Fatalf("R8: %s: %+v: made a role with the right to delete users", actor, batch)
		}
	}
	for id, is := range after.Users {
		was := before.Users[id]
		if is.Admin != was.Admin || was.Admin && (is.Email != was.Email || is.PendingEmail != was.PendingEmail || is.Identity != was.Identity ||
			is.Status != was.Status || !is.EndDate.Equal(was.EndDate) || !cmp.Equal(before.Credentials[id], after.Credentials[id])) {
			w.t.Fatalf("R10: %s: %+v: touched the administrator %s", actor, batch, id)
		}
		if after.permissions(w.schema, id).Scope(remove) > max(roster.Denied, before.permissions(w.schema, id).Scope(remove)) {
			w.t.Fatalf("R8: %s: %+v: gave %s the right to delete users", actor, batch, id)
		}
		if what := climbed(w.schema, before, after, actor.User(), id); what != "" {
			w.t.Fatalf("R10: %s: %+v: %s came to reach %s\nbefore: %+v\nafter: %+v", actor, batch, id, what, before, after)
		}
	}
}

// signIns tries the passwords that were typed for others: they are good only when an administrator did.
func (w *walker) signIns() {
	now := w.look()
	for id, c := range now.Credentials {
		u, by := now.Users[id], now.Users[c.SetBy]
		own := c.SetBy == "" || c.SetBy == id
		want := u.ActiveAt(w.clock.now()) && (own || by.Admin && by.ActiveAt(w.clock.now()))
		_, err := w.SignIn(w.t.Context(), u.Email, password)
		if want != (err == nil) {
			w.t.Fatalf("R10: signing in as %s with what %q typed: %v", id, c.SetBy, err)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(now.Users)) { // some activate
		if now.Users[id].Status == roster.StatusInvited && w.rand.IntN(2) == 0 {
			w.activate(id)
		}
	}
}

// activate follows an open activation letter.
func (w *walker) activate(id roster.UserID) {
	before := len(w.post.Sent())
	if _, err := w.Deliver(w.t.Context(), 0); err != nil {
		w.t.Fatal(err)
	}
	for _, m := range w.post.Sent()[before:] {
		if m.User.ID == id && m.Kind == roster.LetterActivation {
			_ = w.Activate(w.t.Context(), m.Secret.Reveal(), pick(w.rand, password, "")) // void ones are refused
		}
	}
}

// managers lets the host see to it that there are two managers who are no administrators, so that
// steps that pass aren't the administrators' alone.
func (w *walker) managers() {
	for _, id := range []roster.UserID{"max", "sue"} {
		grant := roster.Rights{"users:manage": roster.All, "roles:manage": roster.All, "users:deactivate": roster.All, "import:run": roster.All}
		maps.Copy(grant, w.rights())
		delete(grant, "users:delete")
		for _, c := range []roster.Change{
			roster.Reactivate{User: id}, roster.EditUser{User: id, EndDate: &time.Time{}}, roster.WithdrawAdministrator{User: id},
			roster.SetRights{User: id, Rights: grant}, pick[roster.Change](w.rand, roster.GrantDeleteUsers{User: id}, roster.WithdrawDeleteUsers{User: id}),
		} {
			// What is so already is refused.
			if _, err := w.Apply(w.t.Context(), roster.System("walk"), c); err != nil && !errors.Is(err, roster.ErrState) && !errors.Is(err, roster.ErrLastAdministrator) {
				w.t.Fatal(err)
			}
		}
	}
}

func TestR10_NobodyClimbsInARandomWalk(t *testing.T) {
	t.Parallel()
	for seed := range uint64(40) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			w := &walker{office: newOffice(t), rand: rand.New(rand.NewPCG(seed, 10))}
			for _, id := range walkers[1:4] {
				w.hire(id, pick[roster.DepartmentID](w.rand, "sales", "support"), w.rights())
			}
			w.system(roster.CreateRole{ID: "r1", Name: "R", Rights: w.rights()}, roster.CreateRole{ID: "r2", Name: "R", Rights: w.rights()})
			for n := range 80 {
				if n%8 == 0 {
					w.managers()
					w.signIns()
				}
				w.step()
			}
			if w.done < 2 {
				t.Errorf("only %d steps passed: the walk shows little", w.done)
			}
			if _, err := w.Verify(t.Context(), roster.Head{}); err != nil {
				t.Error(err)
			}
		})
	}
}
