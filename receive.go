package roster

import (
	"fmt"
	"slices"
	"strings"
)

// needed lists what a successor of a kind must hold (L5, L18), each need an action on the kind or a function,
// as rights' texts. Nil needs are "view" and "edit".
func needed(kind string, needs []string) []string {
	if needs == nil {
		needs = []string{"view", "edit"}
	}
	texts := slices.Clone(needs)
	for i, need := range texts {
		if !strings.Contains(need, ":") {
			texts[i] = kind + ":" + need
		}
	}
	return texts
}

// lacks lists the needs that p doesn't hold on records of its own, as rights' texts.
func lacks(p *Permissions, s *Schema, kind, part string, needs []string) []string {
	var missing []string
	for _, need := range needed(kind, needs) {
		right, _ := s.Right(need) // what the schema doesn't know is denied to everyone
		if right = right.At(part); p.Decide(right, Owner).Allowed {
			continue
		}
		if text := right.String(); strings.Contains(text, "@") {
			need += "@" + part
		}
		missing = append(missing, need)
	}
	return missing
}

// sightRight is the right that shows a kind's records: "view". It is unknown, and shows nothing, for a
// kind without it.
func sightRight(s *Schema, kind, part string) Right {
	right, _ := s.Right(kind + ":view")
	return right.At(part)
}

// checkNeeds tells which of kind, part and needs the schema doesn't know.
func (s *Schema) checkNeeds(kind, part string, needs []string) error {
	var faults Faults
	known := true // the part
	for i, need := range needed(kind, needs) {
		right, err := s.Right(need)
		if err != nil {
			faults.add(fmt.Sprintf("needs[%d]", i), "unknown right %q", need)
		}
		known = known && (err != nil || right.At(part).Known())
	}
	if !known {
		faults.add("part", "unknown: %q", part)
	}
	return faults.Err()
}
