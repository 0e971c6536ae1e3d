package roster

import "time"

// Event is one entry of the trail (W1): who did or was refused what, on whom, when, and why. It
// holds opaque ids and names of fields, never their values, so that a person can be erased while
// the chain stays whole.
type Event struct {
	Seq     uint64    `json:"seq"` // 1, 2, 3, … without gaps in one account
	Time    time.Time `json:"time"`
	Actor   UserID    `json:"actor,omitzero"`  // empty for the system
	System  string    `json:"system,omitzero"` // the reason that System was called with
	Verb    Verb      `json:"verb"`
	User    UserID    `json:"user,omitzero"`   // on whom
	Object  string    `json:"object,omitzero"` // id of a role, department, token, run, letter
	Outcome Outcome   `json:"outcome"`
	Reason  string    `json:"reason,omitzero"` // a fixed code, or the actor's own words where a verb takes them
	Fields  []string  `json:"fields,omitzero"` // names of what changed, or of what was wrong
	Count   int       `json:"count,omitzero"`  // of a refusal: how many more of the same were counted since the event before it
	Hash    Hash      `json:"hash"`            // SHA-256 over the previous event's hash and this event
}

// Hash is a link of the trail's chain.
type Hash [32]byte

// Head is the end of the trail: anchor it elsewhere, and a cut or changed trail is found (W1).
type Head struct {
	Seq  uint64 `json:"seq"`
	Hash Hash   `json:"hash"`
}

// Verb names what an event tells of: "user.add", "signin", "run.fence".
type Verb string

// Outcome is how an attempt ended. Its text, in JSON too, is "none", "done", "refused", "failed" or "intent".
type Outcome uint8

// The outcomes.
const (
	OutcomeNone    Outcome = iota
	OutcomeDone            // carried out
	OutcomeRefused         // not allowed, or refused by a guard
	OutcomeFailed          // tried, and failed
	OutcomeIntent          // announced, before its effect
)

// EventFilter selects events (W4). Every field that isn't zero must match.
type EventFilter struct {
	Actor    UserID
	User     UserID
	Verb     Verb // exactly, or every verb below it when it ends in ".": "user."
	Outcome  Outcome
	From, To time.Time // From ≤ time < To
}

// The verbs of the trail. Verbs of one noun share a prefix, so that a filter "user." finds them all.
const (
	VerbBootstrap        Verb = "bootstrap"
	VerbUserAdd          Verb = "user.add"
	VerbUserImport       Verb = "user.import"
	VerbUserEdit         Verb = "user.edit"
	VerbUserDeactivate   Verb = "user.deactivate"
	VerbUserReactivate   Verb = "user.reactivate"
	VerbUserActivate     Verb = "user.activate"
	VerbUserDelete       Verb = "user.delete"
	VerbRightsSet        Verb = "rights.set"
	VerbRoleGive         Verb = "rights.role"
	VerbRightsHandOn     Verb = "rights.handon"
	VerbAdminGrant       Verb = "grant.administrator"
	VerbAdminWithdraw    Verb = "grant.administrator.withdraw"
	VerbDeleteGrant      Verb = "grant.users.delete"
	VerbDeleteWithdraw   Verb = "grant.users.delete.withdraw"
	VerbRoleCreate       Verb = "role.create"
	VerbRoleReplace      Verb = "role.replace"
	VerbRoleDelete       Verb = "role.delete"
	VerbDepartmentCreate Verb = "department.create"
	VerbDepartmentEdit   Verb = "department.edit"
	VerbDepartmentDelete Verb = "department.delete"
	VerbSignIn           Verb = "signin"
	VerbPasswordSet      Verb = "password.set"
	VerbPasswordReset    Verb = "password.reset"
	VerbTokenIssue       Verb = "token.issue"
	VerbTokenRotate      Verb = "token.rotate"
	VerbTokenCheck       Verb = "token.check"
	VerbTokenRevoke      Verb = "token.revoke"
	VerbLetterQueue      Verb = "letter.queue"
	VerbLetterSend       Verb = "letter.send"
	VerbTrailRead        Verb = "trail.read"
	VerbRunAssess        Verb = "run.assess"
	VerbRunFence         Verb = "run.fence"
	VerbRunStep          Verb = "run.step"
	VerbRunPark          Verb = "run.park"
	VerbRunRetry         Verb = "run.retry"
	VerbRunLift          Verb = "run.lift"
	VerbRunSweep         Verb = "run.sweep"
	VerbRunCorrect       Verb = "run.correct"
)
