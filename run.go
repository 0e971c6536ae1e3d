package roster

import "time"

// RunID names a run.
type RunID string

// RunState is where a run stands. Its text, in JSON too, is "none", "working", "parked", "done" or "lifted".
type RunState uint8

// The states of a run. Working and parked runs are unfinished: their leaver stays fenced.
const (
	RunNone    RunState = iota
	RunWorking          // fenced; records are being handed over, or wait to be
	RunParked           // stopped, waits for a person: Reason tells why (L17)
	RunDone             // verified and buried: the leaver is deleted
	RunLifted           // ended by a person: the leaver is inactive, nothing is revived (L17)
)

// Run is one deletion that was confirmed and fenced, or a sweep or correction after one. It holds all it needs to be
// taken up again after a crash by any process (G9).
type Run struct {
	ID      RunID    `json:"id"`
	Leaver  UserID   `json:"leaver"`
	Actor   UserID   `json:"actor,omitzero"` // who started it; empty for the system
	System  string   `json:"system,omitzero"`
	State   RunState `json:"state"`
	Reason  string   `json:"reason,omitzero"` // why it is parked or was lifted
	Request Request  `json:"request"`         // what was confirmed
	Head    UserID   `json:"head,omitzero"`   // of the leaver's department, when somebody last decided about the run: who "to the head" means
	Sweep   bool     `json:"sweep,omitzero"`  // no deletion: hands over what reached a deleted user afterwards
	// Correction is what is moved again when this is no deletion but a correction (L15); else its Run is empty.
	Correction Correction `json:"correction,omitzero"`
	Confirmed  string     `json:"confirmed"` // Digest.Sum of what was confirmed; empty for a sweep and a correction
	Kinds      []string   `json:"kinds"`     // that were surveyed: a run ends only when all of them are again (G1)
	Steps      []Step     `json:"steps"`     // what is to be moved, with how far each got
	Entries    int        `json:"entries"`   // the number of the journal's last entry
	Round      int        `json:"round"`     // 0 for the planned steps, then one for each survey that found more
	Attempts   int        `json:"attempts"`  // how often a worker took it up since it last got anything done
	Lease      Lease      `json:"lease"`
	Started    time.Time  `json:"started"`
	Ended      time.Time  `json:"ended,omitzero"`
}

// Unfinished reports whether r is working or parked.
func (r Run) Unfinished() bool { return r.State == RunWorking || r.State == RunParked }

// Due is when workers should take r up: when it was started, or was given back, or its lease ended, and after failures
// later and later: by 15 s, by twice that, and so on up to 16 minutes. It is zero unless r is working.
func (r Run) Due() time.Time {
	if r.State != RunWorking {
		return time.Time{}
	}
	at := r.Lease.Until
	if at.IsZero() {
		at = r.Started
	}
	if r.Attempts > 0 {
		at = at.Add(15 * time.Second << min(r.Attempts-1, 6))
	}
	return at
}

// buries reports whether r deletes its leaver when all is handed over.
func (r *Run) buries() bool { return !r.Sweep && r.Correction.Run == "" }

// Lease says which worker may go on with a run. Number rises with every take-over, so that a late
// worker's writes are refused.
type Lease struct {
	Number uint64    `json:"number"`
	Until  time.Time `json:"until,omitzero"`
}

// RunFilter selects runs. Every field that isn't zero must match.
type RunFilter struct {
	Leaver     UserID
	Successor  UserID // named in a step or in a right handed on
	State      RunState
	Unfinished bool
}

// Entry is one row of a run's journal: a chunk of ids that was about to move from From to To, and what became of it.
// It is written before the move, and again, with Done, together with what the run writes next after it (G8): while a
// worker is at it, the last chunk that moved is still told as open, and not counted in its step.
type Entry struct {
	Run     RunID     `json:"run"`
	N       int       `json:"n"`    // 1, 2, 3, … in one run
	Step    int       `json:"step"` // index in Run.Steps
	Kind    string    `json:"kind"`
	Tie     Tie       `json:"tie"`
	From    UserID    `json:"from"`        // empty, of a correction: had no owner
	To      UserID    `json:"to,omitzero"` // empty: no owner, undefined author, or switched off
	Off     bool      `json:"off,omitzero"`
	IDs     []string  `json:"ids"`
	Of      int       `json:"of,omitzero"`      // of a correction: the entry of the corrected run that is moved again
	Probe   bool      `json:"probe,omitzero"`   // no move: acting things checked after it, Skipped lists those that fail (L10)
	Done    bool      `json:"done"`             // what follows is known
	Moved   int       `json:"moved,omitzero"`   // changed by this chunk
	Already int       `json:"already,omitzero"` // were at To already: an earlier attempt's work
	Skipped []Skip    `json:"skipped,omitzero"` // left alone, each with its reason (G23)
	Time    time.Time `json:"time"`             // when it was written last
}

// Skip is a record that a move left alone.
type Skip struct {
	ID     string `json:"id"`
	Reason string `json:"reason"` // "elsewhere", "gone", "collides", "superseded", "rights" (the successor may not receive it where it is now), "inactive" (nor anything, any more); of a probe what the host told
}
