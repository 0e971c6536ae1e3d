package roster

import "time"

// LetterID names a letter in the outbox. Letters are delivered in the order of their ids.
type LetterID string

// LetterKind says what a letter is about. Its text, in JSON too, is "none", "activation", "address" or "reset".
type LetterKind uint8

// The kinds of letter.
const (
	LetterNone       LetterKind = iota
	LetterActivation            // to an invited user: confirm and activate (J3)
	LetterAddress               // to a new address of a user: confirm it (J7)
	LetterReset                 // set a new password (J7)
)

// Letter is a row of the outbox. It names user and kind, never a secret or an address: the
// secret is minted when the letter is sent.
type Letter struct {
	ID       LetterID   `json:"id"`
	User     UserID     `json:"user"`
	Kind     LetterKind `json:"kind"`
	Created  time.Time  `json:"created"`
	Due      time.Time  `json:"due"` // not before this instant; a claim or a failure moves it on
	Attempts int        `json:"attempts,omitzero"`
	Sent     time.Time  `json:"sent,omitzero"`
	Void     bool       `json:"void,omitzero"`    // a later letter or a change of status replaced it
	Problem  string     `json:"problem,omitzero"` // why the last attempt failed: "sender" or "timeout", never the sender's text
}
