package roster

import "time"

// GoodIn reports whether a token of kind k is good while its user's status is s (L7, L22):
//
//	                                      invited  active  inactive, leaving, deleted
//	session, access, refresh, personal       -       +                 -
//	reset                                    -       +                 -
//	activation                               +       +                 -
//
// An active user's activation confirms a new address (J7).
func (k TokenKind) GoodIn(s Status) bool {
	switch k {
	case TokenSession, TokenAccess, TokenRefresh, TokenPersonal, TokenReset:
		return s == StatusActive
	case TokenActivation:
		return s == StatusInvited || s == StatusActive
	}
	return false
}

// Bears reports whether a token of kind k stands for its user when it is shown with a request:
// sessions, access and personal tokens. The other kinds are good for one verb each.
func (k TokenKind) Bears() bool {
	return k == TokenSession || k == TokenAccess || k == TokenPersonal
}

// Live reports whether t, which is u's, is good at now: neither revoked nor spent nor expired, of
// u's present epoch, in a status in which its kind is good, before u's end date (L7, L25).
func (t *Token) Live(u *User, now time.Time) bool { return t.fault(u, now) == "" }

// fault is the reason code why t isn't live, or "".
func (t *Token) fault(u *User, now time.Time) string {
	switch {
	case !t.Revoked.IsZero():
		return "revoked"
	case !t.Spent.IsZero():
		return "spent"
	case !now.Before(t.Expires):
		return "expired"
	case t.User != u.ID || t.Epoch != u.Epoch:
		return "epoch"
	case !t.Kind.GoodIn(u.Status):
		return "status"
	case !u.EndDate.IsZero() && !now.Before(u.EndDate):
		return "end-date"
	}
	return ""
}
