package roster

import (
	"fmt"
	"strings"
	"time"
)

// receives tells what p lacks to receive records of a kind and part at now, or "" for nothing (L5,
// L18): p is active, and each need, an action on the kind or a function, reaches p's own records. Nil
// needs are "view" and "edit".
func receives(p Person, now time.Time, s *Schema, kind, part string, needs []string) (missing string) {
	if !p.User.ActiveAt(now) {
		return "an active user"
	}
	return strings.Join(lacks(p.Permissions, s, kind, part, needs), ", ")
}

// lacks lists the needs that p doesn't hold on records of its own, as rights' texts.
func lacks(p *Permissions, s *Schema, kind, part string, needs []string) []string {
	if needs == nil {
		needs = []string{"view", "edit"}
	}
	var missing []string
	for _, need := range needs {
		if !strings.Contains(need, ":") {
			need = kind + ":" + need
		}
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
	if needs == nil {
		needs = []string{"view", "edit"}
	}
	known := true // the part
	for i, need := range needs {
		if !strings.Contains(need, ":") {
			need = kind + ":" + need
		}
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
