package roster_test

import (
	"strings"

	"github.com/seed-8e8abc8d/roster"
)

// needs says which function a verb asks for; "administrator" that none is enough (R7, R8, R17).
var needs = map[string]string{
	"AddUser": "users:manage", "EditUser": "users:manage", "SetRole": "users:manage", "SetRights": "users:manage",
	"SendActivation": "users:manage", "SendReset": "users:manage",
	"CreateDepartment": "users:manage", "EditDepartment": "users:manage", "DeleteDepartment": "users:manage",
	"Deactivate": "users:deactivate", "Reactivate": "users:deactivate", "ImportUser": "import:run",
	"CreateRole": "roles:manage", "ReplaceRole": "roles:manage", "DeleteRole": "roles:manage",
	"GrantAdministrator": "administrator", "WithdrawAdministrator": "administrator",
	"GrantDeleteUsers": "administrator", "WithdrawDeleteUsers": "administrator", "Roster.SignInIdentity": "administrator",
	"Runs.Fence": "users:delete", "Desk.Start": "users:delete", "Desk.StartAll": "users:delete", "Runs.Lift": "users:delete", "Desk.Lift": "users:delete",
	"Runs.Retry": "users:delete", "Desk.Retry": "users:delete", "Runs.Sweep": "users:delete", "Desk.Sweep": "users:delete",
	"Runs.Correct": "users:delete", "Desk.Correct": "users:delete",
}

// entitled holds a step against what its verbs ask for (R2), and against what nobody does to themselves (L14).
func (x *explorer) entitled(s, next *spot, t try, a roster.Actor, by int) {
	for _, verb := range strings.Fields(t.verb) {
		if f := needs[verb]; f != "" && s.photo.scope(by, f) != roster.All {
			x.fail(s, "R2: %s by %v, who lacks %s", t, a, f)
		}
	}
	switch {
	case t.verb == "Roster.Issue" && t.on != by, t.verb == "Roster.Revoke" && t.on != by && s.photo.scope(by, "users:manage") != roster.All:
		x.fail(s, "R10: %s by %v", t, a)
	case t.verb == "Deactivate" && t.on == by:
		x.fail(s, "L14: %v deactivated themselves", a)
	case t.verb == "EditUser" && t.on == by && s.photo.users[by].EndDate.IsZero() && !next.photo.users[by].EndDate.IsZero():
		x.fail(s, "L14: %v set an end to their own access", a)
	case t.verb == "EditUser" && t.on != by && s.photo.users[t.on].Identity != next.photo.users[t.on].Identity && !s.photo.users[by].Admin:
		x.fail(s, "R10: %v changed an identity of somebody else's", a)
	}
}

// effect wants a step to have done what it says.
func (x *explorer) effect(s, next *spot, t try, a roster.Actor) {
	if t.on < 0 || t.on >= nobody {
		return
	}
	u, p := &next.photo.users[t.on], next.photo
	ok := true
	switch t.verb {
	case "GrantDeleteUsers":
		ok = p.scope(t.on, "users:delete") == roster.All
	case "WithdrawDeleteUsers":
		ok = u.Admin || p.scope(t.on, "users:delete") == roster.Denied
	case "GrantAdministrator":
		ok = u.Admin
	case "WithdrawAdministrator":
		ok = !u.Admin
	case "Deactivate", "Runs.Lift", "Desk.Lift":
		ok = u.Status == roster.StatusInactive || u.Status == roster.StatusDeleted // a sweep or a correction was lifted
	case "Reactivate", "Roster.Activate":
		ok = u.Status == roster.StatusActive
	}
	if !ok {
		x.fail(s, "%s by %v left %+v", t, a, u)
	}
}
