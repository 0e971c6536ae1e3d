package roster

import "time"

// Disposal says what becomes of the records that a rule covers (L4). Its text, in JSON too, is "none", "give",
// "split", "least-loaded", "head", "no-owner" or "switch-off".
type Disposal uint8

// The disposals. The zero Disposal is an error in a rule: nothing is done by default (G4).
const (
	DisposeNone Disposal = iota
	GiveTo               // to the one successor named
	SplitEvenly          // among the successors named, in key order, equal shares
	LeastLoaded          // among the successors named, so that open records even out as they stand at the start
	ToHead               // to the head of the leaver's department
	NoOwner              // left without a responsible user, on purpose
	SwitchOff            // acting things only: switched off, without an owner (L10)
)

// Rule says what becomes of records. The most specific rule wins: one that names records, then one for a
// part, then for a kind, then for every kind. Rules are data: they are digested, stored and resumed.
type Rule struct {
	Kind    string   `json:"kind,omitzero"`    // empty: every kind of records (not of acting things)
	Part    string   `json:"part,omitzero"`    // empty: every part of the kind
	Records []string `json:"records,omitzero"` // these records of the kind alone, whatever their parts; empty: all
	Do      Disposal `json:"do"`
	To      []UserID `json:"to,omitzero"` // one for GiveTo, two or more for SplitEvenly and LeastLoaded, else none
}

// Authorship says what becomes of the author of a leaver's records: the host's setting per kind (L8). Its text,
// in JSON too, is "kept", "moved" or "undefined".
type Authorship uint8

// The policies of authorship.
const (
	AuthorKept      Authorship = iota // stays: the tombstone keeps the id
	AuthorMoved                       // becomes the successor named by the request
	AuthorUndefined                   // becomes nobody; the journal remembers
)

// HandOn hands rights of the leaver to a successor (L11). A successor's right is never lowered.
// Administrator status and the right to delete users are never handed on: granting them is a step
// of its own (R17).
type HandOn struct {
	To     UserID   `json:"to"`
	Role   bool     `json:"role,omitzero"`   // the leaver's role, if the successor has none; else its rights one by one
	Rights []string `json:"rights,omitzero"` // individual rights by text; "*" for all of them
}

// Request asks for the deletion of one user. It is the same for assessing and for starting. It has 1,000
// rules at most, which name 10,000 records and 10,000 successors at most between them, and 1,000 entries at most in each
// other list.
type Request struct {
	Leaver  UserID         `json:"leaver"`
	Rules   []Rule         `json:"rules,omitzero"`
	Authors UserID         `json:"authors,omitzero"` // the new author where a kind's policy is AuthorMoved
	HandOn  []HandOn       `json:"hand_on,omitzero"`
	With    []UserID       `json:"with,omitzero"`   // others who leave in the same batch: none may be a successor (L2, L20)
	Drift   map[string]int `json:"drift,omitzero"`  // by kind: how many records may arrive between assessment and fence, if a rule covers them
	Reason  string         `json:"reason,omitzero"` // the actor's own words for the trail, ≤ 1,000 bytes; name no person in them
}

// Person is a user with what rules need to know of their rights.
type Person struct {
	User        User
	Role        *Role // nil for none
	Permissions *Permissions
}

// Stock is what one kind's Holdings told, with the host's settings for the kind.
type Stock struct {
	Kind       string
	Acting     bool       // acting things (L10, G17)
	Authorship Authorship // what becomes of the author (L8)
	Needs      []string   // actions or functions a successor must hold (L5): "view", "edit", "integrations:manage"
	Survey     Survey     // of the leaver
	// Loads are the open records of each successor of a LeastLoaded rule, 0 for none. One who is absent could
	// not be counted, which blocks.
	Loads map[UserID]int
	// Records are those that rules name by id, with their owner and part. Ones that aren't the leaver's may be
	// left out.
	Records []Record
	Unknown string   // why the source could not be counted; empty when it was (G2)
	Exempt  string   // why the kind needs no hand-over; it is then not counted (G1)
	IDs     []string // acting things: the ids, those that hold live tokens of the leaver are named in the plan
}

// Snapshot is all that the planner knows: one moment of the store, and the surveys of the holdings.
type Snapshot struct {
	Now        time.Time
	Schema     *Schema
	Actor      Person // the zero Person with System set for the system
	System     string
	Leaver     Person
	People     map[UserID]Person // successors and the department's head, by id; absent: no such user
	Department Department        // the leaver's
	OtherAdmin bool              // an active administrator remains besides the leaver and Request.With
	Runs       []Run             // unfinished ones whose leaver or successor is the leaver or a successor
	Viewers    []Person          // active users of the leaver's and the successors' departments (L9)
	Tokens     []Token           // the leaver's live ones
	Stocks     []Stock           // in the host's order of kinds
	Backup     time.Time         // when the last verified backup was made; zero: unknown
}

