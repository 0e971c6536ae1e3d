package roster

import (
	"iter"
	"slices"
)

// Relate tells what rec's responsible user is to a user of a department (R1). Two users without a
// department aren't colleagues, and a record without a responsible user is a stranger's.
func Relate(user UserID, dept DepartmentID, rec Record) Relation {
	return relate(user, dept, rec.Owner, rec.Department)
}

// relate is Relate for an owner of a department.
func relate(user UserID, dept DepartmentID, owner UserID, of DepartmentID) Relation {
	switch {
	case owner == "":
		return Stranger
	case owner == user:
		return Owner
	case of == dept && dept != "":
		return Colleague
	}
	return Stranger
}

// Condition is which records of a kind a query may return (R14): none, all, or those that a scope
// reaches in the part they are in. As a query:
//
//	a record in a part of Parts      Parts[part] reaches it
//	a record in no part              Base reaches it
//	a record in any other part       Base reaches it, if AnyPart or Known has the part; else never
//
// The zero Condition is none.
type Condition struct {
	Base    Scope            `json:"base"`              // on the kind as a whole: Denied, Own, InDepartment or All
	Parts   map[string]Scope `json:"parts,omitzero"`    // parts whose scope differs from Base; nil for none
	Known   []string         `json:"known,omitzero"`    // the kind's parts, ascending; read-only. Nil when AnyPart
	AnyPart bool             `json:"any_part,omitzero"` // parts don't matter: administrators, and rights that have no parts
}

// Condition derives the condition of a right on its kind; a part that right names doesn't matter.
// An allowed function has the condition all, a denied one none.
func (p *Permissions) Condition(right Right) Condition {
	if p == nil || p.schema == nil || right.schema != p.schema {
		return Condition{Base: Denied}
	}
	c := Condition{Base: p.wide(right.index)}
	k := p.schema.rules[right.index].kind
	if c.AnyPart = k < 0 || p.grants.Admin || !p.schema.kinds[k].Parted; c.AnyPart {
		return c
	}
	c.Known = p.parts.kinds[k].names
	for _, w := range p.inner() {
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
	return c.Base <= Denied
}

// All reports that every record qualifies, whatever part it is in.
func (c Condition) All() bool {
	for _, s := range c.Parts {
		if s != All {
			return false
		}
	}
	return c.Base == All && c.AnyPart
}

// Match reports whether rec qualifies for a user of a department. On every record it equals
// Decide(right.At(rec.Part), Relate(user, dept, rec)).
func (c Condition) Match(user UserID, dept DepartmentID, rec Record) bool {
	return c.match(user, dept, &rec)
}

// Which yields those of records that Match, in their order (R14). Each record's Department is its
// owner's present one.
func (c Condition) Which(user UserID, dept DepartmentID, records iter.Seq[Record]) iter.Seq[Record] {
	return func(yield func(Record) bool) { // so small that the compiler puts it into the caller's loop
		records(func(rec Record) bool { return !c.match(user, dept, &rec) || yield(rec) })
	}
}

// match is Match.
func (c *Condition) match(user UserID, dept DepartmentID, rec *Record) bool {
	s := c.Base
	if rec.Part != "" {
		s = c.in(rec.Part)
	}
	return s.reaches(relate(user, dept, rec.Owner, rec.Department))
}

// in is the scope on a part that has a name.
func (c *Condition) in(part string) Scope {
	if s, ok := c.Parts[part]; ok {
		return s
	}
	if _, known := slices.BinarySearch(c.Known, part); known || c.AnyPart {
		return c.Base
	}
	return Denied
}
