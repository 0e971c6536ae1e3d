package roster

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

func (c SetRole) verb() Verb               { return VerbRoleGive }
func (c SetRole) object() (UserID, string) { return c.User, "" }

// apply gives, exchanges or takes away the role (R15).
func (c SetRole) apply(w *work) error {
	t, err := w.grantee(c.User, UsersManage)
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
func (w *work) grantee(id UserID, function string) (*touched, error) {
	if err := w.may(function); err != nil {
		return nil, err
	}
	t, err := w.user(id)
	if err != nil {
		return nil, err
	}
	t.cover = true
	w.made(string(id))
	return t, nil
}

func (c SetRights) verb() Verb               { return VerbRightsSet }
func (c SetRights) object() (UserID, string) { return c.User, "" }

// apply lays individual rights over the role's; the role stays as it is (R5).
func (c SetRights) apply(w *work) error {
	t, err := w.grantee(c.User, UsersManage)
	if err != nil {
		return err
	}
	set, fields := c.split(t.after.User.Rights)
	var faults Faults
	if errors.As(w.r.schema.Check(set), &faults) {
		w.faults = append(w.faults, faults...)
	}
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
	return w.setRights(t, VerbRightsSet, c.Rights, fields)
}

// split parts what is to be set from what is to be taken away, and names the rights that change.
func (c SetRights) split(present Rights) (set Rights, fields []string) {
	set = Rights{}
	for right, scope := range c.Rights {
		if scope != Unset {
			set[right] = scope
		}
		if present[right] != scope {
			fields = append(fields, right)
		}
	}
	return set, sorted(fields)
}

// setRights stores the user's individual rights with changes laid over them.
func (w *work) setRights(t *touched, verb Verb, changes Rights, fields []string) error {
	if len(fields) == 0 {
		return nil
	}
	u := t.after.User
	rights := maps.Clone(u.Rights)
	if rights == nil {
		rights = Rights{}
	}
	for right, scope := range changes {
		if scope == Unset {
			delete(rights, right)
		} else {
			rights[right] = scope
		}
	}
	if len(rights) == 0 {
		rights = nil
	}
	u.Rights = rights
	w.event(Event{Verb: verb, User: u.ID, Fields: fields})
	return w.store(t, u, fields...)
}

func (c GrantAdministrator) verb() Verb               { return VerbAdminGrant }
func (c GrantAdministrator) object() (UserID, string) { return c.User, "" }

// apply makes the user an administrator (R17).
func (c GrantAdministrator) apply(w *work) error {
	return w.administrator(c.User, true, VerbAdminGrant)
}

func (c WithdrawAdministrator) verb() Verb               { return VerbAdminWithdraw }
func (c WithdrawAdministrator) object() (UserID, string) { return c.User, "" }

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
	t, err := w.user(id)
	if err != nil {
		return nil, err
	}
	w.made(string(id))
	return t, nil
}

func (c GrantDeleteUsers) verb() Verb               { return VerbDeleteGrant }
func (c GrantDeleteUsers) object() (UserID, string) { return c.User, "" }

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
	return w.setRights(t, VerbDeleteGrant, Rights{UsersDelete: All}, []string{UsersDelete})
}

func (c WithdrawDeleteUsers) verb() Verb               { return VerbDeleteWithdraw }
func (c WithdrawDeleteUsers) object() (UserID, string) { return c.User, "" }

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
	return w.setRights(t, VerbDeleteWithdraw, Rights{UsersDelete: to}, []string{UsersDelete})
}
