package roster

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Rights says how far each right reaches, by the right's text: "deal:view", "deal:view@won",
// "users:manage". It is what a role or a user stores; Schema.Check tells what is wrong with it,
// and a Schema makes Permissions of it. A right that is missing, or Unset, says nothing. Treat
// Rights that came from this library as read-only; it copies those that it takes.
//
// Its JSON form is an object of right to scope: {"deal:view":"department","users:manage":"all"}.
type Rights map[string]Scope

// Clone copies r; nil stays nil.
func (r Rights) Clone() Rights { return maps.Clone(r) }

// list is the rights in order: "deal:view own".
func (r Rights) list() []string {
	var list []string
	for _, text := range slices.Sorted(maps.Keys(r)) {
		list = append(list, text+" "+r[text].String())
	}
	return list
}

// UnmarshalJSON reads an object of right to scope. It is strict: a right that stands twice, a scope
// that isn't one, null included, and anything but an object are refused, all at once, with a Faults.
// It doesn't know which rights exist: see Schema.Check. A JSON null leaves r alone.
func (r *Rights) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return Faults{{Field: "rights", Problem: "not an object of right to scope"}}
	}
	read := make(Rights, len(raw))
	var faults Faults
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.Token() // "{": data was read once already, so no call here can fail
	for dec.More() {
		key, _ := dec.Token()
		var value any
		dec.Decode(&value)
		text, field := key.(string), fmt.Sprintf("rights[%s]", key)
		name, _ := value.(string)
		scope, ok := scopeNames.number(name)
		if !ok {
			faults.add(field, "not a scope: one of %s", scopeNames.list())
		}
		if _, twice := read[text]; twice {
			faults.add(field, "stands twice")
		}
		read[text] = Scope(scope)
	}
	if err := faults.Err(); err != nil {
		return err
	}
	*r = read
	return nil
}

// Check tells everything wrong with rights that are to be stored, each by its text:
// "rights[deal:fly]" (a Faults, in the texts' order): rights that the schema doesn't know, scopes
// that it doesn't allow, and Unset, which says nothing and so is left out.
func (s *Schema) Check(r Rights) error { return s.faults(r).Err() }

// faults is Check, for what checks more than rights.
func (s *Schema) faults(r Rights) (faults Faults) {
	table := s.parts.Load()
	for _, text := range slices.Sorted(maps.Keys(r)) {
		field := "rights[" + text + "]"
		right, problem := s.compile(text, table)
		if problem != "" {
			faults.add(field, "%s", problem)
			continue
		}
		switch allowed := s.rules[right.index].scopes; {
		case r[text] == Unset:
			faults.add(field, "unset says nothing: leave it out")
		case !allowed.has(r[text]):
			faults.add(field, "%s isn't among its scopes: %s", r[text], allowed)
		}
	}
	return faults
}
