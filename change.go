package roster

import "time"

// Change is one mutation as a value, for Roster.Apply and Roster.Preview. These are all of them: AddUser,
// EditUser, ImportUser, Deactivate, Reactivate, SendActivation, SendReset, SetRole, SetRights,
// GrantAdministrator, WithdrawAdministrator, GrantDeleteUsers, WithdrawDeleteUsers, CreateRole,
// ReplaceRole, DeleteRole, CreateDepartment, EditDepartment and DeleteDepartment. They are values: a nil
// one, a pointer and a type that embeds one are faults of the batch.
type Change interface {
	// about names the change for the trail: verb, user and object.
	about() Event
	// apply checks the change against what is stored and carries it out in w. Malformed input goes
	// to w.faults, all of it; an error ends the batch.
	apply(w *work) error
}

// known reports whether c is one of them, as a value: no hole in a batch, no pointer, and nothing that
// embeds one, of which not every rule would know what it is.
func known(c Change) bool {
	switch c.(type) {
	case AddUser, EditUser, ImportUser, Deactivate, Reactivate, SendActivation, SendReset, SetRole, SetRights,
		GrantAdministrator, WithdrawAdministrator, GrantDeleteUsers, WithdrawDeleteUsers, CreateRole, ReplaceRole,
		DeleteRole, CreateDepartment, EditDepartment, DeleteDepartment:
		return true
	}
	return false
}

// AddUser adds a user (J1 to J4). Names, e-mail address, department and either a password or an
// external identity are required; and rights in some form, or NoRights to say that there are none.
// The user is invited, and a letter with the activation is queued. A user with an Identity and no
// password gets no letter: signing in at the issuer activates (SignInIdentity).
// It needs users:manage and an actor who covers what the user will hold (R10).
type AddUser struct {
	ID         UserID   // empty: generated
	FirstName  string   // 1 to 255 bytes
	LastName   string   // 1 to 255 bytes
	Email      string   // a bare address, ≤ 254 bytes
	Password   string   `json:"-"` // the initial one, which JSON leaves out: Config.MinPassword to 256 characters. It holds while who set it stays an active administrator
	Identity   Identity // at the host's own sign-in; zero: none
	Department DepartmentID
	Role       RoleID    // or empty
	Rights     Rights    // individual ones, over the role's
	NoRights   bool      // neither role nor rights, on purpose (J4)
	Free       bool      // takes no paid seat (L26)
	EndDate    time.Time // access ends then (L25); zero: never

	hash string // of Password, made outside the transaction
}

// EditUser changes a user's names, address, department, free flag or end date; nil fields stay (J7).
// An invited user's new address replaces the old one and gets a new activation letter; anybody else's
// waits in PendingEmail until it is confirmed by the letter that goes there. A new identity ends the user's
// sessions and tokens. It needs users:manage; for address, identity, department and end date also an actor who
// covers the user before and after (R10), and who doesn't gain sight by moving people into their own department.
type EditUser struct {
	User       UserID
	FirstName  *string
	LastName   *string
	Email      *string
	Department *DepartmentID
	Identity   *Identity // somebody else's is an administrator's to change (R10); a zero identity takes it away
	Free       *bool
	EndDate    *time.Time // a zero time takes it away
}

// SetRole gives a role, exchanges it, or takes it away with an empty Role (R15). It needs users:manage
// and an actor who covers the user before and after (R10). A role with users:delete is given by an
// administrator only, and leaves an event of its own (R17).
type SetRole struct {
	User UserID
	Role RoleID
}

// SetRights sets individual rights, over the role's (R4, R5); Unset takes one away. Rights that it
// doesn't name stay. It needs users:manage and an actor who covers the user before and after (R10).
// users:delete is refused here: see GrantDeleteUsers.
type SetRights struct {
	User   UserID
	Rights Rights
}

// GrantAdministrator makes a user an administrator (R7, R17). It needs an administrator (R10).
type GrantAdministrator struct{ User UserID }

// WithdrawAdministrator takes administrator status away, unless no active administrator would remain (L14).
// It needs an administrator.
type WithdrawAdministrator struct{ User UserID }

// GrantDeleteUsers gives a user the right to delete users as an individual right (R8, R17). It needs an
// administrator (R10).
type GrantDeleteUsers struct{ User UserID }

// WithdrawDeleteUsers takes the right to delete users away, by an individual denial where the role
// gives it. It needs an administrator.
type WithdrawDeleteUsers struct{ User UserID }

// Deactivate ends a user's access at once, tokens and sessions included (L7), and can be undone by
// Reactivate (L22). It needs users:deactivate; nobody deactivates themselves, only an administrator an
// administrator, and nobody the last one (L14). An invited user loses the initial password.
type Deactivate struct {
	User   UserID
	Reason string // the actor's own words for the trail, ≤ 1,000 bytes; name no person in them
}

// Reactivate lets an inactive user sign in again. It brings back no token, session or secret (L22). It
// needs users:deactivate, for an administrator an administrator.
type Reactivate struct{ User UserID }

// SendActivation sends an invited user the activation again and voids the earlier one (J3). It needs
// users:manage and an actor who covers the user.
type SendActivation struct{ User UserID }

// SendReset sends an active user a letter to set a new password (J7); the old one stays good until
// then. It needs users:manage and an actor who covers the user; for one who signs in elsewhere and has no
// password, an administrator.
type SendReset struct{ User UserID }

// ImportUser brings in a user of an existing table with the host's id, status and password hash. No
// letter goes out. It may be run again: an id that is there already, a tombstone included, is left as
// it is and told as Kept in the Effect. It needs import:run and an actor who covers the user; only the
// system or an administrator imports administrators or the right to delete users, each of which leaves an
// event of its own.
type ImportUser struct {
	// User needs an ID, a first or last name, a Department, and a Status: invited, active or inactive. Email
	// may be empty. A zero Created means now; PendingEmail, Epoch and Version are ignored.
	User User
	// Hash is a hash that Config.Hasher can verify, or empty: no password. A form that the hasher doesn't know
	// is a fault where it is a HashKnower. From the system alone: nobody brings in a password that they may
	// know. JSON leaves it out.
	Hash string `json:"-"`
}

// CreateDepartment creates a department (J8). It needs users:manage.
type CreateDepartment struct {
	ID   DepartmentID // empty: generated
	Name string       // 1 to 255 bytes
	Head UserID       // or empty
}

// EditDepartment renames a department or changes its head; nil fields stay (J8). It needs users:manage.
type EditDepartment struct {
	Department DepartmentID
	Name       *string
	Head       *UserID // an empty id takes the head away
}

// DeleteDepartment deletes a department in which nobody is (J8). It needs users:manage.
type DeleteDepartment struct{ Department DepartmentID }

// CreateRole creates a role; nothing about it can be changed later (R3). It needs roles:manage and an
// actor who holds all its rights; a role with users:delete an administrator (R8).
type CreateRole struct {
	ID     RoleID // empty: generated
	Name   string // 1 to 255 bytes
	Rights Rights
}

// ReplaceRole creates a new role and moves all holders of an old one to it in the same transaction; the
// old one is deleted (R3). Preview tells who gains and loses what (R18). It needs roles:manage and an
// actor who covers every holder before and after (R10). It can't add the right to delete users (R17).
type ReplaceRole struct {
	Role   RoleID // the old one
	ID     RoleID // of the new one; empty: generated
	Name   string
	Rights Rights
}

// DeleteRole deletes a role and takes it from its holders; their individual rights stay (R6). It needs
// roles:manage and an actor who covers every holder before and after (R10).
type DeleteRole struct{ Role RoleID }