// Step is a part of a plan: records of one kind and part that one rule disposes of alike.
type Step struct {
	Kind    string   `json:"kind"`
	Part    string   `json:"part,omitzero"`
	Records []string `json:"records,omitzero"` // these only, in ascending order; empty: all
	Tie     Tie      `json:"tie"`
	Do      Disposal `json:"do"`
	Count   int      `json:"count"`
	Shares  []Share  `json:"shares,omitzero"` // who receives how many, in key order
	Rule    int      `json:"rule"`            // index in Request.Rules; -1 for authorship

	After   string `json:"after,omitzero"`   // run: ids up to this one are handled
	Moved   int    `json:"moved,omitzero"`   // run: so many were changed
	Skipped int    `json:"skipped,omitzero"` // run: so many were left alone; the journal tells why
	Done    bool   `json:"done,omitzero"`    // run: nothing is left to page through
}

// Share is a successor's part of a step, frozen when the run starts. Who receives nothing has none.
type Share struct {
	To    UserID `json:"to"`
	Count int    `json:"count"`          // planned
	Given int    `json:"given,omitzero"` // run: assigned so far
}

// Finding is a blocker or a warning of a plan.
type Finding struct {
	Code string `json:"code"` // fixed: "uncovered", "unknown", "successor-inactive", …
	Kind string `json:"kind,omitzero"`
	Part string `json:"part,omitzero"`
	User UserID `json:"user,omitzero"`
	Text string `json:"text"` // for people
}

// Sight tells how many records of a kind and part a user gains or loses sight of (L9).
type Sight struct {
	User   UserID `json:"user"`
	Kind   string `json:"kind"`
	Part   string `json:"part,omitzero"`
	Gained int    `json:"gained,omitzero"`
	Lost   int    `json:"lost,omitzero"`
}

// Fact is one thing that a plan rests on: "leaver" "v7", "deal" "120 a1b2…". It holds ids, versions
// and counts, never personal data.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Digest is what a confirmation is bound to (L6, G3): everything the plan rests on, in two parts. The
// store's part is compared in the transaction of the fence, the holdings' part just before it. It holds
// ids, versions, flags and counts, no personal data: send it to the browser with the plan and take it
// back whole, its Sum isn't enough. Changing it only makes it stale.
type Digest struct {
	Store    []Fact `json:"store"`
	Holdings []Fact `json:"holdings"`
}

// Difference is a fact that changed since the assessment; an empty value means absent.
type Difference struct {
	Name string `json:"name"`
	Was  string `json:"was"`
	Is   string `json:"is"`
}

// StaleError is an ErrStale that tells what changed.
type StaleError struct {
	Changed []Difference `json:"changed"`
}

// BlockedError is an ErrBlocked that lists every blocker.
type BlockedError struct {
	Blockers []Finding `json:"blockers"`
}

// Plan tells what a deletion would do, before anything happens (L3). It is a value; nothing hangs on it.
// Text gives what a person decides on, with names; String the same with ids. It names users by their ids
// and holds no personal data, so that it may go to the actor's browser as it is, its Digest included.
// What comes back with the confirmation are the Request and the whole Digest, for Desk.Start; anything else
// that a client sends back is never looked at.
type Plan struct {
	Made     time.Time         `json:"made"` // when: the snapshot's instant
	Leaver   UserID            `json:"leaver"`
	Request  Request           `json:"request"`
	Kinds    []KindSummary     `json:"kinds"`
	Steps    []Step            `json:"steps"`           // in the order to be carried out: records that rules name come before the rest of their kind
	Tokens   map[TokenKind]int `json:"tokens,omitzero"` // live ones, which the fence ends
	Role     RoleID            `json:"role,omitzero"`   // goes with the leaver
	RoleName string            `json:"role_name,omitzero"`
	Rights   Rights            `json:"rights,omitzero"`  // individual ones that go
	Admin    bool              `json:"admin,omitzero"`   // administrator status goes
	HandOn   map[UserID]Rights `json:"hand_on,omitzero"` // individual rights to be set for successors; what isn't named stays (L11)
	Roles    map[UserID]RoleID `json:"roles,omitzero"`   // successors without a role who are given the leaver's (L11)
	Seats    int               `json:"seats"`            // paid seats freed (L26)
	Sight    []Sight           `json:"sight"`
	Backup   time.Time         `json:"backup,omitzero"` // zero: unknown
	Blockers []Finding         `json:"blockers"`
	Warnings []Finding         `json:"warnings"`
	Digest   Digest            `json:"digest"`
}

// KindSummary is a plan's line about one kind.
type KindSummary struct {
	Kind       string            `json:"kind"`
	Title      string            `json:"title"`           // the schema's, or the kind
	Parts      map[string]string `json:"parts,omitzero"`  // titles of the parts that hold records, where they differ from the names
	Acting     bool              `json:"acting,omitzero"` // acting things (L10)
	Survey     Survey            `json:"survey"`
	Authorship Authorship        `json:"authorship,omitzero"`
	Unknown    string            `json:"unknown,omitzero"` // why the kind could not be counted
	Exempt     string            `json:"exempt,omitzero"`  // why the kind needs no hand-over: the host's words; it wasn't counted
}
