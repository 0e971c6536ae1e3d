package roster

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"
)

// names holds the texts of a numbered type, by number, with spaces between them. In text and JSON
// each number has exactly one form, the zero value too; what isn't among them is refused both ways.
type names string

// The texts of the numbered types. They are stored: never change one, add at the end only.
const (
	scopeNames      names = "unset denied own department all"
	relationNames   names = "stranger colleague owner"
	sourceNames     names = "default status administrator individual role"
	statusNames     names = "none invited active inactive leaving deleted"
	seatNames       names = "any free paid"
	tokenKindNames  names = "none session access refresh personal activation reset"
	letterKindNames names = "none activation address reset"
	outcomeNames    names = "none done refused failed intent"
	runStateNames   names = "none working parked done lifted"
	tieNames        names = "none responsible author"
	moveResultNames names = "none done already elsewhere gone collides superseded"
	disposalNames   names = "none give split least-loaded head no-owner switch-off"
	authorshipNames names = "kept moved undefined"
)

// text is the name of a number.
func (n names) text(number uint8) (string, bool) {
	i := uint8(0)
	for name := range strings.SplitSeq(string(n), " ") {
		if i == number {
			return name, true
		}
		i++
	}
	return "", false
}

// number is the number of a name.
func (n names) number(text string) (uint8, bool) {
	i := uint8(0)
	for name := range strings.SplitSeq(string(n), " ") {
		if name == text {
			return i, true
		}
		i++
	}
	return 0, false
}

// list is the names for people: "denied, all".
func (n names) list() string { return strings.ReplaceAll(string(n), " ", ", ") }

// show is the name of v, or its number in a form that nothing reads back: "Scope(9)".
func show[T ~uint8](n names, v T) string {
	if text, ok := n.text(uint8(v)); ok {
		return text
	}
	return fmt.Sprintf("%s(%d)", typeName[T](), uint8(v))
}

// typeName is the name of T: "Scope".
func typeName[T any]() string {
	return strings.TrimPrefix(fmt.Sprintf("%T", *new(T)), "roster.")
}

// marshal is the name of v, or a Faults.
func marshal[T ~uint8](n names, v T) ([]byte, error) {
	text, ok := n.text(uint8(v))
	if !ok {
		return nil, Faults{{Field: typeName[T](), Problem: fmt.Sprintf("no such value: %d", uint8(v))}}
	}
	return []byte(text), nil
}

// unmarshal puts the value with a name into v, or returns a Faults.
func unmarshal[T ~uint8](n names, text []byte, v *T) error {
	number, ok := n.number(string(text))
	if !ok {
		return Faults{{Field: typeName[T](), Problem: fmt.Sprintf("%q is none of %s", text, n.list())}}
	}
	*v = T(number)
	return nil
}

// String is the hash as 64 hexadecimal digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// MarshalText is the hash as 64 lower-case hexadecimal digits.
func (h Hash) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h[:]), nil }

// UnmarshalText reads 64 lower-case hexadecimal digits; anything else is a Faults.
func (h *Hash) UnmarshalText(text []byte) error { return unhex(text, h) }

// MarshalText is the hash as 64 lower-case hexadecimal digits.
func (h TokenHash) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h[:]), nil }

// UnmarshalText reads 64 lower-case hexadecimal digits; anything else is a Faults.
func (h *TokenHash) UnmarshalText(text []byte) error { return unhex(text, h) }

// unhex puts the bytes that text spells into h, or returns a Faults and leaves h alone.
func unhex[T ~[32]byte](text []byte, h *T) error {
	raw, err := hex.AppendDecode(nil, text)
	if err != nil || len(raw) != len(*h) || bytes.ContainsAny(text, "ABCDEF") {
		return Faults{{Field: typeName[T](), Problem: "not 64 lower-case hexadecimal digits"}}
	}
	*h = T(raw)
	return nil
}

// String is the text of s; "Scope(n)" for a number that isn't one.
func (s Scope) String() string { return show(scopeNames, s) }

// MarshalText is the text of s; a number that isn't one is a Faults.
func (s Scope) MarshalText() ([]byte, error) { return marshal(scopeNames, s) }

// UnmarshalText reads the text of a Scope; any other is a Faults.
func (s *Scope) UnmarshalText(text []byte) error { return unmarshal(scopeNames, text, s) }

// String is the text of r; "Relation(n)" for a number that isn't one.
func (r Relation) String() string { return show(relationNames, r) }

// MarshalText is the text of r; a number that isn't one is a Faults.
func (r Relation) MarshalText() ([]byte, error) { return marshal(relationNames, r) }

// UnmarshalText reads the text of a Relation; any other is a Faults.
func (r *Relation) UnmarshalText(text []byte) error { return unmarshal(relationNames, text, r) }

// String is the text of s; "Source(n)" for a number that isn't one.
func (s Source) String() string { return show(sourceNames, s) }

