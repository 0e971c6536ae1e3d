package roster

import (
	"strings"
	"time"
)

// receives tells what p lacks to receive work of a kind and part, or "" (L5, L18): an active user who
// may view and edit it or, when needs is given, do what that names: actions of the kind, or functions.
func receives(p Person, now time.Time, s *Schema, kind, part string, needs []string) string {
	if !p.User.ActiveAt(now) {
		return "an active user"
	}
	if needs == nil {
		needs = []string{"view", "edit"}
	}
	for _, text := range needs {
		if !strings.Contains(text, ":") {
			text = kind + ":" + text
			if part != "" {
				text += "@" + part
			}
		}
		if right, err := s.Right(text); err != nil || p.Permissions.Scope(right) < Own {
			return text
		}
	}
	return ""
}
