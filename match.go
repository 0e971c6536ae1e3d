package roster

import (
	"strings"
	"unicode"
)

// FoldEmail is the form in which addresses are compared (J2): without spaces at the ends and with
// every letter of the whole address, the part before the "@" included, in one case. Two trimmed
// addresses have the same form exactly when strings.EqualFold holds of them, so that "ANNA@x.ru",
// "anna@X.RU" meet, as do "аннА@почта.рф" and "Анна@Почта.РФ", while letters that merely look alike, and
// different Unicode normal forms, stay apart.
//
// It is for comparing only: letters go to the address as it is stored, never to the one that was typed.
func FoldEmail(address string) string { return Fold(strings.TrimSpace(address)) }

// Fold maps every letter of a text to the one that stands for all its cases: two texts have the same form exactly when
// strings.EqualFold holds of them. UserFilter.Text is compared in this form; a store keeps it beside names and addresses.
func Fold(s string) string { return strings.Map(foldRune, s) }

// foldRune picks one of the runes that differ from r in case only: the lower case of the least of
// them, or that least one where its lower case is a different letter, as for "İ".
func foldRune(r rune) rune {
	if r <= unicode.MaxASCII {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}
	least := leastCase(r)
	if lower := unicode.ToLower(least); leastCase(lower) == least {
		return lower
	}
	return least
}

// leastCase is the least rune that differs from r in case only.
func leastCase(r rune) rune {
	least := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		least = min(least, next)
	}
	return least
}

// Match reports whether f selects u; it is the meaning that every store gives to f (L1).
func (f UserFilter) Match(u User) bool {
	return f.matchStatus(u.Status) && f.matchPlace(&u) && f.matchText(&u)
}

func (f UserFilter) matchStatus(s Status) bool {
	if f.Status != StatusNone {
		return s == f.Status
	}
	return f.Deleted || s != StatusDeleted
}

func (f UserFilter) matchPlace(u *User) bool {
	seen := u.LastSeen
	if seen.IsZero() {
		seen = u.Created
	}
	return (f.Department == "" || u.Department == f.Department) &&
		(f.Role == "" || u.Role == f.Role) &&
		(!f.Admins || u.Admin) &&
		(f.Seat == AnySeat || u.Free == (f.Seat == FreeSeat)) &&
		(f.SeenBefore.IsZero() || seen.Before(f.SeenBefore)) &&
		(f.EndedBy.IsZero() || !u.EndDate.IsZero() && !u.EndDate.After(f.EndedBy))
}

// matchText looks for the text in the whole name, first name first, and in the address.
func (f UserFilter) matchText(u *User) bool {
	if f.Text == "" {
		return true
	}
	part := Fold(f.Text)
	return strings.Contains(Fold(u.FirstName+" "+u.LastName), part) || strings.Contains(Fold(u.Email), part)
}

// Match reports whether f selects t; it is the meaning that every store gives to f (L23).
func (f TokenFilter) Match(t Token) bool {
	return (f.User == "" || t.User == f.User) &&
		(f.Kind == TokenNone || t.Kind == f.Kind) &&
		(f.Family == "" || t.Family == f.Family) &&
		(f.Integration == "" || t.Integration == f.Integration) &&
		(!f.Open || t.Revoked.IsZero() && t.Spent.IsZero())
}

// Open reports whether l is still to be sent: neither sent nor void.
func (l Letter) Open() bool { return l.Sent.IsZero() && !l.Void }

// Match reports whether f selects r; it is the meaning that every store gives to f.
func (f RunFilter) Match(r Run) bool {
	return (f.Leaver == "" || r.Leaver == f.Leaver) &&
		(f.State == RunNone || r.State == f.State) &&
		(!f.Unfinished || r.Unfinished()) &&
		(f.Successor == "" || r.names(f.Successor))
}

// names reports whether a step of r gives records to id, or the request hands rights on to id.
func (r *Run) names(id UserID) bool {
	for _, s := range r.Steps {
		for _, share := range s.Shares {
			if share.To == id {
				return true
			}
		}
	}
	for _, h := range r.Request.HandOn {
		if h.To == id {
			return true
		}
	}
	return false
}

// Match reports whether f selects e; it is the meaning that every store gives to f (W4).
func (f EventFilter) Match(e Event) bool {
	return (f.Actor == "" || e.Actor == f.Actor) &&
		(f.User == "" || e.User == f.User) &&
		f.matchVerb(e.Verb) &&
		(f.Outcome == OutcomeNone || e.Outcome == f.Outcome) &&
		(f.From.IsZero() || !e.Time.Before(f.From)) &&
		(f.To.IsZero() || e.Time.Before(f.To))
}

func (f EventFilter) matchVerb(v Verb) bool {
	if strings.HasSuffix(string(f.Verb), ".") {
		return strings.HasPrefix(string(v), string(f.Verb))
	}
	return f.Verb == "" || v == f.Verb
}
