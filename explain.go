package roster

import (
	"slices"
	"strings"
)

// Source says where an answer comes from (R11). Its text, in JSON too, is "default",
// "status", "administrator", "individual" or "role".
type Source uint8

// The sources.
const (
	FromDefault       Source = iota // nobody gave it
	FromStatus                      // the user isn't active: what a Roster answers, never Permissions
	FromAdministrator               // administrator status
	FromIndividual                  // an individual right
	FromRole                        // the role
)

// Explanation tells why a decision is as it is (R11).
type Explanation struct {
	Decision
	Right   string   `json:"right"`            // the right's text
	Source  Source   `json:"source"`           // what gave the scope before needs lowered it
	Part    string   `json:"part,omitzero"`    // the part that the source's right was on; empty: kind-wide
	Given   Scope    `json:"given"`            // what the source says, before needs: Denied or higher
	Lowered []string `json:"lowered,omitzero"` // the needed rights that lowered it, by text
	Missing string   `json:"missing,omitzero"` // for a denial: what would be needed, for people
}

// Explain tells why Decide answers as it does.
func (p *Permissions) Explain(right Right, rel Relation) Explanation {
	e := Explanation{Decision: p.Decide(right, rel), Right: right.String(), Given: Denied}
	switch {
	case right.schema == nil:
		e.Missing = "a right that the schema knows"
		return e
	case p == nil || p.schema != right.schema:
		e.Missing = "permissions resolved by the right's schema"
		return e
	case p.grants.Admin:
		e.Source, e.Given = FromAdministrator, All
		return e
	case uint64(right.part) > uint64(len(p.parts.all())):
		e.Missing = "a part that the schema knew when the permissions were resolved"
		return e
	}
	r := &p.schema.rules[right.index]
	e.Given, e.Source, e.Part = p.grants.says(r, right.partName())
	for _, n := range r.needs {
		needed := Right{schema: p.schema, index: n, part: right.part}
		if p.Scope(needed) < e.Given {
			e.Lowered = append(e.Lowered, needed.String())
		}
	}
	if !e.Allowed {
		e.Missing = strings.Join(p.missing(right, rel, nil), "; ")
	}
	return e
}

// missing appends right, and what it needs, as far as the grants don't reach rel.
func (p *Permissions) missing(right Right, rel Relation, list []string) []string {
	r := &p.schema.rules[right.index]
	if given, _, _ := p.grants.says(r, right.partName()); !given.Reaches(rel) {
		text := right.String()
		if r.kind >= 0 {
			text += " with scope " + r.least(rel)
		}
		if !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	for _, n := range r.needs {
		list = p.missing(Right{schema: p.schema, index: n, part: right.part}, rel, list)
	}
	return list
}

// least is the lowest scope of r that reaches rel, for people.
func (r *rule) least(rel Relation) string {
	for _, s := range r.scopes.list() {
		if s.Reaches(rel) && s < All {
			return s.String() + " or more"
		}
	}
	return All.String()
}
