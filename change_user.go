package roster

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

func (c AddUser) about() Event { return Event{Verb: VerbUserAdd, User: c.ID} }

// Format prints c for package fmt without its password.
func (c AddUser) Format(f fmt.State, verb rune) {
	type plain AddUser
	c.Password, c.hash = hidden(c.Password), hidden(c.hash)
	fmt.Fprintf(f, fmt.FormatString(f, verb), plain(c))
}

// hidden stands for a secret that is printed; nothing for none.
func hidden(secret string) string {
	if secret == "" {
		return ""
	}
	return Secret{}.String()
}

// apply adds the user, their credential and the letter (J1 to J4).
func (c AddUser) apply(w *work) error {
	if err := w.may(UsersManage); err != nil {
		return err
	}
	if err := c.check(w); err != nil || w.faults != nil {
		return err
	}
	if c.ID == "" {
		c.ID = UserID(w.r.newID())
	}
	u := User{
		ID: c.ID, FirstName: c.FirstName, LastName: c.LastName, Email: c.Email, Identity: c.Identity,
		Department: c.Department, Role: c.Role, Rights: c.Rights, Free: c.Free, EndDate: instant(c.EndDate),
		Status: StatusInvited, Created: w.by.now, Epoch: 1,
	}
	t := w.touch(c.ID, Person{})
	t.cover = true
	w.event(c.about())
	w.made(string(u.ID))
	if err := w.store(t, u); err != nil {
		return err
	}
	if c.hash != "" {
		if err := w.tx.PutCredential(Credential{User: u.ID, Hash: c.hash, Version: 1, SetBy: w.by.user, Set: w.by.now}); err != nil {
			return err
		}
	}
	if c.Password == "" {
		return nil
	}
	return w.r.queue(w.tx, w.by.Actor, u.ID, LetterActivation)
}

// check finds every fault of c (J1, J2, J4).
func (c AddUser) check(w *work) error {
	if c.ID != "" {
		w.faults.check("id", idProblem(string(c.ID)))
		if _, err := w.tx.User(c.ID); err == nil {
			w.faults.add("id", "taken")
		} else if !errors.Is(err, ErrNotFound) {
			return err
		}
	}
	w.faults.check("first_name", nameProblem(c.FirstName))
	w.faults.check("last_name", nameProblem(c.LastName))
	if err := w.address(c.Email, ""); err != nil {
		return err
	}
	switch {
	case c.Password == "" && c.Identity == Identity{}:
		w.faults.add("password", "missing; or an external identity")
	case c.Password != "":
		w.faults.check("password", passwordProblem(c.Password, w.r.cfg.MinPassword))
	}
	if err := w.identity(c.Identity, ""); err != nil {
		return err
	}
	if err := w.department("department", c.Department); err != nil {
		return err
	}
	w.faults.check("end_date", dateProblem(c.EndDate))
	if c.Role == "" && len(c.Rights) == 0 && !c.NoRights {
		w.faults.add("rights", "missing: give a role or rights, or say that there are none")
	}
	return w.grants(c.Role, c.Rights, w.by.IsSystem())
}

// grants checks a new user's role and individual rights.
func (w *work) grants(role RoleID, rights Rights, deleters bool) error {
	if role != "" {
		if _, err := w.tx.Role(role); err != nil {
			if err := w.unknown("role", err); err != nil {
				return err
			}
		}
	}
	w.faults = append(w.faults, w.r.schema.faults(rights)...)
	if s, ok := rights[UsersDelete]; ok && s != Denied && !deleters {
		w.faults.add("rights["+UsersDelete+"]", "granted by a step of its own: GrantDeleteUsers")
	}
	return nil
}

// address checks an address, and that nobody but self has it (J2).
func (w *work) address(address string, self UserID) error {
	problem := addressProblem(address, w.r.cfg.LocalDomains)
	if problem != "" {
		w.faults.add("email", "%s", problem)
		return nil
	}
	other, err := w.tx.UserByEmail(address)
	if err == nil && other.ID != self {
		w.faults.add("email", "another user has it")
	}
	return ignoreNotFound(err)
}

// identity checks an external identity that isn't zero, and that nobody but self has it.
func (w *work) identity(id Identity, self UserID) error {
	if id == (Identity{}) {
		return nil
	}
	if p := identityProblem(id); p != "" {
		w.faults.add("identity", "%s", p)
		return nil
	}
	other, err := w.tx.UserByIdentity(id)
	if err == nil && other.ID != self {
		w.faults.add("identity", "another user has it")
	}
	return ignoreNotFound(err)
}

// department checks a reference to a department.
func (w *work) department(field string, id DepartmentID) error {
	if id == "" {
		w.faults.add(field, "missing")
		return nil
	}
	_, err := w.tx.Department(id)
	return w.unknown(field, err)
}

func (c EditUser) about() Event { return Event{Verb: VerbUserEdit, User: c.User} }

