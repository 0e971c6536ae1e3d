package roster

import (
	"math/bits"
	"strings"
)

// Scope is how far a right reaches. Scopes are ordered: a higher one includes the lower (R1). Its
// text, in JSON too, is "unset", "denied", "own", "department" or "all".
type Scope uint8

// The scopes. Unset exists only inside Rights and means "says nothing".
const (
	Unset        Scope = iota
	Denied             // nothing
	Own                // records the user is responsible for
	InDepartment       // records whose responsible user's present department is the user's
	All                // every record, those without a responsible user included; the answer "allowed" of a function
)

// Relation is what a record's responsible user is to the one who asks. Its text, in
// JSON too, is "stranger", "colleague" or "owner".
type Relation uint8

// The relations. A record without a responsible user is a stranger's.
const (
	Stranger  Relation = iota // somebody else's, or nobody's
	Colleague                 // somebody's in the same department
	Owner                     // the user's own
)

// reaching has a bit for each scope and relation that it reaches, at scope<<2 | relation.
const reaching = 1<<(Own<<2|Scope(Owner)) |
	1<<(InDepartment<<2|Scope(Owner)) | 1<<(InDepartment<<2|Scope(Colleague)) |
	1<<(All<<2|Scope(Owner)) | 1<<(All<<2|Scope(Colleague)) | 1<<(All<<2|Scope(Stranger))

// Reaches reports whether a right of scope s covers a record in relation rel (R1). A Scope that
// isn't one reaches nothing; a Relation that isn't one is a stranger's.
func (s Scope) Reaches(rel Relation) bool {
	if rel > Owner {
		rel = Stranger
	}
	return s.reaches(rel)
}

// reaches is Reaches for what is a Relation. It has no branches: answers are hard to predict.
func (s Scope) reaches(rel Relation) bool { return reaching>>(uint(s)<<2|uint(rel))&1 == 1 }

// scopeSet is a set of scopes, one bit each.
type scopeSet uint8

// setOf is the set of the scopes given; those that aren't scopes are left out.
func setOf(scopes ...Scope) scopeSet {
	var set scopeSet
	for _, s := range scopes {
		if s > Unset && s <= All {
			set |= 1 << s
		}
	}
	return set
}

// scopes is the set of scopes that may be written for a.
func (a Action) scopes() scopeSet {
	if a.Scopes == nil {
		return setOf(Denied, Own, InDepartment, All)
	}
	return setOf(a.Scopes...)
}

// has reports whether s is in the set.
func (set scopeSet) has(s Scope) bool { return s <= All && set>>s&1 == 1 }

// list is the set's scopes, ascending.
func (set scopeSet) list() []Scope {
	var scopes []Scope
	for s := Denied; s <= All; s++ {
		if set.has(s) {
			scopes = append(scopes, s)
		}
	}
	return scopes
}

// max is the greatest scope of the set; Unset for the empty set.
func (set scopeSet) max() Scope { return Scope(max(0, bits.Len8(uint8(set))-1)) }

// String lists the set's scopes for people: "denied, all".
func (set scopeSet) String() string {
	var names []string
	for _, s := range set.list() {
		names = append(names, s.String())
	}
	return strings.Join(names, ", ")
}
