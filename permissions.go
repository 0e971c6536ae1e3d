package roster

import "iter"

// Grants is all that a user's rights come from. The zero Grants give nothing.
type Grants struct {
	Admin      bool   // active administrators hold every right (R7)
	Individual Rights // over the role's (R4)
	Role       Rights
}

// Permissions is what a user may do, resolved. It is immutable and safe for concurrent use; users
// who have nothing but their role share one. A nil *Permissions denies everything.
type Permissions struct{ _ int }

// Resolve computes permissions (R4, R7, R12, R13).
func Resolve(s *Schema, g Grants) *Permissions { panic("stub") }

// Decision is the answer to one question. Denied is a value, never an error.
type Decision struct {
	Allowed bool
	Scope   Scope // how far the right reaches for this user: Denied or higher
}

// Decide answers whether right covers a record in relation rel; for functions and for creating, rel
// doesn't matter. It doesn't allocate.
func (p *Permissions) Decide(right Right, rel Relation) Decision { panic("stub") }

// Scope is how far right reaches: Denied, Own, InDepartment or All, never Unset.
func (p *Permissions) Scope(right Right) Scope { panic("stub") }

// Source says where an answer comes from (R11).
type Source uint8

// The sources.
const (
	FromDefault       Source = iota // nobody gave it
	FromStatus                      // the user isn't active
	FromAdministrator               //
	FromIndividual                  //
	FromRole                        //
)

// Explanation tells why a decision is as it is (R11).
type Explanation struct {
	Decision
	Right   string   // the right's text
	Source  Source   // what gave the scope before needs lowered it
	Part    string   // the part that the source's right was on; empty: kind-wide
	Given   Scope    // what the source says, before needs
	Lowered []string // the needed rights that lowered it, by text
	Missing string   // for a denial: what would be needed, for people
}

// Explain tells why Decide answers as it does.
func (p *Permissions) Explain(right Right, rel Relation) Explanation { panic("stub") }

// List yields every right that isn't denied, by text, in the schema's order, parts that differ from
// their kind included (J6).
func (p *Permissions) List() iter.Seq2[string, Scope] { panic("stub") }

// Delta is a right whose reach differs.
type Delta struct {
	Right    string
	From, To Scope // never Unset
}

// Difference lists the rights that reach differently in p and q, From in p, To in q, parts included
// where they matter, in the schema's order.
func (p *Permissions) Difference(q *Permissions) []Delta { panic("stub") }

// Exceeds lists the rights by which p reaches farther than q: From in q, To in p.
func (p *Permissions) Exceeds(q *Permissions) []Delta { panic("stub") }

// Condition is which records of a kind a query may return (R14): none, all, or per part.
type Condition struct {
	Kind  Scope            // for parts that Parts doesn't name: Denied, Own, InDepartment or All
	Parts map[string]Scope // parts whose scope differs from Kind
}

// None reports that no record qualifies.
func (c Condition) None() bool { panic("stub") }

// All reports that every record qualifies.
func (c Condition) All() bool { panic("stub") }

// Match reports whether rec qualifies for a user of a department. It equals Decide on every record.
func (c Condition) Match(user UserID, dept DepartmentID, rec Record) bool { panic("stub") }

// Condition derives the condition of a right on a kind.
func (p *Permissions) Condition(right Right) Condition { panic("stub") }

// Relate tells what rec's responsible user is to a user of a department.
func Relate(user UserID, dept DepartmentID, rec Record) Relation { panic("stub") }

// compile compiles text by p's schema.
func (p *Permissions) compile(text string) (Right, error) { panic("stub") }

// current reports whether p was resolved from s as it is now, parts included; false for nil.
func (p *Permissions) current(s *Schema) bool { panic("stub") }