// MarshalText is the text of s; a number that isn't one is a Faults.
func (s Source) MarshalText() ([]byte, error) { return marshal(sourceNames, s) }

// UnmarshalText reads the text of a Source; any other is a Faults.
func (s *Source) UnmarshalText(text []byte) error { return unmarshal(sourceNames, text, s) }

// String is the text of s; "Status(n)" for a number that isn't one.
func (s Status) String() string { return show(statusNames, s) }

// MarshalText is the text of s; a number that isn't one is a Faults.
func (s Status) MarshalText() ([]byte, error) { return marshal(statusNames, s) }

// UnmarshalText reads the text of a Status; any other is a Faults.
func (s *Status) UnmarshalText(text []byte) error { return unmarshal(statusNames, text, s) }

// String is the text of s; "Seat(n)" for a number that isn't one.
func (s Seat) String() string { return show(seatNames, s) }

// MarshalText is the text of s; a number that isn't one is a Faults.
func (s Seat) MarshalText() ([]byte, error) { return marshal(seatNames, s) }

// UnmarshalText reads the text of a Seat; any other is a Faults.
func (s *Seat) UnmarshalText(text []byte) error { return unmarshal(seatNames, text, s) }

// String is the text of t; "TokenKind(n)" for a number that isn't one.
func (t TokenKind) String() string { return show(tokenKindNames, t) }

// MarshalText is the text of t; a number that isn't one is a Faults.
func (t TokenKind) MarshalText() ([]byte, error) { return marshal(tokenKindNames, t) }

// UnmarshalText reads the text of a TokenKind; any other is a Faults.
func (t *TokenKind) UnmarshalText(text []byte) error { return unmarshal(tokenKindNames, text, t) }

// String is the text of l; "LetterKind(n)" for a number that isn't one.
func (l LetterKind) String() string { return show(letterKindNames, l) }

// MarshalText is the text of l; a number that isn't one is a Faults.
func (l LetterKind) MarshalText() ([]byte, error) { return marshal(letterKindNames, l) }

// UnmarshalText reads the text of a LetterKind; any other is a Faults.
func (l *LetterKind) UnmarshalText(text []byte) error { return unmarshal(letterKindNames, text, l) }

// String is the text of o; "Outcome(n)" for a number that isn't one.
func (o Outcome) String() string { return show(outcomeNames, o) }

// MarshalText is the text of o; a number that isn't one is a Faults.
func (o Outcome) MarshalText() ([]byte, error) { return marshal(outcomeNames, o) }

// UnmarshalText reads the text of an Outcome; any other is a Faults.
func (o *Outcome) UnmarshalText(text []byte) error { return unmarshal(outcomeNames, text, o) }

// String is the text of r; "RunState(n)" for a number that isn't one.
func (r RunState) String() string { return show(runStateNames, r) }

// MarshalText is the text of r; a number that isn't one is a Faults.
func (r RunState) MarshalText() ([]byte, error) { return marshal(runStateNames, r) }

// UnmarshalText reads the text of a RunState; any other is a Faults.
func (r *RunState) UnmarshalText(text []byte) error { return unmarshal(runStateNames, text, r) }

// String is the text of t; "Tie(n)" for a number that isn't one.
func (t Tie) String() string { return show(tieNames, t) }

// MarshalText is the text of t; a number that isn't one is a Faults.
func (t Tie) MarshalText() ([]byte, error) { return marshal(tieNames, t) }

// UnmarshalText reads the text of a Tie; any other is a Faults.
func (t *Tie) UnmarshalText(text []byte) error { return unmarshal(tieNames, text, t) }

// String is the text of m; "MoveResult(n)" for a number that isn't one.
func (m MoveResult) String() string { return show(moveResultNames, m) }

// MarshalText is the text of m; a number that isn't one is a Faults.
func (m MoveResult) MarshalText() ([]byte, error) { return marshal(moveResultNames, m) }

// UnmarshalText reads the text of a MoveResult; any other is a Faults.
func (m *MoveResult) UnmarshalText(text []byte) error { return unmarshal(moveResultNames, text, m) }

// String is the text of d; "Disposal(n)" for a number that isn't one.
func (d Disposal) String() string { return show(disposalNames, d) }

// MarshalText is the text of d; a number that isn't one is a Faults.
func (d Disposal) MarshalText() ([]byte, error) { return marshal(disposalNames, d) }

// UnmarshalText reads the text of a Disposal; any other is a Faults.
func (d *Disposal) UnmarshalText(text []byte) error { return unmarshal(disposalNames, text, d) }

// String is the text of a; "Authorship(n)" for a number that isn't one.
func (a Authorship) String() string { return show(authorshipNames, a) }

// MarshalText is the text of a; a number that isn't one is a Faults.
func (a Authorship) MarshalText() ([]byte, error) { return marshal(authorshipNames, a) }

// UnmarshalText reads the text of an Authorship; any other is a Faults.
func (a *Authorship) UnmarshalText(text []byte) error { return unmarshal(authorshipNames, text, a) }
