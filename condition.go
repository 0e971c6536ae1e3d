package roster

import (
	"iter"
	"slices"
)

// Relate tells what rec's responsible user is to a user of a department (R1). Two users without a
// department aren't colleagues, and a record without a responsible user is a stranger's.
func Relate(user UserID, dept DepartmentID, rec Record) Relation {
	switch {
	case rec.Owner == "":
		return Stranger
	case rec.Owner == user:
		return Owner
	case rec.Department == dept && dept != "":
		return Colleague
	}
	return Stranger
}

// Condition is which records of a kind a query may return (R14): none, all, or those that a scope
// reaches in the part they are in. As a query:
//
//	a record in a part of Parts      Parts[part] reaches it
//	a record in no part              Kind reaches it
//	a record in any other part       Kind reaches it, if AnyPart or Known has the part; else never
//
// The zero Condition is none.
type Condition struct {
	Kind    Scope            // Denied, Own, InDepartment or All
	Parts   map[string]Scope // parts whose scope differs from Kind; nil for none
	Known   []string         // the kind's parts, ascending; read-only. Nil when AnyPart
	AnyPart bool             // parts don't matter: administrators, and rights that have no parts
}

// Condition derives the condition of a right on its kind; a part that right names doesn't matter.
// An allowed function has the condition all, a denied one none.
func (p *Permissions) Condition(right Right) Condition {
	if p == nil || p.schema == nil || right.schema != p.schema {
		return Condition{Kind: Denied}
	}
	c := Condition{Kind: p.wide(right.index)}
	k := p.schema.rules[right.index].kind
	if c.AnyPart = k < 0 || p.grants.Admin || !p.schema.kinds[k].Parted; c.AnyPart {
		return c
	}
	c.Known = p.parts.kinds[k].names
	for _, w := range p.bits[p.schema.words():] {
		if index, part, s := unpack(w); index == right.index {
			if c.Parts == nil {
				c.Parts = map[string]Scope{}
			}
			c.Parts[p.parts.list[part-1].Name] = s
		}
	}
	return c
}

// None reports that no record qualifies.
func (c Condition) None() bool {
	for _, s := range c.Parts {
		if s > Denied {
			return false
		}
	}
	return c.Kind <= Denied
}

// All reports that every record qualifies, whatever part it is in.
func (c Condition) All() bool {
	for _, s := range c.Parts {
		if s != All {
			return false
		}
	}
	return c.Kind == All && c.AnyPart
}

// Match reports whether rec qualifies for a user of a department. On every record it equals
// Decide(right.At(rec.Part), Relate(user, dept, rec)).
func (c Condition) Match(user UserID, dept DepartmentID, rec Record) bool {
	return c.in(rec.Part).Reaches(Relate(user, dept, rec))
}

// in is the scope on a part.
func (c *Condition) in(part string) Scope {
	if part == "" || len(c.Parts) == 0 && c.AnyPart {
		return c.Kind
	}
	if s, ok := c.Parts[part]; ok {
		return s
	}
	if _, known := slices.BinarySearch(c.Known, part); known || c.AnyPart {
		return c.Kind
	}
	return Denied
}

// Which yields those of records on which a user of a department has the right, in their order
// (R14). Each record's Department is its owner's present one.
func (p *Permissions) Which(right Right, user UserID, dept DepartmentID, records iter.Seq[Record]) iter.Seq[Record] {
	c := p.Condition(right)
	switch {
	case c.None():
		return func(func(Record) bool) {}
	case c.All():
		return records
	}
	return func(yield func(Record) bool) {
		for rec := range records {
			if c.Match(user, dept, rec) && !yield(rec) {
				return
			}
		}
	}
}
