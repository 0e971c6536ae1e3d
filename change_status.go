package roster

import (
	"errors"
	"fmt"
	"strings"
)

func (c Deactivate) about() Event { return Event{Verb: VerbUserDeactivate, User: c.User} }

// apply ends the user's access: status and epoch move in one write, which every check reads (L7).
func (c Deactivate) apply(w *work) error {
	t, err := w.standing(c.User)
	if err != nil {
		return err
	}
	if w.reason(c.Reason); w.faults != nil {
		return nil
	}
	u := t.after.User
	switch u.Status {
	case StatusInactive:
		return fmt.Errorf("%w: the user is inactive already", ErrState)
	case StatusInvited: // the initial password was never confirmed: coming back needs a reset by letter
		if err := w.tx.DeleteCredential(u.ID); ignoreNotFound(err) != nil {
			return err
		}
	}
	u.Status = StatusInactive
	endAccess(&u)
	if err := voidLetters(w.tx, u.ID, LetterNone); err != nil {
		return err
	}
	w.event(Event{Verb: VerbUserDeactivate, User: u.ID, Reason: strings.TrimSpace(c.Reason)})
	return w.store(t, u, "status")
}

// standing loads the user of Deactivate and Reactivate and holds the actor against L14.
func (w *work) standing(id UserID) (*touched, error) {
	if err := w.may(UsersDeactivate); err != nil {
		return nil, err
	}
	t, err := w.user(id)
	if err != nil {
		return nil, err
	}
	if id == w.by.user {
		return nil, ErrSelf
	}
	if t.after.User.Admin && !w.by.admin() {
		return nil, &Denial{Actor: w.by.user, Needs: "administrator", Reason: DenyPersonAdministrator}
	}
	return t, nil
}

func (c Reactivate) about() Event { return Event{Verb: VerbUserReactivate, User: c.User} }

// apply makes an inactive user active; the epoch stays where deactivation moved it (L22).
func (c Reactivate) apply(w *work) error {
	t, err := w.standing(c.User)
	if err != nil {
		return err
	}
	u := t.after.User
	if u.Status != StatusInactive {
		return fmt.Errorf("%w: the user is %s", ErrState, u.Status)
	}
	u.Status = StatusActive
	w.event(c.about())
	return w.store(t, u, "status")
}

func (c SendActivation) about() Event { return Event{Verb: VerbLetterQueue, User: c.User} }

// apply queues the activation again (J3).
func (c SendActivation) apply(w *work) error {
	return w.send(c.User, StatusInvited, LetterActivation)
}

func (c SendReset) about() Event { return Event{Verb: VerbPasswordReset, User: c.User} }

// apply queues a reset (J7).
func (c SendReset) apply(w *work) error { return w.send(c.User, StatusActive, LetterReset) }

// send queues a letter to a user of the given status.
func (w *work) send(id UserID, status Status, kind LetterKind) error {
	t, err := w.grantee(id)
	if err != nil {
		return err
	}
	if t.after.User.Status != status {
		return fmt.Errorf("%w: the user is %s", ErrState, t.after.User.Status)
	}
	if kind == LetterReset {
		if err := w.resets(t.after.User); err != nil {
			return err
		}
	}
	if t.after.User.Email == "" {
		w.faults.add("email", "missing: there is nowhere to send the letter")
		return nil
	}
	return w.r.queue(w.tx, w.by.Actor, id, kind)
}

// resets refuses to give somebody who signs in elsewhere a password by the way: the letter may go to an
// address that nobody confirmed, and they wouldn't notice (R10).
func (w *work) resets(u User) error {
	if w.by.admin() || u.Identity == (Identity{}) || u.ID == w.by.user {
		return nil
	}
	_, err := w.tx.Credential(u.ID)
	if errors.Is(err, ErrNotFound) {
		return &Denial{Actor: w.by.user, Needs: "administrator", Reason: DenyNotAdministrator}
	}
	return err
}

func (c ImportUser) about() Event { return Event{Verb: VerbUserImport, User: c.User.ID} }

// Format prints c for package fmt without its hash.
func (c ImportUser) Format(f fmt.State, verb rune) {
	type plain ImportUser
	c.Hash = hidden(c.Hash)
	fmt.Fprintf(f, fmt.FormatString(f, verb), plain(c))
}

// apply adds the user as the host's table has them, or leaves one who is there alone.
func (c ImportUser) apply(w *work) error {
	if err := w.may(ImportRun); err != nil {
		return err
	}
	if there, err := w.tx.User(c.User.ID); err == nil {
		w.effect.Users = append(w.effect.Users, UserEffect{User: there.ID, Kept: true, From: there.Status, To: there.Status})
		return nil
	} else if !errors.Is(err, ErrNotFound) {
		return err
	}
	if err := c.check(w); err != nil || w.faults != nil {
		return err
	}
	u := c.User
	u.PendingEmail, u.Epoch, u.Version = "", 1, 0
	u.EndDate, u.Created, u.LastSeen = instant(u.EndDate), instant(u.Created), instant(u.LastSeen)
	if u.Created.IsZero() {
		u.Created = w.by.now
	}
	if u.Admin && !w.by.admin() {
		return &Denial{Actor: w.by.user, Needs: "administrator", Reason: DenyGrantsAdministrator}
	}
	if c.Hash != "" && !w.by.IsSystem() {
		return &Denial{Actor: w.by.user, Needs: "the system", Reason: DenyImportsPassword}
	}
	t := w.touch(u.ID, Person{})
	t.cover, t.given = true, true
	w.event(c.about())
	if u.Admin {
		w.event(Event{Verb: VerbAdminGrant, User: u.ID})
	}
	if err := w.store(t, u); err != nil || c.Hash == "" {
		return err
	}
	return w.tx.PutCredential(Credential{User: u.ID, Hash: c.Hash, Version: 1, Set: w.by.now})
}

// check finds every fault of c. An imported user may lack an address or a last name: tables do.
func (c ImportUser) check(w *work) error {
	u := c.User
	w.faults.check("id", idProblem(string(u.ID)))
	w.faults.check("first_name", textProblem(u.FirstName, maxName))
	w.faults.check("last_name", textProblem(u.LastName, maxName))
	w.faults.check("hash", w.r.hashProblem(c.Hash))
	w.faults.check("end_date", dateProblem(u.EndDate))
	w.faults.check("created", dateProblem(u.Created))
	w.faults.check("last_seen", dateProblem(u.LastSeen))
	if nameProblem(u.FirstName) != "" && nameProblem(u.LastName) != "" {
		w.faults.add("last_name", "a first or a last name is needed")
	}
	switch u.Status {
	case StatusInvited, StatusActive, StatusInactive:
	default:
		w.faults.add("status", "must be invited, active or inactive")
	}
	if u.Email != "" {
		if err := w.address(u.Email, ""); err != nil {
			return err
		}
	}
	if err := w.identity(u.Identity, ""); err != nil {
		return err
	}
	if err := w.department("department", u.Department); err != nil {
		return err
	}
	return w.grants(u.Role, u.Rights, w.by.admin())
}

// hashProblem tells what is wrong with an imported hash, or "".
func (r *Roster) hashProblem(encoded string) string {
	if encoded == "" {
		return ""
	}
	if k, ok := r.cfg.Hasher.(HashKnower); ok && !k.Knows(encoded) {
		return "not of a form that Config.Hasher knows"
	}
	return textProblem(encoded, 4*maxName)
}
