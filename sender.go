package roster

import (
	"context"
	"fmt"
	"io"
	"time"
)

// Sender sends letters (J3). Send is called outside any transaction, by the goroutines that call Deliver; it
// may be called again for a letter that was sent when the process died before that was recorded (at least once).
type Sender interface {
	// Send sends one letter. It honours its context, which ends after five minutes. After an error the letter is
	// tried again later; the error goes to the caller of Deliver and is stored nowhere.
	Send(ctx context.Context, m Message) error
}

// Message is a letter ready to be sent. Its Secret is shown nowhere else: never log a Message.
type Message struct {
	Letter  LetterID   `json:"letter"`
	Kind    LetterKind `json:"kind"`
	To      string     `json:"to"` // the address
	User    User       `json:"user"`
	Secret  Secret     `json:"secret"`
	Expires time.Time  `json:"expires"`
}

// Hasher hashes passwords. It is called outside any transaction, by a bounded number of goroutines.
type Hasher interface {
	// Hash makes a self-describing text, a PHC string, of a password.
	Hash(password string) (string, error)
	// Verify reports whether password made encoded, and whether encoded should be made again with
	// present parameters. An encoding it doesn't know is an error.
	Verify(encoded, password string) (ok, upgrade bool, err error)
}

// HashKnower is an optional upgrade of a Hasher: ImportUser asks it about foreign hashes, so that one
// nobody could ever sign in with is a fault of the import.
type HashKnower interface {
	// Knows reports whether encoded is of a form that Verify understands, without verifying it.
	Knows(encoded string) bool
}

// Secret is a secret's text. It prints, and marshals to JSON, as the word "secret" in square brackets, so that
// no log and no answer can carry it by accident; Reveal gives the text. The zero Secret's text is empty.
// Secrets aren't comparable.
type Secret struct {
	_ [0]func()
	// A pointer, since printing a struct with an unexported field of type Secret calls no method.
	text *string
}

// Reveal gives the secret's text, to hand it to the person or client it is for.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// Format hides the secret from every verb of package fmt.
func (s Secret) Format(f fmt.State, _ rune) { io.WriteString(f, s.String()) }

// String hides the secret: the word "secret" in square brackets.
func (s Secret) String() string { return "[secret]" }

// MarshalText hides the secret.
func (s Secret) MarshalText() ([]byte, error) { return []byte("[secret]"), nil }
