package roster

import (
	"context"
	"time"
)

// UserVerbs tells which verbs an actor may use on one user, and why not (L27).
type UserVerbs struct {
	User  UserID    `json:"user"`
	Verbs []Verdict `json:"verbs"` // every verb on users, in the order that Roster.Verbs states
}

// Verdict is the answer for one verb. The zero Verdict refuses.
type Verdict struct {
	Verb    Verb   `json:"verb"`
	Field   string `json:"field,omitzero"` // of VerbUserEdit: "email", "identity", "department", "end_date"; empty: names and the free flag
	Allowed bool   `json:"allowed"`
	Reason  string `json:"reason,omitzero"` // of a refusal: the code that the trail would keep, "right-missing", "self", "state"
	Text    string `json:"text,omitzero"`   // of a refusal: Err for people
	Err     error  `json:"-"`               // of a refusal: what trying would fail with
}

// Verdict finds the answer for a verb and a field of VerbUserEdit; the zero Verdict for a verb that isn't
// among them.
func (u UserVerbs) Verdict(v Verb, field string) Verdict {
	for _, verdict := range u.Verbs {
		if verdict.Verb == v && verdict.Field == field {
			return verdict
		}
	}
	return Verdict{}
}

// Verbs tells which verbs the actor may use on chosen users now, and why not: what a page needs to know
// before it shows its buttons (L27). Users are answered for in the order of ids, up to 100 of them, all as one
// View has them; more are a Faults. These are the verbs, in this order:
//
//	VerbUserEdit          EditUser: names and the free flag, then by Field: email, identity, department, end_date
//	VerbRoleGive          SetRole
//	VerbRightsSet         SetRights
//	VerbUserDeactivate    Deactivate
//	VerbUserReactivate    Reactivate
//	VerbUserDelete        a Desk's Start
//	VerbAdminGrant        GrantAdministrator
//	VerbAdminWithdraw     WithdrawAdministrator
//	VerbDeleteGrant       GrantDeleteUsers
//	VerbDeleteWithdraw    WithdrawDeleteUsers
//	VerbLetterQueue       SendActivation
//	VerbPasswordReset     SendReset
//	VerbTokenIssue        Issue
//	VerbTokenRevoke       Tokens and Revoke
//
// A refusal is what trying would fail with: a *Denial, ErrSelf, ErrLastAdministrator, ErrState, ErrNotFound,
// ErrInUse, a Faults where a letter has no address to go to, and for VerbUserDelete a *BlockedError. It is found
// by running the very guards of Apply and Fence, whose effect is forgotten. Verbs that need nothing but the
// user are answered in full, an end date as well. Of an address, an identity, a department, a role, rights and
// a token's terms the answer tells whether one may be tried at all; the one that is chosen is judged when it
// is tried, as is what a deletion does with records.
//
// Asking is no attempt: it leaves no event. Everybody may ask about everybody, since every guard asks
// for the function first: who lacks it is told so, whether or not the user is there. So an actor who
// isn't active gets the same refusal for every verb. The answers may be stale when they are read: the
// verb itself asks again.
func (r *Roster) Verbs(ctx context.Context, a Actor, ids ...UserID) ([]UserVerbs, error) {
	if len(ids) > 100 {
		return nil, wrap("verbs", "", Faults{{Field: "users", Problem: "more than 100"}})
	}
	var all []UserVerbs
	err := r.store.View(ctx, func(tx Tx) error {
		all = make([]UserVerbs, 0, len(ids))
		by, refused := r.begin(tx, a)
		if refused != nil && !refusal(refused) {
			return refused
		}
		for _, id := range ids {
			user := UserVerbs{User: id}
			for _, t := range trials(id, by) {
				err := refused
				if err == nil {
					err = r.trying(tx, by, t)
				}
				if err != nil && !refusal(err) {
					return err
				}
				user.Verbs = append(user.Verbs, t.verdict(err))
			}
			all = append(all, user)
		}
		return nil
	})
	if err != nil {
		return nil, wrap("verbs", "", err)
	}
	return all, nil
}

// trial is a verb on a user as far as it can be tried without knowing its arguments.
type trial struct {
	verb  Verb
	field string
	try   func(*work) error
}

// verdict is what became of a trial.
func (t trial) verdict(err error) Verdict {
	v := Verdict{Verb: t.verb, Field: t.field, Allowed: err == nil, Err: err}
	if err != nil {
		v.Reason, v.Text = reasonOf(err), err.Error()
	}
	return v
}

// trials are the verbs on a user.
func trials(id UserID, by acting) []trial {
	grantee := func(w *work) error { _, err := w.grantee(id); return err }
	return []trial{
		{VerbUserEdit, "", EditUser{User: id}.apply},
		{VerbUserEdit, "email", grantee},
		{VerbUserEdit, "identity", func(w *work) error { return w.tryIdentity(id) }},
		{VerbUserEdit, "department", grantee},
		{VerbUserEdit, "end_date", func(w *work) error { return w.tryEndDate(id) }},
		{VerbRoleGive, "", grantee},
		{VerbRightsSet, "", grantee},
		{VerbUserDeactivate, "", Deactivate{User: id}.apply},
		{VerbUserReactivate, "", Reactivate{User: id}.apply},
		{VerbUserDelete, "", func(w *work) error { return w.tryDelete(id) }},
		{VerbAdminGrant, "", GrantAdministrator{User: id}.apply},
		{VerbAdminWithdraw, "", WithdrawAdministrator{User: id}.apply},
		{VerbDeleteGrant, "", GrantDeleteUsers{User: id}.apply},
		{VerbDeleteWithdraw, "", WithdrawDeleteUsers{User: id}.apply},
		{VerbLetterQueue, "", SendActivation{User: id}.apply},
		{VerbPasswordReset, "", SendReset{User: id}.apply},
		{VerbTokenIssue, "", func(w *work) error { _, err := w.r.holder(w.tx, by.Actor, id); return err }},
		{VerbTokenRevoke, "", func(w *work) error { _, err := w.r.managed(w.tx, w.by, id); return err }},
	}
}

// trying runs a trial and settles it as a batch of its own, and forgets it.
func (r *Roster) trying(tx Tx, by acting, t trial) error {
	w := &work{r: r, tx: &scratch{Tx: tx}, by: by, changes: 1, people: map[UserID]*touched{}}
	if err := t.try(w); err != nil {
		return err
	}
	if w.faults != nil {
		return w.faults
	}
	return w.settle()
}

// tryIdentity is EditUser without the new identity.
func (w *work) tryIdentity(id UserID) error {
	t, err := w.grantee(id)
	if err != nil {
		return err
	}
	return w.mayIdentify(t)
}

// tryEndDate sets the end date that is refused least: none where there is one, else a distant one.
func (w *work) tryEndDate(id UserID) error {
	t, err := w.grantee(id)
	if err != nil {
		return err
	}
	var date time.Time
	if t.after.User.EndDate.IsZero() {
		date = w.by.now.AddDate(100, 0, 0)
	}
	return EditUser{User: id, EndDate: &date}.apply(w)
}

// tryDelete is Fence as far as it doesn't depend on who receives what.
func (w *work) tryDelete(id UserID) error {
	if err := standsUp(w.r, w.by, Digest{}); err != nil {
		return err
	}
	req := Request{Leaver: id}
	snap, err := w.r.snapshot(w.tx, w.by, req)
	if err != nil {
		return err
	}
	p := newPlanner(snap, req)
	p.guard()
	return p.plan.Err()
}
