package roster

import "strings"

// Actor is who asks. The zero Actor may do nothing.
type Actor struct {
	user   UserID
	system string
}

// As is a user acting. The user's status and rights are checked in the transaction that acts (R16).
func As(id UserID) Actor { return Actor{user: id} }

// System is the host itself acting, with every right, for a reason that the trail keeps: "nightly
// import". Guards bind it as they bind administrators (R7). An empty reason makes the zero Actor; what
// isn't UTF-8 in one is replaced, so that an exported trail still verifies, and so is NUL, which not every store can keep.
func System(reason string) Actor {
	return Actor{system: strings.ReplaceAll(strings.ToValidUTF8(reason, "\uFFFD"), "\x00", "\uFFFD")}
}

// User is the acting user; empty for the system and the zero Actor.
func (a Actor) User() UserID { return a.user }

// String is "user ID", "system: reason" or "nobody".
func (a Actor) String() string {
	switch {
	case a.system != "":
		return "system: " + a.system
	case a.user != "":
		return "user " + string(a.user)
	}
	return "nobody"
}

// IsSystem reports whether the host itself acts.
func (a Actor) IsSystem() bool { return a.system != "" }
