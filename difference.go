package roster

import "slices"

// Delta is a right whose reach differs.
type Delta struct {
	Right string `json:"right"`
	From  Scope  `json:"from"` // never Unset
	To    Scope  `json:"to"`   // never Unset
}

// Difference lists the rights that reach differently in p and q, From in p, To in q, in the schema's
// order (R18). A right on a part stands there by itself where p or q differs from its kind on that
// part, or where only one of them knows the part. Rights of another schema are denied, so that
// permissions of two schemas differ in all that either gives.
func (p *Permissions) Difference(q *Permissions) []Delta {
	var deltas []Delta
	for _, right := range points(p, q) {
		if from, to := p.Scope(right), q.Scope(right); from != to {
			deltas = append(deltas, Delta{Right: right.String(), From: from, To: to})
		}
	}
	return deltas
}

// Exceeds lists the rights by which p reaches farther than q: From in q, To in p (R10).
func (p *Permissions) Exceeds(q *Permissions) []Delta {
	return slices.DeleteFunc(q.Difference(p), func(d Delta) bool { return d.To < d.From })
}

// beyond gives the text of a right by which p's holder could do more than q's, and the code of the
// reason; empty for none (R10). Where the two aren't colleagues, department scope reaches other
// records, so that only all covers it.
func (p *Permissions) beyond(q *Permissions, colleagues bool) (right, reason string) {
	if over := p.Exceeds(q); len(over) > 0 {
		return over[0].Right, DenyPersonExceeds
	}
	if unknown := p.unknownBeyond(q); unknown != "" {
		return unknown, DenyPersonExceeds
	}
	for _, right := range points(p, q) {
		if !colleagues && p.Scope(right) == InDepartment && q.Scope(right) != All {
			return right.String(), DenyOtherDepartment
		}
	}
	return "", ""
}

// unknownBeyond gives the first right, by text, that p states and the schema doesn't know, unless q
// states as much. It gives nothing here and now, but another process may know it already.
func (p *Permissions) unknownBeyond(q *Permissions) string {
	if p == nil || q != nil && q.grants.Admin {
		return ""
	}
	var has Grants
	if q != nil {
		has = q.grants
	}
	beyond := ""
	for _, rights := range [...]Rights{p.grants.Individual, p.grants.Role} {
		for text := range rights {
			_, problem := p.schema.compile(text, p.parts)
			if problem != "" && p.grants.states(text) > max(Denied, has.states(text)) && (beyond == "" || text < beyond) {
				beyond = text
			}
		}
	}
	return beyond
}

// points lists the rights at which p or q can differ from the other or from the kind: every right
// on its whole kind, and the rights on parts that either says something of, in the schema's order.
func points(p, q *Permissions) []Right {
	if p == nil || p.schema == nil {
		p, q = q, p
	}
	if p == nil || p.schema == nil {
		return nil
	}
	if q == nil || q.schema == nil {
		q = &Permissions{schema: p.schema, parts: p.parts, tail: make([]uint64, p.schema.tailWords())}
	}
	if p.schema != q.schema {
		return append(points(p, nil), points(q, nil)...)
	}
	all := slices.Concat(p.inner(), q.inner())
	for i := range p.schema.rules {
		all = append(all, pack(uint32(i), 0, Denied))
	}
	older, newer := p.parts.all(), q.parts.all()
	if len(older) > len(newer) {
		older, newer = newer, older
	}
	for n := len(older); n < len(newer); n++ {
		for _, i := range p.schema.kinds[newer[n].kind].order {
			all = append(all, pack(i, uint32(n+1), Denied))
		}
	}
	slices.Sort(all)
	rights := make([]Right, 0, len(all))
	for _, w := range all {
		index, part, _ := unpack(w)
		rights = append(rights, Right{schema: p.schema, index: index, part: part})
	}
	return slices.Compact(rights)
}
