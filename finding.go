package roster

import "fmt"

// The codes of a plan's blockers. None of them may be left when a deletion starts (L4, L6).
const (
	BlockRequest           = "request"             // the request is malformed: Request.Check tells the same
	BlockLeaverUnknown     = "leaver-unknown"      // no such user
	BlockLeaverGone        = "leaver-gone"         // already leaving or deleted
	BlockRun               = "run-unfinished"      // an unfinished run has the same leaver
	BlockLeaverSucceeds    = "leaver-succeeds"     // an unfinished run of somebody else gives records or rights to the leaver
	BlockSelf              = "self"                // nobody deletes themselves (L14)
	BlockActorInactive     = DenyInactive          // the actor isn't active, or there is none (R16)
	BlockDenied            = "denied"              // the actor may not delete users (R8, L14)
	BlockAdministrator     = "administrator"       // only an administrator deletes an administrator (L14)
	BlockLastAdministrator = "last-administrator"  // no active administrator would remain (L14)
	BlockIsLeaver          = "successor-is-leaver" // the leaver can't be a successor
	BlockSuccessorUnknown  = "successor-unknown"   // no such user
	BlockSuccessorInactive = "successor-inactive"  // not active, or past the end date (L5)
	BlockSuccessorLeaving  = "successor-leaving"   // leaving, in a run or in this batch (L5, L20)
	BlockSuccessorRights   = "successor-rights"    // lacks a right on what it would receive (L5)
	BlockGainsSight        = "gains-sight"         // the actor would come to see records that they can't view (R10)
	BlockUncovered         = "uncovered"           // records that no rule covers (L4, G4)
	BlockUnknown           = "unknown"             // a source that could not be counted (L3, G2)
	BlockRuleKind          = "rule-kind"           // a rule names a kind that nobody registered
	BlockRulePart          = "rule-part"           // a rule names a part that doesn't exist
	BlockRuleRecord        = "rule-record"         // a rule names a record that isn't the leaver's
	BlockNoHead            = "no-head"             // the department has no head, or it is the leaver
	BlockSwitchOff         = "switch-off"          // only acting things are switched off (L10)
	BlockOwnerless         = "acting-ownerless"    // acting things get an owner or are switched off (L10)
	BlockNoAuthor          = "no-author"           // a kind moves its authors, and the request names none (L8)
	BlockHandOnRight       = "hand-on-right"       // no such right
	BlockHandOnDelete      = "hand-on-delete"      // granting users:delete is a step of its own (R17)
	BlockHandOnExceeds     = "hand-on-exceeds"     // the actor's own rights don't cover the successor's (R10)
)

// The codes of a plan's warnings: what a person ought to know before confirming.
const (
	WarnIdle          = "rule-idle"         // a rule, or the new author, that covers nothing at present
	WarnBackup        = "no-backup"         // no verified backup is known (B2)
	WarnReauthorise   = "reauthorise"       // an acting thing holds live tokens of the leaver (L10)
	WarnActing        = "acting-check"      // acting things change owner and are checked afterwards (L10)
	WarnHead          = "head"              // the leaver heads the department
	WarnAdministrator = "leaver-admin"      // administrator status goes
	WarnInvited       = "leaver-invited"    // the leaver never activated the account
	WarnOwnerless     = "ownerless"         // records left without an owner: only those who see all see them
	WarnDrift         = "drift"             // records may arrive between assessment and fence
	WarnFingerprint   = "no-fingerprint"    // only counts tell a changed world for this kind
	WarnLoads         = "loads"             // shares by load are dealt anew when the deletion starts (L6)
	WarnSight         = "sight"             // users lose sight of records (L9)
	WarnHandOn        = "hand-on-nothing"   // nothing to hand on
	WarnDeleteStays   = "hand-on-no-delete" // the right to delete users isn't handed on with the rest (R17)
)

// line is a finding as a person reads it, with what it is about by name: "Anna, Deals in won: …".
func (f Finding) line(name func(UserID) string, place func(kind, part string) string) string {
	text := f.Text
	if f.Kind != "" {
		text = place(f.Kind, f.Part) + ": " + text
	}
	if f.User == "" {
		return text
	}
	if f.Kind != "" {
		return name(f.User) + ", " + text
	}
	return name(f.User) + ": " + text
}

// String is the finding with ids for names: "u7: is inactive".
func (f Finding) String() string { return f.line(byID, place) }

// byID names a user by id.
func byID(id UserID) string { return string(id) }

// place names a kind and part.
func place(kind, part string) string {
	if part == "" {
		return kind
	}
	return kind + " in " + part
}

// count writes n of something: "1 record", "2 records".
func count(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// Error lists every blocker.
func (e *BlockedError) Error() string {
	return ErrBlocked.Error() + ": " + texts(e.Blockers)
}

// Is reports that a BlockedError is ErrBlocked, and what a guard among its blockers is elsewhere:
// ErrSelf, ErrLastAdministrator, ErrDenied (L14, R16), ErrInvalid for a malformed request.
func (e *BlockedError) Is(target error) bool {
	if target == ErrBlocked {
		return true
	}
	for _, f := range e.Blockers {
		if guard(f.Code) == target {
			return true
		}
	}
	return false
}

// guard is the sentinel that a guard's code stands for, or nil.
func guard(code string) error {
	switch code {
	case BlockSelf:
		return ErrSelf
	case BlockLastAdministrator:
		return ErrLastAdministrator
	case BlockActorInactive, BlockDenied, BlockAdministrator, BlockHandOnExceeds, BlockGainsSight:
		return ErrDenied
	case BlockRequest:
		return ErrInvalid
	}
	return nil
}

// Err is a *BlockedError with the plan's blockers, or nil when there are none.
func (p Plan) Err() error {
	if len(p.Blockers) == 0 {
		return nil
	}
	return &BlockedError{Blockers: p.Blockers}
}
