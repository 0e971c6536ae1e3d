package roster

import "time"

// Event is one entry of the trail (W1): who did or was refused what, on whom, when, and why. It
// holds opaque ids and names of fields, never their values, so that a person can be erased while
// the chain stays whole.
//
// A Reason that is a code is fixed for ever:
//
//	of any refusal         a Deny constant, or the kind of failure that LogValue tells: "state", "stale", …
//	of a sign-in           "unknown", "inactive", "wrong-password", "throttled", "set-by-another", "changed-meanwhile"
//	of a token's refusal   "revoked", "spent", "expired", "epoch", "status", "end-date", "kind", "address", "reused"
//	of an issue, a letter  the kind; of a letter that wasn't sent "sender", "timeout", or "not-needed" any more
//	of a revocation        "all", "token", "family", "integration", "holder", "reused"
//	of a run's step        the kind of record
//	of a run that parks    a Block constant, "rounds" or "attempts"
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
	VerbUserDelete       Verb = "user.delete" // the burial, at the end of a run
	VerbRightsSet        Verb = "rights.set"
	VerbRoleGive         Verb = "rights.role"   // SetRole
	VerbRightsHandOn     Verb = "rights.handon" // to a successor, at the fence
	VerbAdminGrant       Verb = "grant.administrator"
	VerbAdminWithdraw    Verb = "grant.administrator.withdraw"
	VerbDeleteGrant      Verb = "grant.users.delete" // a role that gives it included
	VerbDeleteWithdraw   Verb = "grant.users.delete.withdraw"
	VerbRoleCreate       Verb = "role.create"
	VerbRoleReplace      Verb = "role.replace"
	VerbRoleDelete       Verb = "role.delete"
	VerbDepartmentCreate Verb = "department.create"
	VerbDepartmentEdit   Verb = "department.edit"
	VerbDepartmentDelete Verb = "department.delete"
	VerbSignIn           Verb = "signin"
	VerbPasswordSet      Verb = "password.set"   // ChangePassword
	VerbPasswordReset    Verb = "password.reset" // SendReset, RequestReset, ResetPassword
	VerbTokenIssue       Verb = "token.issue"
	VerbTokenRotate      Verb = "token.rotate"
	VerbTokenCheck       Verb = "token.check" // refused ones only
	VerbTokenRevoke      Verb = "token.revoke"
	VerbLetterQueue      Verb = "letter.queue" // SendActivation, and whatever else makes a letter due
	VerbLetterSend       Verb = "letter.send"  // Deliver
	VerbTrailRead        Verb = "trail.read"
	VerbRunAssess        Verb = "run.assess" // refused ones only
	VerbRunFence         Verb = "run.fence"  // a Desk's Start
	VerbRunStep          Verb = "run.step"
	VerbRunPark          Verb = "run.park"
	VerbRunRetry         Verb = "run.retry"
	VerbRunLift          Verb = "run.lift"
	VerbRunSweep         Verb = "run.sweep"
	VerbRunCorrect       Verb = "run.correct"
)
