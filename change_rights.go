package roster

import (
	"fmt"
	"maps"
	"slices"
)

func (c SetRole) about() Event { return Event{Verb: VerbRoleGive, User: c.User} }

// apply gives, exchanges or takes away the role (R15).
func (c SetRole) apply(w *work) error {
	t, err := w.grantee(c.User)
	if err != nil {
		return err
	}
	if c.Role != "" {
		if _, err := w.tx.Role(c.Role); err != nil {
			return w.unknown("role", err)
		}
	}
	u := t.after.User
	if u.Role == c.Role {
		return nil
	}
	u.Role, t.given = c.Role, true
	w.event(Event{Verb: VerbRoleGive, User: u.ID, Object: string(c.Role), Fields: []string{"role"}})
	return w.store(t, u, "role")
}

// grantee loads a user whose rights a change is about; the actor must cover them (R10).
func (w *work) grantee(id UserID) (*touched, error) {
	if err := w.may(UsersManage); err != nil {
		return nil, err
	}
	t, err := w.user(id)
	if err != nil {
		return nil, err
	}
	t.cover = true
	return t, nil
}

func (c SetRights) about() Event { return Event{Verb: VerbRightsSet, User: c.User} }

// apply lays individual rights over the role's; the role stays as it is (R5).
func (c SetRights) apply(w *work) error {
	t, err := w.grantee(c.User)
	if err != nil {
		return err
	}
	set := maps.Clone(c.Rights)
	maps.DeleteFunc(set, func(_ string, s Scope) bool { return s == Unset })
	w.faults = append(w.faults, w.r.schema.faults(set)...)
	if len(c.Rights) == 0 {
		w.faults.add("rights", "missing")
	}
	for _, right := range slices.Sorted(maps.Keys(c.Rights)) {
		if _, known := t.after.User.Rights[right]; c.Rights[right] == Unset && !known {
			if _, err := w.r.schema.Right(right); err != nil {
				w.faults.add("rights["+right+"]", "unknown")
			}
		}
	}
	if _, ok := c.Rights[UsersDelete]; ok {
		w.faults.add("rights["+UsersDelete+"]", "granted and withdrawn by steps of its own: GrantDeleteUsers, WithdrawDeleteUsers")
	}
	if w.faults != nil {
		return nil
	}
	return w.setRights(t, VerbRightsSet, c.Rights)
}

// setRights stores the user's individual rights with changes laid over them.
func (w *work) setRights(t *touched, verb Verb, changes Rights) error {
	u := t.after.User.Clone()
	if u.Rights == nil {
		u.Rights = Rights{}
	}
	var fields []string
	for right, scope := range changes {
		if u.Rights[right] == scope {
			continue
		}
		fields = append(fields, right)
		if u.Rights[right] = scope; scope == Unset {
			delete(u.Rights, right)
		}
	}
	if fields == nil {
		return nil
	}
	if len(u.Rights) == 0 {
		u.Rights = nil
	}
	slices.Sort(fields)
	w.event(Event{Verb: verb, User: u.ID, Fields: fields})
	return w.store(t, u, fields...)
}

func (c GrantAdministrator) about() Event { return Event{Verb: VerbAdminGrant, User: c.User} }

// apply makes the user an administrator (R17).
func (c GrantAdministrator) apply(w *work) error {
	return w.administrator(c.User, true, VerbAdminGrant)
}

func (c WithdrawAdministrator) about() Event { return Event{Verb: VerbAdminWithdraw, User: c.User} }

// apply takes the status away; settle sees to the last one (L14).
func (c WithdrawAdministrator) apply(w *work) error {
	return w.administrator(c.User, false, VerbAdminWithdraw)
}

// administrator sets or takes the flag.
func (w *work) administrator(id UserID, admin bool, verb Verb) error {
	t, err := w.byAdministrator(id)
	if err != nil {
		return err
	}
	u := t.after.User
	if u.Admin == admin {
		return fmt.Errorf("%w: nothing to change", ErrState)
	}
	u.Admin = admin
	w.event(Event{Verb: verb, User: u.ID})
	return w.store(t, u, "admin")
}

// byAdministrator loads a user for a step that only administrators take (R10).
func (w *work) byAdministrator(id UserID) (*touched, error) {
	if !w.by.admin() {
		return nil, &Denial{Actor: w.by.user, Needs: "administrator", Reason: DenyNotAdministrator}
	}
	return w.user(id)
}

func (c GrantDeleteUsers) about() Event { return Event{Verb: VerbDeleteGrant, User: c.User} }

// apply gives the right individually (R8, R17).
func (c GrantDeleteUsers) apply(w *work) error {
	t, err := w.byAdministrator(c.User)
	if err != nil {
		return err
	}
	if t.after.User.Rights[UsersDelete] == All {
		return fmt.Errorf("%w: nothing to change", ErrState)
	}
	t.given, t.told = true, true
	return w.setRights(t, VerbDeleteGrant, Rights{UsersDelete: All})
}

func (c WithdrawDeleteUsers) about() Event { return Event{Verb: VerbDeleteWithdraw, User: c.User} }

// apply takes the individual right away, and denies where the role would still give it.
func (c WithdrawDeleteUsers) apply(w *work) error {
	t, err := w.byAdministrator(c.User)
	if err != nil {
		return err
	}
	to := Unset
	if role := t.after.Role; role != nil && role.Rights[UsersDelete] > Denied {
		to = Denied
	}
	if t.after.User.Rights[UsersDelete] == to {
		return fmt.Errorf("%w: nothing to change", ErrState)
	}
	return w.setRights(t, VerbDeleteWithdraw, Rights{UsersDelete: to})
}
