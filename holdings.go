package roster

import (
	"context"
	"errors"
)

// Tie is how a record names a user. Its text, in JSON too, is "none", "responsible" or "author".
type Tie uint8

// The ties. Responsible and author are two different things: a hand-over moves the first and keeps
// the second, unless the host's policy for the kind says otherwise (L8, G12).
const (
	TieNone     Tie = iota
	Responsible     // answers for the record
	Author          // wrote it
)

// Holdings are the host's records of one kind, where they are: a table, a service, a memory.
// The host implements it, and rostertest.Holdings tries what it made; memstore.Records is one in memory.
//
// Methods are safe for concurrent use, honour their context, count what is there and not what
// somebody may see (G2), and are never called inside a View or Update. What can't be read is an
// error, never zero.
type Holdings interface {
	// Survey counts what names the user, exactly.
	Survey(ctx context.Context, user UserID) (Survey, error)
	// Page lists records that name q.User, in an order of the host's own that never changes: that of the
	// table's key, say. Those after q.After only, whether that is still there or not, at most q.Limit; a shorter
	// page is the last. Records may move while pages are read.
	Page(ctx context.Context, q Query) ([]Record, error)
	// Move changes o.Tie from o.From to o.To on each of o.IDs where it still is o.From, all other
	// records and all other fields untouched (compare-and-set), and tells for each id, in their
	// order, what became of it. Doing it again changes nothing. An error means that any part of it
	// may have happened; the caller repeats it. In SQL, for o.Tie Responsible:
	//
	//	UPDATE deals SET owner = :to WHERE owner = :from AND id IN (:ids) RETURNING id
	//	SELECT id, owner FROM deals WHERE id IN (:ids)
	//
	// What the first returns is MoveDone. Of the others, those that the second, in the same
	// transaction, finds with owner = :to are MoveAlready, the rest of what it finds is
	// MoveElsewhere, and what it doesn't find is MoveGone: the record was deleted, in the table or by
	// its mark. Nobody is NULL in most tables: write IS NOT DISTINCT FROM for "=" then. From is empty when a
	// correction gives away what an earlier run left without an owner: only records without one move.
	Move(ctx context.Context, o MoveOrder) ([]MoveResult, error)
}

// Prober is an optional upgrade of Holdings of acting things: does each still work after its owner
// left (L10)? It returns one error, or nil, for each id in their order.
type Prober interface {
	Probe(ctx context.Context, ids []string) ([]error, error)
}

// Survey counts the records of one kind that name one user (L3).
type Survey struct {
	Responsible map[string]int `json:"responsible"`       // by part; "" for records without one; parts with none are absent
	Open        int            `json:"open,omitzero"`     // of those, not yet closed
	Authored    int            `json:"authored,omitzero"` // written by the user, whoever is responsible
	Named       int            `json:"named,omitzero"`    // that name the user in any other way: watcher, participant
	// Fingerprint changes whenever the set of records, or the part of one, that the user is
	// responsible for changes, and at no other time: a hash over ids and parts, say. Empty when the host
	// has none; then only counts tell a changed world.
	Fingerprint string `json:"fingerprint,omitzero"`
}

// Total is the number of records the user is responsible for.
func (s Survey) Total() int {
	n := 0
	for _, c := range s.Responsible {
		n += c
	}
	return n
}

// Check refuses counts that make no sense: one below zero, or so many that their sum overflows. What
// can't be trusted is unknown, never zero (G2).
func (s Survey) Check() error {
	least := min(s.Authored, s.Open, s.Named, s.Total())
	for _, n := range s.Responsible {
		least = min(least, n)
	}
	if least < 0 {
		return errors.New("a count is negative")
	}
	return nil
}

// Query asks for a page of records.
type Query struct {
	User     UserID // empty: records whose tie is to nobody. Of runs only corrections ask for them (L15)
	Tie      Tie
	Part     string   // this part only
	AllParts bool     // every part; Part is ignored
	IDs      []string // these records only, 10,000 at most; nil: all
	After    string   // those that come after this one in the order of the keys; empty: from the first
	Limit    int      // 1 to 10,000
}

// MoveOrder asks for a move. From and To may be empty: nobody. An empty From moves records without an owner only,
// never those that somebody has.
type MoveOrder struct {
	Tie      Tie
	From, To UserID
	Off      bool // acting things: switch it off as well; To is then empty
	IDs      []string
	// Part is the one that they all were in when they were read. It decides nothing, for a record that has left it since
	// moves all the same: it is for holdings that find records by it. Empty: no part, or not known.
	Part string
}

// MoveResult tells what became of one id in a Move. Its text, in JSON too, is "none", "done", "already",
// "elsewhere", "gone", "collides" or "superseded".
type MoveResult uint8

// The results of a move.
const (
	MoveNone       MoveResult = iota
	MoveDone                  // was From, is To
	MoveAlready               // was To before
	MoveElsewhere             // is neither From nor To: somebody else's decision stands
	MoveGone                  // no such record: it was deleted meanwhile
	MoveCollides              // still is From: a unique key of the host's lets To have no second one like it (G16), or a trigger has it stay
	MoveSuperseded            // collided too; To's own stands, and the record isn't From's any more: nobody's, or merged away
)

// Record is what rights and hand-overs need to know of a record.
type Record struct {
	ID    string `json:"id,omitzero"`
	Owner UserID `json:"owner,omitzero"` // the responsible user; empty for nobody
	// Department is the owner's present department. A check by user id looks it up when it is
	// empty; a check on Permissions takes it as it is.
	Department DepartmentID `json:"department,omitzero"`
	Part       string       `json:"part,omitzero"` // the part of its kind it is in, or empty
}
