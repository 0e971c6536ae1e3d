package roster

import "context"

// Profile is a check on one user (J6): what is stored, whether the letter went out, and what the user may
// do, right by right, with where each answer comes from.
type Profile struct {
	User       User          `json:"user"`
	Department Department    `json:"department"`
	Role       *Role         `json:"role,omitzero"`    // nil for none
	Letters    []Letter      `json:"letters,omitzero"` // open ones: not yet sent
	Sent       []Letter      `json:"sent,omitzero"`    // sent ones
	Rights     []Explanation `json:"rights"`           // every right of the schema, in its order, denied ones included; those on parts where they differ
}

// Profile tells all about a user. It needs users:manage, or the user's own asking. A user who isn't active
// is shown with the rights they would have; Can denies them meanwhile.
func (r *Roster) Profile(ctx context.Context, a Actor, id UserID) (Profile, error) {
	var p Profile
	err := r.look(ctx, a, nil, func(tx Tx, by acting) (err error) {
		if by.user != id {
			err = by.may(r.schema, UsersManage)
		}
		if err == nil {
			p, err = r.profile(tx, id)
		}
		return err
	})
	return p, wrap("profile", id, err)
}

// profile reads a profile in tx.
func (r *Roster) profile(tx Tx, id UserID) (Profile, error) {
	person, err := r.person(tx, id)
	if err != nil {
		return Profile{}, err
	}
	p := Profile{User: person.User, Role: person.Role}
	if p.Department, err = tx.Department(p.User.Department); ignoreNotFound(err) != nil {
		return Profile{}, err
	}
	letters, err := tx.ListLetters(id, false, "", pageSize)
	if err != nil {
		return Profile{}, err
	}
	for _, l := range letters {
		switch {
		case l.Void:
		case l.Sent.IsZero():
			p.Letters = append(p.Letters, l)
		default:
			p.Sent = append(p.Sent, l)
		}
	}
	for _, right := range points(person.Permissions, person.Permissions) {
		p.Rights = append(p.Rights, person.Permissions.Explain(right, Owner))
	}
	return p, nil
}
