package roster

// String is the status's text.
func (s Status) String() string {
	return [...]string{"none", "invited", "active", "inactive", "leaving", "deleted"}[s]
}

// String is the kind's text.
func (k LetterKind) String() string {
	return [...]string{"none", "activation", "address", "reset"}[k]
}
