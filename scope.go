package roster

// Scope is how far a right reaches. Scopes are ordered: a higher one includes the lower (R1).
type Scope uint8

// The scopes. Unset exists only inside Rights and means "says nothing".
const (
	Unset        Scope = iota
	Denied             // nothing
	Own                // records the user is responsible for
	InDepartment       // records whose responsible user's present department is the user's
	All                // every record, those without a responsible user included; the answer "allowed" of a function
)

// Relation is what a record's responsible user is to the one who asks.
type Relation uint8

// The relations. A record without a responsible user is a stranger's.
const (
	Stranger  Relation = iota // somebody else's, or nobody's
	Colleague                 // somebody's in the same department
	Owner                     // the user's own
)

// Reaches reports whether a right of scope s covers a record in relation rel.
func (s Scope) Reaches(rel Relation) bool { return s > Denied && int(s)+int(rel) >= int(All) }
