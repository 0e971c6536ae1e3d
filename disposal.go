package roster

import "fmt"

// String is the disposal's word: "give", "split", "least-loaded", "head", "no-owner", "switch-off";
// empty for the zero Disposal.
func (d Disposal) String() string {
	switch d {
	case DisposeNone:
		return ""
	case GiveTo:
		return "give"
	case SplitEvenly:
		return "split"
	case LeastLoaded:
		return "least-loaded"
	case ToHead:
		return "head"
	case NoOwner:
		return "no-owner"
	case SwitchOff:
		return "switch-off"
	}
	return fmt.Sprintf("disposal(%d)", uint8(d))
}

// MarshalText writes the disposal's word.
func (d Disposal) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads a disposal's word and refuses any other.
func (d *Disposal) UnmarshalText(text []byte) error {
	return readWord(d, SwitchOff, "disposal", text)
}

// String is the policy's word: "kept", "moved", "undefined".
func (a Authorship) String() string {
	switch a {
	case AuthorKept:
		return "kept"
	case AuthorMoved:
		return "moved"
	case AuthorUndefined:
		return "undefined"
	}
	return fmt.Sprintf("authorship(%d)", uint8(a))
}

// MarshalText writes the policy's word.
func (a Authorship) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads a policy's word and refuses any other.
func (a *Authorship) UnmarshalText(text []byte) error {
	return readWord(a, AuthorUndefined, "authorship", text)
}

// readWord finds the value up to last whose word is text.
func readWord[T interface {
	~uint8
	String() string
}](to *T, last T, what string, text []byte) error {
	for v := T(0); v <= last; v++ {
		if v.String() == string(text) {
			*to = v
			return nil
		}
	}
	return fmt.Errorf("unknown %s %q", what, text)
}
