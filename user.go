package roster

import "time"

// UserID names a user: the host's own id or a generated one, 1 to 128 bytes of printable UTF-8
// without spaces at its ends. Ids are compared byte by byte, never folded. An id is never given
// to a second person: the tombstone keeps it (L12).
type UserID string

// Status is where a user stands. The zero Status, StatusNone, may do nothing. Its text, in JSON too, is "none",
// "invited", "active", "inactive", "leaving" or "deleted".
//
//	invited → active ⇄ inactive; any of these → leaving → deleted; a lifted run: leaving → inactive
type Status uint8

// The statuses. Only an active user may act (R16) and receive work (L18).
const (
	StatusNone     Status = iota
	StatusInvited         // added, not yet activated (J3)
	StatusActive          // may sign in and act
	StatusInactive        // deactivated, can be reactivated (L22)
	StatusLeaving         // fenced: a deletion is under way (L7)
	StatusDeleted         // a tombstone (L12)
)

// Identity is a person's name at an identity provider: OpenID Connect's "iss" and "sub".
// The pair is unique among users who aren't deleted. The zero Identity is none.
type Identity struct {
	Issuer  string `json:"issuer,omitzero"`  // ≤ 255 bytes
	Subject string `json:"subject,omitzero"` // ≤ 255 bytes
}

// User is a person with an account. It never holds a secret: see Credential and Token.
// The zero User can do nothing.
type User struct {
	ID           UserID       `json:"id"`
	FirstName    string       `json:"first_name,omitzero"`
	LastName     string       `json:"last_name,omitzero"`
	Email        string       `json:"email,omitzero"`         // as typed; FoldEmail gives the form that is compared (J2)
	PendingEmail string       `json:"pending_email,omitzero"` // a new address that isn't confirmed yet (J7)
	Identity     Identity     `json:"identity,omitzero"`      // for hosts with their own sign-in
	Department   DepartmentID `json:"department,omitzero"`
	Role         RoleID       `json:"role,omitzero"`   // or empty
	Rights       Rights       `json:"rights,omitzero"` // individual rights: they override the role's (R4)
	Admin        bool         `json:"admin,omitzero"`  // holds every right while active (R7)
	Free         bool         `json:"free,omitzero"`   // holds no paid seat (L26)
	Status       Status       `json:"status"`
	Epoch        uint64       `json:"epoch,omitzero"`    // a token is good only under the epoch of its issue (L7); 1 for a new user, raised by each end of access
	EndDate      time.Time    `json:"end_date,omitzero"` // access ends then (L25); zero for never
	Created      time.Time    `json:"created,omitzero"`
	LastSeen     time.Time    `json:"last_seen,omitzero"` // last sign-in or token check, as exact as Config.SeenEvery
	Version      uint64       `json:"version,omitzero"`   // raised by every change but LastSeen
}

// HoldsSeat reports whether u takes a paid seat (L26).
func (u User) HoldsSeat() bool {
	return !u.Free && (u.Status == StatusInvited || u.Status == StatusActive || u.Status == StatusInactive)
}

// ActiveAt reports whether u may act at now: status active and not past the end date (R16, L25).
func (u *User) ActiveAt(now time.Time) bool {
	return u.Status == StatusActive && (u.EndDate.IsZero() || now.Before(u.EndDate))
}

// Credential is a user's password hash. It lives apart from the User, so that no list, event or
// log can carry it by accident.
type Credential struct {
	User    UserID
	Hash    string `json:"-"` // a PHC string of the host's Hasher
	Version uint64 // raised by every change of Hash; a sign-in checks it again before it issues a session
	SetBy   UserID // who typed the password: the user themselves, another user, or empty for an import
	Set     time.Time
}

// UserFilter selects users. Every field that isn't zero must match; the zero filter matches all
// users who aren't deleted (L1).
type UserFilter struct {
	Text       string       // part of a name or of the e-mail address, whatever the letter case
	Status     Status       // exactly this status; StatusDeleted selects tombstones
	Deleted    bool         // tombstones too
	Department DepartmentID // its members
	Role       RoleID       // its holders
	Admins     bool         // administrators only
	Seat       Seat         // free or paid
	SeenBefore time.Time    // last seen, or when never seen created, before this instant
	EndedBy    time.Time    // with an end date that is not after this instant: the present one selects whose access has ended by itself (L25)
}

// Seat narrows a filter to free or paid users (L1). Its text, in JSON too, is "any", "free" or "paid".
type Seat uint8

// The seats. The zero Seat matches both.
const (
	AnySeat Seat = iota
	FreeSeat
	PaidSeat
)
