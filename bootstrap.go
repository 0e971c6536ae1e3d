package roster

import (
	"context"
	"fmt"
)

// Bootstrap makes the first administrator, while there is no active one (J9). The user is active at once
// and gets no letter: the host vouches for the address. Everything else is as AddUser says; the
// department must be there: Apply(ctx, System("setup"), CreateDepartment{…}) makes it.
func (r *Roster) Bootstrap(ctx context.Context, add AddUser) (UserID, error) {
	by := System("bootstrap")
	add.NoRights = true // an administrator needs none
	id, err := r.bootstrap(ctx, by, add)
	if err != nil && refusal(err) {
		err = r.refused(ctx, by, Event{Verb: VerbBootstrap, User: add.ID}, err)
	}
	return id, wrap("bootstrap", add.ID, err)
}

// bootstrap checks, hashes outside the transaction, and adds.
func (r *Roster) bootstrap(ctx context.Context, by Actor, add AddUser) (UserID, error) {
	if !add.EndDate.IsZero() {
		return "", Faults{{Field: "end_date", Problem: "the first administrator's access doesn't end by itself"}}
	}
	changes, _, err := r.hashPasswords(ctx, by, []Change{add})
	if err != nil {
		return "", err
	}
	var id UserID
	err = r.update(ctx, func(tx Tx) error {
		admins, err := tx.ListUsers(UserFilter{Admins: true, Status: StatusActive}, "", 1)
		if err != nil {
			return err
		}
		if len(admins) > 0 {
			return fmt.Errorf("%w: there is an administrator", ErrExists)
		}
		effect, _, err := r.carryOut(tx, by, changes, false)
		if err != nil {
			return err
		}
		id = UserID(effect.IDs[0])
		return r.crown(tx, by, id)
	})
	return id, err
}

// crown makes a user who was just added an active administrator, without a letter.
func (r *Roster) crown(tx Tx, by Actor, id UserID) error {
	u, err := tx.User(id)
	if err != nil {
		return err
	}
	u.Admin, u.Status = true, StatusActive
	if err := tx.PutUser(u); err != nil {
		return err
	}
	if err := voidLetters(tx, id, LetterNone); err != nil {
		return err
	}
	if err := r.record(tx, by, Event{Verb: VerbAdminGrant, User: id, Outcome: OutcomeDone}); err != nil {
		return err
	}
	return r.record(tx, by, Event{Verb: VerbBootstrap, User: id, Outcome: OutcomeDone})
}
