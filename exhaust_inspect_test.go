package roster_test

import (
	"errors"
	"slices"

	"github.com/seed-8e8abc8d/roster"
)

// inspect holds a state against what must be so in every state: each user's rights are what was granted
// and none while they aren't active (R4, R7, R16), passwords are good for whom they should (R10), and the successors of
// unfinished runs are fit.
func (x *explorer) inspect(s *spot) {
	x.enter(s.store.Fork(), s.ghost)
	for v := range trio {
		x.inspectRights(s, v)
		x.inspectPasswords(s, v)
	}
	var leaving [4]bool
	for _, run := range s.photo.runs {
		if run.Unfinished() {
			x.inspectRun(s, run)
			leaving[person(run.Leaver)] = true
		}
	}
	for v, u := range s.photo.users {
		if u.Status == roster.StatusLeaving && !leaving[v] {
			x.fail(s, "L17: %s is leaving, and no run is unfinished", name(v))
		}
	}
}

// inspectSecrets tries every secret after every step, since states that are alike may have come about in
// different ways: those that have ended, and those of people who aren't active, are good for nothing.
func (x *explorer) inspectSecrets(s *spot, g *ghost) {
	for _, k := range g.secrets {
		active := s.photo.users[k.user].ActiveAt(g.now)
		x.stage.Store = s.store.Fork()
		var err error
		switch kind := k.token.Kind; {
		case kind.Bears():
			if _, err = x.Check(x.ctx, k.text); (!k.ended && active) != (err == nil) {
				x.fail(s, "L7: the %v is good: %v", k, err)
			}
			continue
		case !k.ended && (active || kind == roster.TokenActivation):
			continue // trying to redeem it is among the tries
		case kind == roster.TokenRefresh:
			_, err = x.Rotate(x.ctx, k.text)
		case kind == roster.TokenActivation:
			err = errors.Join(x.Activate(x.ctx, k.text, typed(k.holder)), x.Activate(x.ctx, k.text, ""))
		default:
			err = x.ResetPassword(x.ctx, k.text, typed(k.holder))
		}
		if !errors.Is(err, roster.ErrToken) {
			x.fail(s, "L7: the %v is good: %v", k, err)
		}
	}
	x.stage.Store = s.store
}

// inspectRights compares what the library says of a user's rights with what was granted.
func (x *explorer) inspectRights(s *spot, v int) {
	p, err := x.Permissions(x.ctx, trio[v])
	if err != nil {
		x.fail(s, "permissions of %s: %v", name(v), err)
	}
	active := s.photo.users[v].ActiveAt(s.ghost.now)
	if active != (p != nil) {
		x.fail(s, "R16: %s, active %v, has permissions %v", name(v), active, p)
	}
	for _, right := range append(functions[:], "deal:view", "deal:edit") {
		want := roster.Denied
		if active {
			want = s.photo.scope(v, right)
		}
		if got := p.Scope(x.schema.MustRight(right)); got != want {
			x.fail(s, "R4: %s has %s %s, want %s", name(v), right, got, want)
		}
	}
	if want := active && s.photo.scope(v, "deal:edit") > roster.Denied; want {
		if e, err := x.MayReceive(x.ctx, trio[v], "deal", ""); err != nil || !e.Allowed {
			x.fail(s, "L18: %s may not receive: %v %v", name(v), e, err)
		}
	} else if e, err := x.MayReceive(x.ctx, trio[v], "deal", ""); err != nil || e.Allowed {
		x.fail(s, "L18: %s may receive: %v %v", name(v), e, err)
	}
}

// inspectPasswords signs in as a user with everybody's password.
func (x *explorer) inspectPasswords(s *spot, v int) {
	u, c := &s.photo.users[v], s.photo.creds[v]
	if u.Email == "" {
		return
	}
	by := person(c.SetBy)
	trusted := c.SetBy == "" || by == v || by < 3 && s.photo.users[by].Admin && s.photo.users[by].ActiveAt(s.ghost.now)
	for who := range 4 {
		if c.Hash == "" && who > 0 {
			return // one refusal tells
		}
		_, err := x.SignIn(x.ctx, u.Email, typed(who))
		want := c.Hash != "" && typist(c.Hash) == who && trusted && u.ActiveAt(s.ghost.now)
		if want != (err == nil) || err != nil && !errors.Is(err, roster.ErrSignIn) {
			x.fail(s, "J5, R10: signing in as %s with the password of %s, set by %q: good should be %v, the answer is %v", name(v), name(who), c.SetBy, want, err)
		}
	}
}

