package roster

import (
	"cmp"
	"fmt"
	"slices"
)

// partTable is every part of a schema at one moment. It is never changed: AddParts puts a longer one
// in its place. A part's number is its place in list plus one, the same in every later table, and
// never given to another part; 0 stands for a whole kind.
type partTable struct {
	list  []placedPart
	kinds []kindParts // by the kind's place
}

// placedPart is a part with its kind's place.
type placedPart struct {
	Part
	kind int
}

// kindParts is the parts of one kind.
type kindParts struct {
	numbers map[string]uint32
	names   []string // ascending; shared with every Condition
}

// all is every part, by number less one; none for the zero Schema's nil table.
func (t *partTable) all() []placedPart {
	if t == nil {
		return nil
	}
	return t.list
}

// number is a part's number, or 0.
func (t *partTable) number(kind int, name string) uint32 { return t.kinds[kind].numbers[name] }

// of copies the parts of a kind, in the order they were added.
func (t *partTable) of(kind int) []Part {
	var parts []Part
	for _, p := range t.list {
		if p.kind == kind {
			parts = append(parts, p.Part)
		}
	}
	return parts
}

// with is t and the parts of a kind that it doesn't have yet; t itself when it has them all. Kinds
// are added in their order.
func (t *partTable) with(kind int, parts []Part) *partTable {
	grown := &partTable{list: slices.Clone(t.list), kinds: slices.Clone(t.kinds)}
	for len(grown.kinds) <= kind {
		grown.kinds = append(grown.kinds, kindParts{})
	}
	numbers := map[string]uint32{}
	for _, name := range grown.kinds[kind].names {
		numbers[name] = t.number(kind, name)
	}
	names := slices.Clone(grown.kinds[kind].names)
	for _, p := range parts {
		if numbers[p.Name] != 0 {
			continue
		}
		p.Title = cmp.Or(p.Title, p.Name)
		grown.list = append(grown.list, placedPart{p, kind})
		numbers[p.Name] = uint32(len(grown.list))
		names = append(names, p.Name)
	}
	if len(grown.list) == len(t.list) && len(grown.kinds) == len(t.kinds) {
		return t
	}
	slices.Sort(names)
	grown.kinds[kind] = kindParts{numbers: numbers, names: names}
	return grown
}

// AddParts adds parts to a kind while the host runs, all of them or, with a Faults, none; parts that
// are there already are left alone (R12). Permissions that were resolved before deny a new part
// until they are resolved again.
func (s *Schema) AddParts(kind string, parts ...Part) error {
	var faults Faults
	i := s.kindAt(kind)
	if i < 0 {
		faults.add("kind", "the schema has no kind %q", kind)
	} else if !s.kinds[i].Parted {
		faults.add("kind", "%q isn't parted", kind)
	}
	for j, p := range parts {
		checkPart(&faults, fmt.Sprintf("parts[%d].name", j), p)
	}
	if err := faults.Err(); err != nil {
		return err
	}
	s.adding.Lock()
	defer s.adding.Unlock()
	s.parts.Store(s.parts.Load().with(i, parts))
	return nil
}

// HasPart reports whether a part is known.
func (s *Schema) HasPart(kind, part string) bool {
	i := s.kindAt(kind)
	return i >= 0 && s.parts.Load().number(i, part) != 0
}
