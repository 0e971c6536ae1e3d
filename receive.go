package roster

import (
	"strings"
	"time"
)

// receives tells what p lacks to receive records of a kind and part at now, or "" for nothing (L5,
// L18): p is active, and each need, an action on the kind or a function, reaches p's own records.
func receives(p Person, now time.Time, s *Schema, kind, part string, needs []string) (missing string) {
	if !p.User.ActiveAt(now) {
		return "an active user"
	}
	return strings.Join(lacks(p.Permissions, s, kind, part, needs), ", ")
}

// lacks lists the needs that p doesn't hold on records of its own, as rights' texts.
func lacks(p *Permissions, s *Schema, kind, part string, needs []string) []string {
	var missing []string
	for _, need := range needs {
		right, text := rightFor(s, kind, part, need)
		if !p.Decide(right, Owner).Allowed {
			missing = append(missing, text)
		}
	}
	return missing
}

// rightFor compiles a need on a kind and part: "view" is an action of the kind, "mail:use" a function.
// The right is unknown, and so denied to everyone, when the schema doesn't know it.
func rightFor(s *Schema, kind, part, need string) (Right, string) {
	if strings.Contains(need, ":") {
		right, _ := s.Right(need)
		return right, need
	}
	text := kind + ":" + need
	right, err := s.Right(text)
	if err != nil || part == "" || !s.HasPart(kind, part) {
		return right, text // a part that the schema doesn't know has no rights of its own: the kind's hold
	}
	return right.At(part), text + "@" + part
}

// sightRight is the right that shows a kind's records: "view", or for a kind without it its first
// action. It is unknown for a kind that the schema doesn't have.
func sightRight(s *Schema, kind, part string) Right {
	if right, _ := rightFor(s, kind, part, "view"); right.Known() {
		return right
	}
	k, ok := s.Kind(kind)
	if !ok {
		return Right{}
	}
	right, _ := rightFor(s, kind, part, k.Actions[0].Name)
	return right
}