// apply changes what isn't nil (J7).
func (c EditUser) apply(w *work) error {
	if err := w.may(UsersManage); err != nil {
		return err
	}
	t, err := w.user(c.User)
	if err != nil {
		return err
	}
	if err := c.check(w); err != nil || w.faults != nil {
		return err
	}
	u, fields := t.after.User, []string(nil)
	fields = set(fields, "first_name", &u.FirstName, c.FirstName)
	fields = set(fields, "last_name", &u.LastName, c.LastName)
	fields = set(fields, "free", &u.Free, c.Free)
	if c.Identity != nil && *c.Identity != u.Identity {
		if err := w.mayIdentify(t); err != nil {
			return err
		}
		u.Identity = *c.Identity
		endAccess(&u)
		fields = append(fields, "identity")
	}
	if c.Department != nil && *c.Department != u.Department {
		t.cover, u.Department = true, *c.Department
		fields = append(fields, "department")
	}
	if c.EndDate != nil && !instant(*c.EndDate).Equal(u.EndDate) {
		t.cover = true
		if err := w.endOn(&u, *c.EndDate); err != nil {
			return err
		}
		fields = append(fields, "end_date")
	}
	if c.Email != nil && (*c.Email != u.Email || u.PendingEmail != "") {
		t.cover, fields = true, append(fields, "email")
		if err := w.moveAddress(&u, *c.Email); err != nil {
			return err
		}
	}
	if fields == nil {
		return nil
	}
	w.event(Event{Verb: VerbUserEdit, User: u.ID, Fields: fields})
	return w.store(t, u, fields...)
}

// set changes a field unless the new value is nil or the old one, and adds its name to those that changed.
func set[T comparable](fields []string, name string, field, to *T) []string {
	if to == nil || *to == *field {
		return fields
	}
	*field = *to
	return append(fields, name)
}

// mayIdentify refuses an actor who isn't an administrator somebody else's identity (R10).
func (w *work) mayIdentify(t *touched) error {
	t.cover = true
	if !w.by.admin() && t.after.User.ID != w.by.user {
		return &Denial{Actor: w.by.user, Needs: "administrator", Reason: DenyNotAdministrator}
	}
	return nil
}

// check finds every fault of c.
func (c EditUser) check(w *work) error {
	if c.FirstName != nil {
		w.faults.check("first_name", nameProblem(*c.FirstName))
	}
	if c.LastName != nil {
		w.faults.check("last_name", nameProblem(*c.LastName))
	}
	if c.Email != nil {
		if err := w.address(*c.Email, c.User); err != nil {
			return err
		}
	}
	if c.EndDate != nil {
		w.faults.check("end_date", dateProblem(*c.EndDate))
	}
	if c.Identity != nil {
		if err := w.identity(*c.Identity, c.User); err != nil {
			return err
		}
	}
	if c.Department != nil {
		return w.department("department", *c.Department)
	}
	return nil
}

// endOn sets the day on which u's access ends. One that has come has ended everything: coming back
// revives none of it (L22).
func (w *work) endOn(u *User, date time.Time) error {
	if !date.IsZero() && u.ID == w.by.user {
		return ErrSelf
	}
	if !u.EndDate.IsZero() && !w.by.now.Before(u.EndDate) {
		endAccess(u)
	}
	u.EndDate = instant(date)
	return nil
}

// moveAddress gives u a new address: at once and with a new activation while u is invited or has no
// password to sign in with; else it waits until it is confirmed (J7).
func (w *work) moveAddress(u *User, address string) error {
	if address == u.Email {
		u.PendingEmail = "" // back to the one that is confirmed
		return nil
	}
	_, err := w.tx.Credential(u.ID)
	if ignoreNotFound(err) != nil {
		return err
	}
	if u.Status == StatusInvited && u.Identity == (Identity{}) {
		u.Email = address
		endAccess(u) // the activation that went to the old address is void
		return w.r.queue(w.tx, w.by.Actor, u.ID, LetterActivation)
	}
	if err != nil && u.Identity != (Identity{}) {
		u.Email = address
		return nil
	}
	u.PendingEmail = address
	return w.r.queue(w.tx, w.by.Actor, u.ID, LetterAddress)
}

// passwordProblem tells what is wrong with a password, or "" (NIST SP 800-63B-4 §3.1.1.2).
func passwordProblem(password string, shortest int) string {
	if !utf8.ValidString(password) {
		return "not valid UTF-8"
	}
	switch n := utf8.RuneCountInString(password); {
	case n < shortest:
		return "too short"
	case n > 256:
		return "longer than 256 characters"
	}
	return ""
}

// instant is t as it is stored: UTC, microseconds; zero stays zero.
func instant(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}

// ignoreNotFound drops ErrNotFound.
func ignoreNotFound(err error) error {
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// isView reports whether a right's text is to view records.
func isView(right string) bool {
	_, action, _ := strings.Cut(right, ":")
	action, _, _ = strings.Cut(action, "@")
	return action == "view"
}
