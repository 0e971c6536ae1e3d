package roster

import "maps"

func (c CreateRole) about() Event { return Event{Verb: VerbRoleCreate, Object: string(c.ID)} }

// apply stores a new role.
func (c CreateRole) apply(w *work) error {
	if err := w.may(RolesManage); err != nil {
		return err
	}
	role, err := w.newRole(c.ID, c.Name, c.Rights)
	if err != nil || w.faults != nil {
		return err
	}
	w.event(Event{Verb: VerbRoleCreate, Object: string(role.ID)})
	w.made(string(role.ID))
	return nil
}

// newRole checks and stores a role: the actor holds all it gives (R10), and users:delete comes from
// administrators alone (R8).
func (w *work) newRole(id RoleID, name string, rights Rights) (Role, error) {
	if id == "" {
		id = RoleID(w.r.newID())
	}
	w.faults.check("id", idProblem(string(id)))
	w.faults.check("name", nameProblem(name))
	w.faults = append(w.faults, w.r.schema.faults(rights)...)
	if _, err := w.tx.Role(id); err == nil {
		w.faults.add("id", "taken")
	} else if ignoreNotFound(err) != nil {
		return Role{}, err
	}
	if w.faults != nil {
		return Role{}, nil
	}
	if !w.by.admin() {
		if rights[UsersDelete] > Denied {
			return Role{}, &Denial{Actor: w.by.user, Needs: "administrator", Reason: DenyGrantsDelete}
		}
		given := Resolve(w.r.schema, Grants{Role: rights})
		if over := given.Exceeds(w.by.person.Permissions); len(over) > 0 {
			return Role{}, &Denial{Actor: w.by.user, Needs: over[0].Right, Reason: DenyRoleExceeds}
		}
	}
	role := Role{ID: id, Name: name, Rights: maps.Clone(rights), Created: w.by.now, By: w.by.user}
	return role, w.tx.AddRole(role)
}

func (c ReplaceRole) about() Event { return Event{Verb: VerbRoleReplace, Object: string(c.Role)} }

// apply moves all holders to the new role and deletes the old one (R3).
func (c ReplaceRole) apply(w *work) error {
	if err := w.may(RolesManage); err != nil {
		return err
	}
	old, err := w.tx.Role(c.Role)
	if err != nil {
		return err
	}
	role, err := w.newRole(c.ID, c.Name, c.Rights)
	if err != nil || w.faults != nil {
		return err
	}
	if role.Rights[UsersDelete] > Denied && old.Rights[UsersDelete] <= Denied {
		w.faults.add("rights["+UsersDelete+"]", "can't come by a replacement: it is granted by a step of its own")
		return nil
	}
	w.event(c.about())
	w.event(Event{Verb: VerbRoleCreate, Object: string(role.ID)})
	w.made(string(role.ID))
	return w.moveHolders(c.Role, role.ID)
}

func (c DeleteRole) about() Event { return Event{Verb: VerbRoleDelete, Object: string(c.Role)} }

// apply takes the role from its holders and deletes it; individual rights stay (R6).
func (c DeleteRole) apply(w *work) error {
	if err := w.may(RolesManage); err != nil {
		return err
	}
	if _, err := w.tx.Role(c.Role); err != nil {
		return err
	}
	w.event(c.about())
	return w.moveHolders(c.Role, "")
}

// moveHolders gives every holder of a role another, or none, and deletes it. Leavers are moved too,
// since nothing may refer to a role that is gone; they can't act.
func (w *work) moveHolders(from, to RoleID) error {
	for u, err := range usersIn(w.tx, UserFilter{Role: from}) {
		if err == nil {
			err = w.moveHolder(u, to)
		}
		if err != nil {
			return err
		}
	}
	return w.tx.DeleteRole(from)
}

// moveHolder gives one user another role.
func (w *work) moveHolder(u User, to RoleID) error {
	t, ok := w.people[u.ID]
	if !ok {
		p, err := w.r.personOf(w.tx, u)
		if err != nil {
			return err
		}
		t = w.touch(u.ID, p)
	}
	t.at, t.cover = w.at, true
	u.Role = to
	w.event(Event{Verb: VerbRoleGive, User: u.ID, Object: string(to), Fields: []string{"role"}})
	return w.store(t, u, "role")
}
