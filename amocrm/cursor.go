package amocrm

import (
	"fmt"
	"iter"
	"strconv"
	"strings"
)

// reading is one call that reads sources: what it found, and what it must refuse.
type reading struct {
	*report
	faults []error
	source string
}

// maxFaults bounds how many faults are told at once.
const maxFaults = 100

// fault refuses what is at p.
func (r *reading) fault(p Place, err error) {
	if len(r.faults) < maxFaults {
		r.faults = append(r.faults, &Error{Place: p, Err: err})
	}
}

// cursor is a value within an item, or the absence of one.
type cursor struct {
	r    *reading
	n    *node // nil when absent or null
	base string
	key  string
	up   *node // the container, for the place of what is absent
}

// place is where c is, or its container when it is absent.
func (c cursor) place() Place {
	p := Place{Source: c.r.source, Path: c.path()}
	if c.n != nil {
		p.Line, p.Column = c.n.line, c.n.column
	} else if c.up != nil {
		p.Line, p.Column = c.up.line, c.up.column
	}
	return p
}

// path is c's JSON path.
func (c cursor) path() string {
	if c.base == "" || c.key == "" {
		return c.base + c.key
	}
	return c.base + "." + c.key
}

// there reports that c is neither absent nor null.
func (c cursor) there() bool { return c.n != nil }

// tell adds a finding at c.
func (c cursor) tell(code Code, format string, args ...any) {
	c.r.add(code, c.place(), format, args...)
}

// refuse adds a fault at c: it should be what want says.
func (c cursor) refuse(want string) {
	got := "nothing"
	if c.n != nil {
		got = c.n.describe()
	}
	c.r.fault(c.place(), fmt.Errorf("%w: want %s, got %s", ErrType, want, got))
}

// describe names a value for an error.
func (n *node) describe() string {
	switch n.kind {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "the text " + quote(n.text)
	case 'n':
		return "null"
	}
	if len(n.text) > 60 {
		return n.text[:60] + "…"
	}
	return n.text
}

// at is the member of an object under key; the last one, when it is given twice. It is absent when
// it is null, when c is absent, and (a fault) when c isn't an object. An empty array passes for an
// empty object: the API's own language has one notation for both.
func (c cursor) at(key string) cursor {
	kid := cursor{r: c.r, base: c.path(), key: key, up: c.n}
	if c.n == nil || c.n.kind == '[' && len(c.n.kids) == 0 {
		return kid
	}
	if c.n.kind != '{' {
		c.refuse("an object")
		return kid
	}
	for i := len(c.n.keys) - 1; i >= 0; i-- {
		if c.n.keys[i] == key {
			if c.n.kids[i].kind != 'n' {
				kid.n = &c.n.kids[i]
			}
			break
		}
	}
	return kid
}

// has reports that c is an object with a member under key, null or not.
func (c cursor) has(key string) bool {
	if c.n != nil {
		for _, k := range c.n.keys {
			if k == key {
				return true
			}
		}
	}
	return false
}

// repeats reports that c is an object with key given more than once.
func (c cursor) repeats(key string) bool {
	times := 0
	if c.n != nil {
		for _, k := range c.n.keys {
			if k == key {
				times++
			}
		}
	}
	return times > 1
}

// items are an array's; none when c is absent, a fault when it isn't an array.
func (c cursor) items() iter.Seq[cursor] {
	return func(yield func(cursor) bool) {
		if c.n == nil {
			return
		}
		if c.n.kind != '[' {
			c.refuse("an array")
			return
		}
		for i := range c.n.kids {
			if !yield(cursor{r: c.r, n: &c.n.kids[i], base: c.path() + "[" + strconv.Itoa(i) + "]", up: c.n}) {
				return
			}
		}
	}
}

// text is a string's; empty when c is absent, a fault when it is something else.
func (c cursor) text() string {
	if c.n == nil {
		return ""
	}
	if c.n.kind != '"' {
		c.refuse("a text")
		return ""
	}
	return c.n.text
}

// flag is a boolean's; false when c is absent, a fault when it is something else.
func (c cursor) flag() bool {
	if c.n == nil {
		return false
	}
	if c.n.kind != 't' {
		c.refuse("true or false")
	}
	return c.n.kind == 't' && c.n.text == "true"
}

// number is a whole number that isn't negative, 0 when c is absent. A number in quotes is taken,
// and told; anything else is a fault.
func (c cursor) number() int64 {
	v, _ := c.whole()
	return v
}

// whole is number, and whether it was none and a fault was told.
func (c cursor) whole() (v int64, refused bool) {
	if c.n == nil {
		return 0, false
	}
	v, err := strconv.ParseInt(c.n.text, 10, 64)
	if c.n.kind != '0' && c.n.kind != '"' || err != nil || strings.HasPrefix(c.n.text, "-") || strings.HasPrefix(c.n.text, "+") {
		c.refuse("a whole number from 0 to 9223372036854775807")
		return 0, true
	}
	if c.n.kind == '"' {
		c.tell(CodeReadAs, "a number in quotes, taken as the number")
	}
	return v, false
}

// id is the number of an object: positive and required.
func (c cursor) id() int64 {
	v, refused := c.whole()
	if v == 0 && !refused {
		c.refuse("the id, a whole number above 0")
	}
	return v
}

// use says what becomes of a field.
type use uint8

// The uses of fields.
const (
	unknown use = iota
	read        // read, or part of the reply's own machinery
	left        // known, without a counterpart
)

// rest tells which members of an object are unknown or have no counterpart, by a function that
// knows the fields.
func (c cursor) rest(of func(key string) use) {
	if c.n == nil {
		return
	}
	for i, key := range c.n.keys {
		kid := cursor{r: c.r, n: &c.n.kids[i], base: c.path(), key: key, up: c.n}
		switch of(key) {
		case unknown:
			kid.key = printable(key)
			kid.tell(CodeUnknownField, "")
		case left:
			if kid.n.kind != 'n' {
				kid.tell(CodeNoCounterpart, "")
			}
		}
	}
}

// twice tells every key that is given more than once in c or below.
func (c cursor) twice() {
	if c.n == nil || !c.n.twice {
		return
	}
	seen := map[string]bool{}
	for i := range c.n.kids {
		kid := cursor{r: c.r, n: &c.n.kids[i], up: c.n}
		if c.n.kind == '[' {
			kid.base = c.path() + "[" + strconv.Itoa(i) + "]"
		} else {
			kid.base, kid.key = c.path(), printable(c.n.keys[i])
			if seen[c.n.keys[i]] {
				kid.tell(CodeDuplicate, "the key is given twice; the last one is read, and rights grant nothing")
			}
			seen[c.n.keys[i]] = true
		}
		kid.twice()
	}
}

// printable is a key as it stands in a path: quoted when it isn't plain.
func printable(key string) string {
	plain := key != "" && len(key) <= 60
	for _, c := range key {
		plain = plain && (c == '_' || c == '-' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z')
	}
	if plain {
		return key
	}
	return quote(key)
}
