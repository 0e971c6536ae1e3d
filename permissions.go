package roster

import (
	"iter"
	"slices"
	"strings"
)

// Grants is all that a user's rights come from. The zero Grants give nothing.
type Grants struct {
	Admin      bool   // active administrators hold every right (R7)
	Individual Rights // over the role's (R4)
	Role       Rights
}

// says is what the grants say of a right on a part, or on the whole kind for "", before needs lower
// it: an individual right comes before the role's, and in each the part before the kind (R4, R12).
// It gives the part that spoke as well. A scope that the schema doesn't allow denies.
func (g *Grants) says(r *rule, part string) (Scope, Source, string) {
	if s, on := g.Individual.say(r, part); s != Unset {
		return r.allowed(s), FromIndividual, on
	}
	if s, on := g.Role.say(r, part); s != Unset {
		return r.allowed(s), FromRole, on
	}
	return Denied, FromDefault, ""
}

// say is what one source says of a right on a part, and the part that spoke: "" for the kind.
func (r Rights) say(of *rule, part string) (Scope, string) {
	if part != "" {
		if s := r[of.text+"@"+part]; s != Unset {
			return s, part
		}
	}
	return r[of.text], ""
}

// states is what the grants say under a text, whether a schema knows it or not.
func (g *Grants) states(text string) Scope {
	if s := g.Individual[text]; s != Unset {
		return s
	}
	return g.Role[text]
}

// allowed is s, or Denied where the schema doesn't allow s.
func (r *rule) allowed(s Scope) Scope {
	if r.scopes.has(s) {
		return s
	}
	return Denied
}

// Permissions is what a user may do, resolved. It is immutable and safe for concurrent use; users
// who have nothing but their role share one. A nil *Permissions denies everything.
//
// It knows the parts that the schema had when it was resolved: records in later ones are denied to
// everyone but administrators until it is resolved again.
type Permissions struct {
	schema *Schema
	parts  *partTable // as it was when p was resolved
	// head holds two bits a right, Scope less Denied, of the first 64 rights. tail goes on with the
	// others, 32 a word, and then has one word for each right on a part that differs from its kind: a
	// pack, ascending. What every check reads comes first, so that it is likely one line of memory.
	head   [2]uint64
	tail   []uint64
	grants Grants // by reference: never changed
}

// pack is a right's place, a part's number and two bits of scope in one word.
func pack(index, part uint32, s Scope) uint64 {
	return uint64(index)<<34 | uint64(part)<<2 | uint64(s-Denied)
}

// unpack is the reverse of pack.
func unpack(w uint64) (index, part uint32, s Scope) {
	return uint32(w >> 34), uint32(w >> 2), Denied + Scope(w&3)
}

// Resolve computes permissions: administrator, else individual, else role, else denied; then needs
// lower (R4, R7, R12, R13). It keeps the grants' Rights, which must not change afterwards. Rights in
// them that the schema doesn't know give nothing. A nil schema gives nil Permissions.
func Resolve(s *Schema, g Grants) *Permissions {
	if s == nil {
		return nil
	}
	p := &Permissions{schema: s, parts: s.parts.Load(), grants: g}
	p.tail = make([]uint64, s.tailWords())
	if g.Admin {
		for i := range s.rules {
			p.put(uint32(i), All)
		}
		return p
	}
	var room [64]Scope
	reach := room[:]
	if len(s.rules) > len(room) {
		reach = make([]Scope, len(s.rules))
	}
	p.weigh(s.order, "", reach)
	for i := range s.rules {
		p.put(uint32(i), reach[i])
	}
	p.resolveParts(reach)
	return p
}

// tailWords is how many words the schema's rights take beyond the first 64.
func (s *Schema) tailWords() int { return max(0, (len(s.rules)-64+31)/32) }

// put writes the scope of a right on its whole kind, once.
func (p *Permissions) put(i uint32, s Scope) {
	word := &p.head[i/32%2]
	if i >= 64 {
		word = &p.tail[i/32-2]
	}
	*word |= uint64(s-Denied) << (i % 32 * 2)
}

