package roster

import "fmt"

func (c CreateDepartment) about() Event {
	return Event{Verb: VerbDepartmentCreate, Object: string(c.ID)}
}

// apply stores a new department (J8).
func (c CreateDepartment) apply(w *work) error {
	if err := w.may(UsersManage); err != nil {
		return err
	}
	if c.ID == "" {
		c.ID = DepartmentID(w.r.newID())
	}
	w.faults.check("id", idProblem(string(c.ID)))
	w.faults.check("name", nameProblem(c.Name))
	if _, err := w.tx.Department(c.ID); err == nil {
		w.faults.add("id", "taken")
	} else if ignoreNotFound(err) != nil {
		return err
	}
	if err := w.head(c.Head); err != nil || w.faults != nil {
		return err
	}
	w.event(c.about())
	w.made(string(c.ID))
	return w.tx.PutDepartment(Department(c))
}

// head checks a department's head, who may be nobody.
func (w *work) head(id UserID) error {
	if id == "" {
		return nil
	}
	u, err := w.tx.User(id)
	if err != nil {
		return w.unknown("head", err)
	}
	if u.Status == StatusLeaving || u.Status == StatusDeleted {
		w.faults.add("head", "the user is %s", u.Status)
	}
	return nil
}

func (c EditDepartment) about() Event {
	return Event{Verb: VerbDepartmentEdit, Object: string(c.Department)}
}

// apply changes what isn't nil (J8).
func (c EditDepartment) apply(w *work) error {
	if err := w.may(UsersManage); err != nil {
		return err
	}
	d, err := w.tx.Department(c.Department)
	if err != nil {
		return err
	}
	var fields []string
	if c.Name != nil {
		w.faults.check("name", nameProblem(*c.Name))
		d.Name = *c.Name
		fields = append(fields, "name")
	}
	if c.Head != nil {
		if err := w.head(*c.Head); err != nil {
			return err
		}
		d.Head = *c.Head
		fields = append(fields, "head")
	}
	if w.faults != nil {
		return nil
	}
	w.event(Event{Verb: VerbDepartmentEdit, Object: string(d.ID), Fields: fields})
	return w.tx.PutDepartment(d)
}

func (c DeleteDepartment) about() Event {
	return Event{Verb: VerbDepartmentDelete, Object: string(c.Department)}
}

// apply deletes an empty department (J8).
func (c DeleteDepartment) apply(w *work) error {
	if err := w.may(UsersManage); err != nil {
		return err
	}
	if _, err := w.tx.Department(c.Department); err != nil {
		return err
	}
	members, err := w.tx.ListUsers(UserFilter{Department: c.Department}, "", 1)
	if err != nil {
		return err
	}
	if len(members) > 0 {
		return fmt.Errorf("%w: somebody is in the department", ErrInUse)
	}
	w.event(c.about())
	return w.tx.DeleteDepartment(c.Department)
}
