package roster

import (
	"fmt"
	"math"
	"strings"
)

// Right is a compiled right: an action on a kind or on a part of it, or a function. The zero Right
// is unknown and denied to everyone. Rights are comparable; each belongs to the Schema that made it
// and is denied by the Permissions of any other.
type Right struct {
	schema *Schema
	index  uint32 // place in the schema's rules
	part   uint32 // a part's number, 0 for the whole kind
}

// unknownPart is the number of every part that a schema doesn't know.
const unknownPart = math.MaxUint32

// Right compiles "kind:action", "kind:action@part" or "area:function". Its error is a Faults that
// names the text: "rights[deal:fly]".
func (s *Schema) Right(text string) (Right, error) {
	right, problem := s.compile(text, s.parts.Load())
	if problem != "" {
		return Right{}, Faults{{Field: "rights[" + text + "]", Problem: problem}}
	}
	return right, nil
}

// MustRight is like Right but panics; for rights written in the host's source.
func (s *Schema) MustRight(text string) Right { return must(s.Right(text)) }

// must is v; it panics for an error, which is a mistake in source code.
func must[T any](v T, err error) T {
	if err != nil {
		panic("roster: " + err.Error())
	}
	return v
}

// compile compiles text by the parts of a table, or says what is wrong with it.
func (s *Schema) compile(text string, table *partTable) (Right, string) {
	name, part, parted := strings.Cut(text, "@")
	i, ok := s.index[name]
	if !ok {
		return Right{}, s.unknown(name)
	}
	right := Right{schema: s, index: i}
	if !parted {
		return right, ""
	}
	k := s.rules[i].kind
	if k < 0 || !s.kinds[k].Parted {
		return Right{}, fmt.Sprintf("%s has no parts", name)
	}
	if right.part = table.number(k, part); right.part == 0 {
		return Right{}, fmt.Sprintf("kind %q has no part %q", s.kinds[k].Name, part)
	}
	return right, ""
}

// unknown says why the schema doesn't know a right.
func (s *Schema) unknown(name string) string {
	kind, action, two := strings.Cut(name, ":")
	switch {
	case !two:
		return "is not \"kind:action\", \"kind:action@part\" or \"area:function\""
	case s.kindAt(kind) >= 0:
		return fmt.Sprintf("kind %q has no action %q", kind, action)
	}
	return "the schema has no such right"
}

// At is the right on a record's part (R12): on the whole kind for "". Where rights have no parts,
// with a kind that isn't parted or a function, it is r itself. On a part that the schema doesn't
// know it is a right that isn't Known and that is denied to everyone but administrators.
func (r Right) At(part string) Right {
	if r.schema == nil {
		return r
	}
	k := r.schema.rules[r.index].kind
	if k < 0 || !r.schema.kinds[k].Parted {
		return r
	}
	if r.part = 0; part == "" {
		return r
	}
	if r.part = r.schema.parts.Load().number(k, part); r.part == 0 {
		r.part = unknownPart
	}
	return r
}

// String is the right's text; empty for the zero Right, and ending in "@" on an unknown part.
func (r Right) String() string {
	if r.schema == nil {
		return ""
	}
	text := r.schema.rules[r.index].text
	if r.part != 0 {
		text += "@" + r.partName()
	}
	return text
}

// partName is the name of r's part; empty for none and for an unknown one.
func (r Right) partName() string {
	if r.part == 0 || r.part == unknownPart {
		return ""
	}
	return r.schema.parts.Load().list[r.part-1].Name
}

// Known reports whether r came from a schema and names no unknown part.
func (r Right) Known() bool { return r.schema != nil && r.part != unknownPart }