// weigh computes how far each right in order reaches on a part, each after those it needs.
func (p *Permissions) weigh(order []uint32, part string, reach []Scope) {
	for _, i := range order {
		r := &p.schema.rules[i]
		s, _, _ := p.grants.says(r, part)
		for _, n := range r.needs {
			s = min(s, reach[n])
		}
		reach[i] = s
	}
}

// resolveParts adds what differs on the parts that the grants name.
func (p *Permissions) resolveParts(reach []Scope) {
	if len(p.parts.all()) == 0 {
		return
	}
	var named []uint32
	for _, rights := range [...]Rights{p.grants.Individual, p.grants.Role} {
		for text := range rights {
			if strings.IndexByte(text, '@') < 0 {
				continue
			}
			if right, problem := p.schema.compile(text, p.parts); problem == "" {
				named = append(named, right.part)
			}
		}
	}
	slices.Sort(named)
	for _, part := range slices.Compact(named) {
		placed := p.parts.list[part-1]
		order := p.schema.kinds[placed.kind].order
		p.weigh(order, placed.Name, reach)
		for _, i := range order {
			if reach[i] != p.wide(i) {
				p.tail = append(p.tail, pack(i, part, reach[i]))
			}
		}
	}
	slices.Sort(p.inner())
	p.tail = slices.Clip(p.tail)
}

// inner is the packs of the rights on parts.
func (p *Permissions) inner() []uint64 { return p.tail[p.schema.tailWords():] }

// current reports whether p knows every part that s has now. Permissions that don't are to be
// resolved again.
func (p *Permissions) current(s *Schema) bool {
	return p != nil && p.schema == s && p.parts == s.parts.Load()
}

// Decision is the answer to one question. Denied is a value, never an error.
type Decision struct {
	Allowed bool  `json:"allowed"`
	Scope   Scope `json:"scope"` // how far the right reaches for this user: Denied or higher
}

// Decide answers whether right covers a record in relation rel (R1); where the scopes are Denied and
// All, with functions and creating, rel doesn't matter. It doesn't allocate. For a record use
// right.At(record.Part).
func (p *Permissions) Decide(right Right, rel Relation) Decision {
	s := p.Scope(right)
	return Decision{Allowed: s.Reaches(rel), Scope: s}
}

// Scope is how far right reaches: Denied, Own, InDepartment or All, never Unset. The zero Right and
// rights of another schema are Denied.
func (p *Permissions) Scope(right Right) Scope {
	if p == nil || right.schema != p.schema || right.part != 0 {
		return p.inPart(right)
	}
	return p.wide(right.index)
}

// wide is how far the right at i reaches on its whole kind. The zero Permissions deny.
func (p *Permissions) wide(i uint32) Scope {
	if i < 64 {
		return Denied + Scope(p.head[i/32]>>(i%32*2)&3)
	}
	return Denied + Scope(p.tail[i/32-2]>>(i%32*2)&3)
}

// inPart is how far a right on a part reaches.
func (p *Permissions) inPart(right Right) Scope {
	if p == nil || p.schema == nil || right.schema != p.schema {
		return Denied
	}
	if p.grants.Admin {
		return All
	}
	if uint64(right.part) > uint64(len(p.parts.all())) {
		return Denied
	}
	inner := p.inner()
	at, _ := slices.BinarySearch(inner, pack(right.index, right.part, Denied))
	if at < len(inner) {
		if index, part, s := unpack(inner[at]); index == right.index && part == right.part {
			return s
		}
	}
	return p.wide(right.index)
}

// List yields every right that isn't denied and every right on a part that differs from its kind,
// denied ones included, by text, in the schema's order: functions, then kinds, each action before
// its parts (J6).
func (p *Permissions) List() iter.Seq2[string, Scope] {
	return func(yield func(string, Scope) bool) {
		for _, right := range points(p, p) {
			s := p.Scope(right)
			if s == Denied && right.part == 0 {
				continue
			}
			if !yield(right.String(), s) {
				return
			}
		}
	}
}