// inspectRun looks at the leaver and the successors of an unfinished run.
func (x *explorer) inspectRun(s *spot, run roster.Run) {
	if i := person(run.Leaver); i < nobody && !run.Sweep && run.Correction.Run == "" && s.photo.users[i].Status != roster.StatusLeaving {
		x.fail(s, "L17: the leaver of the unfinished run is %s", s.photo.users[i].Status)
	}
	for _, step := range run.Steps {
		for _, share := range step.Shares {
			i := person(share.To)
			u := &s.photo.users[i]
			if u.Status != roster.StatusActive || !u.EndDate.IsZero() || s.photo.scope(i, "deal:edit") < roster.Own {
				x.fail(s, "L5: %s, a successor in the unfinished run, is unfit", name(i))
			}
		}
	}
}

// settleGhost notes which secrets a step has ended for ever: by what verbs say, not by what is stored.
func (x *explorer) settleGhost(was, is *photo, t try) {
	g := x.ghost
	whole := slices.Contains([]string{
		"Deactivate", "Roster.ResetPassword", "Roster.ChangePassword", "Runs.Fence", "Desk.Start", "Runs.Lift", "Desk.Lift", "Hold.Conclude", "Desk.Work",
	}, t.verb)
	for v := range trio {
		a, b := &was.users[v], &is.users[v]
		edited := a.Identity != b.Identity || a.Status == roster.StatusInvited && b.Status == a.Status && a.Email != b.Email
		past := !b.EndDate.IsZero() && !g.now.Before(b.EndDate)
		if past || t.on == v && (whole || t.verb == "EditUser" && edited) {
			g.end(func(k secret) bool { return k.user == v })
		}
	}
}

// asked is a question of Verbs.
type asked struct {
	actor roster.Actor
	user  roster.UserID
	verb  roster.Verb
	field string
}

// ask asks for everybody which verbs they may use on whom (L27).
func (x *explorer) ask(s *spot) {
	x.enter(s.store, s.ghost)
	x.told = map[asked]error{}
	for _, a := range actors {
		users, err := x.Verbs(x.ctx, a, trio[:]...)
		if err != nil {
			x.fail(s, "L27: %v", err)
		}
		for _, u := range users {
			for _, v := range u.Verbs {
				x.told[asked{a, u.User, v.Verb, v.Field}] = v.Err
			}
		}
	}
}

// question is what Verbs is asked about a try; exact when its answer is that of the try, whatever the arguments.
func (t try) question(a roster.Actor) (q asked, exact, any bool) {
	q = asked{actor: a}
	if t.on >= 0 && t.on < nobody {
		q.user = trio[t.on]
	}
	switch t.verb {
	case "Roster.Issue":
		q.verb, exact = roster.VerbTokenIssue, true
	case "Roster.Revoke":
		q.verb, exact = roster.VerbTokenRevoke, true
	}
	if t.do != nil || len(t.changes) != 1 {
		return q, exact, q.verb != ""
	}
	exact = true
	switch c := t.changes[0].(type) {
	case roster.EditUser:
		q.verb, exact = roster.VerbUserEdit, false
		switch {
		case c.Email != nil:
			q.field = "email"
		case c.Identity != nil:
			q.field = "identity"
		case c.Department != nil:
			q.field = "department"
		case c.EndDate != nil:
			q.field = "end_date"
		}
	case roster.SetRole:
		q.verb, exact = roster.VerbRoleGive, false
	case roster.SetRights:
		q.verb, exact = roster.VerbRightsSet, false
	case roster.Deactivate:
		q.verb = roster.VerbUserDeactivate
	case roster.Reactivate:
		q.verb = roster.VerbUserReactivate
	case roster.GrantAdministrator:
		q.verb = roster.VerbAdminGrant
	case roster.WithdrawAdministrator:
		q.verb = roster.VerbAdminWithdraw
	case roster.GrantDeleteUsers:
		q.verb = roster.VerbDeleteGrant
	case roster.WithdrawDeleteUsers:
		q.verb = roster.VerbDeleteWithdraw
	case roster.SendActivation:
		q.verb = roster.VerbLetterQueue
	case roster.SendReset:
		q.verb = roster.VerbPasswordReset
	}
	return q, exact, q.verb != ""
}

// agrees holds what became of a try against what was told beforehand (L27).
func (x *explorer) agrees(s, next *spot, t try, a roster.Actor, err error) {
	q, exact, any := t.question(a)
	if !any {
		return
	}
	told, known := x.told[q]
	switch {
	case !known:
		x.fail(s, "L27: nothing was told of %s by %v", t, a)
	case exact && cause(told) != cause(err):
		x.fail(s, "L27: %s by %v: told %q, and it is %q", t, a, cause(told), cause(err))
	case told != nil && err == nil && !s.photo.same(next.photo):
		x.fail(s, "L27: %s by %v: told %q, and it passed", t, a, told)
	}
}
